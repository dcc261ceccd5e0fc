"""The columns every entity of a namespace shares (S000-3)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class TrackedModel(models.Model):
    """An entity with ``creater``, ``create_time`` and ``modify_time``, set by services and never by callers (C-10).

    ``creater`` is spelled as the customer's documents spell it; the namespace is the schema itself (C-11).
    """

    creater = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
    )
    create_time = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    modify_time = models.DateTimeField(_("modified at"), db_default=Now(), editable=False)

    class Meta:
        abstract = True
