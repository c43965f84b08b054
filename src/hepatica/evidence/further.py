"""What a reviewer asks of a pool besides the pool: groups, moderators, influence, small studies, a prior."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.bayes import TAU_PRIORS, posterior
from hepatica.evidence.moderators import Value, explain
from hepatica.evidence.rare import METHODS as EXACT
from hepatica.evidence.regression import egger
from hepatica.evidence.small_studies import trim_and_fill
from hepatica.evidence.statistics.influence import cumulative, influence, leave_one_out
from hepatica.evidence.statistics.selection import beta_model, pet_peese, step_model
from hepatica.evidence.statistics.subgroups import subgroups


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked besides the pool; `within` and `structure` are of a time course, `steps` of a selection model."""

    by: str = ""
    moderators: tuple[str, ...] = ()
    permutations: int = 0
    influence: bool = False
    leave_one_out: bool = False
    cumulative: bool = False
    small_studies: bool = False
    steps: tuple[float, ...] = (0.025,)
    alternative: str = "greater"
    tau_prior: str = ""
    tau_scale: float | None = None
    mu_sd: float | None = None
    course: tuple[float, ...] | bool = ()
    within: float = 0.5
    structure: str = "car"


def further(
    names: Sequence[str], y: Sequence[float], v: Sequence[float], column: Callable[[str], list[Value]],
    options: Options, method: str, ci: str, level: float,
) -> dict[str, Any]:  # fmt: skip
    """Return what `options` asks of effects y with variances v; column gives a moderator of each study by its name.

    A part that cannot be answered holds {"not_estimable": reason} in place of numbers.
    """
    how = "REML" if method in EXACT else method
    out: dict[str, Any] = {}
    if options.by:
        out["subgroups"] = _told(lambda: _groups(names, y, v, column(options.by), options.by, how, ci, level))
    if options.moderators:
        columns = {n: column(n) for n in options.moderators}
        out["meta_regression"] = _told(
            lambda: explain(names, y, v, columns, how, options.permutations, level, ci == "hksj")
        )
    if options.influence:
        out["influence"] = _told(lambda: [asdict(i) for i in influence(y, v, names, how, ci)])
    if options.leave_one_out:
        out["leave_one_out"] = _told(lambda: leave_one_out(y, v, names, how, ci))
    if options.cumulative:
        out["cumulative_by_order"] = _told(lambda: cumulative(y, v, names, how, ci))
    if options.small_studies:
        out["small_studies"] = {
            "egger": _told(lambda: egger(y, v)),
            "trim_and_fill": _told(lambda: trim_and_fill(y, v, how)),
            "pet_peese": _told(lambda: pet_peese(y, v, level)),
            "step_model": _told(lambda: asdict(step_model(y, v, options.steps, options.alternative, level))),
            "beta_model": _told(lambda: asdict(beta_model(y, v, options.alternative, level))),
        }
    if options.tau_prior:
        out["bayes"] = _told(lambda: _bayes(names, y, v, options, level))
    return out


def _told(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except CannotAnswer as error:
        return {"not_estimable": error.what, "where": error.where, "mend": error.mend}


def _groups(
    names: Sequence[str], y: Sequence[float], v: Sequence[float], values: list[Value], by: str, method: str, ci: str,
    level: float,
) -> dict[str, Any]:  # fmt: skip
    if all(isinstance(x, int | float) or x is None for x in values) and len(set(values)) > 4:
        raise InputError(f"{by} is a number that differs from study to study", mend=f"--moderators {by}")
    words = ["not stated" if x is None else f"{x:g}" if isinstance(x, int | float) else x for x in values]
    got = subgroups(y, v, words, method, ci, level)
    for g in got["groups"]:
        g["studies"] = [n for n, w in zip(names, words, strict=True) if w == g["group"]]
    return {"by": by, **got}


def _bayes(names: Sequence[str], y: Sequence[float], v: Sequence[float], o: Options, level: float) -> dict[str, Any]:
    if o.tau_prior not in TAU_PRIORS:
        raise InputError(f"tau prior {o.tau_prior!r} is not known", mend=f"one of: {', '.join(TAU_PRIORS)}")
    if o.tau_scale is None:
        raise InputError("no scale for the prior of tau", mend="--tau-scale, in the unit of the effects")
    fit = posterior(y, v, o.tau_scale, o.mu_sd, o.tau_prior)
    mean = "flat" if o.mu_sd is None else f"normal(0, {o.mu_sd:g})"
    return {**fit.summary(level), "shrunken": fit.shrunken(names, level),
            "tau_prior": f"{o.tau_prior}({o.tau_scale:g})", "mu_prior": mean}  # fmt: skip
