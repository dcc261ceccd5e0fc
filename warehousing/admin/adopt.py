"""Letting an admin form's object become the row a service has made."""

from django.db.models import Model


def adopt(obj: Model, made: Model) -> None:
    """Give ``obj`` the key and the columns of ``made``, so that the back office goes on with the stored row."""
    obj.pk = made.pk
    obj._state.adding = False
    obj.refresh_from_db()
