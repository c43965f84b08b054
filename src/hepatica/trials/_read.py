"""Read what a published trial says before its outcomes: who was in it, how ill, and what each arm was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hepatica.errors import InputError

VARIABLES = {
    "meld": "meld",
    "meld-na": "meld_na",
    "meld_na": "meld_na",
    "child-pugh": "child_pugh",
    "child_pugh": "child_pugh",
    "inr": "inr",
    "albumin_g_l": "albumin_g_l",
    "albumin": "albumin_g_l",
    "bilirubin_umol_l": "bilirubin_umol_l",
    "bilirubin": "bilirubin_umol_l",
    "creatinine_umol_l": "creatinine_umol_l",
    "creatinine": "creatinine_umol_l",
    "sodium_mmol_l": "sodium_mmol_l",
    "sodium": "sodium_mmol_l",
    "alt_u_l": "alt_u_l",
    "ast_u_l": "ast_u_l",
    "platelets_1e9_l": "platelets_e9_l",
    "platelets": "platelets_e9_l",
    "ammonia_umol_l": "ammonia_umol_l",
    "hvpg_mmhg": "hvpg_mmhg",
    "pta_percent": "pt_percent",
    "age": "age",
    "weight_kg": "weight_kg",
}
POSSIBLE = {
    "meld": (6, 40),
    "meld_na": (6, 40),
    "child_pugh": (5, 15),
    "inr": (0.7, 20),
    "albumin_g_l": (8, 65),
    "bilirubin_umol_l": (1, 1200),
    "creatinine_umol_l": (10, 2000),
    "sodium_mmol_l": (95, 180),
    "alt_u_l": (2, 20000),
    "ast_u_l": (2, 30000),
    "platelets_e9_l": (2, 1500),
    "ammonia_umol_l": (3, 1500),
    "hvpg_mmhg": (1, 60),
    "pt_percent": (5, 150),
    "age": (0, 110),
    "weight_kg": (1, 300),
}
LATEST_DAY = 3653.0
SHAPE = "docs/how-to/predict-a-trial.md shows the shape"
MOST_ARMS, MOST_DAYS = 50, 1000


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm: its size, what it got beside cells, its cells, and its baseline as (mean, SD) by variable."""

    name: str
    n: int
    background: str
    cells: Mapping[str, Any] | None
    baseline: Mapping[str, tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial without its outcomes."""

    id: str
    condition: str
    etiology: Mapping[str, float]
    arms: tuple[Arm, ...]
    days: tuple[float, ...]
    notes: tuple[str, ...]


def read_trial(path: str | Path) -> Trial:
    """Return the trial in a JSON file; what it holds of outcomes is not read.

    Raises:
        InputError: no such file, not JSON, no arms, a size, a day or a baseline that cannot be.
    """
    import orjson

    try:
        data = orjson.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", mend="name a trial file") from None
    except orjson.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}", where=str(path), mend=SHAPE) from None
    if not isinstance(data, dict):
        raise InputError("not a trial: the file holds no object", where=str(path))
    return parse_trial(data, str(path))


def parse_trial(data: Mapping[str, Any], where: str = "trial") -> Trial:
    """Return the trial in a mapping of the study shape (see `read_trial`)."""
    arms = data.get("arms")
    if not isinstance(arms, list) or not arms:
        raise InputError("the trial has no arms", where=f"{where}: arms", mend="list at least one, with name and n")
    if len(arms) > MOST_ARMS:
        raise InputError(f"{len(arms)} arms", where=f"{where}: arms", mend=f"at most {MOST_ARMS}")
    notes: list[str] = []
    baseline = data.get("baseline") or []
    if not isinstance(baseline, list) or not all(isinstance(row, Mapping) for row in baseline):
        raise InputError("the baseline is no list of objects", where=f"{where}: baseline", mend=SHAPE)
    rows = [_row(b, f"{where}: baseline[{i}]", notes) for i, b in enumerate(baseline)]
    population = _object(data, "population", where)
    read = tuple(_arm(a, i, rows, arms, where) for i, a in enumerate(arms))
    return Trial(
        str(data.get("id") or Path(where).stem),
        str(population.get("condition") or ""),
        {str(k): float(v) for k, v in _object(population, "etiology", where).items() if _counts(v)},
        read,
        _days(data, where),
        tuple(notes),
    )


def _object(data: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    found = data.get(name) or {}
    if not isinstance(found, Mapping):
        raise InputError(f"{name} is no object", where=f"{where}: {name}", mend=SHAPE)
    return found


def _counts(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1e12


def _days(data: Mapping[str, Any], where: str) -> tuple[float, ...]:
    asked = _object(data, "ask", where).get("days")
    if asked is None:
        return (28.0, 90.0, 180.0, 365.0)
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST_DAYS:
        raise InputError(
            "no days asked, or too many", where=f"{where}: ask.days", mend=f"list 1 to {MOST_DAYS}, or leave ask out"
        )
    days = []
    for day in asked:
        if not isinstance(day, int | float) or isinstance(day, bool) or not 0 <= day <= LATEST_DAY:
            raise InputError(f"day {day!r} cannot be asked", where=f"{where}: ask.days", mend="days from 0 to 3653")
        days.append(float(day))
    return tuple(sorted(set(days)))


def _row(row: Mapping[str, Any], where: str, notes: list[str]) -> tuple[str, str, float, float | None] | None:
    name = VARIABLES.get(str(row.get("variable", "")).lower())
    if name is None:
        notes.append(f"baseline {row.get('variable')!r} is not used by the twin")
        return None
    mean, sd = row.get("mean"), row.get("sd")
    q1, q3 = row.get("q1"), row.get("q3")
    if mean is None:
        mean = row.get("median")
        if sd is None and isinstance(q1, int | float) and isinstance(q3, int | float):
            sd = (q3 - q1) / 1.349
    if mean is None:
        return None
    if not isinstance(mean, int | float) or isinstance(mean, bool):
        raise InputError(f"{row.get('variable')} {mean!r} is not a number", where=where)
    low, high = POSSIBLE[name]
    if not low <= mean <= high:
        raise InputError(
            f"{row.get('variable')} {mean} is outside what a group of patients can have ({low} to {high})",
            where=where,
            mend=f"check the value and its unit ({row.get('unit') or 'none given'})",
        )
    if sd is not None and (not isinstance(sd, int | float) or sd < 0):
        raise InputError(f"SD {sd!r} cannot be", where=where, mend="a standard deviation, not negative")
    return str(row.get("arm", "all")), name, float(mean), None if not sd else float(sd)


def _arm(arm: Any, i: int, rows: list[Any], arms: list[Any], where: str) -> Arm:
    place = f"{where}: arms[{i}]"
    if not isinstance(arm, Mapping):
        raise InputError("an arm is no object", where=place)
    name, n = str(arm.get("name") or f"arm {i + 1}"), arm.get("n")
    if n is None:
        n = 30
    if not isinstance(n, int | float) or isinstance(n, bool) or n < 1 or n > 1_000_000:
        raise InputError(f"an arm of {n!r} patients cannot be", where=f"{place}.n", mend="a number from 1")
    names = {str(a.get("name")) for a in arms if isinstance(a, Mapping)}
    baseline: dict[str, tuple[float, float | None]] = {}
    for row in [r for r in rows if r and r[0] not in names] + [r for r in rows if r and r[0] == name]:
        baseline[row[1]] = (row[2], row[3])
    cells = arm.get("cells")
    if cells is not None and not isinstance(cells, Mapping):
        raise InputError("cells is no object", where=f"{place}.cells")
    if cells is not None:
        _check_cells(cells, baseline, f"{place}.cells")
    return Arm(name, int(n), str(arm.get("background") or ""), cells, baseline)


def _check_cells(cells: Mapping[str, Any], baseline: Mapping[str, Any], where: str) -> None:
    for key in ("dose_cells_total", "dose_cells_per_kg"):
        dose = cells.get(key)
        if dose is not None and (not isinstance(dose, int | float) or isinstance(dose, bool) or not 0 <= dose <= 1e13):
            raise InputError(f"a dose of {dose!r} cells cannot be", where=f"{where}.{key}", mend="cells, 0 to 1e13")
    infusions = cells.get("infusions")
    if infusions is not None and (not isinstance(infusions, int | float) or not 0 <= infusions <= MOST_DAYS):
        raise InputError(f"{infusions!r} infusions cannot be", where=f"{where}.infusions", mend=f"1 to {MOST_DAYS}")
    days = cells.get("days") or []
    if not isinstance(days, list) or len(days) > MOST_DAYS:
        raise InputError("days of infusions are a list", where=f"{where}.days", mend=f"at most {MOST_DAYS} numbers")
    for day in days:
        if day is not None and (not isinstance(day, int | float) or not 0 <= day <= LATEST_DAY):
            raise InputError(f"day {day!r} of an infusion cannot be", where=f"{where}.days")
