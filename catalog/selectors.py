"""Named reads about products and SKUs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Min, Q
from django.db.models.functions import Upper

from catalog.choices import ProductStatus
from catalog.exceptions import ProductNotFound
from catalog.models import Product, ProductInfo


@dataclass(frozen=True, slots=True)
class SkuRow:
    """A SKU as other apps see it."""

    id: int
    code: str
    name: str
    product_id: int
    list_price: Decimal | None = None
    product_status: int = ProductStatus.DRAFT

    @property
    def is_published(self) -> bool:
        """Whether the SKU's product is on the shelf."""
        return self.product_status == ProductStatus.ON_SHELF


def skus_by_code(codes: Iterable[str]) -> dict[str, SkuRow]:
    """SKUs by code, whatever its case; keyed as asked, unknown codes left out. One query."""
    wanted = {code: code.strip().upper() for code in codes}
    found = {row.code.upper(): row for row in _rows(code_upper__in=set(wanted.values()))}
    return {code: found[upper] for code, upper in wanted.items() if upper in found}


def skus_by_id(sku_ids: Iterable[int]) -> dict[int, SkuRow]:
    """SKUs by id; unknown ids are left out. One query."""
    return {row.id: row for row in _rows(pk__in=set(sku_ids))}


def find_skus(text: str, *, limit: int) -> list[SkuRow]:
    """SKUs whose code or name contains a text, by code, at most ``limit``; an empty text fits all. One query."""
    return _rows(Q(sku__icontains=text) | Q(name__icontains=text), order="sku", limit=limit)


def shelf_life(sku_id: int) -> int | None:
    """For how many days a SKU keeps after it was made (C-52); None: not known, or for ever."""
    found: int | None = ProductInfo.objects.filter(pk=sku_id).values_list("product__expire", flat=True).first()
    return found


def _rows(*conditions: Q, order: str = "pk", limit: int | None = None, **condition: object) -> list[SkuRow]:
    rows = (
        ProductInfo.objects.annotate(code_upper=Upper("sku")).filter(*conditions, **condition).order_by(order)[:limit]
    )
    columns = ("pk", "sku", "name", "product_id", "list_price", "product__status_id")
    return [SkuRow(*values) for values in rows.values_list(*columns)]


def get_product(product_id: int) -> Product:
    """The product with this id. Raises ProductNotFound."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound(details={"id": product_id})
    return product


def get_sku(sku_id: int) -> ProductInfo:
    """The SKU with this id. Raises ProductNotFound."""
    sku = ProductInfo.objects.filter(pk=sku_id).first()
    if sku is None:
        raise ProductNotFound(details={"id": sku_id})
    return sku


def price_ranges(product_ids: Iterable[int]) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Lowest and highest list price per product (C-20); products without a priced SKU answer nulls. One query."""
    wanted = list(product_ids)
    rows = ProductInfo.objects.filter(product_id__in=wanted).order_by().values("product_id")
    ranges = {
        row["product_id"]: (row["low"], row["high"])
        for row in rows.annotate(low=Min("list_price"), high=Max("list_price"))
    }
    return {product_id: ranges.get(product_id, (None, None)) for product_id in wanted}


def sku_names(sku_ids: Collection[int]) -> dict[int, str]:
    """What these SKUs are called, by id; unknown ids are left out."""
    return dict(ProductInfo.objects.filter(pk__in=sku_ids).values_list("id", "name"))
