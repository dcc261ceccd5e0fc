"""System checks without tables: rules of the columns that keep every growth path open."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.db import models

OWN_APPS: Final = ("vmi", "partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders")
"""The project's own packages; third parties keep their own habits."""


def own_models() -> Iterator[type[models.Model]]:
    """Every concrete model written here."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in OWN_APPS:
            yield model


def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every key is a BigAutoField: widening one later means rewriting a distributed table (growth rule 1)."""
    return [
        checks.Error("The primary key is no BigAutoField.", obj=model, id="vmi.E001")
        for model in own_models()
        if not isinstance(model._meta.pk, (models.BigAutoField, models.OneToOneField))
    ]


def check_columns(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """No Positive*Field (an unnamed CHECK nobody can alter) and no float (money and stock are exact)."""
    refused = (
        models.PositiveBigIntegerField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.FloatField,
    )
    return [
        checks.Error(f"{type(field).__name__} is not used here.", obj=field, id="vmi.E002")
        for model in own_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, refused)
    ]


def check_constraint_names(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Constraints are named ``<app>_<model>_<what>``, because errors are mapped by that name."""
    return [
        checks.Error(
            f"The constraint {constraint.name!r} must start with {_prefix(model)!r}.", obj=model, id="vmi.E003"
        )
        for model in own_models()
        for constraint in model._meta.constraints
        if not constraint.name.startswith(_prefix(model))
    ]


def check_schemas(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Business apps live in namespaces only, so that a missing table is an error and never a read of ``public``."""
    return [
        checks.Error(f"{name} must be in TENANT_APPS only.", id="vmi.E004")
        for name in settings.SHARED_APPS
        if name.split(".")[0] in OWN_APPS[1:]
    ]


def _prefix(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_"


def register_all() -> None:
    """Hand every check to Django."""
    for check in (check_keys, check_columns, check_constraint_names, check_schemas):
        checks.register(check, checks.Tags.models)
