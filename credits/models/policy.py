"""Policies that grant credits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credits.choices import PolicyStatus
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check

POLICY_NAME_MAX = 100


class RewardPolicy(TrackedModel):
    """A rule that grants credits (S000-11, C-35); ``policy`` is JSON checked by :mod:`credits.policies`.

    All enabled policies of a trigger grant, each once per source document.
    """

    name = models.CharField(_("name"), max_length=POLICY_NAME_MAX)
    description = models.TextField(_("description"), blank=True, default="")
    policy = models.JSONField(_("rule"))
    status = StatusField(PolicyStatus, verbose_name=_("status"), default=PolicyStatus.ENABLED)

    class Meta:
        verbose_name = _("reward policy")
        verbose_name_plural = _("reward policies")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("name",), name="credits_rewardpolicy_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="credits_rewardpolicy_name_given"),
            status_check("status", PolicyStatus, "credits_rewardpolicy_status"),
        )

    def __str__(self) -> str:
        return self.name
