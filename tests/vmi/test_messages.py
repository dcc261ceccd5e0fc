"""Collecting texts, judging the catalogue, compiling it; on small files of the test's own."""

from datetime import UTC, datetime
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import translation

from vmi.core import messages

pytestmark = pytest.mark.no_database


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one module and one template, and an empty catalogue."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        'NAME = _("Warehouse %(code)s")\n'
        "def many(n): return ngettext('%(n)s line', '%(n)s lines', n)\n"
        "def month(): return pgettext('calendar', 'May')\n"
        "def no(x): return _(x)\n"
    )
    (tmp_path / "app" / "page.html").write_text(
        '{% load i18n %}\n<p>\n      text {% translate "Approve" %}\n'
        "  {% blocktranslate count n=n %}One{% plural %}Many{% endblocktranslate %}\n"
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "OWN", ("app",))
    monkeypatch.setattr(messages, "BORROWED", ())
    monkeypatch.setattr(messages, "PO_FILE", tmp_path / "locale" / "django.po")
    return tmp_path


def _translate(project: Path, **texts: str) -> None:
    """Fill the catalogue: every text gets ``texts`` or a Chinese placeholder with the same fields."""
    po = messages.load()
    for message in po:
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[-1]
            text = texts.get(source.split()[0], f"译:{source}")
            message.string = text if isinstance(message.id, str) else (text,)
    with messages.PO_FILE.open("wb") as file:
        messages.write_po(file, po)


def test_texts_of_modules_and_templates_are_found(project: Path) -> None:
    found = {(message.id, message.context) for message in messages.collect() if message.id}

    assert found == {
        ("Warehouse %(code)s", None),
        (("%(n)s line", "%(n)s lines"), None),
        ("May", "calendar"),
        ("Approve", None),
        (("One", "Many"), None),
    }


def test_a_fresh_catalogue_is_incomplete_and_a_filled_one_is_not(project: Path) -> None:
    assert {fault.kind for fault in messages.faults()} == {"missing"}

    assert messages.update() == (5, 5)
    assert {fault.kind for fault in messages.faults()} == {"untranslated"}

    _translate(project)
    assert messages.faults() == []


def test_fuzzy_wrong_and_left_over_texts_are_faults(project: Path) -> None:
    messages.update()
    _translate(project, Warehouse="仓库 %(kode)s")
    po = messages.load()
    approve = po.get("Approve")
    assert approve is not None
    approve.flags.add("fuzzy")
    po.add("Gone", "没了")
    with messages.PO_FILE.open("wb") as file:
        messages.write_po(file, po)

    found = {str(fault) for fault in messages.faults()}

    assert "fuzzy: 'Approve'" in found
    assert "no longer used: 'Gone'" in found
    assert any("Warehouse" in fault and "placeholder" in fault for fault in found)


def test_a_text_under_another_name_of_gettext_is_found(project: Path) -> None:
    (project / "app" / "late.py").write_text(
        "from django.utils.translation import gettext as _now\nfrom os import path as _\nA = _now('Late'); B = _(A)\n"
    )

    assert messages.collect().get("Late") is not None


@pytest.mark.parametrize(
    "call", ["_(f'{x} units')", "_('of ' + x)", "_('of %s' % x)", "_('of {}'.format(x))", "pgettext('a', f'{x}')"]
)
def test_a_text_put_together_before_it_is_looked_up_is_a_fault(project: Path, call: str) -> None:
    messages.update()
    _translate(project)
    (project / "app" / "built.py").write_text(
        f"from django.utils.translation import gettext as _, pgettext\ndef say(x): return {call}\n"
    )

    assert any("put together at run time in app/built.py:2" in str(fault) for fault in messages.faults())


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        ("Only {count} left", "只剩 {amount}", "other fields"),
        ("Only %(count)s left", "只剩了", "other fields"),
        ("Press <b>Save</b>", "请按保存", "other tags"),
        ("Approve all", "Approve all", "not Chinese"),
    ],
)
def test_a_text_that_does_not_say_what_its_source_says_is_a_fault(
    project: Path, source: str, translation: str, fault: str
) -> None:
    (project / "app" / "more.py").write_text(f"from django.utils.translation import gettext as _\nA = _({source!r})\n")
    messages.update()
    _translate(project)
    po = messages.load()
    message = po.get(source)
    assert message is not None
    message.string = translation
    with messages.PO_FILE.open("wb") as file:
        messages.write_po(file, po)

    assert [str(found).startswith(fault) for found in messages.faults()] == [True]


def test_an_abbreviation_may_stay_as_it_is(project: Path) -> None:
    (project / "app" / "more.py").write_text("from django.utils.translation import gettext as _\nA = _('SKUs')\n")
    messages.update()
    _translate(project, SKUs="SKU")

    assert messages.faults() == []


def test_updating_keeps_translations_drops_the_unused_and_is_stable(project: Path) -> None:
    messages.update()
    _translate(project)
    (project / "app" / "page.html").unlink()

    assert messages.update() == (3, 0)
    first = messages.PO_FILE.read_bytes()
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        messages.update()

    assert messages.PO_FILE.read_bytes() == first
    assert b"Approve" not in first


def test_what_was_loaded_before_compiling_is_forgotten(
    project: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PO_FILE", project / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")
    messages.update()
    settings.LOCALE_PATHS = [project / "locale"]
    with translation.override("zh-hans"):
        assert translation.gettext("Approve") == "Approve"
    _translate(project)
    assert messages.compile_catalogue()

    with translation.override("zh-hans"):
        assert translation.gettext("Approve") == "译:Approve"


def test_the_compiled_catalogue_translates(project: Path) -> None:
    messages.update()
    _translate(project)

    assert messages.compile_catalogue()
    assert not messages.compile_catalogue()  # already current

    with messages.PO_FILE.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.gettext("Approve") == "译:Approve"
    assert compiled.pgettext("calendar", "May") == "译:May"
    assert compiled.ngettext("One", "Many", 5) == "译:Many"
