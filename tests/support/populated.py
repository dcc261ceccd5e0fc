"""One namespace with a row in every table, every text of it marked, built by the commands of production.

Two namespaces populated one after the other hold rows with equal ids and different texts: whatever shows the
mark of the other one has leaked.
"""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, models

from catalog.models import ProductInfo
from catalog.services import SkuInput, create_brand, create_category, create_product, publish_product
from credits.choices import CreditTrigger
from credits.services import accrue, adjust, create_policy, redeem
from inventory.services import (
    AllocateLine,
    ReserveLine,
    allocate,
    reserve,
)
from orders.payments.services import confirm_offline_payment, open_payment
from orders.services import (
    Consignee,
    OrderItemInput,
    ReturnItemInput,
    cancel_order,
    complete_order,
    place_order,
    receive_return,
    release_to_warehouse,
    request_return,
)
from partners.models import Level
from partners.services import create_level, register_partner, update_level
from stores.services import (
    DocumentLine,
    add_member,
    approve_stockin,
    assign_shelves,
    create_stockin,
    create_stockout,
    create_store,
    list_goods,
    submit_stockin,
)
from tests.support import populated_stock as stock_core
from tests.support.population import Populated, actor_of, user_id_of
from tests.support.sql import align_ids
from vmi.api.auth import access_token
from vmi.core import clock
from vmi.core.actors import system_actor, wms_actor
from vmi.core.signing import SECRET_PREFIX
from vmi.core.sources import Source
from vmi.events import deliver_inline
from warehousing.models import Location
from warehousing.selectors import notice_ids_of_source
from warehousing.services import (
    confirm_manually,
    connect_wms,
    create_warehouse,
    create_zone,
    open_rack,
    receive_wms_batch,
    register_owner,
)

ROLES = ("customer", "stranger", "store_member", "clerk", "warehouse", "finance", "manager", "namespace_admin")
"""The people of a namespace; ``stranger`` is another customer."""

SECRET = f"{SECRET_PREFIX}MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
STOCK, SOLD = 50, 2


def tenant_models() -> list[type[models.Model]]:
    """Every model of ours whose table lies in the namespaces."""
    own = [config for config in apps.get_app_configs() if config.name in settings.TENANT_APPS]
    return [model for config in own for model in config.get_models() if config.name.split(".")[0] != "django"]


def level_sequences(namespaces: list[Any]) -> None:
    """Let the next row of every table get the same id in all of the namespaces."""
    numbered = [model for model in tenant_models() if isinstance(model._meta.pk, models.BigAutoField)]
    align_ids(namespaces, *numbered)


def make_user(role: str, name: str, mark: str) -> Any:
    """A person of a role (``stranger`` is a customer), signed in by token, not by password."""
    group = "customer" if role == "stranger" else role
    user = get_user_model().objects.create(
        username=name, is_staff=group != "customer", display_name=f"{mark} {role}", email=f"{role}@{mark.lower()}.test"
    )
    user.groups.add(Group.objects.get(name=group))
    return user


def populate(mark: str, *, suffix: str = "") -> Populated:
    """Fill the current namespace; ``suffix`` keeps codes of a second call apart."""
    made = Populated(mark)
    for role in ROLES:
        made.users[role] = make_user(role, f"{role}{suffix}", mark)
    with deliver_inline():
        for build in (
            _catalogue,
            _places,
            _store,
            _rules,
            _members,
            _stock,
            stock_core.safety,
            _orders,
            _returns,
            _paperwork,
            stock_core.counts,
            stock_core.quotas,
            stock_core.supply,
            stock_core.proof,
        ):
            build(made, f"{mark}{suffix}")
    return made


def _catalogue(made: Populated, mark: str) -> None:
    actor = actor_of(made, "manager")
    category = create_category(name=f"{mark} category", actor=actor)
    brand = create_brand(name=f"{mark} brand", actor=actor)
    product = create_product(
        name=f"{mark} product",
        description=f"{mark} text",
        category_id=category.pk,
        brand_id=brand.pk,
        skus=[SkuInput(sku=f"SKU-{mark}", description=f"{mark} white", list_price=Decimal("12.00"))],
        actor=actor,
    )
    publish_product(product_id=product.pk, actor=actor)
    made.ids |= {"category": category.pk, "brand": brand.pk, "product": product.pk}
    made.ids["sku"] = ProductInfo.objects.get(product=product).pk
    made.codes["sku"] = f"SKU-{mark}".upper()


