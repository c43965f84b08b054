"""Would the choice stand if the evidence were biased? Gains over standard care shrunk toward none, then asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import by_language, mark, say
from hepatica.planning import sources, words
from hepatica.planning.bands import clean, quantiles
from hepatica.planning.choose import choose
from hepatica.planning.compare import Compared
from hepatica.planning.work import Workings

Array = NDArray[np.float64]
STEP = 0.05
LEAST_LOG_ODDS = 1e-6
METHOD = mark(
    "the odds ratio of death that each option's forecast implies is divided by an exaggeration drawn from "
    "meta-epidemiology, at most up to no effect, and the gains over standard care shrink in the same proportion; "
    "harms and burden stay; the draws of bias are the same for every option"
)


@by_language
def flaws() -> tuple[dict[str, Any], ...]:
    """Return the rows of exaggeration, checked; raise ValueError where one lacks a source or its interval."""
    rows = sources.read("bias.toml")["exaggeration"]
    for row in rows:
        sources.check([row["source"]], f"bias.toml: {row['flaw']}")
        if not 0 < row["lo"] < row["ratio"] < row["hi"]:
            raise ValueError(f"bias.toml: the interval of '{row['flaw']}' misses its ratio")
    return tuple(rows)


def exaggeration(n: int, seed: int) -> Array:
    """Return n draws of the log ratio of odds ratios of a trial with every flaw (below 0: exaggerated)."""
    rows = flaws()
    mean = sum(np.log(r["ratio"]) for r in rows)
    variance = sum(
        (np.log(r["hi"] / r["lo"]) / (2 * 1.96)) ** 2 + r["tau_trials"] ** 2 + r["tau_analyses"] ** 2 for r in rows
    )
    return np.asarray(mean + np.sqrt(variance) * np.random.default_rng([seed, 31]).standard_normal(n))


def kept(c: Compared, standard: Compared, bias: Array) -> Array:
    """Return the share of an option's gain that is left, a value a draw of bias (0 to 1; 1 where nothing is gained)."""
    own, usual = (_odds_of_death(x) for x in (c, standard))
    effect = float(np.log(own / usual))
    if effect >= -LEAST_LOG_ODDS:
        return np.full_like(bias, 0.0 if _gain(c) > 0 else 1.0)
    return np.clip((effect - np.minimum(bias, 0.0)) / effect, 0.0, 1.0)


def discounted(c: Compared, share: Array | float, w: Workings) -> Compared:
    """Return an option with a share of its gains over standard care, and all of its harms and burden."""
    quality = None if c.parts.quality is None else c.parts.quality * share
    parts = replace(c.parts, survival=c.parts.survival * share, quality=quality)
    return replace(c, parts=parts, net=parts.net(w.asked.weights))


def robustness(w: Workings) -> dict[str, Any]:
    """Return the recommendation and net benefits after the discount, and the discount at which the choice changes."""
    standard = next(c for c in w.compared if c.option.id == "standard_care")
    bias = exaggeration(standard.net.size, w.asked.seed)
    paired = [c for c in w.compared if c.net.shape == standard.net.shape]
    shares = {c.option.id: kept(c, standard, bias) for c in paired if c is not standard}
    after = [discounted(c, shares.get(c.option.id, 1.0), w) for c in paired]
    bare = [discounted(c, 0.0, w) for c in paired]
    before = {c.option.id: c for c in paired}
    names = {c.option.id: words.lower(c.option.name) for c in paired}
    by_rule = w.choice.pathway not in ("net_benefit", "default")
    advised = _asked(lambda found: _choose(w, found), w, paired, after)
    forecast = _asked(_best, w, paired, after)
    return {
        "method": say(METHOD),
        "ratio_of_odds_ratios": {k: clean(float(np.exp(v))) for k, v in _spread(bias).items()},
        "flaws": [{k: r[k] for k in ("flaw", "ratio", "lo", "hi", "source", "where")} for r in flaws()],
        "by_rule": by_rule,
        "recommendation": advised,
        "forecast_best": forecast,
        "without_evidence": _choose(w, bare),
        "text": _text(by_rule, advised, forecast, names),
        "options": [
            {
                "id": c.option.id,
                "gain_kept": clean(float(shares[c.option.id].mean())) if _gain(before[c.option.id]) > 0 else None,
                "net_benefit": {**quantiles(c.net), "unit": c.unit},
            }
            for c in after
            if c.option.id in shares
        ],
        "sources": ["method", "page_2016"],
    }


def _gain(c: Compared) -> float:
    quality = 0.0 if c.parts.quality is None else float(c.parts.quality.mean())
    return float(c.parts.survival.mean()) + quality


def _odds_of_death(c: Compared) -> float:
    dead = float(np.clip(1.0 - c.draws["survival"][-1].mean(), 1e-9, 1 - 1e-9))
    return dead / (1.0 - dead)


def _spread(x: Array) -> dict[str, float]:
    return {"mean": float(x.mean()), "p05": float(np.quantile(x, 0.05)), "p95": float(np.quantile(x, 0.95))}


def _choose(w: Workings, compared: Sequence[Compared]) -> str:
    return choose(w.facts, compared, w.limit, w.ess).option.id


def _best(compared: Sequence[Compared]) -> str:
    """Return what the forecast alone would choose among what the rules allow, standard care where nothing gains."""
    allowed = [c for c in compared if c.option.recommendable]
    return max(allowed, key=lambda c: (float(c.net.mean()), c.option.id == "standard_care")).option.id


def _asked(
    pick: Callable[[Sequence[Compared]], str], w: Workings, paired: Sequence[Compared], after: Sequence[Compared]
) -> dict[str, Any]:
    """Return what is picked before and after the discount, and at which common discount the pick first changes."""
    before, then = pick(paired), pick(after)
    found: dict[str, Any] = {"option": before, "option_after": then, "same": before == then}
    for i in range(1, round(1 / STEP) + 1):
        other = pick([discounted(c, 1.0 - i * STEP, w) for c in paired])
        if other != before:
            return found | {"changes_at_discount": round(i * STEP, 2), "changes_to": other}
    return found | {"changes_at_discount": None, "changes_to": None}


def _text(by_rule: bool, advised: dict[str, Any], forecast: dict[str, Any], names: dict[str, str]) -> list[str]:
    if by_rule and advised["same"]:
        first = say(
            "The recommendation is the same after the discount: the order of care decides it, not the forecast."
        )
    elif advised["same"]:
        first = say("The recommendation is the same after the discount.")
    else:
        first = say("After the discount the recommendation is {option}.", option=names[advised["option_after"]])
    best = names[forecast["option"]]
    if forecast["same"]:
        second = say("Going by the forecast alone, the best is {option} before and after it.", option=best)
    else:
        second = say(
            "Going by the forecast alone, the best is {option} before it and {other} after it.",
            option=best, other=names[forecast["option_after"]],
        )  # fmt: skip
    rows = [first, second]
    if forecast["changes_at_discount"] == 1.0:
        rows.append(say("Only where nothing is left of any gain would another be best."))
    elif forecast["changes_to"] is not None:
        rows.append(
            say(
                "It would change to {other} if {percent} % of every gain were taken away.",
                other=names[forecast["changes_to"]], percent=round(100 * forecast["changes_at_discount"]),
            )
        )  # fmt: skip
    return rows
