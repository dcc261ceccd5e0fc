"""Putting products on and off the shelf."""

from django.db import transaction

from catalog.choices import PRODUCT_MACHINE, ProductStatus
from catalog.exceptions import ProductNotFound, ProductWithoutSku
from catalog.locks import lock_product
from catalog.models import Product, ProductInfo
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.events.services import audit
from vmi.statuses.machine import transition


@transaction.atomic
def publish_product(*, product_id: int, actor: Actor) -> Product:
    """Offer a product that has at least one SKU; one on the shelf stays there (S002-4).

    Raises ProductNotFound or ProductWithoutSku.
    """
    product = _locked(product_id)
    if product.status_id != ProductStatus.ON_SHELF and not ProductInfo.objects.filter(product=product).exists():
        raise ProductWithoutSku(details={"id": product_id})
    return _move(product, ProductStatus.ON_SHELF, actor)


@transaction.atomic
def withdraw_product(*, product_id: int, actor: Actor) -> Product:
    """Stop offering a product; one off the shelf stays off. A draft was never on it: InvalidTransition."""
    return _move(_locked(product_id), ProductStatus.OFF_SHELF, actor)


def _locked(product_id: int) -> Product:
    product = lock_product(product_id)
    if product is None:
        raise ProductNotFound(details={"id": product_id})
    return product


def _move(product: Product, to: ProductStatus, actor: Actor) -> Product:
    before = product.status_id
    if before == to:
        return product

    transition(product, to, machine=PRODUCT_MACHINE, actor=actor, extra={"modify_time": clock.now()})

    audit(product, before={"status": before}, after={"status": int(to)}, actor=actor)
    return product
