"""The page: one file with its style, script and figures inside, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from hepatica.report import palette, words
from hepatica.report.view import document


def html(plan: Mapping[str, Any], shown: Mapping[str, Any] | None = None) -> str:
    """Return the self-contained page of one plan; `shown` is its `view.document` where that is already made."""
    style, script = _style(), _text("page.js")
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    from markupsafe import Markup

    return _template().render(
        **(shown or document(plan)),
        style=Markup(style),  # noqa: S704 (a file of ours)
        script=Markup(script),  # noqa: S704 (a file of ours)
        policy=policy,
    )


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("hepatica.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawn"] = lambda svg: Markup(svg)  # noqa: S704 (our own SVG; its text is escaped where drawn)
    environment.filters["plain"] = words.plain
    environment.globals["step"] = words.certainty_step
    return environment.get_template("page.html")


@cache
def _style() -> str:
    dark = palette.tokens(palette.DARK)
    return (
        f":root{{{palette.tokens(palette.LIGHT)}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}color-scheme:dark}}:root[data-theme=light]{{color-scheme:light}}"
        f"@media print{{:root:root:root{{{palette.tokens(palette.LIGHT)}color-scheme:light}}}}"
        f"{palette.figure_css()}{_text('page.css')}"
    )


def _text(name: str) -> str:
    return resources.files("hepatica.report").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
