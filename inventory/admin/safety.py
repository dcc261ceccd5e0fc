"""Safety stock in the back office: what is withheld, released and missing, reviews, and their actions."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from inventory.admin.layers import StockRowAdmin
from inventory.admin.links import linked
from inventory.admin.safety_filters import SafetyStateFilter
from inventory.admin.safety_forms import (
    LockForm,
    RearmForm,
    ReleaseForm,
    SafetyForm,
    new_source,
    set_from_form,
    told,
)
from inventory.admin.safety_records import accept_proposal, reason_of
from inventory.choices import Counter, ReviewState
from inventory.models import SafetyPolicy, SafetyRelease, SafetyReview
from inventory.selectors.safety import review_sentence, with_figures
from inventory.services import (
    lock_safety,
    rearm_safety,
    release_safety,
    review_safety,
    unlock_safety,
)
from vmi.core import clock
from vmi.core.admin import TabularInline, namespace_site, service_action
from vmi.core.admin.columns import badge


def is_locked(policy: Any) -> bool:
    """Whether somebody locked it; a day that passed still shows until it is unlocked."""
    return bool(policy.is_locked)


def is_unlocked(policy: Any) -> bool:
    """Whether it may be locked."""
    return not policy.is_locked


def is_released(policy: Any) -> bool:
    """Whether there is something to take back."""
    return bool(policy.released_qty)


def has_proposal(policy: Any) -> bool:
    """Whether a review of it waits for a decision."""
    return bool(policy.reviews.filter(state=ReviewState.PROPOSED).exists())


class _RecordInline(TabularInline):
    """Rows that only commands write."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Commands add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False


class SafetyReleaseInline(_RecordInline):
    """What was released and taken back."""

    model = SafetyRelease
    fk_name = "policy"
    fields = ("at", "step", "quantity", "moved_qty", "until", "why", "is_override")
    readonly_fields = ("why",)

    @display(description=_("reason"))
    def why(self, obj: SafetyRelease) -> str:
        """Why."""
        return reason_of(obj)


class SafetyReviewInline(_RecordInline):
    """What reviews said."""

    model = SafetyReview
    fields = ("period_from", "period_to", "verdict", "current_target_qty", "proposed_target_qty", "state")


