"""Warehouses."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel


class Warehouse(TrackedModel):
    """A building that holds goods of any number of owners (S000-22, C-58).

    ``number`` is the short figure location codes begin with (``1-ST-03-02-05``); both it and the
    code are fixed once given, because labels on the racks carry them.
    """

    code = CodeField(_("code"))
    number = models.IntegerField(
        pgettext_lazy("warehouse", "number"), help_text=_("First part of every location code.")
    )
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    address = models.CharField(_("address"), max_length=255, blank=True)
    contact = models.CharField(_("contact"), max_length=50, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    difference_limit = models.IntegerField(
        _("limit of a difference"),
        default=100,
        db_default=100,
        help_text=_("A count that differs by more units per place waits for another person."),
    )

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="warehousing_warehouse_number"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="warehousing_warehouse_number_positive"),
            models.CheckConstraint(
                condition=models.Q(difference_limit__gte=0), name="warehousing_warehouse_difference_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
