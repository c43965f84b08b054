"""Does the fit show the record: each kind of value against its fitted band, and the chance of such a miss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import mark, say
from hepatica.staging import Staging

from ._history import LAB_NAMES, History, degrees, error, p_value
from ._lived import Lived
from ._population import Known, expected, stream

Array = NDArray[np.float64]
Row = dict[str, Any]
UNUSUAL = 0.01


def check_dates(record: History, lived: Lived, staging: Staging, seed: int) -> tuple[Row, ...]:
    """Return a row for each kind of value of a record over time: newest value, fitted band, p over all dates."""
    chances = {s.name: p_value(s, lived.log_model[s.name]) for s in record.series}
    counts = {s.name: len(s.dates) + (s.name in record.first) for s in record.series}
    rows = []
    for row in _bands(record.course, lived.labs, staging, seed):
        name = LAB_NAMES[row["analyte"]]
        rows.append(row | {"values": counts.get(name, 1), "p_value": chances.get(name), "p_others": None})
    return tuple(rows)


def check_one_date(
    course: str, known: Mapping[str, Known], labs: Mapping[str, Array], staging: Staging, seed: int
) -> tuple[Row, ...]:
    """Return a row for each value of one date: fitted band, and how unusual it is beside the others."""
    rows = []
    for row in _bands(course, labs, staging, seed):
        name = LAB_NAMES[row["analyte"]]
        rows.append(row | {"values": 1, "p_value": None, "p_others": _chance(course, known, name)})
    return tuple(rows)


def remarks(rows: tuple[Row, ...]) -> list[str]:
    """Return what the check finds wrong, as sentences."""
    found = []
    for row in rows:
        if not row["inside"]:
            found.append(say("{analyte} lies outside the 90 % band of its own fit", analyte=_said(row)))
        if row["p_value"] is not None and row["p_value"] < UNUSUAL:
            found.append(
                say(
                    "the fit does not reproduce the {count} values of {analyte} (p {p:.2g}): "
                    "they contradict the model or each other",
                    count=row["values"],
                    analyte=_said(row),
                    p=float(row["p_value"]),
                )
            )
        if row["p_others"] is not None and row["p_others"] < UNUSUAL:
            text = mark("{analyte} is unusual beside the other values of the record (p {p:.2g})")
            found.append(say(text, analyte=_said(row), p=float(row["p_others"])))
    return found


def _said(row: Row) -> str:
    return say(str(row["analyte"]))


def _bands(course: str, labs: Mapping[str, Array], staging: Staging, seed: int) -> list[Row]:
    rows = []
    for analyte, name in LAB_NAMES.items():
        lab = staging.labs.get(analyte)
        if lab is None or name not in labs or not isinstance(lab.value, int | float):
            continue
        miss = error(course, name) * stream(f"check:{name}", seed).standard_normal(len(labs[name]))
        p05, p50, p95 = (float(x) for x in np.quantile(labs[name] * np.exp(miss), (0.05, 0.5, 0.95)))
        row = {"analyte": analyte, "observed": float(lab.value), "p05": p05, "p50": p50, "p95": p95}
        rows.append(row | {"inside": bool(p05 <= lab.value <= p95)})
    return rows


def _chance(course: str, known: Mapping[str, Known], name: str) -> float | None:
    """Return the two-sided chance of a value this far from what the other values let expect; None without others."""
    from scipy.special import stdtr

    others = {k: v for k, v in known.items() if k != name}
    if not others or name not in known:
        return None
    mean, sd = expected(course, others, name)
    away = (np.log(known[name].value) - mean) / np.hypot(sd, known[name].log_sd or error(course, name))
    return float(2 * stdtr(degrees(), -abs(away)))
