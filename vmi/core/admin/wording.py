"""Sentences of Django that the Chinese catalogue words in its own way: collected from here, used by Django's pages.

Django calls roles groups and leaves blanks between Chinese words.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

OVERRIDDEN: Final = (
    _("group"),
    _("groups"),
    _("Authentication and Authorization"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Add %s"),
    _("Change %s"),
    _("View %s"),
    _("Delete selected %(verbose_name_plural)s"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("You may edit it again below."),
)
