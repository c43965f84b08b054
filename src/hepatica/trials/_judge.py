"""Judge predictions: coverage by cohort, interval scores against two simpler rules, width against disagreement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._validate import Case, interval_score

Array = NDArray[np.float64]
RESAMPLED = 2000
LEAST_COHORTS = 3


def regression(rows: list[Case]) -> dict[str, tuple[float, float, float]]:
    """Return the rule of standard care by variable: (intercept, slope per log day, SD) of the log change from baseline.

    Fitted by least squares on the arms without cells among the studies that were fitted; variables with fewer than
    four such cases have no rule. A meta-regression as a reviewer would draw it, to be beaten by the twin.
    """
    rules = {}
    for variable in {r.variable for r in rows}:
        seen = [r for r in rows if r.variable == variable and r.fitted and not r.cells and r.carried]
        if len(seen) < 4:
            continue
        x = np.column_stack([np.ones(len(seen)), [np.log(r.day) for r in seen]])
        y = np.array([np.log(max(r.seen, 1e-6) / r.carried[0]) for r in seen if r.carried])
        weight = np.sqrt([r.n for r in seen])
        fit = np.linalg.lstsq(x * weight[:, None], y * weight, rcond=None)[0]
        sd = float(np.sqrt(np.sum((y - x @ fit) ** 2) / max(len(seen) - 2, 1)))
        rules[variable] = (float(fit[0]), float(fit[1]), sd)
    return rules


def by_rule(case: Case, rule: tuple[float, float, float]) -> tuple[float, float]:
    """Return the 90 % interval of a case by the rule of standard care."""
    assert case.carried is not None
    middle = rule[0] + rule[1] * np.log(case.day)
    return float(case.carried[0] * np.exp(middle - 1.645 * rule[2])), float(
        case.carried[0] * np.exp(middle + 1.645 * rule[2])
    )


def summary(rows: list[Case]) -> dict[str, Any]:
    """Return coverage (by cohort), interval scores against two simpler rules, width and bias, fitted apart."""
    rules, apart = regression(rows), disagreement_seen(rows)
    parts = {"fitted": [r for r in rows if r.fitted], "not fitted": [r for r in rows if not r.fitted]}
    return {name: _part(part, rules, apart) for name, part in parts.items() if part}


def blind(rows: list[Case], held_out: list[Case]) -> dict[str, Any]:
    """Return what `summary` does of the holdout by the rules of the others, also by course, and survival by a rule."""
    part = _part(held_out, regression(rows), disagreement_seen(rows))
    part["by_course"] = {
        c: _course([r for r in held_out if r.course == c]) for c in sorted({r.course for r in held_out})
    }
    dead = [r for r in held_out if r.variable.endswith("survival")]
    rules = survival_regression(rows)
    pairs = [(r, interval_score(r.seen, r.lo, r.hi), interval_score(r.seen, *survival_by_rule(r, rules))) for r in dead]
    inside = [(r.cohort, float(lo <= r.seen <= hi)) for r in dead for lo, hi in [survival_by_rule(r, rules)]]
    part["survival"] = {
        "cases": len(dead),
        "cohorts": len({r.cohort for r in dead}),
        "coverage": _mean([float(r.inside) for r in dead]),
        "coverage_of_rule": _mean([x for _, x in inside]),
        "interval_score": _mean([ours for _, ours, _ in pairs]),
        "interval_score_regression": _mean([rule for _, _, rule in pairs]),
        "difference_interval": _clustered_values([(r.cohort, a - b) for r, a, b in pairs]),
        "error": _mean([abs(r.mean - r.seen) for r in dead]),
        "error_of_rule": _mean([abs(survival_middle(r, rules) - r.seen) for r in dead]),
    }
    part["missed"] = sorted((r for r in held_out if not r.inside), key=_beyond, reverse=True)
    return part


def survival_regression(rows: list[Case]) -> dict[str, tuple[float, float, float]]:
    """Return the rule of survival by course ("" for all): (intercept, slope, SD) of log cumulative hazard on log day.

    Least squares on the arms without cells of every study of the base, fitted or not, weighted by size; a course with
    fewer than four such arms takes the rule of all. As a reviewer would who knows the disease and nothing else.
    """
    seen = [r for r in rows if r.variable.endswith("survival") and not r.cells]
    rules = {}
    for course in {"", *(r.course for r in seen)}:
        some = [r for r in seen if course in ("", r.course)]
        if len({(r.study, r.arm) for r in some}) < 4:
            continue
        y = np.array([np.log(-np.log(np.clip(r.seen, 0.5 / r.n, 1 - 0.5 / r.n))) for r in some])
        x = np.column_stack([np.ones(len(some)), [np.log(r.day) for r in some]])
        weight = np.sqrt([r.n for r in some])
        fit = np.linalg.lstsq(x * weight[:, None], y * weight, rcond=None)[0]
        sd = float(np.sqrt(np.sum((y - x @ fit) ** 2) / max(len(some) - 2, 1)))
        rules[course] = (float(fit[0]), float(fit[1]), sd)
    return rules


def survival_by_rule(case: Case, rules: dict[str, tuple[float, float, float]]) -> tuple[float, float]:
    """Return the 90 % interval of survival by the rule of the case's course."""
    a, b, sd = rules.get(case.course, rules[""])
    middle = a + b * np.log(case.day)
    return float(np.exp(-np.exp(middle + 1.645 * sd))), float(np.exp(-np.exp(middle - 1.645 * sd)))


