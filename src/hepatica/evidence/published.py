"""Published meta-analyses: shown as what they are, with our doubts, never mixed with pools of this base."""

from __future__ import annotations

from typing import Any

from hepatica.evidence.adverse import CLASS_OF
from hepatica.evidence.base import table
from hepatica.evidence.contrasts import CELL_QUESTIONS, is_cells
from hepatica.evidence.question import CONDITION_WORDS, GROUPS, INTERVENTION_WORDS, OUTCOME_WORDS, SURVIVAL, normal

_COMPARED = {"OR", "RR", "HR", "MD", "SMD"}
_STEM = {"msc", "bm_msc", "bm_mnc", "stem_cells", "cord_stem_cell"}


def published_pools(
    outcome: str | None = None,
    day: float | None = None,
    condition: str | None = None,
    intervention: str | None = None,
    region: str | None = None,
) -> list[dict[str, Any]]:
    """Return published pooled results that bear on a question, nearest day first.

    Each row: id, study, intervention, condition, outcome, measure (OR, RR, MD, SMD, p, direction, …), day, value, lo,
    hi, unit, k, n, region, note, doubts, source, where. Survival and mortality stand for each other; a question about
    one cell product is met by pools of its class and of mixed stem cells, one about a condition by its neighbours.
    """
    what = normal(intervention, INTERVENTION_WORDS)
    where = normal(condition, CONDITION_WORDS)
    result = normal(outcome, OUTCOME_WORDS)
    rows = []
    for row in table("published_pools"):
        if result and not _same_outcome(result, row["outcome"]):
            continue
        if what and row["intervention"] not in _alike(what):
            continue
        if where and row["condition"] not in _near(where):
            continue
        if region and row.get("region") not in (None, region):
            continue
        rows.append(dict(row))
    return sorted(rows, key=lambda r: (_other_region(r, region), r["measure"] not in _COMPARED, _distance(r, day)))


def _other_region(row: dict[str, Any], region: str | None) -> bool:
    return region is not None and row.get("region") != region


def _same_outcome(asked: str, row: str) -> bool:
    return row == asked or row == "several" or (asked in SURVIVAL and row in SURVIVAL)


def _alike(what: str) -> set[str]:
    if not is_cells(what):
        return {what}
    kind = what if what in CELL_QUESTIONS else CLASS_OF.get(what, what)
    if kind in ("cells", "stem_cells"):
        return _STEM
    own = {"msc": {"msc", "bm_msc"}, "mnc": {"bm_mnc"}, "bm_mnc": {"bm_mnc"}}.get(kind, set())
    return own | {"stem_cells"}


def _near(where: str) -> set[str]:
    near = GROUPS.get(where, {where}) | {where}
    if "decompensated_cirrhosis" in near:
        near |= {"cirrhosis", "chronic_liver_disease"}
    if where in ("aclf", "acute_liver_failure"):
        near |= {"liver_failure"}
    return near


def _distance(row: dict[str, Any], day: float | None) -> float:
    if day is None:
        return row.get("day") or 1e9
    return abs(row["day"] - day) if row.get("day") is not None else 1e9
