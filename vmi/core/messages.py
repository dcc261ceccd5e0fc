"""The Chinese catalogue: collecting texts, checking that none is missing, compiling. Babel does it; no gettext tools.

Texts come from our own Python files and templates, and from the packages on our screens (``BORROWED``) what
they have not put into Simplified Chinese themselves, so that no screen is half translated.
"""

import ast
import importlib.util
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

from vmi.core.messages_check import faults_of

ROOT = Path(__file__).resolve().parent.parent.parent
PO_FILE = ROOT / "vmi" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
OWN = ("vmi", "partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders", "templates")
BORROWED = (
    "unfold",
    "django_filters",
    "django_celery_beat",
    "timezone_field",
    "rest_framework",
    "django.contrib.auth",
)
Keyword = tuple[int | tuple[int, int] | tuple[int, str], ...]
KEYWORDS: dict[str, dict[int | None, Keyword | None] | Keyword | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Found = tuple[str | tuple[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One text that is not fit to be shown: what is wrong with it and the English source."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text!r}"


def collect() -> Catalog:
    """Every translatable text of the product, with the files it stands in."""
    catalog = Catalog(locale="zh_Hans", charset="utf-8")
    for name in OWN:
        _add_texts(catalog, ROOT / name, ROOT)
    for name in BORROWED:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            home = Path(spec.submodule_search_locations[0])
            _add_texts(catalog, home, home.parents[name.count(".")], known=_translated_in(home))
    return catalog


def _add_texts(catalog: Catalog, home: Path, root: Path, known: frozenset[str] = frozenset()) -> None:
    """Add what stands in the files below ``home`` and is not yet ``known``; files are named from ``root`` on."""
    for path, name in _below(home, root):
        for text, context in _texts(path):
            if (text if isinstance(text, str) else text[0]) not in known:
                catalog.add(text, locations=[(name, 0)], context=context)


def _translated_in(home: Path) -> frozenset[str]:
    """The texts a package brings in Simplified Chinese."""
    compiled = home / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    if not compiled.exists():
        return frozenset()
    with compiled.open("rb") as file:
        keys = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return frozenset((key if isinstance(key, str) else key[0]).rpartition("\x04")[2] for key in keys)


def load() -> Catalog:
    """The catalogue as it is on disk; empty when there is none yet."""
    if not PO_FILE.exists():
        return _fresh_catalogue()
    with PO_FILE.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def update() -> tuple[int, int]:
    """Bring the catalogue file up to date with the code; returns (texts, texts still to translate)."""
    catalog = load()
    made = catalog.creation_date
    catalog.update(collect(), no_fuzzy_matching=True, update_header_comment=False)
    catalog.creation_date = catalog.revision_date = made  # a collection that finds nothing new changes nothing
    catalog.msgid_bugs_address = catalog.last_translator = ""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    PO_FILE.parent.mkdir(parents=True, exist_ok=True)
    PO_FILE.write_bytes(buffer.getvalue())
    open_texts = sum(1 for message in _messages(catalog) if not _is_translated(message))
    return len(catalog), open_texts


def faults() -> list[Fault]:
    """What keeps the catalogue from being complete: missing, fuzzy, untranslated, wrong placeholders, left over."""
    catalog, wanted = load(), collect()
    found = []
    for message in _messages(wanted):
        known = catalog.get(message.id, context=message.context)
        if known is None:
            found.append(Fault("missing", _source(message)))
    for message in _messages(catalog):
        if wanted.get(message.id, context=message.context) is None:
            found.append(Fault("no longer used", _source(message)))
        elif message.fuzzy:
            found.append(Fault("fuzzy", _source(message)))
        elif not _is_translated(message):
            found.append(Fault("untranslated", _source(message)))
        else:
            found += [Fault(str(error), _source(message)) for error in message.check(catalog)]
            found += [Fault(kind, _source(message)) for kind in faults_of(message)]
    return found + list(_built_texts())


def compile_catalogue() -> bool:
    """Write the binary catalogue if the text one is newer; tells whether it did.

    Does nothing in an installation whose files may not be written (there it is compiled beforehand). What was loaded
    before is forgotten: the first process of a fresh checkout looks for texts while it starts.
    """
    target = PO_FILE.with_suffix(".mo")
    if not PO_FILE.exists() or (target.exists() and target.stat().st_mtime >= PO_FILE.stat().st_mtime):
        return False
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            write_mo(file, load())
        draft.replace(target)
    except PermissionError:
        return False
    translation_file_changed(None, target)
    return True


def _fresh_catalogue() -> Catalog:
    return Catalog(
        locale="zh_Hans",
        project="Inventory back office",
        version="1.0",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Simplified Chinese texts of the inventory back office.",
        copyright_holder="",
        msgid_bugs_address="",
        last_translator="",
        language_team="zh_Hans",
    )


def _below(home: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Files that may hold texts, with the name shown in the catalogue."""
    for path in sorted(home.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
            yield path, str(path.relative_to(root))


def _texts(path: Path) -> Iterable[Found]:
    """The (source, context) pairs of one file; a source is a string or a (singular, plural) pair."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        if "{%" not in source and "{{" not in source:
            return
        # What templatize leaves around the calls is no Python; without indentation it can be tokenized.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
        aliases: dict[str, str] = {}
    elif "gettext" not in source:
        return
    else:
        aliases = _aliases(ast.parse(source))
    keywords = KEYWORDS | {alias: KEYWORDS[name] for alias, name in aliases.items()}
    file = io.BytesIO(source.encode())
    for _line, function, arguments, _comments in extract_python(file, keywords, (), {"encoding": "utf-8"}):
        found = _text_of(aliases.get(str(function), str(function)), arguments)
        if found is not None:
            yield found


def _aliases(tree: ast.AST) -> dict[str, str]:
    """What a module calls the functions of ``django.utils.translation`` by: its name → theirs."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {
        name.asname: name.name
        for node in imports
        if node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.name in KEYWORDS
    }


def _built_texts() -> Iterator[Fault]:
    """Texts put together before they are looked up: no catalogue can hold them."""
    for path, name in (found for home in OWN for found in _below(ROOT / home, ROOT)):
        if path.suffix != ".py" or "gettext" not in (source := path.read_text("utf-8")):
            continue
        tree = ast.parse(source)
        known = dict.fromkeys(KEYWORDS, "") | _aliases(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known):
                continue
            counted = "ngettext" in (node.func.id, known[node.func.id])  # its last argument is the number
            if any(_is_built(argument) for argument in node.args[: -1 if counted else None]):
                yield Fault(f"put together at run time in {name}:{node.lineno}", ast.unparse(node))


def _is_built(argument: ast.expr) -> bool:
    """An f-string with fields, a sum, a filled or formatted text; a plain name may hold a text collected elsewhere."""
    if isinstance(argument, ast.Call):
        return isinstance(argument.func, ast.Attribute) and argument.func.attr == "format"
    return isinstance(argument, ast.JoinedStr | ast.BinOp)


def _text_of(function: str, arguments: object) -> Found | None:
    """The text in the arguments of one call; None when they are no literals."""
    parts: list[Any] = list(arguments) if isinstance(arguments, list | tuple) else [arguments]
    context = parts.pop(0) if "pgettext" in function else None
    wanted = 2 if function.removesuffix("_lazy").endswith("ngettext") or "npgettext" in function else 1
    texts = parts[:wanted]
    if len(texts) < wanted or not all(isinstance(text, str) and text for text in texts):
        return None
    if "pgettext" in function and not isinstance(context, str):
        return None
    return (texts[0] if wanted == 1 else (texts[0], texts[1])), context


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings)