def survival_middle(case: Case, rules: dict[str, tuple[float, float, float]]) -> float:
    """Return the middle of survival by the rule of the case's course."""
    a, b, _ = rules.get(case.course, rules[""])
    return float(np.exp(-np.exp(a + b * np.log(case.day))))


def _course(part: list[Case]) -> dict[str, Any]:
    dead = [r for r in part if r.variable.endswith("survival")]
    return {
        "cases": len(part),
        "arms": len({(r.study, r.arm) for r in part}),
        "cohorts": len({r.cohort for r in part}),
        "coverage": float(np.mean([r.inside for r in part])),
        "coverage_interval": _clustered(part, lambda r: r.inside),
        "survival_bias": _mean([r.mean - r.seen for r in dead]),
    }


def _beyond(case: Case) -> float:
    """Return how far outside the interval a case lies, in half-widths."""
    return max(case.lo - case.seen, case.seen - case.hi) / max((case.hi - case.lo) / 2, 1e-9)


def disagreement_seen(rows: list[Case]) -> dict[str, float]:
    """Return the SD between cohorts of the mean change from baseline, by variable; three cohorts at least.

    What is left between studies once each is told its own baseline, of all cases, fitted or not.
    """
    found = {}
    for variable in {r.variable for r in rows}:
        by_cohort: dict[str, list[float]] = {}
        for r in rows:
            if r.variable == variable and r.carried is not None:
                by_cohort.setdefault(r.cohort, []).append(r.seen - r.carried[0])
        if len(by_cohort) >= LEAST_COHORTS:
            found[variable] = float(np.std([np.mean(x) for x in by_cohort.values()], ddof=1))
    return found


def scored(case: Case, rules: dict[str, tuple[float, float, float]]) -> tuple[float, float, float | None]:
    """Return interval scores over the baseline: of the twin, of the baseline carried forward, of the rule."""
    assert case.carried is not None
    scale = max(abs(case.carried[0]), 1e-9)
    rule = None
    if case.variable in rules:
        rule = interval_score(case.seen, *by_rule(case, rules[case.variable])) / scale
    ours = interval_score(case.seen, case.lo, case.hi) / scale
    return ours, interval_score(case.seen, case.carried[1], case.carried[2]) / scale, rule


def _part(part: list[Case], rules: dict[str, Any], apart: dict[str, float]) -> dict[str, Any]:
    paired = [(r, *scored(r, rules)) for r in part if r.carried is not None]
    ruled = [(r, ours, rule) for r, ours, _, rule in paired if rule is not None]
    return {
        "cases": len(part),
        "cohorts": len({r.cohort for r in part}),
        "arms": len({(r.study, r.arm) for r in part}),
        "coverage": float(np.mean([r.inside for r in part])),
        "coverage_interval": _clustered(part, lambda r: r.inside),
        "paired_cases": len(paired),
        "paired_held": sum(r.inside for r, _, _, _ in paired),
        "interval_score": _mean([p[1] for p in paired]),
        "interval_score_carried_forward": _mean([p[2] for p in paired]),
        "ruled_cases": len(ruled),
        "ruled_cohorts": len({r.cohort for r, _, _ in ruled}),
        "interval_score_of_ruled": _mean([x for _, x, _ in ruled]),
        "interval_score_regression": _mean([x for _, _, x in ruled]),
        "difference_interval": _clustered_values([(r.cohort, a - b) for r, a, b in ruled]) if ruled else None,
        "by_variable": {
            v: _variable([r for r in part if r.variable == v], rules, apart.get(v))
            for v in sorted({r.variable for r in part})
        },
        "worst": sorted(((ours, r) for r, ours, _, _ in paired), key=lambda x: -x[0])[:5],
    }


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _clustered(part: list[Case], value: Callable[[Case], float]) -> list[float]:
    return _clustered_values([(r.cohort, float(value(r))) for r in part])


def _clustered_values(rows: list[tuple[str, float]]) -> list[float]:
    """Return the 90 % interval of a mean, whole cohorts drawn with replacement."""
    grouped: dict[str, list[float]] = {}
    for cohort, x in rows:
        grouped.setdefault(cohort, []).append(x)
    names = sorted(grouped)
    rng = np.random.default_rng(1)
    boot = [np.mean(np.concatenate([grouped[c] for c in rng.choice(names, len(names))])) for _ in range(RESAMPLED)]
    return [float(x) for x in np.quantile(boot, (0.05, 0.95))]


def _variable(part: list[Case], rules: dict[str, Any], apart: float | None) -> dict[str, Any]:
    both = [scored(r, rules) for r in part if r.carried is not None]
    ruled = [(ours, rule) for ours, _, rule in both if rule is not None]
    half = float(np.median([(r.hi - r.lo) / 2 for r in part]))
    told = [(r.hi - r.lo) / 2 for r in part if r.carried is not None]
    return {
        "cases": len(part),
        "cohorts": len({r.cohort for r in part}),
        "coverage": float(np.mean([r.inside for r in part])),
        "coverage_interval": _clustered(part, lambda r: r.inside),
        "bias": float(np.mean([r.mean - r.seen for r in part])),
        "median_half_width": half,
        "median_half_width_told": float(np.median(told)) if told else None,
        "between_sd": apart,
        "interval_score": _mean([x for x, _ in ruled]),
        "interval_score_regression": _mean([x for _, x in ruled]),
    }
