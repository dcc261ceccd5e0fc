"""The port to warehouse systems: one file per kind of connection; adding one is a file and a line here."""

from warehousing.choices import WmsMode
from warehousing.wms.base import ByHand, WmsPort
from warehousing.wms.http import HttpWms

__all__ = ["WmsPort", "adapter_for"]


def adapter_for(mode: str, *, endpoint: str, secret: str) -> WmsPort:
    """The adapter of a connection's mode."""
    if mode == WmsMode.HTTP:
        return HttpWms(endpoint=endpoint, secret=secret)
    return ByHand()
