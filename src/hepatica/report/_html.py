"""The page: one file with its style, script and figures inside, and a policy that lets nothing else in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from hepatica.language import speaking
from hepatica.report import palette, words
from hepatica.report._sheet import digest, environment, text
from hepatica.report.view import document


def html(plan: Mapping[str, Any], shown: Mapping[str, Any] | None = None) -> str:
    """Return the self-contained page of one plan; `shown` is its `view.document` where that is already made."""
    style, script = _style(), text("page.js")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    from markupsafe import Markup

    with speaking(plan.get("language")) as language:
        return _template().render(
            **(shown or document(plan)),
            style=Markup(style),  # noqa: S704 (a file of ours)
            script=Markup(script),  # noqa: S704 (a file of ours)
            policy=policy,
            language=language,
        )


@cache
def _template() -> Any:
    made = environment()
    made.filters["plain"] = words.plain
    made.globals["step"] = words.certainty_step
    return made.get_template("page.html")


@cache
def _style() -> str:
    dark = palette.tokens(palette.DARK)
    return (
        f":root{{{palette.tokens(palette.LIGHT)}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}color-scheme:dark}}:root[data-theme=light]{{color-scheme:light}}"
        f"@media print{{:root:root:root{{{palette.tokens(palette.LIGHT)}color-scheme:light}}}}"
        f"{palette.figure_css()}{text('page.css')}"
    )
