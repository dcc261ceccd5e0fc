"""Rules of receipts in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.models import AssignmentRule
from vmi.core.admin import TrackedAdmin, namespace_site


@admin.register(AssignmentRule, site=namespace_site)
class AssignmentRuleAdmin(TrackedAdmin):
    """Which quotas newly received goods go to."""

    deletable = True
    list_display = ("channel_or_shared", "purpose", "percent", "logical_or_all")
    list_filter = ("purpose", "channel")
    list_select_related = ("channel", "logical__sku", "logical__warehouse", "logical__owner")
    autocomplete_fields = ("logical", "channel")
    fields = ("logical", "channel", "purpose", "percent")

    @display(description=_("channel"))
    def channel_or_shared(self, obj: AssignmentRule) -> str:
        """Whose quota it is."""
        return str(obj.channel or _("shared"))

    @display(description=_("logical stock"))
    def logical_or_all(self, obj: AssignmentRule) -> str:
        """The row it is for, or all that the channel sells."""
        return str(obj.logical or _("everything the channel sells"))
