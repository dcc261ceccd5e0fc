"""Store members see and use the rows of their stores only; another store's row answers 404 (C-54)."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from stores.exceptions import InvalidReference, NotYourDocument
from stores.models import StockDocument
from stores.selectors import may_change, stores_visible_to


class StoreScopeMixin:
    """Confines a viewset to the caller's stores; ``store_paths`` lead from a row to the id of its store."""

    store_paths: ClassVar[tuple[str, ...]] = ("store_id",)
    request: Any

    @cached_property
    def visible_stores(self) -> set[int] | None:
        """The stores the caller is confined to, None for every store."""
        return stores_visible_to(self.request.user)

    def get_queryset(self) -> QuerySet[Any]:
        """Rows of the visible stores."""
        rows: QuerySet[Any] = super().get_queryset()  # type: ignore[misc]
        if getattr(self, "swagger_fake_view", False) or self.visible_stores is None:
            return rows
        mine = Q()
        for path in self.store_paths:
            mine |= Q(**{f"{path}__in": self.visible_stores})
        return rows.filter(mine)

    def require_own(self, document: StockDocument) -> None:
        """Refuse to edit or cancel what the caller may only see. Raises NotYourDocument."""
        if not may_change(self.request.user, document):
            raise NotYourDocument

    def require_store(self, store_id: int | None) -> None:
        """Refuse a write for a store the caller does not work in, as if it did not exist."""
        if self.visible_stores is not None and store_id not in self.visible_stores:
            raise InvalidReference(param="store")
