"""Pool a table that the user brings, by any method, in the contract's shape."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from hepatica.errors import InputError
from hepatica.evidence.answer import scale
from hepatica.evidence.csv_data import Line, Table, read_table
from hepatica.evidence.further import Options, further
from hepatica.evidence.pooling import Pooled, pool_effects
from hepatica.evidence.proportions import freeman_tukey, pool_proportions
from hepatica.evidence.rare import METHODS as EXACT
from hepatica.evidence.rare import pool_counts, pool_rates
from hepatica.evidence.statistics.multilevel import multilevel, sampling_covariance
from hepatica.evidence.statistics.rare_events import rate

_NOT_JUDGED = "effects without their studies: only imprecision and inconsistency could be seen"


def pool_file(
    path: str | Path,
    method: str = "REML",
    ci: str = "hksj",
    adhoc: bool = False,
    level: float = 0.95,
    measure: str | None = None,
    correlation: float | None = None,
    options: Options | None = None,
) -> dict[str, Any]:
    """Return the contract's `evidence pool` shape for a CSV file (see `csv_data.read_table` for its columns).

    Two arms are pooled by `method`; MH, PETO, GLMM, UM.FS and UM.RS need counts, and all but PETO also take rates. One
    arm is pooled by its exact likelihood (method REML or GLMM), or by the Freeman-Tukey transformation where method is
    FT. Lines left out stand in `left_out` with the reason.
    """
    method = method.upper()
    table = read_table(path, measure, correlation)
    out = [{"study": s, "citation": "", "reason": why} for s, why in table.left_out]
    if table.kind in ("proportion", "rate"):
        if options is not None and options != Options():
            raise InputError("groups, moderators, influence and the like need effects of two arms", where=table.path,
                             mend="two arms")  # fmt: skip
        return {**_one_arm(table, method, level), "left_out": out}
    pooled = _two_arms(table, method, ci, adhoc, level)
    names = [line.study for line in table.lines]
    twice = sorted({s for s in names if names.count(s) > 1})
    warned = [f"{s}: several lines, each taken as its own study (see --course)" for s in twice]
    y, v = _effects(table.lines)
    rows = [
        {"study": x.study, "yi": a, "vi": b, "weight_percent": 100 * w, "notes": list(x.notes)}
        for x, a, b, w in zip(table.lines, y, v, pooled.weights, strict=True)
    ]
    document = {
        "outcome": "yi",
        "day": None,
        "measure": table.measure,
        **_scale(table, pooled),
        **pooled.to_json(),
        "warnings": [*pooled.warnings, *warned],
        "studies": rows,
        "left_out": out,
        "certainty": {"level": "not judged", "start": None, "reasons": [], "why": _NOT_JUDGED},
    }
    if options is None:
        return document
    if options.course:
        document["course"] = _course(table, options, level)
    return document | further(names, y, v, table.column, options, method, ci, level)


def _effects(lines: tuple[Line, ...]) -> tuple[list[float], list[float]]:
    pairs = [x.effect for x in lines if x.effect]
    return [e.yi or 0.0 for e in pairs], [e.vi or 0.0 for e in pairs]


def _two_arms(table: Table, method: str, ci: str, adhoc: bool, level: float) -> Pooled:
    if method not in EXACT:
        return pool_effects(*_effects(table.lines), method, ci, adhoc, level)
    if table.kind not in ("counts", "rates"):
        raise InputError(f"{method} pools counts, this is a table of {table.kind}", where=table.path,
                         mend="columns: study,events,n,control_events,control_n (or time, control_time)")  # fmt: skip
    size, how = ("n", pool_counts) if table.kind == "counts" else ("time", pool_rates)
    columns = [[x.numbers[c] for x in table.lines] for c in ("events", size, "control_events", f"control_{size}")]
    return how(*columns, method, table.measure, level)


def _scale(table: Table, p: Pooled) -> dict[str, Any]:
    if table.kind == "effects":
        return {"scale": "as given", "back_transformed": None}
    if table.measure in ("log ratio", "ROM", "IRR"):
        return {"scale": "log ratio", "back_transformed": scale("RR", p)["back_transformed"] | {"scale": table.measure}}
    return scale(table.measure, p)


def _one_arm(table: Table, method: str, level: float) -> dict[str, Any]:
    x = [line.numbers["events"] for line in table.lines]
    if table.kind == "rate":
        t = [line.numbers["time"] for line in table.lines]
        got = rate(x, t, level)
        return _plain_exact(table, got) | {
            "studies": [{"study": a.study, "events": b, "time": c} for a, b, c in zip(table.lines, x, t, strict=True)]
        }
    n = [line.numbers["n"] for line in table.lines]
    rows = [{"study": a.study, "events": b, "n": c} for a, b, c in zip(table.lines, x, n, strict=True)]
    base = {"outcome": "proportion", "day": None, "measure": "proportion", "scale": "proportion", "studies": rows,
            "certainty": {"level": "not judged", "start": None, "reasons": [], "why": _NOT_JUDGED}}  # fmt: skip
    if method == "FT":
        estimate, ci, said = freeman_tukey(x, n, "REML", level)
        return {**base, "k": len(x), "estimate": estimate, "se": None, "ci": list(ci), "prediction_interval": None,
                "prediction_df": None, "tau2": None, "i2": None, "q": None, "method": "REML of double arcsines",
                "ci_method": "wald", "level": level, "warnings": list(said), "back_transformed": None}  # fmt: skip
    if method not in ("REML", "GLMM"):
        raise InputError(f"method {method} does not fit proportions", mend="GLMM (the default) or FT")
    p = pool_proportions(x, n, level)
    return {**base, "k": p.k, "estimate": p.estimate, "se": p.se if math.isfinite(p.se) else None, "ci": list(p.ci),
            "prediction_interval": list(p.prediction_interval), "prediction_df": "infinite", "tau2": p.tau2,
            "i2": None, "q": p.lrt, "q_df": p.k - 1, "q_p": p.lrt_p, "mean": p.mean, "method": "GLMM", "how": p.how,
            "ci_method": "wald on the logit scale", "level": level, "warnings": list(p.warnings),
            "back_transformed": None}  # fmt: skip


def _plain_exact(table: Table, r: Any) -> dict[str, Any]:
    back = {"scale": r.measure, "estimate": math.exp(r.estimate), "ci": [math.exp(b) for b in r.ci],
            "prediction_interval": [math.exp(b) for b in r.prediction_interval]}  # fmt: skip
    return {"outcome": table.kind, "day": None, "measure": r.measure, "scale": "log", "back_transformed": back,
            "k": r.k, "estimate": r.estimate, "se": r.se, "ci": list(r.ci),
            "prediction_interval": list(r.prediction_interval), "prediction_df": "infinite", "tau2": r.tau2,
            "i2": None, "q": None, "p": r.p, "method": "GLMM", "how": r.model, "ci_method": "wald", "level": r.level,
            "warnings": list(r.warnings),
            "certainty": {"level": "not judged", "start": None, "reasons": [], "why": _NOT_JUDGED}}  # fmt: skip


def _course(table: Table, options: Options, level: float) -> dict[str, Any]:
    lines = [x for x in table.lines if x.day is not None and x.effect]
    if len(lines) < len(table.lines):
        missing = ", ".join(x.study for x in table.lines if x.day is None)
        raise InputError(f"a course needs a day on every line; none at {missing}", where=table.path)
    days = sorted({x.day for x in lines if x.day is not None})
    y, v = _effects(tuple(lines))
    cohorts = [x.cohort for x in lines]
    x = np.array([[float(line.day == d) for d in days] for line in lines])
    months = [(line.day or 0.0) / (365.25 / 12) for line in lines]
    errors = sampling_covariance(cohorts, v, rho=options.within)
    fit = multilevel(cohorts, y, errors, x, [f"day {d:g}" for d in days], options.structure, months, "REML", "t", level)
    return {
        "days": [{"day": d, "k": int(x[:, i].sum()), "estimate": fit.estimate[i], "se": fit.se[i],
                  "ci": list(fit.ci[i])} for i, d in enumerate(days)],
        "tau2": fit.tau2, "rho_per_month": fit.rho, "structure": fit.structure, "df": fit.df, "studies": fit.studies,
        "covariance": [list(r) for r in fit.covariance], "warnings": list(fit.warnings),
        "within_study_correlation": f"{options.within:g} between any two days of a study, as asked",
    }  # fmt: skip