def _places(made: Populated, mark: str) -> None:
    actor = actor_of(made, "manager")
    warehouse = create_warehouse(name=f"{mark} warehouse", address=f"{mark} street", actor=actor)
    zone = create_zone(warehouse_id=warehouse.pk, code="ST", name=f"{mark} zone", actor=actor)
    rack = open_rack(warehouse_id=warehouse.pk, zone_id=zone.pk, rack="01", levels=1, slots=2, actor=actor)
    owner = register_owner(name=f"{mark} owner", contact=f"{mark} contact", actor=actor)
    wms = connect_wms(warehouse_id=warehouse.pk, code=f"wms-{mark}".lower(), secret=SECRET, actor=actor)
    made.codes["wms"] = wms.code
    made.ids |= {"warehouse": warehouse.pk, "zone": zone.pk, "shelf": rack.pk, "owner": owner.pk, "wms": wms.pk}
    made.ids["location"] = Location.objects.filter(shelf=rack).order_by("pk")[0].pk


def _store(made: Populated, mark: str) -> None:
    actor = actor_of(made, "manager")
    store = create_store(
        name=f"{mark} store",
        description=f"{mark} text",
        sources=[(made.ids["warehouse"], made.ids["owner"])],
        actor=actor,
    )
    add_member(
        store_id=store.pk,
        title=f"{mark} title",
        name=f"{mark} member",
        user_id=user_id_of(made, "store_member"),
        actor=actor,
    )
    goods = list_goods(
        store_id=store.pk, sku_id=made.ids["sku"], name=f"{mark} goods", price=Decimal("10.00"), actor=actor
    )
    assign_shelves(store_id=store.pk, shelf_ids=[made.ids["shelf"]], actor=actor)
    made.ids |= {"store": store.pk, "channel": store.channel_id, "goods": goods.pk}
    made.codes["store"] = store.code


def _rules(made: Populated, mark: str) -> None:
    """A level above the highest one, a policy."""
    actor = actor_of(made, "manager")
    top = Level.objects.order_by("-min_points")[0]
    edge = top.min_points + 10_000
    update_level(level_id=top.pk, changes={"max_points": edge, "name": f"{mark} below"}, actor=actor)
    create_level(name=f"{mark} level", min_points=edge, description=f"{mark} text", actor=actor)
    create_policy(name=f"{mark} policy", policy={"version": 1, "trigger": "order", "rate": "1"}, actor=actor)


def _members(made: Populated, mark: str) -> None:
    actor = actor_of(made, "clerk")
    for role in ("customer", "stranger"):
        partner = register_partner(
            name=f"{mark} {role}",
            telephone=f"138{user_id_of(made, role):08d}",
            wechat=f"{mark}-wx",
            description=f"{mark} remark",
            user_id=user_id_of(made, role),
            actor=actor,
        )
        made.ids[role] = partner.pk
    for role in ("stranger", "customer"):
        adjust(partner_id=made.ids[role], credit=50, memo=f"{mark} gift", actor=actor)
        redeem(partner_id=made.ids[role], credit=10, memo=f"{mark} reward", actor=actor)
    accrue(
        partner_id=made.ids["customer"],
        trigger=CreditTrigger.ORDER,
        source=Source("order", f"{mark}-0"),
        amount=Decimal("5.00"),
        actor=actor,
    )


