"""Refusals of the catalogue commands."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, NotFound


class ProductNotFound(NotFound):
    """No product, SKU, category or brand with this id or code in the namespace."""

    code = "product_not_found"
    default_message = _("There is no such product.")


class SkuTaken(Conflict):
    """Another SKU has this code; codes differing only in case are the same."""

    code = "sku_taken"
    default_message = _("Another product already uses this SKU code.")


class BarcodeTaken(Conflict):
    """Another SKU carries this barcode."""

    code = "barcode_taken"
    default_message = _("Another SKU already carries this barcode.")


class NameTaken(Conflict):
    """A brand, or a category under the same parent, has this name."""

    code = "name_taken"
    default_message = _("This name is already used.")


class CategoryCycle(Conflict):
    """A category would lie inside itself (reliability B09)."""

    code = "category_cycle"
    default_message = _("A category cannot lie inside itself.")


class CategoryTooDeep(Conflict):
    """The tree would grow deeper than the limit."""

    code = "category_too_deep"
    default_message = _("The category tree may not be deeper than %(limit)s levels.")


class ProductWithoutSku(Conflict):
    """A product without a SKU cannot be offered."""

    code = "product_without_sku"
    default_message = _("The product has no SKU and cannot be put on the shelf.")


class InvalidProduct(InvalidRequest):
    """A field of a product, SKU, category or brand breaks a rule; ``param`` names it."""

    code = "invalid_product"
    default_message = _("The product data are not valid.")
