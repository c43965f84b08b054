"""Pool a table of effects that the user brings: columns study, yi, vi."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

from hepatica.errors import InputError
from hepatica.evidence.pooling import Pooled, pool_effects


def read_effects(path: str | Path) -> tuple[list[str], list[float], list[float]]:
    """Return the columns study, yi, vi of a CSV file (comma, semicolon or tab; sei may stand for vi).

    Raises InputError naming the line and the column for anything missing, not a number, a variance not above 0, or a
    line that stands twice.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path)) from error
    except (IsADirectoryError, PermissionError) as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", where=str(path), mend="save the table as UTF-8 CSV") from error
    if not text.strip():
        raise InputError("the file is empty", where=str(path), mend="columns: study,yi,vi")
    head = text.splitlines()[0]
    delimiter = max(",;\t", key=head.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    names = [c.strip().lower() for c in rows[0]]
    spread = "vi" if "vi" in names else "sei" if "sei" in names else ""
    if "yi" not in names or not spread:
        raise InputError(f"columns are {', '.join(names)[:80]}", where=f"{path} line 1", mend="columns: study,yi,vi")
    studies: list[str] = []
    y: list[float] = []
    v: list[float] = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(names, (c.strip() for c in row), strict=False))
        yi, spread_value = (_number(cells.get(c), c, f"{path} line {line}") for c in ("yi", spread))
        vi = spread_value if spread == "vi" else spread_value**2
        if vi <= 0:
            raise InputError(f"{spread} is {cells[spread]}", where=f"{path} line {line}", mend="a variance is above 0")
        name = cells.get("study") or f"line {line}"
        if (name, yi, vi) in zip(studies, y, v, strict=True):
            what = f"study {name!r} stands twice with the same numbers"
            raise InputError(what, where=f"{path} line {line}", mend="one line an effect")
        studies.append(name)
        y.append(yi)
        v.append(vi)
    if not y:
        raise InputError("no rows under the header", where=str(path), mend="one line a study: study,yi,vi")
    return studies, y, v


def pool_file(
    path: str | Path, method: str = "REML", ci: str = "hksj", adhoc: bool = False, level: float = 0.95
) -> dict[str, Any]:
    """Return the contract's `evidence pool` shape for a CSV file of effects."""
    names, y, v = read_effects(path)
    p: Pooled = pool_effects(y, v, method, ci, adhoc, level)
    twice = sorted({s for s in names if names.count(s) > 1})
    warned = [f"{s}: several lines, each taken as its own study" for s in twice]
    rows = [
        {"study": s, "yi": a, "vi": b, "weight_percent": 100 * w}
        for s, a, b, w in zip(names, y, v, p.weights, strict=True)
    ]
    why = "effects without their studies: only imprecision and inconsistency could be seen"
    return {
        "outcome": "yi",
        "day": None,
        "scale": "as given",
        "back_transformed": None,
        **p.to_json(),
        "warnings": [*p.warnings, *warned],
        "studies": rows,
        "left_out": [],
        "certainty": {"level": "not judged", "start": None, "reasons": [], "why": why},
    }


def _number(text: str | None, column: str, where: str) -> float:
    if text is None or text == "":
        raise InputError(f"{column} is missing", where=where)
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(f"{column} is {text!r}, not a number", where=where) from error
    if not math.isfinite(value):
        raise InputError(f"{column} is {text}", where=where)
    return value
