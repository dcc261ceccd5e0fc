"""Small sales files made by the tests themselves."""

import gzip
from collections.abc import Iterable
from pathlib import Path

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def line(
    invoice: str = "536365",
    code: str = "85123",
    quantity: object = 6,
    price: object = "2.55",
    *,
    customer: str = "17850.0",
    at: str = "2010-12-01 08:26:00",
    name: str = "HEART HOLDER",
    country: str = "United Kingdom",
) -> str:
    """One line of the file."""
    return f"{invoice},{code},{name},{quantity},{at},{price},{customer},{country}"


def sales_file(folder: Path, lines: Iterable[str], *, name: str = "sales.csv") -> Path:
    """A file with these lines; compressed when its name says so."""
    path = folder / name
    content = "\n".join([HEADER, *lines, ""]).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path
