"""Warehouses, zones, shelves and locations."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from vmi.core.actors import Actor
from vmi.core.admin import ReadOnlyAdmin, TabularInline, TrackedAdmin, namespace_site, service_action
from vmi.core.admin.columns import badge, colours_of
from vmi.statuses.models import status_label
from warehousing import ports, services
from warehousing.admin.adopt import adopt
from warehousing.admin.forms import LocationForm, RackForm, WarehouseForm
from warehousing.choices import SHELF_MACHINE, ShelfStatus
from warehousing.models import Location, Shelf, Warehouse, Zone

SHELF_COLOURS = colours_of(SHELF_MACHINE)


class ZoneInline(TabularInline):
    """The zones of a warehouse."""

    model = Zone
    fields = ("code", "name", "kind", "sku_mixing", "capacity_rule")
    readonly_fields = fields
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Zones are added on their own page."""
        return False


@admin.register(Warehouse, site=namespace_site)
class WarehouseAdmin(TrackedAdmin):
    """Warehouses; code and number are fixed once given."""

    form = WarehouseForm
    list_display = ("code", "number", "name", "contact", "phone", "shelf_count")
    ordering = ("code",)
    search_fields = ("code", "name", "address", "contact")
    fieldsets = (
        (None, {"fields": (("code", "number"), "name", "description")}),
        (_("Contact"), {"fields": ("address", "contact", "phone")}),
        (_("Counting"), {"fields": ("difference_limit",)}),
    )
    inlines = (ZoneInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Warehouse]:
        """With the number of shelves, counted once per page."""
        return super().get_queryset(request).annotate(shelves_counted=Count("shelves"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Labels carry code and number."""
        fixed = ("code", "number") if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new warehouse begins with the usual limit of differences."""
        found = super().get_fieldsets(request, obj)
        return found if obj is not None else found[:-1]

    @display(description=_("shelves"), ordering="shelves_counted")
    def shelf_count(self, obj: Any) -> int:
        """How many shelves stand in it."""
        return int(obj.shelves_counted)

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Through the service, which gives code and number."""
        values = {name: getattr(obj, name) for name in ("name", "description", "address", "contact", "phone")}
        adopt(obj, services.create_warehouse(code=obj.code or None, number=obj.number or None, actor=actor, **values))


@admin.register(Zone, site=namespace_site)
class ZoneAdmin(TrackedAdmin):
    """Zones of all warehouses, with the action that opens a rack."""

    list_display = ("code", "name", "warehouse", "kind", "sku_mixing", "capacity_rule")
    list_filter = (
        ("warehouse", RelatedDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("sku_mixing", ChoicesDropdownFilter),
    )
    list_select_related = ("warehouse",)
    search_fields = ("code", "name", "warehouse__code", "warehouse__name")
    autocomplete_fields = ("warehouse",)
    fields = ("warehouse", ("code", "name"), "kind", "sku_mixing", "capacity_rule")
    actions_detail = ("open_rack",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Location codes carry the zone's code."""
        fixed = ("warehouse", "code") if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Through the service, which normalises the code."""
        values = {name: getattr(obj, name) for name in ("code", "name", "kind", "sku_mixing", "capacity_rule")}
        adopt(obj, services.create_zone(warehouse_id=obj.warehouse_id, actor=actor, **values))

    @action(description=_("Open a rack"), url_path="open-rack", permissions=["warehousing.open_rack"])
    def open_rack(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the form that creates a shelf and all its locations in this zone."""
        return HttpResponseRedirect(f"{reverse('admin:warehousing_shelf_add')}?zone={int(object_id)}")


class LocationInline(TabularInline):
    """The locations of a shelf."""

    model = Location
    fields = ("code", "level", "slot")
    readonly_fields = fields
    ordering = ("level", "slot")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Locations come from the rack form and the action."""
        return False


@admin.register(Shelf, site=namespace_site)
class ShelfAdmin(TrackedAdmin):
    """Shelves; adding one is opening a rack with all its locations (S001-3)."""

    list_display = ("code", "warehouse", "zone", "rack", "location_count", "used", "capacity", "state")
    list_filter = (("warehouse", RelatedDropdownFilter), ("zone__kind", ChoicesDropdownFilter))
    list_select_related = ("warehouse", "zone")
    search_fields = ("code", "description", "locations__code")
    fields = ("code", "warehouse", "zone", "rack", "capacity", "used", "state", "description")
    inlines = (LocationInline,)
    service_actions = ("add_location",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The rack form for a new shelf; only description and capacity of an old one change."""
        if obj is None:
            kwargs["form"] = RackForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new shelf has no number and no stock yet."""
        return ("zone", "rack", "levels", "slots", "capacity", "description") if obj is None else self.fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new shelf has no locations to list."""
        return self.inlines if obj is not None else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The warehouse is fixed after creation; ``used`` and the state are read from stock (S000-23)."""
        fixed = ("code", "warehouse", "zone", "rack", "used", "state") if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Opening a rack has a permission of its own."""
        return bool(super().has_add_permission(request) and request.user.has_perm("warehousing.open_rack"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shelf]:
        """With the number of locations."""
        return super().get_queryset(request).annotate(locations_counted=Count("locations", distinct=True))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Ask for the units on the page's shelves once."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        usage = ports.shelf_usage([shelf.pk for shelf in rows])
        for shelf in rows:
            shelf.used_units = usage[shelf.pk]
        changelist.result_list = rows
        return changelist

    @display(description=_("locations"), ordering="locations_counted")
    def location_count(self, obj: Any) -> int:
        """How many locations it has."""
        return int(obj.locations_counted)

    @display(description=_("used"))
    def used(self, obj: Any) -> int:
        """Units lying on it."""
        units = getattr(obj, "used_units", None)
        return int(ports.shelf_usage([obj.pk])[obj.pk] if units is None else units)

    @display(description=_("status"))
    def state(self, obj: Any) -> SafeString:
        """Free or in use, derived."""
        value = int(ShelfStatus.USED if self.used(obj) else ShelfStatus.FREE)
        return badge(status_label(value), SHELF_COLOURS[value])

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Shelf and locations through the service, all or nothing."""
        shelf = services.open_rack(
            warehouse_id=obj.warehouse_id,
            zone_id=obj.zone_id,
            rack=obj.rack,
            levels=form.cleaned_data["levels"],
            slots=form.cleaned_data["slots"],
            capacity=obj.capacity,
            description=obj.description,
            actor=actor,
        )
        adopt(obj, shelf)

    @service_action(description=_("Add a location"), permission="warehousing.add_location", form=LocationForm)
    def add_location(self, request: HttpRequest, obj: Any, *, level: int, slot: int) -> Location:
        """One more location on the rack."""
        return services.add_location(shelf_id=obj.pk, level=level, slot=slot, actor=self.actor(request))


@admin.register(Location, site=namespace_site)
class LocationAdmin(ReadOnlyAdmin):
    """Every location; codes never change, so there is nothing to edit."""

    list_display = ("code", "warehouse", "zone", "shelf", "level", "slot")
    list_filter = (
        ("warehouse", RelatedDropdownFilter),
        ("zone__kind", ChoicesDropdownFilter),
        ("level", admin.AllValuesFieldListFilter),
    )
    list_select_related = ("warehouse", "zone", "shelf")
    search_fields = ("code", "shelf__code")
    fields = ("code", "warehouse", "zone", "shelf", "level", "slot")
