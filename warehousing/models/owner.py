"""Goods owners."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.choices import PartnerStatus
from vmi.core.fields import CodeField, MoneyField
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check
from warehousing.choices import OwnerType, SettlementCycle


class Owner(TrackedModel):
    """Whose goods lie in the warehouse (货主, S001-1): ourselves, an external customer or a supplier.

    Stock of two owners is never mixed (S001-2). A disabled owner takes no new business; what is
    already promised is still fulfilled. Fees are in the namespace's currency.
    """

    code = CodeField(_("code"))
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("type"), max_length=16, choices=OwnerType.choices, default=OwnerType.OWN)
    contact = models.CharField(_("contact"), max_length=50, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    settlement_cycle = models.CharField(
        _("settlement cycle"), max_length=16, choices=SettlementCycle.choices, default=SettlementCycle.NONE
    )
    settlement_terms = models.TextField(_("settlement terms"), blank=True, max_length=2000)
    storage_fee = MoneyField(_("storage fee"), null=True, blank=True, help_text=_("Per unit and day."))
    handling_fee = MoneyField(_("handling fee"), null=True, blank=True, help_text=_("Per unit in or out."))
    status = StatusField(PartnerStatus, verbose_name=_("status"), default=PartnerStatus.ENABLED)

    class Meta:
        verbose_name = _("owner")
        verbose_name_plural = _("owners")
        ordering = ["code"]
        constraints = [
            status_check("status", PartnerStatus, "warehousing_owner_status"),
            models.CheckConstraint(condition=Q(type__in=OwnerType.values), name="warehousing_owner_type"),
            models.CheckConstraint(
                condition=Q(settlement_cycle__in=SettlementCycle.values), name="warehousing_owner_settlement_cycle"
            ),
            models.CheckConstraint(
                condition=(Q(storage_fee__isnull=True) | Q(storage_fee__gte=0))
                & (Q(handling_fee__isnull=True) | Q(handling_fee__gte=0)),
                name="warehousing_owner_fees",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
