"""Keep the message catalogues: extract the texts people read, update every language, compile (run by `make messages`).

Texts come from Python (`say`, `say_as`, `say_many`, `mark`), from the Jinja and Typst templates (`say`), and from the
data files and keys named in src/hepatica/locale/texts.toml.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hepatica import evidence, therapy
from hepatica.language import text_keys
from hepatica.staging.registry import registry
from hepatica.therapy.signs import ASCITES_LEVELS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "hepatica"
LOCALE = SOURCE / "locale"
KEYWORDS: dict[str, Any] = {
    "say": None, "mark": None, "said": None, "say_as": ((1, "c"), 2), "say_many": (1, 2),
}  # fmt: skip
FREE = {
    "This is research. It asks whether {treatment} helps people with {stage}. You would get {procedure}. You would be "
    "followed for at least {follow_up}. {treatment_capital} is not a proven treatment for your liver.": {
        "treatment_capital"
    },
}
"""Values that a translation may leave out, by text: the same thing in another case."""
TEAM = "The hepatica developers"
HEADER = """\
# {language} messages of hepatica.
# The English texts in the code and the data files are the message ids. This translation was made by the project;
# no native-speaking hepatologist has checked it yet."""
_TYPST = re.compile(r'\bsay\("((?:[^"\\]|\\.)*)"')


def template() -> Catalog:
    """Return every message of the sources, in the order of files and lines, without the lines themselves."""
    catalog = Catalog(project="hepatica", charset="utf-8", fuzzy=False)
    for place, message, context in messages():
        catalog.add(message, locations=[(place, None)], context=context)
    return catalog


def messages() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Yield each message with the file it stands in and its context."""
    yield from (("patient/data", name, None) for name in names())
    yield from (("patient", level, "ascites") for level in ASCITES_LEVELS)
    for path in sorted(SOURCE.rglob("*")):
        place = str(path.relative_to(SOURCE))
        if path.suffix == ".py":
            method = "python"
        elif path.suffix == ".html":
            method = "jinja2"
        elif path.suffix == ".typ":
            yield from ((place, ast.literal_eval(f'"{m}"'), None) for m in _TYPST.findall(path.read_text("utf-8")))
            continue
        else:
            yield from ((place, text, None) for text in _data(path, place))
            continue
        found = extract.extract(method, io.BytesIO(path.read_bytes()), KEYWORDS, options={"silent": "false"})
        yield from ((place, message, context) for _, message, _, context in found if message)


def names() -> list[str]:
    """Return the names of what has no label elsewhere: analytes, inputs, conditions, causes, medicines, populations."""
    home = SOURCE / "patient" / "data"
    analytes, conditions, medicines = (
        json.loads((home / f"{n}.json").read_text("utf-8")) for n in ("analytes", "conditions", "medicines")
    )
    rows = [r["name"] for r in analytes["analytes"]] + [*conditions["names"], *conditions["causes"]]
    rows += [name for spec in registry().values() for name in (*spec.all_inputs, *spec.only_for)]
    rows += [
        v for group in medicines.values() if isinstance(group, list) for r in group for v in (r["name"], r["kind"])
    ]
    return list(dict.fromkeys([name.replace("_", " ") for name in rows] + populations()))


def populations() -> list[str]:
    """Return the populations in whose studies harms were counted."""
    pairs = [(product, route) for product in therapy.products() for route in therapy.routes()]
    rows = [row for pair in [("g_csf",), *pairs] for row in evidence.harms(*pair)]
    return sorted({p for row in rows for p in row["populations"]})


def _data(path: Path, place: str) -> Iterator[str]:
    keys = text_keys().get(place) or text_keys().get(place.rpartition("/")[0])
    if keys is None or not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    yield from _under(tomllib.loads(text) if path.suffix == ".toml" else json.loads(text), keys, False)


def _under(node: Any, keys: tuple[str, ...], asked: bool) -> Iterator[str]:
    """Yield the texts under the keys that people read; a key may be a table of texts."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _under(value, keys, asked or key in keys)
    elif isinstance(node, list):
        for value in node:
            yield from _under(value, keys, asked and isinstance(value, str))
    elif asked and isinstance(node, str) and node:
        yield node


def update(po: Path) -> Catalog:
    """Return a language's catalogue brought up to date: new texts without translation, lost ones dropped."""
    with po.open("rb") as file:
        catalog = read_po(file)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        if message.id and message.fuzzy:
            message.string = ("", "") if message.pluralizable else ""
            message.flags.discard("fuzzy")
    catalog.msgid_bugs_address = ""
    catalog.creation_date = catalog.revision_date
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """Return a catalogue as the text of its .po file."""
    catalog.header_comment = HEADER.format(language=catalog.locale.english_name if catalog.locale else "")
    out = io.BytesIO()
    write_po(out, catalog, width=120, sort_output=False, include_lineno=False, omit_header=False)
    return out.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return a catalogue compiled."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def catalogues() -> list[Path]:
    """Return the .po file of every language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/hepatica.po"))


def missing(catalog: Catalog) -> list[str]:
    """Return the messages without a translation."""
    return [str(m.id) for m in catalog if m.id and not all(m.string if isinstance(m.string, tuple) else [m.string])]


def begin(language: str) -> None:
    """Write an empty catalogue for a language, where there is none yet."""
    po = LOCALE / language / "LC_MESSAGES" / "hepatica.po"
    if po.exists():
        return
    po.parent.mkdir(parents=True)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    made = Catalog(
        creation_date=today,
        revision_date=today,
        msgid_bugs_address="",
        locale=language, project="hepatica", version="0.1", charset="utf-8", fuzzy=False,
        last_translator=TEAM, language_team=TEAM,
    )  # fmt: skip
    po.write_bytes(po_bytes(made))


def main(languages: list[str]) -> int:
    """Begin the languages named, then update and compile every catalogue; report what is not translated yet."""
    for language in languages:
        begin(language)
    unsaid = 0
    for po in catalogues():
        catalog = update(po)
        po.write_bytes(po_bytes(catalog))
        po.with_suffix(".mo").write_bytes(mo_bytes(catalog))
        lacks = missing(catalog)
        unsaid += len(lacks)
        print(f"{po.relative_to(ROOT)}: {len(catalog)} messages, {len(lacks)} to translate")
    return 1 if unsaid else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
