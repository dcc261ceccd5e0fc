"""The column that holds a state: a reference to the platform table by value, without a database foreign key."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.statuses.models import Status, enum_values


class StatusDescriptor(ForwardManyToOneDescriptor):
    """Answers ``order.status`` from the process's memory: the rows are immutable, so lists need no join."""

    def get_object(self, instance: models.Model) -> Status:
        """The row of the stored value."""
        return Status.of(getattr(instance, self.field.attname))


class StatusField(models.ForeignKey):
    """A state of ``enum``: ``<field>_id`` holds the number, ``<field>`` is the platform's row.

    There is no foreign key in the database (``db_constraint=False``): it would lock the one shared row
    on every hot insert and tie the namespace's schema to one server. A CHECK made by
    :func:`status_check` lists the allowed values instead.
    """

    forward_related_accessor_class = StatusDescriptor

    def __init__(self, enum: type[StatusEnum] | None = None, **kwargs: Any) -> None:
        self.enum = enum
        kwargs.setdefault("verbose_name", _("status"))
        kwargs.setdefault("editable", False)
        kwargs.setdefault("db_index", False)
        kwargs.update(
            to="statuses.Status",
            to_field="value",
            on_delete=models.PROTECT,
            db_constraint=False,
            related_name="+",
        )
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Migrations need neither the enumeration nor the fixed target."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("to", "to_field", "on_delete", "db_constraint", "related_name"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs


def status_check(field: str, enum: type[StatusEnum], name: str) -> models.CheckConstraint:
    """The CHECK that lists the values ``field`` may hold; goes into ``Meta.constraints``."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": enum_values(enum)}), name=name)
