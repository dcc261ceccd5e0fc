"""Levels of members: a band of earned points and the discount it brings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.models import TrackedModel

LEVEL_NAME_MAX = 50


class Level(TrackedModel):
    """A band of earned points, half open: ``min_points`` ≤ points < ``max_points`` (S002-3).

    ``max_points`` null means no upper end; ``discount`` is the factor on prices (0.95 = 5 % off).
    """

    name = models.CharField(_("name"), max_length=LEVEL_NAME_MAX)
    min_points = models.IntegerField(_("points from"))
    max_points = models.IntegerField(_("points below"), null=True, blank=True)
    discount = models.DecimalField(_("price factor"), max_digits=3, decimal_places=2, default=1)
    description = models.CharField(_("description"), max_length=200, blank=True, default="")
    sort = models.IntegerField(_("rank"), default=0)

    class Meta:
        verbose_name = _("member level")
        verbose_name_plural = _("member levels")
        ordering = ("min_points", "id")
        constraints = (
            models.UniqueConstraint(fields=("name",), name="partners_level_name"),
            models.UniqueConstraint(fields=("min_points",), name="partners_level_min_points"),
            models.CheckConstraint(
                condition=models.Q(min_points__gte=0)
                & (models.Q(max_points__isnull=True) | models.Q(max_points__gt=models.F("min_points"))),
                name="partners_level_band",
            ),
            models.CheckConstraint(
                condition=models.Q(discount__gt=0, discount__lte=1), name="partners_level_discount_range"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def holds(self, points: int) -> bool:
        """Whether ``points`` earned fall into this band."""
        return self.min_points <= points and (self.max_points is None or points < self.max_points)
