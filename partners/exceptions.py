"""Refusals of the member commands."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, NotAllowed, NotFound


class PartnerNotFound(NotFound):
    """No member with this id or code in the namespace."""

    code = "partner_not_found"
    default_message = _("There is no such member.")


class PartnerDisabled(NotAllowed):
    """The member is disabled and may not do this."""

    code = "partner_disabled"
    default_message = _("The member is disabled.")


class TelephoneTaken(Conflict):
    """Another member of the namespace has this telephone (C-32)."""

    code = "telephone_taken"
    default_message = _("Another member already has this telephone number.")


class UsernameTaken(Conflict):
    """The login name belongs to somebody else."""

    code = "username_taken"
    default_message = _("This user name is already taken.")


class UserTaken(Conflict):
    """The login account already belongs to a member."""

    code = "user_has_partner"
    default_message = _("This account already belongs to a member.")


class RefererCycle(Conflict):
    """A member would be, through the chain, their own referer (reliability B09)."""

    code = "referer_cycle"
    default_message = _("A member cannot be their own referer, directly or through others.")


class LevelOverlap(Conflict):
    """Two levels would claim the same number of points."""

    code = "level_overlap"
    default_message = _("The points of this level overlap another level.")


class LevelNameTaken(Conflict):
    """Another level has this name."""

    code = "level_name_taken"
    default_message = _("Another level already has this name.")


class InvalidPartner(InvalidRequest):
    """A field of a member or a level breaks a rule; ``param`` names it."""

    code = "invalid_partner"
    default_message = _("The member data are not valid.")
