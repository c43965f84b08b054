"""Every catalogue is complete, in step with the texts, compiled, and names the same values as the English texts."""

from __future__ import annotations

import ast
import re
import string
import sys
from pathlib import Path

import pytest

pytest.importorskip("babel")
ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tools"))

import messages  # noqa: E402 (a tool of the repository, not a package)

SAID_ELSEWHERE = {"what_if.toml", "waiting.toml"}
"""The what-if is a verb of its own, in English; the waiting list holds numbers with their sources."""
CATALOGUES = {po.parts[-3]: po for po in messages.catalogues()}


@pytest.fixture(scope="module", params=sorted(CATALOGUES))
def catalogue(request: pytest.FixtureRequest) -> tuple[Path, object]:
    po = CATALOGUES[request.param]
    return po, messages.update(po)


def forms(message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_is_a_second_language() -> None:
    assert "es" in CATALOGUES


def test_no_text_lacks_a_translation(catalogue) -> None:
    assert messages.missing(catalogue[1]) == []


def test_no_translation_is_fuzzy_or_obsolete(catalogue) -> None:
    po, _ = catalogue
    text = po.read_text(encoding="utf-8")
    assert "#, fuzzy" not in text
    assert "#~" not in text


def test_the_files_are_in_step_with_the_texts(catalogue) -> None:
    po, made = catalogue
    assert po.read_bytes() == messages.po_bytes(made), "run `make messages`"
    assert po.with_suffix(".mo").read_bytes() == messages.mo_bytes(made), "run `make messages`"


def test_translations_name_the_same_values(catalogue) -> None:
    wrong = []
    for message in catalogue[1]:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple | list) else [message.id]
        named = set().union(*map(fields, english))
        wrong += [
            (english[0], form)
            for form in forms(message)
            if fields(form) - named or named - fields(form) - {"n"} - messages.FREE.get(english[0], set())
        ]
    assert wrong == []


@pytest.mark.parametrize("room", ["planning", "therapy", "governance", "outcomes"])
def test_every_data_file_with_sentences_is_in_the_catalogues(room: str) -> None:
    told = {"text", "why", "headline", "item", "action", "title", "label", "said", "reason", "otherwise"}
    unnamed = {}
    for path in sorted((ROOT / "src" / "hepatica" / room / "data").glob("*.toml")):
        keys = set(re.findall(r"^([a-z_]+) = \"", path.read_text(encoding="utf-8"), re.MULTILINE)) & told
        known = set(messages.text_keys().get(f"{room}/data/{path.name}", ()))
        if keys - known and path.name not in SAID_ELSEWHERE:
            unnamed[path.name] = keys - known
    assert unnamed == {}


def test_a_missing_translation_is_seen(catalogue) -> None:
    from babel.messages import Catalog

    made = Catalog()
    made.add("a text")
    made.add(("one", "many"), ("uno", ""))
    assert len(messages.missing(made)) == 2


def test_texts_are_given_the_values_they_name() -> None:
    wrong = []
    for path in (ROOT / "src" / "hepatica").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.keywords):
                continue
            given = {k.arg for k in node.keywords}
            text = node.args[0]
            if isinstance(text, ast.Constant) and None not in given and fields(text.value) != given:
                wrong.append((path.name, node.lineno, fields(text.value) ^ given))
    assert wrong == []
