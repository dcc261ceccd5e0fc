"""What callers hand to the commands: plain values, already of the right type."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OrderItemInput:
    """One wanted line. ``expected_price`` is what the buyer was shown: another price of the server is a conflict.

    ``agreed_price`` is the price of a sale that already happened elsewhere (imports, ``source_ref``); it is
    refused for customers, who always pay the store's price.
    """

    sku: str
    quantity: int
    expected_price: Decimal | None = None
    agreed_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Consignee:
    """Who receives the goods and where: administrative codes for reports, the rest as free text (C-30)."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ReturnItemInput:
    """Units of one order line that the customer sends back."""

    line_no: int
    quantity: int


@dataclass(frozen=True, slots=True)
class InspectionInput:
    """What the inspection of one return line found; good and bad sum to the units received."""

    line_no: int
    good: int
    bad: int
