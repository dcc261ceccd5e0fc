"""Proofs and corrections on the wire."""

from typing import Any

from rest_framework import serializers

from inventory.choices import CorrectionKind
from inventory.models import Correction, ReconcileRun
from vmi.api.serializers import CamelModelSerializer, CamelSerializer, CharField

NOTE_CHARS_MAX = 200


class ReconcileRunSerializer(CamelModelSerializer):
    """One proof: when, how long over how many entries, what differed (the first differences of each proof)."""

    class Meta:
        model = ReconcileRun
        fields = ("id", "started_at", "duration_ms", "entries", "differences", "findings", "actor_id")
        read_only_fields = fields


class CorrectionSerializer(CamelModelSerializer):
    """A proposed or decided correction: the difference, what would settle it and why, who decided."""

    counter_name = serializers.CharField(source="get_counter_display", read_only=True)
    layer_name = serializers.CharField(source="get_layer_display", read_only=True)
    kind_name = serializers.CharField(source="get_kind_display", read_only=True)
    state_name = serializers.CharField(source="get_state_display", read_only=True)
    because = serializers.CharField(source="get_rule_display", read_only=True)
    difference = serializers.IntegerField(read_only=True)
    kinds = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Correction
        fields = (
            "id",
            "sn",
            "run",
            "invariant",
            "layer",
            "layer_name",
            "row_id",
            "counter",
            "counter_name",
            "version",
            "actual",
            "expected",
            "difference",
            "kind",
            "kind_name",
            "kinds",
            "rule",
            "because",
            "evidence",
            "state",
            "state_name",
            "chosen",
            "proposed_by",
            "proposed_at",
            "decided_by",
            "decided_at",
            "note",
        )
        read_only_fields: Any = fields


class ApproveSerializer(CamelSerializer):
    """The body of ``approve``: another kind than the proposed one, and a note."""

    kind = serializers.ChoiceField(choices=CorrectionKind.choices, required=False, allow_null=True, default=None)
    note = CharField(max_length=NOTE_CHARS_MAX, required=False, allow_blank=True, default="")


class RejectSerializer(CamelSerializer):
    """The body of ``reject``: why."""

    note = CharField(max_length=NOTE_CHARS_MAX)
