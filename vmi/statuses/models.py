"""The platform status table."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum


class Status(models.Model):
    """One value of one life cycle, with its name in both languages (S000-2).

    Lives in the platform's schema; rows come from migrations and never change afterwards, which is
    why a process may remember them for good.
    """

    value = models.IntegerField(_("value"), unique=True)
    kind = models.IntegerField(_("kind"))
    name = models.CharField(_("name"), max_length=32)
    name_en = models.CharField(_("English name"), max_length=64)

    _known: ClassVar[dict[int, "Status"]] = {}

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ("value",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the active language: Chinese where Chinese is spoken, English elsewhere."""
        return self.name if (get_language() or "zh").startswith("zh") else self.name_en

    @property
    def kind_name(self) -> str:
        """What the value describes, for example ``order``."""
        from vmi.statuses.seeds import KINDS

        return KINDS.get(self.kind, str(self.kind))

    @classmethod
    def of(cls, value: int) -> "Status":
        """The row of a value, remembered per process; raises ``Status.DoesNotExist`` for an unknown one."""
        row = cls._known.get(value)
        if row is None:
            row = cls._known[value] = cls._default_manager.get(value=value)
        return row


def status_label(value: int) -> str:
    """The name of a status value in the active language; the bare number when the table lacks it."""
    try:
        return Status.of(value).label
    except Status.DoesNotExist:
        return str(value)


def enum_values(enum: type[StatusEnum]) -> list[int]:
    """The values of an enumeration in ascending order."""
    return sorted(int(member.value) for member in enum)
