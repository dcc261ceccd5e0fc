"""Safety stock over HTTP: policies and their commands, the record of releases, reviews, warning lines in bulk."""

from typing import Any

from django.db.models import QuerySet

from inventory.api.safety_bodies import (
    DryRunSerializer,
    LockSafetySerializer,
    RearmSafetySerializer,
    ReleaseSafetySerializer,
    ReviewRowsSerializer,
    SetSafetySerializer,
    ThresholdsSerializer,
)
from inventory.api.safety_filters import SafetyFilter, SafetyReleaseFilter, SafetyReviewFilter
from inventory.api.safety_serializers import (
    ReviewsSerializer,
    SafetyEffectSerializer,
    SafetyEffectsSerializer,
    SafetyPolicySerializer,
    SafetyReleaseSerializer,
    SafetyReviewSerializer,
    ThresholdChangesSerializer,
)
from inventory.choices import ReviewEvery, ReviewState
from inventory.exceptions import ReviewDecided
from inventory.models import LogicalStock, SafetyPolicy, SafetyRelease, SafetyReview
from inventory.selectors.safety import with_figures
from inventory.services import (
    SafetyItem,
    SafetyTerms,
    accept_review,
    lock_safety,
    rearm_safety,
    reject_review,
    release_safety,
    review_safety,
    set_safeties,
    set_thresholds,
    unlock_safety,
)
from inventory.services.safety_rows import SAFETY
from vmi.api.viewsets import ApiViewSet, ReadViewSet, command
from vmi.core import clock
from vmi.core.exceptions import InvalidRequest, NotAllowed, NotFound
from vmi.core.sources import Source
from vmi.numbering.services import next_number

SET = "inventory.set_safety"
RELEASE = "inventory.release_safety"
LOCK = "inventory.lock_safety"
REVIEW = "inventory.review_safety"
OVERRIDE = "inventory.release_locked_safety"


