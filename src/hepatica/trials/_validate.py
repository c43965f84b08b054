"""How sure are we: every study with outcomes predicted from its baseline, against what it then saw."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import resources

import numpy as np

from hepatica import evidence
from hepatica.twin import fitted_studies

from ._read import POSSIBLE, Arm, Trial
from ._replicate import SHOWN, replicate

RENAMED = {"age_years": "age"}
LEVEL = 0.90
SURVIVAL = "survival"


@dataclass(frozen=True, slots=True)
class Case:
    """One arm, variable and day: what was seen, what was predicted, and what two simpler rules would have said."""

    study: str
    cohort: str
    fitted: bool
    arm: str
    cells: bool
    variable: str
    day: float
    n: int
    seen: float
    mean: float
    lo: float
    hi: float
    carried: tuple[float, float, float] | None
    course: str = ""

    @property
    def inside(self) -> bool:
        """Return whether the 90 % interval held what was seen."""
        return self.lo <= self.seen <= self.hi


def interval_score(seen: float, lo: float, hi: float, level: float = LEVEL) -> float:
    """Return the interval score: the width, and a penalty for what lies outside; smaller is better.

    Source: Gneiting and Raftery 2007.

    >>> round(interval_score(5.0, 4.0, 6.0), 3)
    2.0
    >>> round(interval_score(7.0, 4.0, 6.0), 3)
    22.0
    """
    penalty = 2 / (1 - level)
    return (hi - lo) + penalty * max(lo - seen, 0) + penalty * max(seen - hi, 0)


def trial_of(study: evidence.Study, days: Iterable[float]) -> Trial:
    """Return a study as a trial without its outcomes."""
    arms = []
    names = {a.name for a in study.arms}
    for a in study.arms:
        baseline: dict[str, tuple[float, float | None]] = {}
        rows = [m for m in study.measures if m.kind == "baseline" and (m.arm not in names or m.arm == a.name)]
        for m in sorted(rows, key=lambda m: m.arm in names):
            name = RENAMED.get(m.variable, m.variable)
            value = m.mean if m.mean is not None else m.median
            if name not in POSSIBLE or value is None or not POSSIBLE[name][0] <= value <= POSSIBLE[name][1]:
                continue
            sd = m.sd
            if sd is None and m.q1 is not None and m.q3 is not None:
                sd = (m.q3 - m.q1) / 1.349
            baseline[name] = (float(value), sd or None)
        cells = None
        if a.cells is not None:
            cells = {
                "type": a.cells.type,
                "donor": a.cells.donor,
                "route": (a.cells.route or a.cells.route_text or "").replace("_", " "),
                "dose_cells_total": a.cells.dose_cells_total,
                "dose_cells_per_kg": a.cells.dose_cells_per_kg,
                "infusions": a.cells.infusions,
                "days": list(a.cells.days),
            }
        arms.append(Arm(a.name, a.n or 20, a.background, cells, baseline))
    return Trial(
        study.id,
        study.condition_text or study.condition,
        dict(study.etiology),
        tuple(arms),
        tuple(sorted(set(days))),
        (),
    )


def seen_in(study: evidence.Study) -> list[tuple[str, str, float, int, float]]:
    """Return (arm, variable, day, n, value) of every outcome the twin can be asked for."""
    rows = []
    base = {
        (m.arm, m.variable): m.mean if m.mean is not None else m.median for m in study.measures if m.kind == "baseline"
    }
    for m in study.measures:
        if m.kind == "baseline" or m.day is None or not 0 < m.day <= 3653 or m.variable not in SHOWN:
            continue
        value = m.mean if m.mean is not None else m.median
        if m.kind == "change" and value is not None:
            start = base.get((m.arm, m.variable))
            value = None if start is None else start + value
        if value is not None:
            rows.append((m.arm, m.variable, float(m.day), m.n or 0, float(value)))
    for s in study.survival:
        share = s.alive / s.n if s.alive is not None and s.n else None if s.percent is None else s.percent / 100
        if share is not None and s.day and 0 < s.day <= 3653:
            name = SURVIVAL if s.endpoint == "overall" else "transplant_free_survival"
            rows.append((s.arm, name, float(s.day), s.n or 0, float(share)))
    seen: dict[tuple[str, str, float], tuple[str, str, float, int, float]] = {}
    for row in rows:
        seen.setdefault(row[:3], row)
    return list(seen.values())


def cases(progress: Callable[[str], None] | None = None, seed: int = 1) -> list[Case]:
    """Return every case of the study base; a cohort reported twice counts once, the blind holdout not at all."""
    return _cases_of(liver_studies(), progress, seed)


def holdout_cases(progress: Callable[[str], None] | None = None, seed: int = 1) -> list[Case]:
    """Return every case of the blind holdout."""
    return _cases_of(holdout_studies(), progress, seed)


def _cases_of(studies: list[evidence.Study], progress: Callable[[str], None] | None, seed: int) -> list[Case]:
    rows = []
    fitted = fitted_studies()
    for study in studies:
        outcomes = seen_in(study)
        if progress:
            progress(study.id)
        predicted = replicate(trial_of(study, [o[2] for o in outcomes]), seed=seed)
        arms = {a["name"]: a for a in predicted["arms"]}
        for arm, variable, day, n, seen in outcomes:
            found = arms.get(arm)
            if found is None:
                continue
            survival = variable.endswith("survival")
            points = found[variable] if survival else found["variables"][variable]
            point = next((p for p in points if p["day"] == day), None)
            if point is None:
                continue
            mean, lo, hi = (
                point[k] for k in (("p", "lo90", "hi90") if survival else ("mean", "mean_lo90", "mean_hi90"))
            )
            if mean is None:
                continue
            is_fitted = study.id in fitted or study.cohort in fitted
            cells = next((a.cells is not None for a in study.arms if a.name == arm), False)
            carried = None if survival else _carried(study, arm, variable, n, point["sd"])
            rows.append(
                Case(
                    study.id,
                    study.cohort,
                    is_fitted,
                    arm,
                    cells,
                    variable,
                    day,
                    n or found["n"],
                    seen,
                    mean,
                    lo,
                    hi,
                    carried,
                    predicted["population"],
                )
            )
    return rows


def held_out() -> frozenset[str]:
    """Return the ids of the blind holdout: extracted before they were predicted, and never to be fitted."""
    text = (resources.files("hepatica.trials") / "data" / "holdout.toml").read_text("utf-8")
    return frozenset(str(row["id"]) for row in tomllib.loads(text)["study"])


def holdout_studies() -> list[evidence.Study]:
    """Return the studies of the blind holdout."""
    return [evidence.study(id) for id in sorted(held_out())]


def liver_studies() -> list[evidence.Study]:
    """Return the studies of liver disease in the base, each cohort once, without the blind holdout."""
    blind = held_out()
    base, done, kept = evidence.studies(), set(), []
    rows = base.values() if isinstance(base, dict) else (evidence.study(s) if isinstance(s, str) else s for s in base)
    for study in rows:
        if study.id in blind or study.cohort in blind:
            continue
        if seen_in(study) and study.arms and study.cohort not in done and _liver(study):
            done.add(study.cohort)
            kept.append(study)
    return kept


def _liver(study: evidence.Study) -> bool:
    text = (study.condition_text or study.condition or "").lower()
    return any(w in text for w in ("cirrho", "liver", "hepati", "aclf", "pbc", "steato")) and not any(
        w in text for w in ("hcc", "hepatocellular", "after resection", "transplantation", "animal")
    )


def _carried(study: evidence.Study, arm: str, variable: str, n: int, sd: float) -> tuple[float, float, float] | None:
    """Return the baseline carried forward, with the sampling interval of an arm of n."""
    for m in study.measures:
        if m.kind == "baseline" and m.arm == arm and m.variable == variable:
            value = m.mean if m.mean is not None else m.median
            if value is None:
                return None
            half = 1.645 * (m.sd or sd) / np.sqrt(max(n or m.n or 20, 2))
            return float(value), float(value - half), float(value + half)
    return None
