"""How sure a pool is, in the manner of GRADE: reasons computed where they can be, judged where they must be.

Levels and domains: GRADE guidelines 1, J Clin Epidemiol 2011;64:383. Every cut-off below is stated in the reason;
those of ours are marked so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hepatica.evidence.extract import Row
from hepatica.evidence.pooling import Pooled
from hepatica.evidence.question import SURVIVAL, Question

LEVELS = ("very low", "low", "moderate", "high")
FEW_EVENTS = 300  # optimal information size by GRADE's rule of thumb for dichotomous outcomes
FEW_PATIENTS = 400  # the same for means


@dataclass(frozen=True, slots=True)
class Reason:
    """One domain: how far it lowers certainty (0, 1 or 2), why, and whether it was computed or judged by us."""

    domain: str
    down: int
    why: str
    how: str


def judge(q: Question, rows: list[Row], pooled: Pooled, published: list[dict[str, Any]]) -> dict[str, Any]:
    """Return {level, start, reasons} for a pool of this base."""
    start = 3 if all(r.study.randomised for r in rows) else 1
    reasons = [
        _bias(rows, pooled),
        _inconsistency(rows, pooled),
        _indirectness(q, rows, pooled),
        _imprecision(q, rows, pooled),
        _missing(rows, published),
    ]
    level = LEVELS[max(0, start - sum(r.down for r in reasons))]
    return {
        "level": level,
        "start": LEVELS[start],
        "reasons": [{"domain": r.domain, "down": r.down, "why": r.why, "how": r.how} for r in reasons],
    }


def _share(rows: list[Row], pooled: Pooled, test: list[bool]) -> float:
    return sum(w for w, yes in zip(pooled.weights, test, strict=True) if yes)


def _bias(rows: list[Row], pooled: Pooled) -> Reason:
    open_ = _share(rows, pooled, [r.study.blinded is not True for r in rows])
    unread = _share(rows, pooled, [not r.study.confidence.startswith("primary full text") for r in rows])
    down = int(open_ > 0.5)
    why = (
        f"{100 * open_:.0f} % of the weight open or blinding not stated (one step where over half); "
        f"{100 * unread:.0f} % read in abstracts or tables"
    )
    return Reason("risk of bias", down, why, "judged: ours")


def _inconsistency(rows: list[Row], pooled: Pooled) -> Reason:
    if pooled.k < 2:
        return Reason("inconsistency", 0, "one study: cannot be seen", "computed")
    ys = [r.effect.yi or 0.0 for r in rows]
    opposite = min(ys) < 0 < max(ys)
    apart = pooled.q_p is not None and pooled.q_p < 0.1
    wide = pooled.prediction_interval
    crosses = wide is not None and wide[0] < 0 < wide[1] and not (pooled.ci[0] < 0 < pooled.ci[1])
    down = 2 if pooled.i2 >= 75 and opposite else int(pooled.i2 >= 50 or (opposite and apart) or crosses)
    why = f"I2 {pooled.i2:.0f} %, Q p = {pooled.q_p:.2g}" + (", effects on both sides of none" if opposite else "")
    why += ", prediction interval reaches no effect though the mean's does not" if crosses else ""
    return Reason(
        "inconsistency", down, why + "; one step from 50 %, two from 75 % with opposite directions", "computed"
    )


def _indirectness(q: Question, rows: list[Row], pooled: Pooled) -> Reason:
    notes = []
    surrogate = _share(rows, pooled, [q.outcome == "survival" and r.endpoint == "transplant_free" for r in rows])
    if surrogate:
        notes.append(f"{100 * surrogate:.0f} % of the weight is transplant-free survival")
    mixed = _share(rows, pooled, [bool(r.contrast.with_) for r in rows])
    if mixed:
        notes.append(f"{100 * mixed:.0f} % had another active treatment in the treated arm only")
    regions = {r.study.region for r in rows if r.study.region}
    if len(regions) == 1 and len(rows) > 1:
        notes.append(f"where stated, all from {next(iter(regions)).replace('_', ' ')}")
    down = int(surrogate > 0.5 or mixed > 0.5 or (len(regions) == 1 and not q.region and len(rows) > 1))
    return Reason(
        "indirectness", down, "; ".join(notes) or "population, treatment and outcome as asked", "judged: ours"
    )


def _imprecision(q: Question, rows: list[Row], pooled: Pooled) -> Reason:
    crosses = pooled.ci[0] < 0 < pooled.ci[1]
    if q.measure == "HR":
        few, wide = True, math.exp(pooled.ci[1] - pooled.ci[0]) > 10
        size = "deaths behind the hazard ratios are not all printed: counted as too few"
    elif q.outcome in SURVIVAL:
        deaths = sum(_deaths(q, r) for r in rows)
        few = deaths < FEW_EVENTS
        size = f"{deaths:.0f} deaths of the {FEW_EVENTS} that would settle it"
        wide = q.measure in ("OR", "RR") and math.exp(pooled.ci[1] - pooled.ci[0]) > 10
    else:
        n = sum(v for r in rows for name, v in r.numbers if name in ("n", "control_n"))
        few, wide = n < FEW_PATIENTS, False
        size = f"{n:.0f} patients of the {FEW_PATIENTS} that would settle it"
    down = min(2, int(few) + int(crosses and few))
    why = size + (", interval includes no effect" if crosses else "") + (", interval spans tenfold" if wide else "")
    return Reason("imprecision", down, why, "computed")


def _deaths(q: Question, r: Row) -> float:
    n = dict(r.numbers)
    events = n["events"] + n["control_events"]
    return events if q.outcome == "mortality" else n["n"] + n["control_n"] - events


def _missing(rows: list[Row], published: list[dict[str, Any]]) -> Reason:
    more = [p for p in published if (p.get("k") or 0) > len(rows) and p["measure"] in ("OR", "RR", "MD", "SMD", "HR")]
    if more:
        top = max(more, key=lambda p: p["k"])
        why = f"this base has {len(rows)}, {top['study']} pools {top['k']}: not every trial is here"
        return Reason("missing evidence", 1, why, "computed")
    return Reason("missing evidence", 0, f"k = {len(rows)}: small-study effects cannot be tested below 10", "computed")
