"""Refusals of the stores app."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, NotAllowed, NotFound


class StoreNotFound(NotFound):
    """No such store for this caller."""

    code = "store_not_found"
    default_message = _("The store does not exist.")


class DocumentNotFound(NotFound):
    """No such stock document for this caller."""

    code = "document_not_found"
    default_message = _("The document does not exist.")


class GoodsNotFound(NotFound):
    """No such listing for this caller."""

    code = "goods_not_found"
    default_message = _("The listing does not exist.")


class ShelfTaken(Conflict):
    """A shelf belongs to one store at most (S000-16, C-15)."""

    code = "shelf_taken"
    default_message = _("A shelf cannot belong to two stores.")


class GoodsExists(Conflict):
    """A store lists a SKU once."""

    code = "goods_exists"
    default_message = _("The store lists this SKU already.")


class MemberExists(Conflict):
    """A user is a member of a store once."""

    code = "member_exists"
    default_message = _("The user is a member of this store already.")


class DuplicateStoreCode(Conflict):
    """The store code is taken."""

    code = "duplicate_code"
    default_message = _("A store with this code exists already.")


class SelfApproval(NotAllowed):
    """Four eyes: whoever made or submitted a document does not approve or reject it (R15)."""

    code = "self_approval"
    default_message = _("A document is approved or rejected by somebody else than its author.")


class NotYourDocument(NotAllowed):
    """Staff of single stores edit and cancel what they wrote, until it is approved."""

    code = "not_your_document"
    default_message = _("Only your own documents that are not yet approved may be changed.")


class DocumentEmpty(InvalidRequest):
    """A document needs at least one line before it is submitted."""

    code = "document_empty"
    default_message = _("The document has no lines.")


class InvalidLine(InvalidRequest):
    """A document line breaks a rule; ``param`` names line and field."""

    code = "invalid_line"
    default_message = _("The line is not valid.")


class InvalidReference(InvalidRequest):
    """A reference points to nothing this caller may use."""

    code = "does_not_exist"
    default_message = _("The referenced object does not exist.")


class TypeReserved(InvalidRequest):
    """This document type is opened by orders and returns, never by hand."""

    code = "type_reserved"
    default_message = _("Documents of this type are opened by the system.")


class ReasonRequired(InvalidRequest):
    """A rejection says why."""

    code = "required"
    default_message = _("A reason is required.")


class InvalidValue(InvalidRequest):
    """A value outside its limits."""

    code = "invalid"
    default_message = _("The value is not valid.")


class ImmutableField(InvalidRequest):
    """The column is fixed once the object exists."""

    code = "immutable_field"
    default_message = _("This field is fixed and cannot be changed.")


class DerivedField(InvalidRequest):
    """The figure is read from the stock core and written nowhere else (C-01)."""

    code = "derived_field"
    default_message = _("Stock is not written here: use a stock-in, a stock-out or an adjustment of the inventory.")
