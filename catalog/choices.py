"""States of a product (kind 3 of the platform's status table)."""

from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class ProductStatus(StatusEnum):
    """Whether a product is offered."""

    DRAFT = 300, _("Draft")
    ON_SHELF = 301, _("On shelf")
    OFF_SHELF = 302, _("Off shelf")


PRODUCT_MACHINE = Machine(
    enum=ProductStatus,
    kind="product",
    transitions={
        ProductStatus.DRAFT: {ProductStatus.ON_SHELF},
        ProductStatus.ON_SHELF: {ProductStatus.OFF_SHELF},
        ProductStatus.OFF_SHELF: {ProductStatus.ON_SHELF},
    },
    groups={"published": {ProductStatus.ON_SHELF}},
    colours={ProductStatus.DRAFT: "info", ProductStatus.ON_SHELF: "success", ProductStatus.OFF_SHELF: "warning"},
)
