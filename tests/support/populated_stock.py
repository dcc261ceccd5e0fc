"""The part of a populated namespace that lies in the stock core: safety, counts, quotas, supply, proofs."""

from datetime import timedelta

from django.apps import apps

from catalog.models import ProductInfo
from catalog.services import SkuInput, create_product
from inventory.choices import LockReason, Purpose
from inventory.services import (
    CountLine,
    ExpectLine,
    LockLine,
    ReserveLine,
    SafetyTerms,
    apply_wms_snapshot,
    count,
    expect_supply,
    lock,
    open_presale,
    open_stocktake,
    refused,
    release_safety,
    reserve,
    review_safety,
    set_safety,
)
from inventory.services.assignment_rules import set_assignment
from inventory.services.shares import set_share
from tests.support.population import Populated, actor_of, user_id_of
from vmi.core import clock
from vmi.core.actors import wms_actor
from vmi.core.sources import Source


def safety(made: Populated, mark: str) -> None:
    """A safety stock, some of it released, reviewed after its first week."""
    actor = actor_of(made, "manager")
    row = apps.get_model("inventory", "LogicalStock").objects.get(
        sku_id=made.ids["sku"], warehouse_id=made.ids["warehouse"], owner_id=made.ids["owner"]
    )
    terms = SafetyTerms(normal_units=3)
    set_safety(logical_id=row.pk, terms=terms, source=Source("safety", f"{mark}-1"), actor=actor)
    release_safety(
        logical_id=row.pk,
        quantity=1,
        reason=f"{mark} campaign",
        source=Source("safety", f"{mark}-2"),
        actor=actor,
    )
    with clock.at(clock.now() + timedelta(days=8)):
        review_safety(logical_ids=[row.pk], actor=actor)


def counts(made: Populated, mark: str) -> None:
    """A lock, a count with a difference, and a picture of the warehouse system that differs."""
    actor = actor_of(made, "manager")
    rows = apps.get_model("inventory", "PhysicalStock").objects.filter(sku_id=made.ids["sku"], quality=1)
    row = rows.order_by("pk")[0]
    sn = f"{mark}-LCK"
    lock(sn=sn, lines=[LockLine(1, row.pk, 1)], reason=LockReason.LEGAL, note=f"{mark} note", actor=actor)
    count_of = open_stocktake(
        warehouse_id=made.ids["warehouse"], owner_id=made.ids["owner"], description=f"{mark} count", actor=actor
    )
    line = CountLine(made.ids["sku"], made.ids["location"], 1, f"{mark}-C")
    count(stocktake_id=count_of.pk, lines=[line], actor=actor)
    apply_wms_snapshot(
        warehouse_id=made.ids["warehouse"],
        seq=int(clock.now().timestamp()),
        taken_at=clock.now(),
        rows=[(f"{mark}-unknown", f"{mark}", f"{mark}", f"{mark}", 1, 1)],
        actor=wms_actor(made.codes["wms"]),
    )


def quotas(made: Populated, mark: str) -> None:
    """A channel's share of a shared bucket, and where receipts go."""
    actor = actor_of(made, "manager")
    bucket = apps.get_model("inventory", "ChannelStock").objects.filter(channel=None).order_by("-pk")[0]
    channel_id, logical_id = made.ids["channel"], bucket.pool.logical_id
    source = Source("quota", f"{mark}-QTA")
    set_share(bucket_id=bucket.pk, channel_id=channel_id, cap_percent=100, source=source, actor=actor)
    set_assignment(logical_id=logical_id, channel_id=channel_id, purpose=Purpose.STAFF, percent=1, actor=actor)


def supply(made: Populated, mark: str) -> None:
    """Goods on their way, one of them sold before it comes, and a buyer who wanted more than that."""
    actor = actor_of(made, "manager")
    product = create_product(name=f"{mark} coming", skus=[SkuInput(sku=f"SKU-{mark}-COMING")], actor=actor)
    sku_id = ProductInfo.objects.get(product=product).pk
    source = Source("purchase", f"{mark}-PO")
    expect_supply(
        warehouse_id=made.ids["warehouse"],
        owner_id=made.ids["owner"],
        lines=[ExpectLine(1, sku_id, 9)],
        source=source,
        actor=actor,
    )
    line = apps.get_model("inventory", "SupplyLine").objects.get(source_sn=source.sn)
    open_presale(line_id=line.pk, quantity=5, source=Source("supply", f"{mark}-PRE"), actor=actor)
    reserve(
        channel_id=made.ids["channel"],
        lines=[ReserveLine(1, sku_id, 1)],
        source=Source("order", f"{mark}-WAITS"),
        expires_at=clock.now() + timedelta(hours=1),
        actor=actor,
    )
    wanted = [refused.Missing(sku_id, 2)]
    source = Source("order", f"{mark}-VAIN")
    refused.note_missing(wanted, channel_id=made.ids["channel"], partner_id=None, source=source)
    refused.flush()


def proof(made: Populated, mark: str) -> None:
    """A proof that found a difference once, and the correction proposed for it."""
    bucket = apps.get_model("inventory", "ChannelStock").objects.order_by("-pk")[0]
    run = apps.get_model("inventory", "ReconcileRun").objects.create(
        started_at=clock.now(),
        duration_ms=20,
        entries=1,
        differences=0,
        findings={"I1–I8 stock": [{"note": mark}]},
        actor_id=user_id_of(made, "manager"),
    )
    apps.get_model("inventory", "Correction").objects.create(
        sn=f"{mark}-COR",
        run=run,
        invariant="I1",
        layer=1,
        row_id=bucket.pk,
        counter=102,
        actual=1,
        expected=0,
        kind=2,
        rule=1,
        proposed_by=user_id_of(made, "manager"),
        proposed_at=clock.now(),
        note=mark,
    )
