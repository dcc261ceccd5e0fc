"""What stands in a warehouse: zones, shelves (racks) and locations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel
from warehousing.choices import CapacityRule, SkuMixing, ZoneKind


class Zone(TrackedModel):
    """An area of a warehouse with one purpose and one policy for its locations (S001-3, S001-4, C-51)."""

    warehouse = models.ForeignKey(
        "warehousing.Warehouse", models.PROTECT, related_name="zones", verbose_name=_("warehouse")
    )
    code = models.CharField(_("code"), max_length=8, help_text=_("Second part of location codes, such as ST."))
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=16, choices=ZoneKind.choices, default=ZoneKind.STORAGE)
    sku_mixing = models.CharField(_("SKU mixing"), max_length=8, choices=SkuMixing.choices, default=SkuMixing.MIXED)
    capacity_rule = models.CharField(
        _("capacity rule"), max_length=8, choices=CapacityRule.choices, default=CapacityRule.SOFT
    )

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["warehouse_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="warehousing_zone_code"),
            models.CheckConstraint(condition=Q(kind__in=ZoneKind.values), name="warehousing_zone_kind"),
            models.CheckConstraint(condition=Q(sku_mixing__in=SkuMixing.values), name="warehousing_zone_sku_mixing"),
            models.CheckConstraint(
                condition=Q(capacity_rule__in=CapacityRule.values), name="warehousing_zone_capacity_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Shelf(TrackedModel):
    """A rack: the locations of one rack number in one zone (S000-23).

    The warehouse is fixed after creation. ``used`` and the status free/in use are read from the stock
    core (``warehousing.ports.shelf_usage``) and stored nowhere.
    """

    code = CodeField(_("code"))
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", models.PROTECT, related_name="shelves", verbose_name=_("warehouse")
    )
    zone = models.ForeignKey("warehousing.Zone", models.PROTECT, related_name="shelves", verbose_name=_("zone"))
    rack = models.CharField(_("rack"), max_length=8, help_text=_("Third part of location codes, such as 03."))
    description = models.TextField(_("description"), blank=True, max_length=2000)
    capacity = models.IntegerField(
        _("capacity"), null=True, blank=True, help_text=_("Units the shelf can hold; empty means no limit.")
    )

    class Meta:
        verbose_name = _("shelf")
        verbose_name_plural = _("shelves")
        ordering = ["code"]
        permissions = [("open_rack", _("Can open a whole rack of locations"))]
        constraints = [
            models.UniqueConstraint(fields=["zone", "rack"], name="warehousing_shelf_rack"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0), name="warehousing_shelf_capacity"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Location(TrackedModel):
    """The smallest place goods lie in, coded warehouse-zone-rack-level-slot (S001-3); levels count from below.

    The parts are stored beside the code so that a picker's route can be sorted; none of them ever changes.
    """

    code = CodeField(_("code"))
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", models.PROTECT, related_name="locations", verbose_name=_("warehouse")
    )
    zone = models.ForeignKey("warehousing.Zone", models.PROTECT, related_name="locations", verbose_name=_("zone"))
    shelf = models.ForeignKey("warehousing.Shelf", models.PROTECT, related_name="locations", verbose_name=_("shelf"))
    level = models.IntegerField(pgettext_lazy("rack", "level"))
    slot = models.IntegerField(_("slot"))

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["shelf", "level", "slot"], name="warehousing_location_place"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 99)) & Q(slot__range=(1, 99)), name="warehousing_location_parts"
            ),
        ]

    def __str__(self) -> str:
        return self.code
