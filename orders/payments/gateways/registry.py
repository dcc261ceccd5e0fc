"""Which providers this installation offers."""

from django.conf import settings

from orders.payments.exceptions import UnknownProvider
from orders.payments.gateways.base import Gateway
from orders.payments.gateways.development import DevelopmentGateway
from orders.payments.gateways.offline import OfflineGateway

_OFFLINE = OfflineGateway()
_DEVELOPMENT = DevelopmentGateway()


def all_gateways() -> dict[str, Gateway]:
    """The available providers by code; the development one only where ``DEVELOPMENT_GATEWAY`` allows it."""
    found: dict[str, Gateway] = {_OFFLINE.code: _OFFLINE}
    if settings.DEVELOPMENT_GATEWAY:
        found[_DEVELOPMENT.code] = _DEVELOPMENT
    return found


def gateway_for(provider: str) -> Gateway:
    """The provider with this code; raises UnknownProvider."""
    gateway = all_gateways().get(provider)
    if gateway is None:
        raise UnknownProvider(param="provider", details={"provider": provider, "available": sorted(all_gateways())})
    return gateway
