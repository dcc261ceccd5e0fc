"""Store members see and use the orders of their own stores only (C-54)."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from stores.exceptions import StoreNotFound
from stores.selectors import stores_visible_to
from vmi.api.permissions import is_customer


class StoreScope:
    """Confines a viewset to the stores of the caller; ``store_path`` leads from the row to the store's id."""

    store_path: ClassVar[str] = "store_id"
    request: Any

    def get_queryset(self) -> QuerySet[Any]:
        """Rows of the visible stores; members of the shop are confined by their own rule."""
        rows: QuerySet[Any] = super().get_queryset()  # type: ignore[misc]
        visible = self.visible_stores()
        return rows if visible is None else rows.filter(**{f"{self.store_path}__in": visible})

    def visible_stores(self) -> set[int] | None:
        """The stores the caller is confined to; None: every store."""
        if getattr(self, "swagger_fake_view", False) or is_customer(self.request.user):
            return None
        return stores_visible_to(self.request.user)

    def require_store(self, store_id: int) -> None:
        """Refuse a store the caller may not see as if it did not exist. Raises StoreNotFound."""
        visible = self.visible_stores()
        if visible is not None and store_id not in visible:
            raise StoreNotFound(param="store")
