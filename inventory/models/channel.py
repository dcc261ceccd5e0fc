"""Sales channels and the stock they may sell."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel


class Channel(TrackedModel):
    """A shop front: a store, a marketplace, a counter. Its sources say whose goods it sells from where (S001-26)."""

    code = CodeField(_("code"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ChannelSource(models.Model):
    """One warehouse and owner a channel sells from; the lowest priority number is asked first."""

    channel = models.ForeignKey(Channel, verbose_name=_("channel"), on_delete=models.PROTECT, related_name="sources")
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", verbose_name=_("warehouse"), on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "warehousing.Owner", verbose_name=_("goods owner"), on_delete=models.PROTECT, related_name="+"
    )
    priority = models.IntegerField(_("priority"), default=0)

    class Meta:
        verbose_name = _("channel source")
        verbose_name_plural = _("channel sources")
        ordering = ("channel", "priority", "pk")
        constraints = [
            models.UniqueConstraint(fields=("channel", "warehouse", "owner"), name="inventory_channelsource_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} ← {self.warehouse} / {self.owner}"
