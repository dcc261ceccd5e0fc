"""A reservation on its way through the combiner."""

from dataclasses import dataclass

from inventory.exceptions import InsufficientStock
from inventory.services.demand import Demand, Hold


@dataclass(slots=True)
class Request:
    """A demand and its answer: holds, or a refusal, or neither: then the plain path decides.

    ``offset`` is what the batch added to the caller's line numbers.
    """

    demand: Demand
    holds: list[Hold] | None = None
    refusal: InsufficientStock | None = None
    offset: int = 0