@admin.register(SafetyPolicy, site=namespace_site)
class SafetyPolicyAdmin(StockRowAdmin):
    """How much each row withholds, beside its warning line."""

    logical_path = "logical"
    list_display = (
        "item",
        "stock_place",
        "target_qty",
        "withheld",
        "released_qty",
        "deficit",
        "available",
        "warning_line",
        "lock",
        "reviewed_on",
        "waterfall",
    )
    list_filter = (SafetyStateFilter, "logical__warehouse", "logical__owner")
    list_select_related = ("logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("logical__sku__sku", "logical__sku__product__name")
    inlines = (SafetyReleaseInline, SafetyReviewInline)
    service_actions = (
        "set_stock",
        "release",
        "release_locked",
        "rearm",
        "lock_stock",
        "unlock_stock",
        "review",
        "accept",
    )
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("logical", "waterfall"), ("target_qty", "withheld", "released_qty", "deficit"))}),
        (
            _("Parts"),
            {
                "fields": (
                    ("normal_units", "cover_days", "daily_average_qty"),
                    ("emergency_percent", "supplier_risk_percent"),
                )
            },
        ),
        (_("Lock"), {"fields": (("is_locked", "locked_until", "lock_reason"),)}),
        (pgettext_lazy("safety", "Review"), {"fields": (("review_every", "reviewed_on"), "proposal")}),
    )
    readonly_fields: ClassVar[Any] = ("withheld", "deficit", "waterfall", "proposal")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The policies with their figures of today."""
        return with_figures(super().get_queryset(request), on=clock.local_date(clock.now()))

    @display(description=_("withheld"), ordering="withheld_qty")
    def withheld(self, obj: Any) -> SafeString:
        """What the row withholds now, linked to its ledger entries."""
        return linked(Counter.SAFETY, obj.logical)

    @display(description=_("missing"), ordering="deficit_qty")
    def deficit(self, obj: Any) -> SafeString | str:
        """What should be withheld and is not."""
        amount = number_format(obj.deficit_qty)
        return badge(amount, "red") if obj.deficit_qty else amount

    @display(description=_("available"), ordering="logical__available_qty")
    def available(self, obj: Any) -> str:
        """Units to plan with."""
        return str(number_format(obj.logical.available_qty))

    @display(description=_("warning line"), ordering="logical__alert_threshold")
    def warning_line(self, obj: Any) -> str:
        """The other limit of the row: it only warns."""
        return str(number_format(obj.logical.alert_threshold)) if obj.logical.alert_threshold else "–"

    @display(description=_("lock"), ordering="is_locked")
    def lock(self, obj: Any) -> SafeString | str:
        """Whether nothing may be released today."""
        return badge(str(_("locked")), "red") if obj.locked_now else "–"

    @display(description=_("proposal"))
    def proposal(self, obj: SafetyPolicy) -> str:
        """What the open review proposes, with its evidence."""
        found = obj.reviews.filter(state=ReviewState.PROPOSED).first()
        return review_sentence(found) if found else "–"

    @service_action(description=_("set safety stock"), permission="inventory.set_safety", form=SafetyForm)
    def set_stock(self, request: HttpRequest, obj: SafetyPolicy, **fields: Any) -> str:
        """Withhold so much of the row."""
        return set_from_form(obj.logical_id, request, self, fields)

    @service_action(
        description=_("release to sale"), permission="inventory.release_safety", form=ReleaseForm, when=is_unlocked
    )
    def release(self, request: HttpRequest, obj: SafetyPolicy, **fields: Any) -> str:
        """Put withheld units on sale for a while; goods should be bought at once."""
        return self._release(request, obj, fields)

    @service_action(
        description=_("emergency release"),
        permission="inventory.release_locked_safety",
        form=ReleaseForm,
        when=is_locked,
        variant=ActionVariant.DANGER,
    )
    def release_locked(self, request: HttpRequest, obj: SafetyPolicy, **fields: Any) -> str:
        """The same in spite of the lock: emergency supply, core channels."""
        return self._release(request, obj, fields, override=True)

    def _release(
        self, request: HttpRequest, obj: SafetyPolicy, fields: dict[str, Any], *, override: bool = False
    ) -> str:
        channel = fields["channel"]
        effect = release_safety(
            logical_id=obj.logical_id,
            quantity=fields["quantity"],
            reason=fields["reason"],
            until=fields["until"],
            channel_id=channel.pk if channel else None,
            override=override,
            source=new_source(),
            actor=self.actor(request),
        )
        return told(effect)

    @service_action(description=_("re-arm"), permission="inventory.release_safety", form=RearmForm, when=is_released)
    def rearm(self, request: HttpRequest, obj: SafetyPolicy, *, quantity: int | None, reason: str) -> str:
        """Withhold released units again, as far as they are unsold."""
        effect = rearm_safety(
            logical_id=obj.logical_id,
            quantity=quantity,
            reason=reason,
            source=new_source(),
            actor=self.actor(request),
        )
        return told(effect)

    @service_action(
        description=_("lock safety stock"), permission="inventory.lock_safety", form=LockForm, when=is_unlocked
    )
    def lock_stock(self, request: HttpRequest, obj: SafetyPolicy, *, reason: str, until: Any) -> None:
        """Let nothing be released."""
        lock_safety(logical_id=obj.logical_id, reason=reason, until=until, actor=self.actor(request))

    @service_action(description=_("unlock safety stock"), permission="inventory.lock_safety", when=is_locked)
    def unlock_stock(self, request: HttpRequest, obj: SafetyPolicy) -> None:
        """End the lock."""
        unlock_safety(logical_id=obj.logical_id, actor=self.actor(request))

    @service_action(description=_("review now"), permission="inventory.review_safety")
    def review(self, request: HttpRequest, obj: SafetyPolicy) -> str:
        """Do not wait for the end of the week or month."""
        made = review_safety(logical_ids=[obj.logical_id], actor=self.actor(request))
        return review_sentence(made[0]) if made else str(_("There is no full day to review yet."))

    @service_action(description=_("accept proposal"), permission="inventory.review_safety", when=has_proposal)
    def accept(self, request: HttpRequest, obj: SafetyPolicy) -> str:
        """Set what the open review proposes."""
        found = obj.reviews.filter(state=ReviewState.PROPOSED).values_list("pk", flat=True).first()
        return accept_proposal(found or 0, request, self)
