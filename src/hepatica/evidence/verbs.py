"""What the command line asks: options in, the contract's JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hepatica.errors import InputError
from hepatica.evidence.answer import Answer, pool
from hepatica.evidence.bayes import MU_SD_LOG_RATIO, TAU_SCALE_LOG_RATIO
from hepatica.evidence.courses import pool_course
from hepatica.evidence.further import Options, further
from hepatica.evidence.moderators import values
from hepatica.evidence.own_data import pool_file
from hepatica.evidence.question import OUTCOME_WORDS, better_effect, normal

_POOL = {
    "outcome", "day", "condition", "intervention", "region", "data", "method", "ci", "adhoc", "level", "measure",
    "design", "window", "strict_endpoint", "medians", "correlation", "curves",
}  # fmt: skip
_FURTHER = {f.name for f in fields(Options)}
_NEEDS = {"permutations": "moderators", "steps": "small_studies", "alternative": "small_studies",
          "tau_scale": "tau_prior", "mu_sd": "tau_prior", "within": "course", "structure": "course"}  # fmt: skip
_HOW = ("method", "ci", "adhoc", "level", "measure", "correlation")


def pool_question(options: Mapping[str, Any]) -> dict[str, Any]:
    """Answer `evidence pool` with its options by name; options that are None or absent take their default.

    With `data` (a CSV file) the file is pooled; otherwise the base is asked. The fields of `further.Options` ask for
    more: by, moderators, influence, leave_one_out, cumulative, small_studies, tau_prior, course.
    """
    given = {k: v for k, v in options.items() if v is not None}
    known = _POOL | _FURTHER
    unknown = sorted(set(given) - known)
    if unknown:
        raise InputError(f"option {unknown[0]!r} is not known to pool", mend=f"one of: {', '.join(sorted(known))}")
    for name, of in _NEEDS.items():
        if name in given and of not in given:
            raise InputError(f"{_flag(name)} has no use without {_flag(of)}", mend=f"add {_flag(of)}, or leave it out")
    if given.get("permutations", 0) < 0:
        raise InputError(f"{given['permutations']} permutations", mend="0 or more; 1000 is common")
    more = Options(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if k in _FURTHER})
    asked = {k: v for k, v in given.items() if k not in _FURTHER}
    if "data" in asked:
        how = {k: asked[k] for k in _HOW if k in asked}
        extra = sorted(k for k in asked if k not in (*how, "data", "outcome", "day"))
        if extra:
            raise InputError(f"--{extra[0]} asks the base, --data brings its own studies", mend="give one of the two")
        document = pool_file(asked["data"], **how, options=more)
        outcome = asked.get("outcome", document["outcome"])
        better = better_effect(normal(outcome, OUTCOME_WORDS), document["measure"])
        return {**document, "outcome": outcome, "day": asked.get("day"), "better": better}
    if "outcome" not in asked:
        raise InputError("no outcome asked", mend="--outcome survival (or mortality, meld, …), or --data FILE.csv")
    if more.course:
        return _course(asked, more)
    answer = pool(**asked)
    return {**answer.to_json(), **_further(answer, more)}


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _further(a: Answer, o: Options) -> dict[str, Any]:
    names = [r.study.id for r in a.rows]
    y, v = [r.effect.yi or 0.0 for r in a.rows], [r.effect.vi or 0.0 for r in a.rows]
    if o.tau_prior and o.tau_scale is None and a.question.measure in ("OR", "RR", "HR"):
        o = Options(**{f.name: getattr(o, f.name) for f in fields(Options)}
                    | {"tau_scale": TAU_SCALE_LOG_RATIO, "mu_sd": o.mu_sd or MU_SD_LOG_RATIO})  # fmt: skip
    p = a.pooled
    ci = p.ci_method.removesuffix("+adhoc")
    return further(names, y, v, lambda n: values(a.rows, n, a.question.outcome), o, p.method, ci, p.level)


def _course(asked: dict[str, Any], o: Options) -> dict[str, Any]:
    days = o.course if isinstance(o.course, tuple) else ()
    if not days:
        raise InputError("which days?", mend="--course 30 90 180 365")
    keep = ("outcome", "condition", "intervention", "region", "measure", "design", "medians", "window", "level")
    lost = sorted(k for k in asked if k not in (*keep, "ci"))
    if lost:
        raise InputError(f"--{lost[0]} has no use for a course", mend="a course is REML over all its days")
    how = {"ci": "wald" if asked["ci"] == "wald" else "t"} if "ci" in asked else {}
    course = pool_course(days=days, structure=o.structure, within=o.within, **how,
                         **{k: asked[k] for k in keep if k in asked})  # fmt: skip
    return course.to_json()
