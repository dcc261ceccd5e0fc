"""No English is left standing in the Chinese back office: names of models, columns and actions, and the pages."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import label_for_field
from django.db import models
from django.utils.translation import override

from vmi.core import messages
from vmi.core.admin import namespace_site, platform_site
from vmi.core.tenancy import run_in_namespace

CHINESE = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[a-z]{3,}")
SITES = (namespace_site, platform_site)


def own_models() -> list[type[models.Model]]:
    """The models of the product's own packages."""
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in messages.OWN]


def is_chinese(text: object) -> bool:
    """Whether a Chinese reader can read it: Chinese, or an abbreviation such as SKU."""
    with override("zh-hans"):
        shown = str(text)
    return bool(CHINESE.search(shown)) or not WORD.search(shown)


def names_of(model: type[models.Model]) -> Iterator[object]:
    """What a model shows of itself: its names, its columns', their help and choices, its permissions."""
    yield model._meta.verbose_name
    yield model._meta.verbose_name_plural
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        yield field.verbose_name
        yield field.help_text
        for _value, label in field.flatchoices:
            yield label
    for _codename, name in model._meta.permissions:
        yield name


def names_in(admin: Any) -> Iterator[object]:
    """What a page declares: titles of its parts, its columns, filters, actions and inlines."""
    sets = (*(admin.fieldsets or ()), *(getattr(admin, "add_fieldsets", None) or ()))
    yield from (title for title, _options in sets if title)
    yield from (label_for_field(name, admin.model, admin) for name in admin.list_display)
    yield from (getattr(item, "title", "") for item in admin.list_filter if isinstance(item, type))
    for name in (*(admin.actions or ()), *admin.service_actions):
        yield getattr(getattr(admin, name), "short_description", name) if isinstance(name, str) else ""
    for inline in admin.inlines:
        yield from filter(None, (inline.verbose_name, inline.verbose_name_plural))


@pytest.mark.no_database
@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label_lower)
def test_a_model_names_itself_and_its_columns_in_chinese(model: type[models.Model]) -> None:
    assert [str(name) for name in names_of(model) if not is_chinese(name)] == []


@pytest.mark.no_database
@pytest.mark.parametrize("site", SITES, ids=("namespace", "platform"))
def test_the_pages_declare_their_words_in_chinese(site: AdminSite) -> None:
    left = {str(name) for admin in site._registry.values() for name in names_in(admin) if not is_chinese(name)}

    assert left == set()


@pytest.mark.no_database
def test_apps_have_chinese_names() -> None:
    own = [config for config in apps.get_app_configs() if config.name.split(".")[0] in messages.OWN]

    assert [config.name for config in own if not is_chinese(config.verbose_name)] == ["vmi.core", "vmi.embedded"]


class Reader(HTMLParser):
    """Collects what a person reads on a page: texts, and titles and placeholders of elements."""

    SHOWN = ("title", "placeholder", "alt", "aria-label")
    SILENT = ("script", "style", "svg", "pre", "code", "textarea", "template")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.texts += [known[name] or "" for name in self.SHOWN if name in known]
        if tag == "input" and known.get("type") in ("submit", "button"):
            self.texts.append(known.get("value") or "")
        icon = "material-symbols" in (known.get("class") or "")
        silent = tag in self.SILENT or icon or known.get("name") == "timezone"  # names of cities
        if (self.hidden or silent) and tag not in VOID:
            self.hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag in self.hidden:
            while self.hidden and self.hidden.pop() != tag:
                continue

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
IDENTIFIER = re.compile(r"\S*[0-9_.:/@=+–-]\S*")
"""Codes, addresses, settings: the same in every language."""

SHOWS_BOTH = frozenset({"statuses.status"})
"""The platform's status table has a column for each language."""


def english_on(page: Any) -> set[str]:
    """Texts of a page that are neither Chinese nor codes."""
    reader = Reader()
    reader.feed(page.content.decode())
    texts = {" ".join(text.split()) for text in reader.texts}
    return {text for text in texts if WORD.search(IDENTIFIER.sub("", text)) and not CHINESE.search(text)}


NAMES = {"English", "esc", "root", "system", "System", "welcome", "orderCredit"} | {
    shown for name in ("alpha", "beta") for shown in (name, name.title(), f"{name.title()} ({name})")
}
"""What is a name everywhere: the other language, a key, people, namespaces, the customer's names of two policies."""


def labels(site: AdminSite) -> list[str]:
    """The pages of a site."""
    return sorted(model._meta.label_lower for model in site._registry)


@pytest.mark.parametrize("label", labels(namespace_site))
def test_a_list_and_its_form_show_no_english(label: str, client_for: Callable[..., Any], staff: Any) -> None:
    client = client_for(staff(superuser=True, username="root"))
    path = f"/admin/{label.replace('.', '/')}/"

    assert english_on(client.get(path)) - NAMES == set()
    assert english_on(client.get(f"{path}add/")) - NAMES == set()


@pytest.mark.parametrize("label", sorted(set(labels(platform_site)) - SHOWS_BOTH))
def test_the_platforms_lists_and_forms_show_no_english(label: str, client_for: Callable[..., Any], staff: Any) -> None:
    with run_in_namespace("public"):
        client = client_for(staff(superuser=True, username="root"), host="localhost")
    path = f"/admin/{label.replace('.', '/')}/"

    assert english_on(client.get(path)) - NAMES == set()
    assert english_on(client.get(f"{path}add/")) - NAMES == set()


@pytest.mark.parametrize(
    "path", ["/admin/login/", "/admin/", "/admin/password_change/", "/admin/inventory/logicalstock/waterfall/"]
)
def test_the_first_pages_show_no_english(path: str, client_for: Callable[..., Any], staff: Any) -> None:
    client = client_for() if "login" in path else client_for(staff(superuser=True, username="root"))

    assert english_on(client.get(path)) - NAMES == set()
