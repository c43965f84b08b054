"""Checks on the study base: what is impossible stops a study, what is odd stays beside it as a doubt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from hepatica.evidence.contradictions import contradictions
from hepatica.evidence.model import Finding, Measure, Study

_Said = tuple[Literal["error", "doubt"], str, str]

CONDITIONS = {
    "aclf", "alcoholic_hepatitis", "acute_liver_failure", "liver_failure", "decompensated_cirrhosis",
    "compensated_cirrhosis", "cirrhosis", "chronic_liver_disease", "chronic_hepatitis", "pbc", "steatosis", "hcc",
    "variceal_bleeding", "liver_transplant", "urea_cycle_disorder", "not_liver", "animal",
}  # fmt: skip
ROUTES = {"peripheral_vein", "portal_vein", "hepatic_artery", "intrahepatic", "intrasplenic"}
# widest values a group mean or median may take (ours: wide enough for any cohort, narrow enough to catch a wrong unit)
RANGES = {
    "age_years": (0, 100), "male_fraction": (0, 1), "meld": (1, 50), "meld_na": (1, 50), "child_pugh": (5, 15),
    "albumin_g_l": (10, 60), "bilirubin_umol_l": (2, 1000), "direct_bilirubin_umol_l": (0, 800), "inr": (0.8, 10),
    "creatinine_umol_l": (20, 800), "sodium_mmol_l": (110, 155), "potassium_mmol_l": (2, 7),
    "platelets_e9_l": (10, 600), "wbc_e9_l": (1, 40), "hemoglobin_g_dl": (4, 20), "ammonia_umol_l": (5, 500),
    "alt_u_l": (2, 10000), "ast_u_l": (2, 10000), "alp_u_l": (20, 3000), "pt_s": (8, 100), "weight_kg": (2, 200),
    "liver_stiffness_kpa": (2, 75), "hvpg_mmhg": (1, 40), "map_mmhg": (40, 130), "bmi": (10, 60),
    "maddrey_df": (0, 200), "sofa": (0, 24),
}  # fmt: skip
# spread between people below which a printed SD is more likely a standard error (ours)
LEAST_SD = {"meld": 1.5, "meld_na": 1.5, "maddrey_df": 5.0, "child_pugh": 0.5, "albumin_g_l": 1.5, "inr": 0.08}


def study(s: Study) -> list[Finding]:
    """Return what is wrong (error) or odd (doubt) within one study."""
    return [Finding(level, s.id, where, what) for level, where, what in _study(s)]


def base(all_studies: tuple[Study, ...]) -> list[Finding]:
    """Return what is wrong between studies: an id twice, an overlap named that is not in the base."""
    found: list[Finding] = []
    seen: set[str] = set()
    for s in all_studies:
        if s.id in seen:
            found.append(Finding("error", s.id, "id", "this id is in the base twice"))
        seen.add(s.id)
    groups: dict[str, list[str]] = {}
    for s in all_studies:
        groups.setdefault(s.cohort, []).append(s.id)
    for ids in groups.values():
        if len(ids) > 1:
            found.append(Finding("doubt", ids[0], "cohort", f"same patients as {', '.join(ids[1:])}: counted once"))
    known = {s.id for s in all_studies} | {s.cohort for s in all_studies}
    for s in all_studies:
        for other in s.may_overlap:
            if other not in known and " " not in other:
                found.append(Finding("doubt", s.id, "may_overlap", f"{other!r} is not in this base"))
        if s.may_overlap:
            found.append(Finding("doubt", s.id, "may_overlap", f"may share patients with {', '.join(s.may_overlap)}"))
    return found


def suspect_sd(row: Measure) -> bool:
    """Return whether the SD printed is so small for n >= 8 that it is more likely a standard error (a rule of ours).

    Changes within two weeks are let pass: little can change in days.
    """
    if row.kind == "change" and (row.day or 0) < 14:
        return False
    least = LEAST_SD.get(row.variable)
    return row.sd is not None and least is not None and (row.n or 0) >= 8 and row.sd < least


def _study(s: Study) -> Iterator[_Said]:
    names = [a.name for a in s.arms]
    if len(set(names)) != len(names):
        yield "error", "arms", "two arms have the same name"
    if s.condition not in CONDITIONS:
        yield "error", "condition", f"{s.condition!r} is none of: {', '.join(sorted(CONDITIONS))}"
    for a in s.arms:
        if a.n is not None and a.n < 1:
            yield "error", f"arm {a.name}", f"n = {a.n}"
        if a.cells and a.cells.route and a.cells.route not in ROUTES:
            yield "error", f"arm {a.name}", f"route {a.cells.route!r} is none of: {', '.join(sorted(ROUTES))}"
        if a.cells and a.cells.dose_cells_total and not 1e4 <= a.cells.dose_cells_total <= 1e12:
            yield "doubt", f"arm {a.name}", f"dose of {a.cells.dose_cells_total:.3g} cells"
    shares = sum(share for _, share in s.etiology)
    if any(not 0 <= share <= 1 for _, share in s.etiology):
        yield "error", "etiology", "a share lies outside 0 to 1"
    elif shares > 1.05:
        yield "doubt", "etiology", f"the shares add up to {shares:.2f}"
    yield from contradictions(s)
    yield from _survival(s)
    for row in s.measures:
        yield from _measure(s, row)
    for e in s.adverse_events:
        if e.count is not None and e.n is not None and e.count > e.n:
            yield "error", f"event {e.event}", f"{e.count} of {e.n}"
    for p in s.provenance:
        if not p.source:
            yield "error", "provenance", "a row without a source"


def _survival(s: Study) -> Iterator[_Said]:
    for row in s.survival:
        where = f"survival {row.arm} day {row.day}"
        if row.alive is not None and row.n is not None:
            if not 0 <= row.alive <= row.n:
                yield "error", where, f"{row.alive} alive of {row.n}"
            elif row.percent is not None and abs(100 * row.alive / row.n - row.percent) > 100 / row.n:
                yield "doubt", where, f"{row.alive}/{row.n} is {100 * row.alive / row.n:.1f} %, printed {row.percent} %"
        if row.percent is not None and not 0 <= row.percent <= 100:
            yield "error", where, f"{row.percent} %"
        arm = s.arm(row.arm)
        if arm and arm.n is not None and row.n is not None and row.n > arm.n:
            yield "doubt", where, f"n = {row.n} is more than the arm's {arm.n}"
    paths: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for row in s.survival:
        if row.day is not None and row.alive is not None and row.n is not None:
            paths.setdefault((row.arm, f"{row.endpoint} of {row.n}"), []).append((row.day, row.alive))
    for (arm_name, _), points in paths.items():
        points.sort()
        if any(b[1] > a[1] for a, b in pairwise(points)):
            yield "error", f"survival {arm_name}", "more alive later than before"


def _measure(s: Study, row: Measure) -> Iterator[_Said]:
    where = f"{row.kind} {row.arm} {row.variable}" + (f" day {row.day:g}" if row.day else "")
    if row.sd is not None and row.sd < 0:
        yield "error", where, f"SD {row.sd}"
    if row.q1 is not None and row.q3 is not None and row.q1 > row.q3:
        yield "error", where, f"q1 {row.q1} above q3 {row.q3}"
    if row.count is not None and row.n is not None and row.count > row.n:
        yield "error", where, f"{row.count} of {row.n}"
    if row.kind != "change" and not row.unit:
        low, high = RANGES.get(row.variable, (-1e9, 1e9))
        for value in (row.mean, row.median):
            if value is not None and not low <= value <= high:
                yield "doubt", where, f"{value:g} lies outside {low:g} to {high:g}: wrong unit?"
    if row.kind != "baseline" and suspect_sd(row):
        yield "doubt", where, f"SD {row.sd:g} at n = {row.n} is small: a standard error?"
