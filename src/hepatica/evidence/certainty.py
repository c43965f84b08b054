"""How sure a pool is, in the manner of GRADE: reasons computed where they can be, judged where they must be.

Levels and domains: GRADE guidelines 1, J Clin Epidemiol 2011;64:383; imprecision: GRADE guidelines 6, the same
2011;64:1283. Every cut-off below is stated in the reason; those of ours are marked so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from hepatica.evidence.bias import HIGH, risk_of_bias
from hepatica.evidence.extract import Row
from hepatica.evidence.information import LESS, MORE, risk_ratio, size_for_mean, size_for_risk, smallest
from hepatica.evidence.intervals import normal_quantile
from hepatica.evidence.pooling import Pooled
from hepatica.evidence.question import SURVIVAL, Question

LEVELS = ("very low", "low", "moderate", "high")
ENOUGH_STUDIES = 10  # below this small-study tests have too little power to read
SUSPECT_P = 0.1
COMPARED = ("OR", "RR", "MD", "SMD", "HR")


@dataclass(frozen=True, slots=True)
class Reason:
    """One domain: how far it lowers certainty (0, 1 or 2), why, and whether it was computed or judged by us."""

    domain: str
    down: int
    why: str
    how: str


def judge(q: Question, rows: list[Row], pooled: Pooled, published: list[dict[str, Any]]) -> dict[str, Any]:
    """Return {level, start, reasons, patients, wanted} for a pool of this base.

    `patients` is how many the pool holds and `wanted` the optimal information size (None where it has none).
    """
    start = 3 if all(r.study.randomised for r in rows) else 1
    precision, patients, wanted = _imprecision(q, rows, pooled)
    reasons = [
        _bias(q, rows, pooled),
        _inconsistency(rows, pooled),
        _indirectness(q, rows, pooled),
        precision,
        _missing(q, rows, published),
    ]
    level = LEVELS[max(0, start - sum(r.down for r in reasons))]
    return {
        "level": level,
        "start": LEVELS[start],
        "reasons": [{"domain": r.domain, "down": r.down, "why": r.why, "how": r.how} for r in reasons],
        "patients": patients,
        "wanted": wanted,
    }


def _share(rows: list[Row], pooled: Pooled, test: list[bool]) -> float:
    return sum(w for w, yes in zip(pooled.weights, test, strict=True) if yes)


def _bias(q: Question, rows: list[Row], pooled: Pooled) -> Reason:
    open_ = _share(rows, pooled, [r.study.blinded is not True for r in rows])
    unread = _share(rows, pooled, [not r.study.confidence.startswith("primary full text") for r in rows])
    overall = [risk_of_bias(r.study.id, q.outcome)["overall"] == HIGH for r in rows]
    high = _share(rows, pooled, [bad and r.study.randomised is True for bad, r in zip(overall, rows, strict=True)])
    down = 2 if high > 0.5 else int(open_ > 0.5)
    why = (
        f"{100 * open_:.0f} % of the weight open or blinding not stated (one step where over half); "
        f"{100 * high:.0f} % in randomised trials at high risk (two steps where over half); "
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
    why = f"I² {pooled.i2:.0f} %, Q p = {pooled.q_p:.2g}" + (", effects on both sides of none" if opposite else "")
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
    over = _share(rows, pooled, [bool(r.contrast.background) for r in rows])
    if over:
        names = sorted({b for r in rows for b in r.contrast.background})
        notes.append(f"{100 * over:.0f} % compare on top of another active treatment ({', '.join(names)})")
    regions = {r.study.region for r in rows if r.study.region}
    if len(regions) == 1 and len(rows) > 1:
        notes.append(f"where stated, all from {next(iter(regions)).replace('_', ' ')}")
    down = int(surrogate > 0.5 or mixed > 0.5 or over > 0.5 or (len(regions) == 1 and not q.region and len(rows) > 1))
    return Reason(
        "indirectness", down, "; ".join(notes) or "population, treatment and outcome as asked", "judged: ours"
    )


def _imprecision(q: Question, rows: list[Row], pooled: Pooled) -> tuple[Reason, int, int | None]:
    """Return the reason, how many patients the pool holds and how many would settle the question."""
    n = round(sum(v for r in rows for name, v in r.numbers if name in ("n", "control_n")))
    ci, narrow = _fair_interval(pooled, rows)
    pooled = replace(pooled, ci=ci)
    crosses = ci[0] < 0 < ci[1]
    if q.measure == "HR":
        apart = math.exp(pooled.ci[1] - pooled.ci[0]) > 10
        why = "deaths behind the hazard ratios are not all printed: counted as too few"
        down = 1 + int(crosses or apart)
        return Reason("imprecision", down, _with(why, crosses, apart) + narrow, "computed"), n, None
    if q.outcome in SURVIVAL:
        risk = control_risk(q, rows)
        wanted = size_for_risk(risk)
        size = f"a quarter fewer deaths than the {100 * risk:.0f} % of the control arms" if wanted else ""
        harm, benefit = _appreciable_risk(q, pooled, risk)
        source = ""
    else:
        sd = _control_sd(rows)
        least = smallest(q.outcome, sd)
        unit = 1.0 if q.measure == "SMD" else least.value
        wanted = size_for_mean(1.0, 0.5) if q.measure == "SMD" else size_for_mean(sd, unit)
        size, source = f"{unit:.2g} of {q.outcome.replace('_', ' ')}", f" ({least.why})"
        harm, benefit = pooled.ci[0] < -unit, pooled.ci[1] > unit
    whole = None if wanted is None else round(wanted)
    if whole is None:
        return Reason("imprecision", 2, f"{n} patients, no one or every one of the controls died", "computed"), n, None
    few = n < whole
    both = harm and benefit
    down = min(2, int(few) + int(both or (crosses and few) or (crosses and (harm or benefit))))
    why = f"{n} patients of the {whole} that would settle {size}{source}"
    if both:
        why += "; the interval holds appreciable benefit and appreciable harm"
    elif crosses:
        why += "; the interval includes no effect"
    return Reason("imprecision", down, why + narrow, "computed"), n, whole


def _fair_interval(pooled: Pooled, rows: list[Row]) -> tuple[tuple[float, float], str]:
    """Return the interval imprecision is judged by, and what to say of it.

    Plain Knapp-Hartung may be narrower than Wald where few studies agree by chance; then Wald's is taken.
    """
    if pooled.ci_method != "hksj" or pooled.k < 2:
        return pooled.ci, ""
    se = sum(1 / ((r.effect.vi or 0.0) + pooled.tau2) for r in rows) ** -0.5
    half = normal_quantile((1 + pooled.level) / 2) * se
    wald = (pooled.estimate - half, pooled.estimate + half)
    if wald[1] - wald[0] <= pooled.ci[1] - pooled.ci[0]:
        return pooled.ci, ""
    return wald, "; judged by the normal interval, as Knapp-Hartung's is narrower here"


def _with(why: str, crosses: bool, apart: bool) -> str:
    return why + (", interval includes no effect" if crosses else "") + (", interval spans tenfold" if apart else "")


def control_risk(q: Question, rows: list[Row]) -> float:
    """Return the share of control patients who died (or lost the endpoint), counts of all studies added."""
    held = [dict(r.numbers) for r in rows]
    events, n = sum(h["control_events"] for h in held), sum(h["control_n"] for h in held)
    return events / n if q.outcome == "mortality" else 1 - events / n


def _appreciable_risk(q: Question, pooled: Pooled, risk: float) -> tuple[bool, bool]:
    """Return whether the interval reaches a risk of death a quarter higher, and a quarter lower, than control."""
    if q.measure == "RD":
        change = [-b if q.outcome != "mortality" else b for b in pooled.ci]
        return max(change) > risk * (MORE - 1), min(change) < risk * (LESS - 1)
    bounds = [math.exp(min(700.0, b)) for b in pooled.ci]
    if q.measure == "RR" and q.outcome != "mortality":
        ratios = [(1 - b * (1 - risk)) / risk if risk else 1.0 for b in bounds]
    elif q.measure == "RR":
        ratios = bounds
    else:
        ratios = [risk_ratio(b if q.outcome == "mortality" else 1 / b, risk) for b in bounds]
    return max(ratios) > MORE, min(ratios) < LESS


def _control_sd(rows: list[Row]) -> float:
    """Return the SD of the control patients, pooled over studies."""
    held = [dict(r.numbers) for r in rows]
    df = sum(h["control_n"] - 1 for h in held)
    return math.sqrt(sum((h["control_n"] - 1) * h["control_sd"] ** 2 for h in held) / df)


def _missing(q: Question, rows: list[Row], published: list[dict[str, Any]]) -> Reason:
    more = [p for p in published if (p.get("k") or 0) > len(rows) and p["measure"] in COMPARED]
    said, down = _small_studies(rows)
    if more:
        top = max(more, key=lambda p: p["k"])
        said += f"; this base has {len(rows)}, {top['study']} pools {top['k']}: not every trial is here"
        down = max(down, 1)
    return Reason("missing evidence", down, said, "computed")


def _small_studies(rows: list[Row]) -> tuple[str, int]:
    k = len(rows)
    if k < ENOUGH_STUDIES:
        return f"k = {k}: small-study effects cannot be tested below {ENOUGH_STUDIES}", 0
    from hepatica.evidence.regression import egger

    p = egger([r.effect.yi or 0.0 for r in rows], [r.effect.vi or 0.0 for r in rows])["p"]
    return f"k = {k}, Egger's test p = {p:.2g} (one step below {SUSPECT_P:g})", int(p < SUSPECT_P)
