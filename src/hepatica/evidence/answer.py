"""Answer a question from the base: the pool, its studies, what was left out, what would change it, how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.base import reference, studies
from hepatica.evidence.bias import risk_of_bias
from hepatica.evidence.certainty import judge
from hepatica.evidence.contrasts import interventions
from hepatica.evidence.effects import ZERO_RULE
from hepatica.evidence.extract import LeftOut, Row, answers, days_reported
from hepatica.evidence.pooling import Pooled, pool_effects
from hepatica.evidence.published import published_pools
from hepatica.evidence.question import SURVIVAL, Question, ask, better_effect
from hepatica.evidence.rare import METHODS as EXACT
from hepatica.evidence.rare import NAMES, QUICK, pool_counts

CORRELATIONS = (0.3, 0.5, 0.8)  # of a value with the one before treatment (ours: papers seldom print it)
_LOG = {"OR": "log odds ratio", "RR": "log risk ratio", "HR": "log hazard ratio"}
_LINEAR = {"RD": "risk difference", "MD": "difference of means", "SMD": "standardised difference (Hedges g)"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A pooled answer with everything a reviewer asks of it."""

    question: Question
    pooled: Pooled
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]
    certainty: dict[str, Any]
    by: dict[str, list[dict[str, Any]]]
    sensitivity: tuple[dict[str, Any], ...]
    published: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the contract's shape of `evidence pool` and more."""
        q = self.question
        return {
            "outcome": q.outcome,
            "day": q.day,
            "question": q.text(),
            "condition": q.condition or None,
            "intervention": q.intervention,
            "region": q.region or None,
            "measure": q.measure,
            **self.pooled.to_json(),
            **scale(q.measure, self.pooled),
            "direction": _direction(q),
            "better": better_effect(q.outcome, q.measure),
            "studies": [study_row(r, w, q.outcome) for r, w in zip(self.rows, self.pooled.weights, strict=True)],
            "left_out": [_left(x) for x in self.left_out],
            "certainty": self.certainty,
            **self.by,
            "sensitivity": list(self.sensitivity),
            **_more(self),
            "published": list(self.published),
            "rules": _rules(q, self.pooled.method),
        }


def pool(
    outcome: str,
    day: float | None = None,
    condition: str | None = None,
    intervention: str | None = None,
    region: str | None = None,
    method: str = "REML",
    ci: str = "hksj",
    adhoc: bool = False,
    level: float = 0.95,
    measure: str | None = None,
    design: str = "randomised",
    window: float = 0.1,
    strict_endpoint: bool = False,
    medians: bool = False,
    correlation: float | None = None,
    curves: bool = False,
) -> Answer:
    """Pool the base's studies that answer a question.

    day in days from the start of treatment. Survival and mortality are pooled as log odds ratios from counts (measure
    OR, RR or RD; HR pools printed hazard ratios, whatever the day), laboratory values as differences of means;
    `medians` also takes means rebuilt from medians and quartiles, `correlation` (of a value with the one before) makes
    changes from baseline of values on the day, `curves` takes survival in percent of a curve, each marked so. method:
    one of tau2.METHODS, or of rare.METHODS for counts (MH, PETO, GLMM, UM.FS, UM.RS). Raises CannotAnswer ("k=0 in
    this base", naming the published pools that do answer) and InputError for words that fit nothing.
    """
    q = ask(outcome, day, condition, intervention, region, measure, design, window, strict_endpoint, medians,
            correlation, curves)  # fmt: skip
    method = method.upper()
    if method in EXACT and (q.measure not in ("OR", "RR", "RD") or q.curves):
        raise InputError(f"{method} pools counts of survival or mortality", mend="a measure of OR, RR or RD")
    if not q.intervention:
        q = q.but(intervention=_only_intervention(q))
    if q.day is None and q.measure != "HR":
        q = q.but(day=_only_day(q))
    rows, out = answers(q)
    if not rows:
        raise nothing(q, out)
    pooled = _pool(rows, method, ci, adhoc, level, q.measure)
    published = published_pools(q.outcome, q.day, q.condition or None, q.intervention, q.region or None)
    return Answer(
        question=q,
        pooled=pooled,
        rows=tuple(rows),
        left_out=tuple(out),
        certainty=judge(q, rows, pooled, published),
        by={
            "by_region": _groups(rows, method, ci, adhoc, level, q.measure, "region"),
            "by_condition": _groups(rows, method, ci, adhoc, level, q.measure, "condition"),
        },
        sensitivity=tuple(_sensitivity(q, rows, pooled, method, ci, adhoc, level)),
        published=tuple(published),
    )


