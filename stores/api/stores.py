"""Endpoints of stores, their staff and their listings."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from stores import services
from stores.api.filters import GoodsFilters, MemberFilters, StoreFilters
from stores.api.scope import StoreScopeMixin
from stores.api.serializers import GoodsSerializer, MemberSerializer, SourceSerializer, StoreSerializer
from stores.choices import GoodsStatus
from stores.exceptions import ImmutableField, InvalidReference
from stores.models import Goods, Member, Store
from vmi.api.viewsets import CrudViewSet, command


def refuse_change(instance: Any, data: dict[str, Any], **wire_names: str) -> None:
    """Take the fixed columns out of ``data``; raises ImmutableField when one differs from the stored value."""
    for column, wire in wire_names.items():
        if column in data and data.pop(column) != getattr(instance, column):
            raise ImmutableField(param=wire)


class StoreViewSet(StoreScopeMixin, CrudViewSet):
    """``vmi/store``: shop fronts."""

    queryset = Store.objects.prefetch_related("shelf_links")
    serializer_class = StoreSerializer
    filterset_class = StoreFilters
    ordering_fields = ("id", "code", "name")
    store_paths = ("pk",)
    customer_actions = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """Every store is open to every member."""
        return qs

    def create_object(self, data: dict[str, Any]) -> Store:
        """Open a store with its channel, sources and shelves."""
        shelf_ids = data.pop("shelf", ())
        sources = [(source["warehouse"], source["owner"]) for source in data.pop("sources", ())]
        store = services.create_store(sources=sources, actor=self.actor, **data)
        if shelf_ids:
            services.assign_shelves(store_id=store.pk, shelf_ids=shelf_ids, actor=self.actor)
        return self.get_queryset().get(pk=store.pk)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Store:
        """Change name, description, hold minutes and the list of shelves."""
        refuse_change(instance, data, code="code")
        if "sources" in data:
            raise ImmutableField(param="sources")
        shelf_ids = data.pop("shelf", None)
        if data:
            services.update_store(store_id=instance.pk, actor=self.actor, **data)
        if shelf_ids is not None:
            services.assign_shelves(store_id=instance.pk, shelf_ids=shelf_ids, actor=self.actor)
        return self.get_queryset().get(pk=instance.pk)

    @command(permission="stores.change_store", request=SourceSerializer)
    def add_source(self, obj: Store, data: dict[str, Any]) -> None:
        """Let the store also sell this owner's goods from this warehouse."""
        services.add_source(store_id=obj.pk, warehouse_id=data["warehouse"], owner_id=data["owner"], actor=self.actor)


class MemberViewSet(StoreScopeMixin, CrudViewSet):
    """``vmi/store/member``: store staff."""

    queryset = Member.objects.all()
    serializer_class = MemberSerializer
    filterset_class = MemberFilters
    ordering_fields = ("id", "name")

    def create_object(self, data: dict[str, Any]) -> Member:
        """Add a person to a store."""
        self.require_store(data["store_id"])
        return services.add_member(actor=self.actor, **data)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Member:
        """Change title, name or user; the store is fixed."""
        refuse_change(instance, data, store_id="store")
        return services.update_member(member_id=instance.pk, actor=self.actor, **data)


class GoodsViewSet(StoreScopeMixin, CrudViewSet):
    """``vmi/store/goods``: listings. Members see those on sale."""

    queryset = Goods.objects.all()
    serializer_class = GoodsSerializer
    filterset_class = GoodsFilters
    ordering_fields = ("id", "sku", "name", "price")
    customer_actions = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """What is on sale."""
        return qs.filter(status_id=GoodsStatus.ON_SALE)

    def create_object(self, data: dict[str, Any]) -> Goods:
        """List a SKU in a store."""
        self.require_store(data["store_id"])
        data["sku_id"] = data.pop("product_id")
        if "status_id" in data:
            data["status"] = data.pop("status_id")
        wanted_code = data.pop("sku", "")
        goods = services.list_goods(actor=self.actor, **data)
        if wanted_code and wanted_code.upper() != goods.sku.upper():
            raise InvalidReference(_("The code does not belong to the SKU."), param="sku", details={"sku": goods.sku})
        return goods

    def update_object(self, instance: Any, data: dict[str, Any]) -> Goods:
        """Change texts, price and whether it is on sale; store and SKU are fixed."""
        refuse_change(instance, data, store_id="store", product_id="product", sku="sku")
        status = data.pop("status_id", None)
        goods = services.update_goods(goods_id=instance.pk, actor=self.actor, **data) if data else instance
        if status is not None:
            goods = services.set_goods_status(goods_id=instance.pk, status=status, actor=self.actor)
        return goods
