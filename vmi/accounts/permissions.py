"""Permissions in words: Django stores their names in English, people read them in their own language."""

from typing import Final

from django.contrib.auth.models import Permission
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy

VERBS: Final = {
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "view": pgettext_lazy("right", "view"),
}
"""Django's four verbs; the product's own permissions carry whole sentences."""


def subject_of(permission: Permission) -> str:
    """What a permission is about: the model's name in the plural, or its bare name once the model is gone."""
    model = permission.content_type.model_class()
    return capfirst(str(model._meta.verbose_name_plural)) if model else permission.content_type.model


def verb_of(permission: Permission) -> str:
    """What a permission allows with its subject."""
    verb, _separator, model = permission.codename.partition("_")
    if verb in VERBS and model == permission.content_type.model:
        return str(VERBS[verb])
    return gettext(permission.name)


def permission_name(permission: Permission) -> str:
    """Subject and verb, for lists to choose from."""
    return f"{subject_of(permission)}: {verb_of(permission)}"