def nothing(q: Question, out: list[LeftOut]) -> CannotAnswer:
    """Return the error for a question without studies: k=0, the nearest miss, and the published pools that answer."""
    where = "; ".join(f"{x.study.id}: {x.reason}" for x in out[:3])
    if len(out) > 3:
        where += f"; and {len(out) - 3} more"
    rows = published_pools(q.outcome, q.day, q.condition or None, q.intervention or None, q.region or None)
    if not rows:
        return CannotAnswer(f"k=0 in this base: {q.text()}", where=where, mend="no published pool in this base either")
    return CannotAnswer(f"k=0 in this base: {q.text()}", where=where, mend="published pools: " + _named(rows))


def _named(rows: list[dict[str, Any]]) -> str:
    names: dict[str, str] = {}
    for p in rows:
        if p["study"] in names:
            continue
        if p.get("value") is not None:
            span = f" ({p['lo']} to {p['hi']})" if p.get("lo") is not None else ""
            day = f" day {p['day']}" if p.get("day") is not None else ""
            names[p["study"]] = f"{p['study']} [{p['id']}] {p['measure']} {p['value']}{span}{day}"
        else:
            names[p["study"]] = f"{p['study']} [{p['id']}] direction only"
    return "; ".join(list(names.values())[:4])


def _pool(rows: list[Row], method: str, ci: str, adhoc: bool, level: float, measure: str = "OR") -> Pooled:
    if method in EXACT:
        numbers = [dict(r.numbers) for r in rows]
        columns = [[n[name] for n in numbers] for name in ("events", "n", "control_events", "control_n")]
        return pool_counts(*columns, method, measure, level)
    return pool_effects(
        [r.effect.yi or 0.0 for r in rows], [r.effect.vi or 0.0 for r in rows], method, ci, adhoc, level
    )


def _part(rows: list[Row], method: str, ci: str, adhoc: bool, level: float, measure: str) -> dict[str, Any]:
    """Return the pool of some of the rows in short, or why these alone give none."""
    try:
        return _short(_pool(rows, method, ci, adhoc, level, measure), measure)
    except CannotAnswer as error:
        return {"k": len(rows), "estimate": None, "ci": None, "tau2": None, "i2": None, "ci_method": ci,
                "back_transformed": None, "not_estimable": error.what}  # fmt: skip


def scale(measure: str, p: Pooled) -> dict[str, Any]:
    """Return the name of the scale and, for ratios, the estimate and its intervals back on the ratio scale."""
    if measure not in _LOG:
        return {"scale": _LINEAR.get(measure, measure), "back_transformed": None}
    wide = p.prediction_interval
    return {
        "scale": _LOG[measure],
        "back_transformed": {
            "scale": _LOG[measure].removeprefix("log "),
            "estimate": math.exp(p.estimate),
            "ci": [_exp(x) for x in p.ci],
            "prediction_interval": [_exp(x) for x in wide] if wide else None,
        },
    }


def _exp(x: float) -> float | None:
    return math.exp(x) if x < 700 else None


def study_row(r: Row, weight: float, outcome: str) -> dict[str, Any]:
    """Return one study of a pool as plain JSON, with its numbers and where they stand."""
    s = r.study
    where = next(
        (p for p in s.provenance if {"survival", "outcomes", "all", "results"} & set(p.fields)), s.provenance[0]
    )
    return {
        "study": s.id,
        "citation": s.citation,
        "year": s.year,
        "country": s.country,
        "region": s.region,
        "condition": s.condition,
        "randomised": s.randomised,
        "blinded": s.blinded,
        "day": r.day,
        "endpoint": r.endpoint,
        "treated": [a.name for a in r.contrast.treated],
        "control": [a.name for a in r.contrast.control],
        "comparator": r.contrast.comparator,
        **dict(r.numbers),
        "yi": r.effect.yi,
        "vi": r.effect.vi,
        "weight_percent": 100 * weight,
        "notes": list(r.notes),
        "confidence": s.confidence,
        "risk_of_bias": risk_of_bias(s.id, outcome)["overall"] + " (ours)",
        "source": {"id": s.id, "read_at": where.source, "where": where.where, "url": reference(s.id)["url"]},
    }


