"""What reaches the terminal: one JSON document, or aligned text with colour only on a terminal."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from hepatica.output import one_line, visible


def debugging() -> bool:
    """Return whether HEPATICA_DEBUG asks for tracebacks."""
    return os.environ.get("HEPATICA_DEBUG", "") not in ("", "0")


def json_document(document: Any) -> None:
    """Print one JSON document on stdout; numbers that are not finite become null."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    sys.stdout.buffer.write(orjson.dumps(document, option=options) + b"\n")


def line(text: str = "") -> None:
    """Print text as it is laid out, without what a terminal would obey."""
    print(visible(text))


def complain(*lines: str) -> None:
    """Print lines on stderr, each as one."""
    print("\n".join(map(one_line, lines)), file=sys.stderr)


def heading(text: str) -> None:
    """Print a heading, bold on a terminal."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    text = one_line(text)
    print(f"\033[1m{text}\033[0m" if colour else text)


def paragraph(text: str, indent: str = "  ") -> None:
    """Print text wrapped at 100 columns."""
    print(
        textwrap.fill(
            visible(text), 100, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
        )
    )


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], *, indent: str = "  ", right: Sequence[int] = ()) -> None:
    """Print rows under a head (none where its cells are empty), columns aligned; `right` are set flush right."""
    cells = [[_cell(c) for c in row] for row in (*([head] if any(head) else []), *rows)]
    widths = [max((len(row[i]) for row in cells), default=0) for i in range(len(head))]
    for row in cells:
        parts = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        print((indent + "  ".join(parts)).rstrip())


def number(value: Any, digits: int = 3) -> str:
    """Return a number with at most `digits` significant digits and thin-spaced thousands; an absent one is a dash."""
    if value is None or value != value:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    value = float(value)
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude >= 1e7 or magnitude < 1e-4:
        return f"{value:.{digits - 1}e}"
    if magnitude >= 10 ** (digits - 1):
        return f"{value:,.0f}".replace(",", "\u2009")
    return f"{value:.{digits}g}"


def percent(value: Any) -> str:
    """Return a probability as a percentage; below one in a hundred with one decimal."""
    if value is None or value != value:
        return "–"
    return f"{100 * value:.1f} %" if 0 < value < 0.0095 else f"{100 * value:.0f} %"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return one_line(value) if isinstance(value, str) else number(value)
