"""The port every payment provider fills: plain data in, plain data out, no models and no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise


class CheckoutKind(StrEnum):
    """What the buyer does next."""

    REDIRECT = "redirect"
    QR = "qr"
    MANUAL = "manual"


class Outcome(StrEnum):
    """What the provider says about a payment or a refund."""

    SETTLED = "settled"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment to be opened: our number, the order's number, the amount in ``currency``."""

    sn: str
    order_sn: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """How the buyer pays: a page to open, a code to scan, or instructions to follow."""

    kind: CheckoutKind
    url: str = ""
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallbackResult:
    """A verified provider message: every figure in it is still to be compared with our payment."""

    message_id: str
    sn: str
    order_sn: str
    provider_no: str
    amount: Decimal
    currency: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to send back; ``sn`` makes repeating the request harmless."""

    sn: str
    payment_sn: str
    payment_provider_no: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What became of a refund request."""

    outcome: Outcome
    provider_no: str = ""
    message: str = ""


class Gateway(Protocol):
    """A payment provider. Network calls happen in ``refund`` and ``query`` only, never inside a transaction."""

    @property
    def code(self) -> str:
        """The provider's name in data and paths."""
        ...

    @property
    def label(self) -> str | Promise:
        """The provider's name for people."""
        ...

    @property
    def is_online(self) -> bool:
        """Whether a system answers; else a finance person does."""
        ...

    def open(self, request: PaymentRequest) -> Checkout:
        """Prepare a payment and say how the buyer pays."""
        ...

    def verify_callback(self, headers: Mapping[str, str], body: bytes) -> CallbackResult:
        """Check who sent the message and read it; raises a DomainError for a forged or unreadable one."""
        ...

    def refund(self, request: RefundRequest) -> RefundResult:
        """Send money back; repeating with the same number must not pay twice. Raises GatewayUnavailable."""
        ...

    def query(self, sn: str) -> Outcome:
        """Ask what became of a payment. Raises GatewayUnavailable."""
        ...