def _more(a: Answer) -> dict[str, Any]:
    """Return the pool as it grew by year, Egger's test, and the Bayesian pool of a ratio."""
    from hepatica.evidence.bayes import MU_SD_LOG_RATIO, TAU_SCALE_LOG_RATIO, posterior
    from hepatica.evidence.regression import egger

    p = a.pooled
    y, v = [r.effect.yi or 0.0 for r in a.rows], [r.effect.vi or 0.0 for r in a.rows]
    ci, adhoc = p.ci_method.removesuffix("+adhoc"), p.ci_method.endswith("+adhoc")
    grown = [
        {"until": a.rows[i].study.year, "added": a.rows[i].study.id,
         **_part(list(a.rows[: i + 1]), p.method, ci, adhoc, p.level, a.question.measure)}
        for i in range(len(a.rows))
    ]  # fmt: skip
    bayes = None
    if a.question.measure in _LOG:
        bayes = posterior(y, v, TAU_SCALE_LOG_RATIO, MU_SD_LOG_RATIO).summary(p.level)
        bayes |= {"tau_prior": f"half-normal({TAU_SCALE_LOG_RATIO})", "mu_prior": f"normal(0, {MU_SD_LOG_RATIO})"}
    return {"cumulative": grown, "egger": egger(y, v) if len(y) > 2 else None, "bayes": bayes, **_small(a, y, v)}


def _small(a: Answer, y: list[float], v: list[float]) -> dict[str, Any]:
    """Return trim and fill and, for odds ratios, Peters' test; None where there are too few studies for them."""
    from hepatica.evidence.small_studies import peters, trim_and_fill

    if len(y) < 3:
        return {"trim_and_fill": None, "peters": None}
    n = [dict(r.numbers) for r in a.rows]
    counts = a.question.measure == "OR" and all("events" in x for x in n)
    columns = [[x[name] for x in n] for name in ("events", "n", "control_events", "control_n")] if counts else []
    filled = trim_and_fill(y, v, "REML" if a.pooled.method in EXACT else a.pooled.method)
    return {
        "trim_and_fill": {k: filled[k] for k in ("missing", "side", "estimator", "filled", "why")}
        | {"estimate": filled["after"]["estimate"], "ci": filled["after"]["ci"]},
        "peters": peters(*columns) if counts else None,
    }


def _left(x: LeftOut) -> dict[str, Any]:
    return {"study": x.study.id, "citation": x.study.citation, "reason": x.reason}


def _groups(
    rows: list[Row], method: str, ci: str, adhoc: bool, level: float, measure: str, by: str
) -> list[dict[str, Any]]:
    out = []
    for name in dict.fromkeys(getattr(r.study, by) for r in rows):
        part = [r for r in rows if getattr(r.study, by) == name]
        told = _part(part, method, ci, adhoc, level, measure)
        out.append({by: name or "not stated", "studies": [r.study.id for r in part], **told})
    return out


def _short(p: Pooled, measure: str) -> dict[str, Any]:
    back = scale(measure, p)["back_transformed"]
    return {"k": p.k, "estimate": p.estimate, "ci": list(p.ci), "tau2": p.tau2, "i2": p.i2, "ci_method": p.ci_method,
            "back_transformed": back and {"estimate": back["estimate"], "ci": back["ci"]}}  # fmt: skip


def _sensitivity(
    q: Question, rows: list[Row], pooled: Pooled, method: str, ci: str, adhoc: bool, level: float
) -> list[dict[str, Any]]:
    out = []
    base = {r.study.id: r.effect.yi for r in rows}

    def add(what: str, part: list[Row], **how: Any) -> None:
        told = _part(part, how.get("method", method), how.get("ci", ci), how.get("adhoc", adhoc), level, q.measure)
        out.append({"what": what, "studies": [r.study.id for r in part], **told})

    varied = []
    if q.outcome not in SURVIVAL:
        for r in CORRELATIONS:
            if r != q.correlation:
                varied.append((f"change from baseline, correlation {r:g} where none is printed", q.but(correlation=r)))
    elif q.measure == "OR" and not q.curves and method not in EXACT:
        varied.append(("with survival read as a percentage of a curve", q.but(curves=True)))
    for what, other in (
        *varied,
        ("with studies that are not randomised", q.but(design="any")),
        ("with every report from half to one and a half times the day", q.but(window=0.5)),
        ("without transplant-free survival as a stand-in", q.but(strict_endpoint=True)),
    ):
        part, _ = answers(other)
        if part and {r.study.id: r.effect.yi for r in part} != base:
            add(what, part)
    once = _without_overlap(rows)
    if len(once) < len(rows):
        add("counting studies that may share patients once, the larger of them", once)
    counted = q.measure == "OR" and all("events" in dict(r.numbers) for r in rows) and not q.curves
    if counted and (any(r.effect.added for r in rows) or method in EXACT):
        for name in QUICK:
            if name != method:
                add(f"{NAMES[name]}, nothing added to zero cells", rows, method=name)
    if method in EXACT:
        add("inverse variance, restricted maximum likelihood", rows, method="REML", ci="hksj")
        return out
    if pooled.k > 1:
        add("Knapp-Hartung with the ad-hoc correction", rows, ci="hksj", adhoc=True)
        add("normal interval (Wald)", rows, ci="wald", adhoc=False)
        add("fixed effect", rows, method="FE", ci="wald", adhoc=False)
    if pooled.k > 2:
        for r in rows:
            add(f"without {r.study.id}", [x for x in rows if x is not r])
    return out


