"""Store members see the rows of their stores only, in the back office as over the API (C-54)."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from stores.exceptions import InvalidReference
from stores.selectors import stores_visible_to


class StoreScopeMixin:
    """Confines a page to the stores of the signed-in member; ``store_path`` leads to the store's id."""

    store_path: ClassVar[str] = "store_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of the visible stores; everybody else sees all."""
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        visible = stores_visible_to(request.user)  # type: ignore[arg-type]
        return rows if visible is None else rows.filter(Q(**{f"{self.store_path}__in": visible}))

    def require_store(self, request: HttpRequest, store_id: int | None) -> None:
        """Refuse to write for a store the signed-in person does not work in, as if it did not exist."""
        visible = stores_visible_to(request.user)  # type: ignore[arg-type]
        if visible is not None and store_id not in visible:
            raise InvalidReference(param="store")
