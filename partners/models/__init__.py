"""Tables of the app; private to it, others go through services and selectors."""

from partners.models.level import Level
from partners.models.partner import Partner

__all__ = ["Level", "Partner"]
