"""Types, states and life cycles of stores, listings and stock documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class DocumentStatus(StatusEnum):
    """State of a stock-in or stock-out document (C-17)."""

    DRAFT = 200, _("Draft")
    PENDING = 201, _("Waiting for review")
    APPROVED = 202, _("Approved")
    IN_PROGRESS = 203, _("In progress")
    DONE = 204, _("Done")
    REJECTED = 205, _("Rejected")
    CANCELLED = 206, _("Cancelled")


DOCUMENT_MACHINE = Machine(
    enum=DocumentStatus,
    kind="document",
    transitions={
        DocumentStatus.DRAFT: {DocumentStatus.PENDING, DocumentStatus.CANCELLED},
        DocumentStatus.PENDING: {DocumentStatus.APPROVED, DocumentStatus.REJECTED, DocumentStatus.CANCELLED},
        DocumentStatus.APPROVED: {DocumentStatus.IN_PROGRESS, DocumentStatus.DONE},
        DocumentStatus.IN_PROGRESS: {DocumentStatus.DONE, DocumentStatus.CANCELLED},
    },
    groups={
        "editable": {DocumentStatus.DRAFT},
        "open": {
            DocumentStatus.DRAFT,
            DocumentStatus.PENDING,
            DocumentStatus.APPROVED,
            DocumentStatus.IN_PROGRESS,
        },
        "closed": {DocumentStatus.DONE, DocumentStatus.REJECTED, DocumentStatus.CANCELLED},
    },
    colours={
        DocumentStatus.DRAFT: "grey",
        DocumentStatus.PENDING: "orange",
        DocumentStatus.APPROVED: "blue",
        DocumentStatus.IN_PROGRESS: "blue",
        DocumentStatus.DONE: "green",
        DocumentStatus.REJECTED: "red",
        DocumentStatus.CANCELLED: "grey",
    },
)


class GoodsStatus(StatusEnum):
    """Whether a store offers a listing."""

    ON_SALE = 500, _("On sale")
    OFF_SALE = 501, _("Off sale")


GOODS_MACHINE = Machine(
    enum=GoodsStatus,
    kind="goods",
    transitions={
        GoodsStatus.ON_SALE: {GoodsStatus.OFF_SALE},
        GoodsStatus.OFF_SALE: {GoodsStatus.ON_SALE},
    },
    groups={"sellable": {GoodsStatus.ON_SALE}},
    colours={GoodsStatus.ON_SALE: "green", GoodsStatus.OFF_SALE: "grey"},
)


class StockInType(models.TextChoices):
    """Why goods come in (S002-26)."""

    PURCHASE = "purchase", _("Purchase")
    RETURN = "return", _("Return without an order")
    CUSTOMER_RETURN = "customer_return", _("Customer return")
    TRANSFER = "transfer", _("Transfer in")
    OPENING = "opening", _("Opening stock")


class StockOutType(models.TextChoices):
    """Why goods go out (S002-27)."""

    SALE = "sale", _("Sale")
    SUPPLIER_RETURN = "supplier_return", _("Return to supplier")
    TRANSFER = "transfer", _("Transfer out")
    INTERNAL_USE = "internal_use", _("Internal use")
    SCRAP = "scrap", _("Scrap")


SYSTEM_STOCKIN_TYPES = frozenset({StockInType.CUSTOMER_RETURN})
"""Opened by return orders only: their goods wait for inspection instead of becoming sellable."""

SYSTEM_STOCKOUT_TYPES = frozenset({StockOutType.SALE})
"""Opened by orders only: their stock was taken at payment already."""


class LineType(models.IntegerChoices):
    """Direction of a document line, set by the system (S000-18)."""

    IN = 1, _("In")
    OUT = 2, _("Out")


STORE_MEMBER_ROLE = "store_member"
"""The role of people who work in one store or some stores and see nothing of the others (C-54)."""
