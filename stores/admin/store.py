"""Back-office pages of stores and their staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from stores.admin.scope import StoreScopeMixin
from stores.models import Member, StockIn, Store, StoreShelf
from stores.services import add_member, add_source, assign_shelves, create_store, update_member, update_store
from vmi.core.admin import ModelAdmin, namespace_site, service_action

STORE_FIELDS = ("name", "description", "order_hold_minutes")


def _rows(model: type[models.Model], field: str) -> models.QuerySet[Any]:
    """The rows a foreign key may point to."""
    target: Any = model._meta.get_field(field).remote_field
    return target.model._default_manager.all()


def _choice(label: Any, *, required: bool = True) -> forms.ModelChoiceField[Any]:
    """A searchable select box; the form fills in the rows when it is made."""
    return forms.ModelChoiceField(label=label, queryset=None, required=required, widget=UnfoldAdminSelect2Widget())


class SourceForm(forms.Form):
    """Whose goods a store sells, from where."""

    warehouse = _choice(_("Warehouse"))
    owner = _choice(_("Owner of the goods"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].queryset = _rows(StockIn, "warehouse")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = _rows(StockIn, "owner")  # type: ignore[attr-defined]


class StoreForm(forms.ModelForm):
    """A store with its shelves; a shelf of another store is refused by name."""

    shelves: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label=_("Shelves"), queryset=None, required=False, widget=UnfoldAdminSelect2MultipleWidget()
    )

    class Meta:
        model = Store
        fields = STORE_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "shelves" in self.fields:
            self.fields["shelves"].queryset = _rows(StoreShelf, "shelf")  # type: ignore[attr-defined]
            if self.instance.pk:
                links = StoreShelf.objects.filter(store=self.instance)
                self.fields["shelves"].initial = list(links.values_list("shelf_id", flat=True))


class NewStoreForm(StoreForm):
    """A new store also says under which code, and whose goods it sells first; more sources are added later."""

    new_code = forms.CharField(
        label=_("Code"),
        max_length=64,
        required=False,
        help_text=_("Empty: the next free number."),
        widget=UnfoldAdminTextInputWidget(),
    )
    warehouse = _choice(_("Warehouse"), required=False)
    owner = _choice(_("Owner of the goods"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].queryset = _rows(StockIn, "warehouse")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = _rows(StockIn, "owner")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A source is a warehouse and an owner, or none."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("warehouse")) != bool(data.get("owner")):
            self.add_error("owner", _("Give both warehouse and owner, or neither."))
        return data


@admin.register(Store, site=namespace_site)
class StoreAdmin(StoreScopeMixin, ModelAdmin):
    """Shop fronts with their shelves and staff."""

    store_path = "pk"
    form = StoreForm
    list_display = ("code", "name", "channel", "order_hold_minutes", "create_time")
    search_fields = ("code", "name")
    list_select_related = ("channel",)
    service_actions = ("add_goods_source",)
    fieldsets = (
        (None, {"fields": (("code", "channel"), "name", "description", "order_hold_minutes", "shelves")}),
        (_("Record"), {"fields": (("creater", "create_time", "modify_time"),)}),
    )
    add_fieldsets = (
        (None, {"fields": ("new_code", *STORE_FIELDS)}),
        (_("Sells from"), {"fields": (("warehouse", "owner"), "shelves")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new store asks for its code and first source."""
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Code and channel are fixed once the store is open."""
        return () if obj is None else (*super().get_readonly_fields(request, obj), "code", "channel")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form for opening a store asks for more than the one for changing it."""
        if obj is None:
            kwargs["form"] = NewStoreForm
        kwargs["fields"] = STORE_FIELDS
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: bool) -> None:
        """Open or change the store, then give it its shelves, by the same commands as the API."""
        actor, data = self.actor(request), form.cleaned_data
        fields = {name: data[name] for name in STORE_FIELDS}
        if change:
            update_store(store_id=obj.pk, actor=actor, **fields)
        else:
            sources = [(data["warehouse"].pk, data["owner"].pk)] if data.get("warehouse") else []
            opened = create_store(code=data.get("new_code") or None, sources=sources, actor=actor, **fields)
            obj.pk, obj.code = opened.pk, opened.code
        if change or data["shelves"]:
            assign_shelves(store_id=obj.pk, shelf_ids=[shelf.pk for shelf in data["shelves"]], actor=actor)

    @service_action(
        description=_("Add a source of goods"), permission="stores.change_store", icon="add", form=SourceForm
    )
    def add_goods_source(self, request: HttpRequest, obj: Store, warehouse: Any, owner: Any) -> None:
        """Let the store also sell this owner's goods from this warehouse."""
        add_source(store_id=obj.pk, warehouse_id=warehouse.pk, owner_id=owner.pk, actor=self.actor(request))


@admin.register(Member, site=namespace_site)
class MemberAdmin(StoreScopeMixin, ModelAdmin):
    """People working in stores; a user makes them able to sign in."""

    list_display = ("name", "title", "store", "user")
    list_filter = ("store",)
    search_fields = ("name", "title", "store__name", "user__username")
    list_select_related = ("store", "user")
    autocomplete_fields = ("store", "user")
    fields = ("store", "title", "name", "user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The store is fixed."""
        return () if obj is None else ("store",)

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        """Add or change through the same commands as the API."""
        fields: dict[str, Any] = {"title": obj.title, "name": obj.name, "user_id": obj.user_id}
        if change:
            update_member(member_id=obj.pk, actor=self.actor(request), **fields)
        else:
            obj.pk = add_member(store_id=obj.store_id, actor=self.actor(request), **fields).pk
