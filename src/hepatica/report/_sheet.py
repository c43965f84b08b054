"""What every page of ours shares: where templates lie, how they are read, and the digest a policy names."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Any

from hepatica import language
from hepatica.output import visible
from hepatica.report.figures import Drawn


def environment() -> Any:
    """Return a Jinja environment that escapes everything but figures we drew ourselves (`|drawn`)."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("hepatica.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    made.globals |= {"say": _say, "say_as": language.say_as, "say_many": _say_many}
    made.filters["drawn"] = _drawn
    return made


def _drawn(svg: Any) -> Any:
    """Let a figure that we drew stand as it is; whatever else came in its place is escaped as any text."""
    from markupsafe import Markup

    return Markup(svg) if isinstance(svg, Drawn) else svg  # noqa: S704 (its text is escaped where drawn)


def _visible(value: Any) -> Any:
    """Show in a page what would turn its text round or hide in it; markup stays markup."""
    return type(value)(visible(value)) if isinstance(value, str) and not value.isprintable() else value


def _say(message: str, **values: Any) -> Any:
    """Say a message in a page: its own marks stand as they are, its values are escaped unless they are markup."""
    from markupsafe import Markup

    return Markup(language.translated(message)).format(**values) if values else language.say(message)  # noqa: S704


def _say_many(one: str, many: str, n: int, **values: Any) -> Any:
    from markupsafe import Markup

    return Markup(language.translated_many(one, many, n)).format(n=n, **values)  # noqa: S704


def text(name: str) -> str:
    """Return a file of the templates folder."""
    return resources.files("hepatica.report").joinpath("templates", name).read_text(encoding="utf-8")


def digest(content: str) -> str:
    """Return the base64 SHA-256 by which a content policy allows a style or a script."""
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