def _stock(made: Populated, mark: str) -> None:
    line = DocumentLine(
        sku_id=made.ids["sku"],
        quantity=STOCK,
        price=Decimal("6.00"),
        locations=((made.ids["location"], STOCK),),
        batch=f"{mark}-B"[:64],
    )
    head: dict[str, Any] = {
        "warehouse_id": made.ids["warehouse"],
        "owner_id": made.ids["owner"],
        "store_id": made.ids["store"],
    }
    clerk = actor_of(made, "clerk")
    stockin = create_stockin(lines=[line], description=f"{mark} arrival", actor=clerk, **head)
    submit_stockin(stockin_id=stockin.pk, actor=clerk)
    approve_stockin(stockin_id=stockin.pk, actor=actor_of(made, "manager"))
    draft = create_stockin(lines=[line], description=f"{mark} draft", actor=clerk, **head)
    out = DocumentLine(sku_id=made.ids["sku"], quantity=1, price=Decimal("6.00"))
    stockout = create_stockout(lines=[out], description=f"{mark} scrap", type="scrap", actor=clerk, **head)
    made.ids |= {"stockin": draft.pk, "stockout": stockout.pk}
    allocate(
        warehouse_id=made.ids["warehouse"],
        owner_id=made.ids["owner"],
        lines=[AllocateLine(1, made.ids["sku"], 1)],
        source=Source("stockout", f"{mark}-1"),
        actor=clerk,
    )
    reserve(
        channel_id=made.ids["channel"],
        lines=[ReserveLine(1, made.ids["sku"], 1)],
        source=Source("cart", f"{mark}-1"),
        expires_at=clock.now() + timedelta(minutes=5),
        actor=clerk,
    )


def _place(made: Populated, mark: str, role: str = "customer") -> Any:
    return place_order(
        store_id=made.ids["store"],
        partner_id=made.ids[role],
        items=[OrderItemInput(made.codes["sku"], SOLD)],
        consignee=Consignee(name=f"{mark} name", phone="13800000000", address=f"{mark} address"),
        memo=f"{mark} memo",
        actor=actor_of(made, "clerk"),
    )


def _orders(made: Populated, mark: str) -> None:
    """One order of each kind: shipped and complete, waiting for its warehouse, paid and cancelled, unpaid."""
    for number, role in enumerate(("customer", "stranger", "customer")):
        order = _place(made, mark, role)
        open_payment(order_id=order.pk, provider="development", actor=system_actor())
        confirm_offline_payment(
            order_id=order.pk, amount=order.cost, reference=f"{mark}-{number}", actor=actor_of(made, "finance")
        )
        if number < 2:
            release_to_warehouse(order_id=order.pk, actor=system_actor())
        if number == 0:
            made.ids["order"], made.codes["order"] = order.pk, order.sn
            for notice_id in notice_ids_of_source(order.source):
                confirm_manually(
                    notice_id=notice_id, company=f"{mark} courier", tracking_no=f"{mark}-T", actor=system_actor()
                )
            complete_order(order_id=order.pk, actor=system_actor())
        if number == 1:
            made.ids["notice"] = notice_ids_of_source(order.source)[0]
        if number == 2:
            cancel_order(order_id=order.pk, reason=f"{mark} reason", actor=system_actor())
    waiting = _place(made, mark)
    opened = open_payment(order_id=waiting.pk, provider="development", actor=actor_of(made, "customer"))
    made.ids |= {"unpaid": waiting.pk, "payment": opened.payment.pk}
    made.codes["payment"] = opened.payment.sn


def _returns(made: Populated, mark: str) -> None:
    asked = request_return(
        order_id=made.ids["order"],
        lines=[ReturnItemInput(1, 1)],
        reason=f"{mark} broken",
        actor=actor_of(made, "customer"),
    )
    receive_return(return_id=asked.pk, actor=actor_of(made, "warehouse"))
    made.ids["return"] = asked.pk


def _paperwork(made: Populated, mark: str) -> None:
    """What the edges leave behind: a login, a message of a warehouse system, an answer kept under a key."""
    access_token(made.users["customer"])
    event = {
        "eventId": f"{mark}-event",
        "type": "outbound.confirmed",
        "occurredAt": clock.now().isoformat(),
        "noticeSn": f"{mark}-unknown",
        "company": f"{mark} courier",
        "lines": [{"lineNo": 1, "quantity": 1}],
    }
    receive_wms_batch(connection_id=made.ids["wms"], raw_events=[event], actor=wms_actor(made.codes["wms"]))
    apps.get_model("api", "IdempotencyKey").objects.create(
        user_id=user_id_of(made, "clerk"),
        method="POST",
        route="/api/v1/vmi/order/",
        key=f"{mark}-key",
        body_hash="0" * 64,
        status=201,
        body=json.dumps({"memo": f"{mark} answer"}),
    )


def empty_tables() -> list[str]:
    """Models of ours without a row in the current namespace: the population needs an addition."""
    with connection.cursor() as cursor:
        found = []
        for model in tenant_models():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{model._meta.db_table}")')
            if not cursor.fetchone()[0]:
                found.append(model._meta.label)
        return found