def _without_overlap(rows: list[Row]) -> list[Row]:
    """Return the rows with the largest study of each group that may share patients."""
    kept: list[Row] = []
    for r in sorted(rows, key=lambda r: -_patients(r)):
        if not any(r.study.id in k.study.may_overlap or k.study.id in r.study.may_overlap for k in kept):
            kept.append(r)
    return [r for r in rows if r in kept]


def _patients(r: Row) -> float:
    n = dict(r.numbers)
    return n.get("n", 0.0) + n.get("control_n", 0.0)


def _only_intervention(q: Question) -> str:
    usual = [i for i in interventions() if i not in ("cells", "stem_cells")]
    able = _able(q, usual) or _able(q, [i for i in interventions(studies().values()) if i not in interventions()])
    if not able:
        raise nothing(q, [])
    if len(able) > 1:
        raise InputError("which intervention?", mend=f"--intervention {' | '.join(able)}")
    return next(iter(able))


def _able(q: Question, names: list[str]) -> list[str]:
    """Return the interventions that have an answer."""
    asked = [(name, q.but(intervention=name)) for name in names]
    any_day = q.day is None and q.measure != "HR"
    return [name for name, one in asked if (days_reported(one) if any_day else answers(one)[0])]


def _only_day(q: Question) -> float:
    days = days_reported(q)
    if not days:
        raise nothing(q, answers(q)[1])
    if max(days) > 1.1 * min(days):
        raise InputError("which day?", mend=f"--day, one of: {', '.join(f'{d:g}' for d in days)}")
    return days[0]


def _direction(q: Question) -> str:
    side = {"survival": "above", "transplant_free_survival": "above", "mortality": "below"}.get(q.outcome)
    if q.measure == "HR":
        return f"below 1 (0 on the log scale) favours {q.intervention}"
    if side:
        none = "0" if q.measure == "RD" else "1 (0 on the log scale)"
        return f"{side} {none} favours {q.intervention}"
    return f"treated minus control, in the unit of {q.outcome}"


def _rules(q: Question, method: str = "REML") -> list[str]:
    first, last = q.days
    rules = [
        f"days {first:g} to {last:g} count as day {q.day:g}; the nearest day both arms report is used"
        if q.day is not None and q.measure != "HR"
        else "hazard ratios over each trial's own follow-up, whatever the day asked",
        "one report of a cohort is used, the one read most fully",
        "only arms that differ by the intervention are compared; several arms on a side are joined",
    ]
    if q.design == "randomised":
        rules.append("only studies stated to be randomised")
    if q.measure == "HR":
        rules.append("hazard ratios against control as printed, not of subgroups or covariates")
        if q.curves:
            rules.append("where none is printed, from the survival of both arms on the days reported")
    elif q.outcome in SURVIVAL:
        rules.append("counts, not percentages, except where the percent fits the number of patients exactly")
        zero = ZERO_RULE if method not in EXACT else f"nothing added, {NAMES[method]}; left out where they say nothing"
        rules.append(f"zero cells: {zero}")
        if q.curves:
            rules.append("survival in percent of a curve stands in where there are no counts, as if all were followed")
        if q.outcome == "survival" and not q.strict_endpoint:
            rules.append("transplant-free survival stands in where overall survival has no counts (marked)")
    else:
        rules.append(
            "change from baseline before values on the day"
            + (f" (made of two values with a correlation of {q.correlation:g})" if q.correlation is not None else "")
            + "; rows whose SD looks like a standard error are left out"
        )
    return rules
