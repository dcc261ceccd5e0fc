"""Staff of single stores hold and release goods in the channels of their stores only (C-54)."""

from collections.abc import Callable
from typing import Any

from inventory.selectors import sellable
from stores.services import add_member
from tests.factories.stores import World, make_world
from vmi.core.actors import system_actor

Api = Callable[..., Any]

RESERVE = "/api/v1/inventory/reserve"


def _hold(client: Any, world: World, path: str, quantity: int, key: str) -> Any:
    body = {"channel": world.store.channel_id, "items": [{"sku": world.sku().sku, "quantity": quantity}]}
    return client.post(f"{RESERVE}/{path}/", body, format="json", headers={"Idempotency-Key": key})


def _left(world: World) -> int:
    return sellable(world.store.channel_id, [world.sku().pk])[world.sku().pk]


def test_a_store_member_holds_in_the_channels_of_their_stores_only(staff: Api, api_for: Api) -> None:
    mine, other = make_world(), make_world()
    mine.receive(mine.line(10))
    other.receive(other.line(10))
    user = staff("store_member")
    add_member(store_id=mine.store.pk, title="clerk", name="Li", user_id=user.pk, actor=system_actor())
    client = api_for(user)

    assert _hold(client, mine, "cart", 2, "a").status_code == 201
    assert _hold(client, mine, "order", 3, "b").status_code == 201
    for path in ("cart", "order"):
        refused = _hold(client, other, path, 1, f"c-{path}")
        assert (refused.status_code, refused.json()["error"]["param"]) == (404, "channel")
    assert (
        client.put(
            f"{RESERVE}/cart/",
            {"channel": other.store.channel_id, "items": [{"sku": other.sku().sku, "quantity": 1}]},
            format="json",
        ).status_code
        == 404
    )
    assert (_left(mine), _left(other)) == (7, 10), "the order's three take the two of the same person's cart with them"


def test_a_store_member_releases_orders_of_their_stores_only(staff: Api, api_for: Api) -> None:
    mine, other = make_world(), make_world()
    mine.receive(mine.line(10))
    other.receive(other.line(10))
    clerk, user = api_for(staff("clerk")), staff("store_member")
    add_member(store_id=mine.store.pk, title="clerk", name="Li", user_id=user.pk, actor=system_actor())
    held = [_hold(clerk, world, "order", 4, f"k-{world.store.pk}").json()["reservations"][0] for world in (mine, other)]
    client = api_for(user)

    assert client.post(f"{RESERVE}/order/{held[1]['id']}/release/", {}, format="json").status_code == 404
    assert client.delete(f"{RESERVE}/order/{held[1]['id']}/").status_code == 404
    assert client.post(f"{RESERVE}/order/{held[0]['id']}/release/", {}, format="json").json() == {"released": 4}
    assert (_left(mine), _left(other)) == (10, 6)
