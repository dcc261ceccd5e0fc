"""Reviews of safety stock, and the record of its releases."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.enums import ActionVariant

from inventory.admin.layers import StockRowAdmin
from inventory.admin.links import document_link
from inventory.admin.safety_forms import new_source, told
from inventory.choices import ReviewState, SafetyStep, SafetyVerdict
from inventory.models import SafetyRelease, SafetyReview
from inventory.selectors.safety import review_sentence
from inventory.services import accept_review, reject_review
from inventory.services.safety_rearm import DUE_REASON
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action
from vmi.core.admin.columns import choice_column

VERDICT_COLOURS = {SafetyVerdict.TOO_LOW: "red", SafetyVerdict.FITS: "green", SafetyVerdict.TOO_HIGH: "orange"}
REVIEW_COLOURS = {
    ReviewState.PROPOSED: "orange",
    ReviewState.ACCEPTED: "green",
    ReviewState.REJECTED: "red",
}
STEP_COLOURS = {SafetyStep.RELEASE: "orange", SafetyStep.REARM: "green"}


def is_proposed(review: Any) -> bool:
    """Whether it waits for a decision."""
    return bool(review.state == ReviewState.PROPOSED)


def reason_of(record: SafetyRelease) -> str:
    """Why; the calendar's own word in the reader's language."""
    return str(_("its day had come")) if record.reason == DUE_REASON else str(record.reason)


@admin.register(SafetyReview, site=namespace_site)
class SafetyReviewAdmin(StockRowAdmin):
    """Reviews with their evidence; one click accepts a proposal."""

    logical_path = "policy__logical"
    verdict_badge = choice_column("verdict", VERDICT_COLOURS, description=_("verdict"))
    state_badge = choice_column("state", REVIEW_COLOURS, description=_("state"))
    list_display = (
        "item",
        "warehouse_name",
        "period_from",
        "period_to",
        "verdict_badge",
        "current_target_qty",
        "proposed_target_qty",
        "proposed_days",
        "state_badge",
        "waterfall",
    )
    list_filter = ("verdict", "state", "policy__logical__warehouse")
    list_select_related = (
        "policy__logical__sku__product",
        "policy__logical__warehouse",
        "policy__logical__owner",
    )
    search_fields = ("policy__logical__sku__sku",)
    service_actions = ("accept", "reject")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("policy", ("period_from", "period_to"), ("verdict", "state"), "sentence")}),
        (
            _("Proposal"),
            {"fields": (("current_days", "current_target_qty"), ("proposed_days", "proposed_target_qty"))},
        ),
        (_("Decision"), {"fields": (("created_at", "decided_at"),)}),
    )
    readonly_fields: ClassVar[Any] = ("sentence",)

    @display(description=_("evidence"))
    def sentence(self, obj: SafetyReview) -> str:
        """What the review saw, and the back-test."""
        return review_sentence(obj)

    @service_action(
        description=_("accept proposal"),
        permission="inventory.review_safety",
        when=is_proposed,
        variant=ActionVariant.PRIMARY,
    )
    def accept(self, request: HttpRequest, obj: SafetyReview) -> str:
        """Set what the review proposes."""
        return accept_proposal(obj.pk, request, self)

    @service_action(description=_("reject proposal"), permission="inventory.review_safety", when=is_proposed)
    def reject(self, request: HttpRequest, obj: SafetyReview) -> None:
        """Keep the safety stock as it is."""
        reject_review(review_id=obj.pk, actor=self.actor(request))


@admin.register(SafetyRelease, site=namespace_site)
class SafetyReleaseAdmin(ReadOnlyAdmin):
    """The record of releases and re-armings."""

    step_badge = choice_column("step", STEP_COLOURS, description=_("step"))
    list_display = ("at", "sku", "step_badge", "quantity", "moved_qty", "until", "why", "is_override", "document")
    list_filter = ("step", "is_override", "policy__logical__warehouse")
    list_select_related = ("policy__logical__sku",)
    search_fields = ("policy__logical__sku__sku", "source_sn")
    exclude: ClassVar[Any] = ("source_type", "source_sn", "actor_id", "reason")
    readonly_fields: ClassVar[Any] = ("why", "document")

    @display(description=_("SKU"), ordering="policy__logical__sku__sku")
    def sku(self, obj: SafetyRelease) -> str:
        """Of what."""
        return str(obj.policy.logical.sku.sku)

    @display(description=_("reason"))
    def why(self, obj: SafetyRelease) -> str:
        """Why."""
        return reason_of(obj)

    @display(description=_("document"), ordering="source_sn")
    def document(self, obj: SafetyRelease) -> SafeString | str:
        """The number of the change."""
        return document_link(obj.source_type, obj.source_sn)


def accept_proposal(review_id: int, request: HttpRequest, page: Any) -> str:
    """Accept a review; returns the message."""
    return told(accept_review(review_id=review_id, source=new_source(), actor=page.actor(request)))
