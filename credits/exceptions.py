"""Refusals of the credit commands."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, NotFound


class InsufficientCredits(Conflict):
    """The member has fewer credits available than the command would take (reliability R13)."""

    code = "credits_insufficient"
    default_message = _("The member has only %(available)s credits available, %(wanted)s are wanted.")


class InvalidCredits(InvalidRequest):
    """A number of credits is zero, negative or too large."""

    code = "invalid_credits"
    default_message = _("The number of credits is not valid.")


class InvalidPolicy(InvalidRequest):
    """A rule of a policy is malformed; ``param`` names the key (``policy.rate``)."""

    code = "invalid_policy"
    default_message = _("The policy is not valid.")


class PolicyNameTaken(Conflict):
    """Another policy has this name."""

    code = "policy_name_taken"
    default_message = _("Another policy already has this name.")


class PolicyNotFound(NotFound):
    """No policy with this id in the namespace."""

    code = "policy_not_found"
    default_message = _("There is no such policy.")
