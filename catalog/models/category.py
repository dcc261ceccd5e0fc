"""The tree of categories."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vmi.core.models import TrackedModel

CATEGORY_NAME_MAX = 50
CATEGORY_LEVEL_MAX = 8
"""Deepest level of the tree; deeper trees are never navigated and cost every listing."""


class Category(TrackedModel):
    """A node of the category tree (S002-5); ``level`` is 1 at the root and kept by the services."""

    name = models.CharField(_("name"), max_length=CATEGORY_NAME_MAX)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    level = models.IntegerField(pgettext_lazy("tree", "level"), default=1, editable=False)
    sort = models.IntegerField(_("sort"), default=0)
    icon = models.CharField(_("icon"), max_length=500, blank=True, default="")
    visible = models.BooleanField(_("visible"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("level", "sort", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("parent", "name"), nulls_distinct=False, name="catalog_category_name_in_parent"
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="catalog_category_parent_self"),
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_category_name_given"),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=CATEGORY_LEVEL_MAX), name="catalog_category_level_range"
            ),
        )

    def __str__(self) -> str:
        return self.name
