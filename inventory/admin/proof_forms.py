"""What the decision on a correction asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from inventory.choices import CorrectionKind

AS_PROPOSED = ""
NOTE_CHARS_MAX = 200


class ApproveForm(forms.Form):
    """How to settle the difference, and a note for those who read the ledger later.

    For one correction it offers the kinds that fit it, and tells what is proposed.
    """

    kind = forms.TypedChoiceField(
        label=_("decision"),
        choices=[(AS_PROPOSED, _("As proposed")), *CorrectionKind.choices],
        coerce=lambda value: CorrectionKind(int(value)),
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(label=_("reason"), max_length=NOTE_CHARS_MAX, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        correction = self.initial.get("correction")
        if correction is not None:
            kinds = [(one.value, one.label) for one in correction.kinds]
            self.fields["kind"].choices = [(AS_PROPOSED, _("As proposed")), *kinds]  # type: ignore[attr-defined]
            self.fields["kind"].help_text = _("Proposed: %(kind)s. Found %(actual)s, expected %(expected)s.") % {
                "kind": correction.get_kind_display(),
                "actual": correction.actual,
                "expected": correction.expected,
            }

    @staticmethod
    def initial_of(obj: Any) -> dict[str, Any]:
        """The correction on whose page the question is asked."""
        return {"correction": obj}


class RejectForm(forms.Form):
    """Why the difference is left as it is for now."""

    note = forms.CharField(label=_("reason"), max_length=NOTE_CHARS_MAX, widget=UnfoldAdminTextInputWidget)
