"""Who and what the demo's chapters speak of, found by name: a continued run finds what an earlier one made."""

from dataclasses import dataclass
from typing import Final, Self

from catalog.selectors import skus_by_code
from orders.demo.catalogue_data import variants
from orders.demo.members import BUYERS, ref_of
from orders.demo.people import CUSTOMER_LOGIN, LOGINS, STAFF
from orders.demo.places import DEPOTS, HOLDERS
from partners.selectors import partner_id_of_user, partner_ids_of_refs
from stores.selectors import stores_by_code
from vmi.accounts.models import User
from vmi.core.actors import Actor, system_actor, user_actor
from warehousing.selectors import owners_by_code, warehouses_by_code

STORE_CODES: Final = ("APPLE", "SAMSUNG", "NIKE", "YUNGU", "SANLITUN")


@dataclass(frozen=True, slots=True)
class World:
    """Ids by code, and the people as actors by username."""

    actors: dict[str, Actor]
    skus: dict[str, int]
    warehouses: dict[str, int]
    owners: dict[str, int]
    stores: dict[str, int]
    members: dict[int, int]
    """Member ids by their index in BUYERS."""

    @classmethod
    def of_namespace(cls) -> Self:
        """What the current namespace has of it so far: a handful of queries."""
        users = {user.username: user for user in User.objects.filter(username__in=_usernames())}
        actors = {name: user_actor(user, customer=name == CUSTOMER_LOGIN) for name, user in users.items()}
        return cls(
            actors=actors,
            skus={code: row.id for code, row in skus_by_code(variants()).items()},
            warehouses={code: row.id for code, row in warehouses_by_code(depot.code for depot in DEPOTS).items()},
            owners={code: row.id for code, row in owners_by_code(holder.code for holder in HOLDERS).items()},
            stores={code: row.id for code, row in stores_by_code(STORE_CODES).items()},
            members=_members(users.get(CUSTOMER_LOGIN)),
        )

    def buyer(self, index: int | None) -> Actor:
        """Who acts for a member: themselves where they can sign in, else the shop's own front."""
        return self.actors[CUSTOMER_LOGIN] if index == 0 else storefront()


def storefront() -> Actor:
    """The shop system that places orders for members without a login here."""
    return system_actor("storefront")


def _usernames() -> list[str]:
    return [person.username for person in (*LOGINS, *STAFF)]


def _members(customer: User | None) -> dict[int, int]:
    refs = {ref_of(index): index for index in range(len(BUYERS))}
    found = {refs[ref]: pk for ref, pk in partner_ids_of_refs(refs).items()}
    first = partner_id_of_user(customer.pk) if customer is not None else None
    return found if first is None else {0: first, **found}
