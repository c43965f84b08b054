"""The printed plan: page one to decide, then the reasoning; set by typst from the same values as the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import util
from typing import Any

import orjson

from hepatica.errors import CannotAnswer
from hepatica.language import say_as, speaking, translated
from hepatica.output import visible
from hepatica.report import palette, words
from hepatica.report._fonts import compiled
from hepatica.report._sheet import text
from hepatica.report.figures import Drawn, standalone
from hepatica.report.view import Num, document
from hepatica.report.view.book import Cite

_LABEL = re.compile(r'aria-label="([^"]*)"')
_MESSAGE = re.compile(r'\bsay\("([^"]*)"')
_BARE = ("at", "low", "high")
_TEMPLATES = ("base.typ", "plan.typ", "weigh.typ")
_FONT = 'text{font-family:"Libertinus Serif"}'


def pdf(plan: Mapping[str, Any], shown: Mapping[str, Any] | None = None) -> bytes:
    """Return the plan as a tagged PDF (PDF/UA-1), with outline, set in fonts that typst carries itself.

    `shown` is the plan's `view.document` where that is already made.
    Raises CannotAnswer where typst is not installed.
    """
    if not util.find_spec("typst"):
        raise CannotAnswer("the PDF needs typst", mend="pip install 'hepatica[pdf]'")
    shown = shown or document(plan)
    figures: dict[str, bytes] = {}
    content = _plain({k: v for k, v in shown.items() if k not in ("lineage", "terms")}, figures)
    templates = {name: text(name) for name in _TEMPLATES}
    files = {
        **{name: template.encode() for name, template in templates.items()},
        "main.typ": b'#include "plan.typ"',
        "plan.json": orjson.dumps(content | _spoken(plan.get("language"), templates.values())),
        **figures,
    }
    return compiled(files, _stamp(plan.get("created")))


def _spoken(language: str | None, templates: Iterable[str]) -> dict[str, Any]:
    """Return the messages of the templates, and the enumerated words of the contract, in a language."""
    with speaking(language) as code:
        wanted = [*(m for t in templates for m in _MESSAGE.findall(t)), *words.enumerated()]
        return {
            "language": code,
            "messages": {m: translated(m) for m in wanted},
            "certainties": words.certainties(),
            "flags": {"high": say_as("value", "high"), "low": say_as("value", "low")},
        }


def _plain(value: Any, figures: dict[str, bytes]) -> Any:
    """Return strings, lists and dictionaries for typst; each SVG becomes a file with its text alternative."""
    if isinstance(value, Num):
        return str(value)
    if isinstance(value, Cite):
        return value.number
    if isinstance(value, str):
        return _figure(value, figures) if isinstance(value, Drawn) else visible(value)
    if isinstance(value, Mapping):
        return {
            visible(str(k)): v.text if k in _BARE and isinstance(v, Num) else _plain(v, figures)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(v, figures) for v in value]
    if hasattr(value, "css"):
        return {"name": value.name, "css": value.css}
    return value


def _figure(svg: str, figures: dict[str, bytes]) -> dict[str, str]:
    name = f"f{len(figures)}.svg"
    figures[name] = standalone(svg, palette.literal_css() + _FONT)
    label = _LABEL.search(svg)
    return {"file": name, "alt": _unescape(label[1]) if label else "figure"}


def _unescape(text: str) -> str:
    from html import unescape

    return unescape(text)


def _stamp(created: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(created))
    except ValueError:
        return None