class SafetyViewSet(ReadViewSet):
    """Safety stock policies, with what is withheld, released and missing of each."""

    queryset = SafetyPolicy.objects.select_related("logical__sku")
    serializer_class = SafetyPolicySerializer
    filterset_class = SafetyFilter
    ordering_fields = ("id", "target_qty", "released_qty", "reviewed_on")

    def get_queryset(self) -> QuerySet[Any]:
        """The policies with their figures of today."""
        return with_figures(super().get_queryset(), on=clock.local_date(clock.now()))

    @command(
        detail=False, permission=SET, request=SetSafetySerializer, response=SafetyEffectsSerializer, idempotent=True
    )
    def set(self, data: dict[str, Any]) -> dict[str, Any]:
        """Set the safety stock of logical rows by their ids, all or none (header Idempotency-Key)."""
        effects = set_safeties(
            items=[_item(item) for item in data["items"]],
            reason=data["reason"],
            override=self._override(data),
            source=_source(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        return {"items": effects}

    @command(permission=RELEASE, request=ReleaseSafetySerializer, response=SafetyEffectSerializer, idempotent=True)
    def release(self, obj: SafetyPolicy, data: dict[str, Any]) -> Any:
        """Put withheld units on sale until a day; recommends urgent replenishment (header Idempotency-Key)."""
        return release_safety(
            logical_id=obj.logical_id,
            quantity=data["quantity"],
            reason=data["reason"],
            until=data["until"],
            channel_id=data["channel"],
            override=self._override(data),
            source=_source(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )

    @command(permission=RELEASE, request=RearmSafetySerializer, response=SafetyEffectSerializer, idempotent=True)
    def rearm(self, obj: SafetyPolicy, data: dict[str, Any]) -> Any:
        """Withhold released units again, as far as they are unsold (header Idempotency-Key)."""
        return rearm_safety(
            logical_id=obj.logical_id,
            quantity=data["quantity"],
            reason=data["reason"],
            source=_source(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )

    @command(permission=LOCK, request=LockSafetySerializer, response=SafetyEffectSerializer)
    def lock(self, obj: SafetyPolicy, data: dict[str, Any]) -> Any:
        """Let nothing be released, except in an emergency (S001-22)."""
        return lock_safety(
            logical_id=obj.logical_id,
            reason=data["reason"],
            until=data["until"],
            actor=self.actor,
            dry_run=data["dry_run"],
        )

    @command(permission=LOCK, request=DryRunSerializer, response=SafetyEffectSerializer)
    def unlock(self, obj: SafetyPolicy, data: dict[str, Any]) -> Any:
        """End the lock."""
        return unlock_safety(logical_id=obj.logical_id, actor=self.actor, dry_run=data["dry_run"])

    @command(detail=False, permission=REVIEW, request=ReviewRowsSerializer, response=ReviewsSerializer)
    def review(self, data: dict[str, Any]) -> dict[str, Any]:
        """Review policies by their ids now instead of waiting for the week's or month's end."""
        found = dict(SafetyPolicy.objects.filter(pk__in=data["ids"]).values_list("pk", "logical_id"))
        for index, policy_id in enumerate(data["ids"]):
            if policy_id not in found:
                raise NotFound(param=f"ids[{index}]")
        made = review_safety(logical_ids=list(found.values()), actor=self.actor)
        rows = SafetyReview.objects.select_related("policy__logical__sku")
        return {"items": rows.filter(pk__in=[review.pk for review in made]).order_by("pk")}

    @command(permission=REVIEW, request=DryRunSerializer, response=SafetyEffectSerializer, idempotent=True)
    def accept_review(self, obj: SafetyPolicy, data: dict[str, Any]) -> Any:
        """Set what the open proposal of this policy says (header Idempotency-Key)."""
        return accept_review(review_id=_open_review(obj), source=_source(), actor=self.actor, dry_run=data["dry_run"])

    @command(permission=REVIEW)
    def reject_review(self, obj: SafetyPolicy, data: dict[str, Any]) -> None:
        """Keep the policy as it is."""
        reject_review(review_id=_open_review(obj), actor=self.actor)

    def _override(self, data: dict[str, Any]) -> bool:
        """Whether the caller acts in spite of a lock. Raises NotAllowed for one who may not."""
        if data["override"] and not self.request.user.has_perm(OVERRIDE):
            raise NotAllowed(param="override")
        return bool(data["override"])


class SafetyReleaseViewSet(ReadViewSet):
    """The record of releases and re-armings."""

    queryset = SafetyRelease.objects.select_related("policy")
    serializer_class = SafetyReleaseSerializer
    filterset_class = SafetyReleaseFilter
    ordering_fields = ("id", "at", "until")


class SafetyReviewViewSet(ReadViewSet):
    """Reviews with their evidence."""

    queryset = SafetyReview.objects.select_related("policy__logical__sku")
    serializer_class = SafetyReviewSerializer
    filterset_class = SafetyReviewFilter
    ordering_fields = ("id", "created_at")


class ThresholdViewSet(ApiViewSet):
    """Warning lines of many rows at once (S003-17)."""

    queryset = LogicalStock.objects.all()
    serializer_class = ThresholdChangesSerializer

    @command(
        detail=False,
        permission="inventory.change_logicalstock",
        request=ThresholdsSerializer,
        response=ThresholdChangesSerializer,
        methods=("put",),
    )
    def thresholds(self, data: dict[str, Any]) -> dict[str, Any]:
        """Set the warning lines of logical rows, all or none; they only warn (C-42)."""
        wanted: dict[int, int] = {}
        for index, item in enumerate(data["items"]):
            if item["id"] in wanted:
                raise InvalidRequest(code="repeated", param=f"items[{index}].id")
            wanted[item["id"]] = item["threshold"]
        before = set_thresholds(thresholds=wanted, actor=self.actor, dry_run=data["dry_run"])
        return {"items": [{"id": pk, "before": before[pk], "threshold": threshold} for pk, threshold in wanted.items()]}


def _item(data: dict[str, Any]) -> SafetyItem:
    """One row's terms."""
    every = data["review_every"]
    return SafetyItem(
        data["id"],
        SafetyTerms(
            normal_units=data["normal_units"],
            cover_days=data["cover_days"],
            emergency_percent=data["emergency_percent"],
            supplier_risk_percent=data["supplier_risk_percent"],
            review_every=None if every is None else ReviewEvery(every),
        ),
    )


def _source() -> Source:
    return Source(SAFETY, next_number("safety"))


def _open_review(policy: SafetyPolicy) -> int:
    """The proposal that waits for a decision. Raises ReviewDecided."""
    found = SafetyReview.objects.filter(policy=policy, state=ReviewState.PROPOSED).values_list("pk", flat=True).first()
    if found is None:
        raise ReviewDecided
    return int(found)
