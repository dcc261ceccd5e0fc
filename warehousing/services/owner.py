"""Goods owners."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from partners.choices import PARTNER_MACHINE, PartnerStatus
from vmi.api.naming import camel
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.integrity import refusing
from vmi.core.money import quantize
from vmi.numbering.services import next_number
from vmi.statuses.machine import transition
from warehousing.choices import OwnerType, SettlementCycle
from warehousing.exceptions import InvalidNumber, OwnerNotFound
from warehousing.models import Owner
from warehousing.services.changes import apply_changes
from warehousing.services.texts import clean_code, clean_columns, taken

FEES = ("storage_fee", "handling_fee")
OWNER_CHANGEABLE = (
    "name",
    "type",
    "contact",
    "phone",
    "email",
    "settlement_cycle",
    "settlement_terms",
    *FEES,
)


def _check_fee(value: Decimal | None, *, param: str) -> Decimal | None:
    if value is None:
        return None
    if value < 0:
        raise InvalidNumber(param=param, details={param: str(value)})
    return quantize(value)


def register_owner(
    *,
    name: str,
    type: str = OwnerType.OWN,  # noqa: A002 - the customer's word for it
    code: str | None = None,
    contact: str = "",
    phone: str = "",
    email: str = "",
    settlement_cycle: str = SettlementCycle.NONE,
    settlement_terms: str = "",
    storage_fee: Decimal | None = None,
    handling_fee: Decimal | None = None,
    actor: Actor,
) -> Owner:
    """Add an owner, enabled (S001-1). Fees are amounts per unit. Raises CodeTaken, InvalidRequest."""
    values = {
        "name": name,
        "type": type,
        "contact": contact,
        "phone": phone,
        "email": email,
        "settlement_cycle": settlement_cycle,
        "settlement_terms": settlement_terms,
        "storage_fee": _check_fee(storage_fee, param="storageFee"),
        "handling_fee": _check_fee(handling_fee, param="handlingFee"),
    }
    values = clean_columns(Owner, values)
    now = clock.now()
    code = clean_code(code, param="code") if code else next_number("owner", on=now)
    with refusing({"warehousing_owner_code": lambda: taken("code", code)}), transaction.atomic():
        return Owner.objects.create(
            code=code,
            **values,
            status_id=PartnerStatus.ENABLED,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )


def _get(owner_id: int) -> Owner:
    owner = Owner.objects.filter(pk=owner_id).first()
    if owner is None:
        raise OwnerNotFound(param="owner")
    return owner


@transaction.atomic
def update_owner(*, owner_id: int, changes: Mapping[str, Any], actor: Actor) -> Owner:
    """Change names, contact or terms; raises OwnerNotFound, InvalidRequest for a negative fee."""
    fees = {name: _check_fee(value, param=camel(name)) for name, value in changes.items() if name in FEES}
    values = clean_columns(Owner, {**changes, **fees})
    return apply_changes(_get(owner_id), values, allowed=OWNER_CHANGEABLE, actor=actor)


def _move(owner_id: int, to: PartnerStatus, actor: Actor) -> Owner:
    owner = _get(owner_id)
    before = owner.status_id
    if before != to:
        transition(owner, to, machine=PARTNER_MACHINE, actor=actor)
        audit(owner, {"status": before}, {"status": int(to)}, actor=actor)
    return owner


@transaction.atomic
def disable_owner(*, owner_id: int, actor: Actor) -> Owner:
    """Block new business with an owner (S001-1); doing it twice changes nothing."""
    return _move(owner_id, PartnerStatus.DISABLED, actor)


@transaction.atomic
def enable_owner(*, owner_id: int, actor: Actor) -> Owner:
    """Allow new business again; doing it twice changes nothing."""
    return _move(owner_id, PartnerStatus.ENABLED, actor)
