"""Tells mypy what django-tenants adds to a database connection; loaded by path, used by nothing at run time."""

from collections.abc import Callable
from typing import Final

from mypy.nodes import MDEF, SymbolTableNode, TypeInfo, Var
from mypy.plugin import ClassDefContext, Plugin
from mypy.types import AnyType, TypeOfAny

CONNECTION: Final = "django.db.backends.base.base.BaseDatabaseWrapper"
ADDED: Final = ("schema_name", "tenant", "set_tenant", "set_schema", "set_schema_to_public", "include_public_schema")


def _add(info: TypeInfo) -> None:
    for name in ADDED:
        variable = Var(name, AnyType(TypeOfAny.special_form))
        variable.info = info
        variable._fullname = f"{info.fullname}.{name}"
        info.names[name] = SymbolTableNode(MDEF, variable)


class ConnectionPlugin(Plugin):
    """Adds the attributes while the class is analysed."""

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Called once per class."""
        return (lambda context: _add(context.cls.info)) if fullname == CONNECTION else None


def plugin(version: str) -> type[Plugin]:
    """The entry point mypy looks for."""
    return ConnectionPlugin
