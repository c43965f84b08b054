"""The answer to a what-if: what is recommended before and after, and what each option gains or loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hepatica.language import mark, say
from hepatica.planning import words
from hepatica.planning.bands import clean, quantiles
from hepatica.planning.compare import Compared

if TYPE_CHECKING:
    from hepatica.planning.changes import Changes
    from hepatica.planning.session import State

SURE = 1.96


def answer(patient: str, changes: Changes, before: State, after: State, took_s: float) -> dict[str, Any]:
    """Return the difference between two states as plain values."""
    paired = changes.record is None
    was, now = ({c.option.id: c for c in s.compared} for s in (before, after))
    status = {o.id: o for o in before.options}
    rows = [_row(now.get(o.id), was.get(o.id), o, status.get(o.id), paired) for o in after.options]
    rows += [_row(None, was.get(o.id), None, o, paired) for o in before.options if o.id not in {r["id"] for r in rows}]
    return {
        "patient": patient,
        "changes": [dict(c) for c in changes.told],
        "draws": after.asked.draws,
        "done_again": _done(changes),
        "judged_on_day": after.screened.judged_day,
        "unit": after.choice.unit,
        "stage": {"before": _stage(before), "after": _stage(after)},
        "recommendation": {
            "changed": before.choice.option.id != after.choice.option.id,
            "before": _choice(before),
            "after": _choice(after),
        },
        "options": [{k: v for k, v in r.items() if k != "live"} for r in rows if r["live"]],
        "note": " ".join([say(NOTE_PAIRED if paired else NOTE_ANEW), *_unpriced(changes, after)]),
        "took_s": round(took_s, 3),
    }


NOTE_PAIRED = mark(
    "The same draws before and after: differences are exact but for the draws' number. The person's state on day 0 is "
    "kept as it was fitted."
)
NOTE_ANEW = mark(
    "The record was fitted anew, so that draws before and after are other people: a difference smaller than its error "
    "is none. The search among doses and schedules was not repeated."
)


def _unpriced(changes: Changes, after: State) -> list[str]:
    priced = any("cost" in asked for asked in changes.products.values())
    if not priced:
        return []
    if after.asked.weights.cost:
        known = any(c.parts.cost is not None for c in after.compared)
        return [] if known else [say("A price changes nothing: no source here gives what care costs there.")]
    return [say("A price changes nothing while cost does not count: set weights.pay_a_qaly and weights.cost.")]


def _done(changes: Changes) -> str:
    if changes.record is not None:
        return say("staged, matched, fitted and simulated anew")
    if changes.parameters:
        return say("every option simulated anew")
    again = [name for name, asked in changes.products.items() if asked.keys() - {"cost"}]
    if again:
        return say("the options of {products} simulated anew", products=words.listed(again))
    return say("nothing simulated anew: the same forecasts, judged anew")


def _stage(state: State) -> dict[str, Any]:
    staged = state.screened.facts.staging
    scores = {name: staged.value(name) for name in ("meld", "meld_na", "child_pugh")}
    return {"label": staged.label, **{k: v for k, v in scores.items() if v is not None}}


def _choice(state: State) -> dict[str, Any]:
    c = state.choice
    return {"option": c.option.id, "headline": c.headline, "certainty": c.certainty, "status": c.option.status}


def _row(now: Compared | None, was: Compared | None, o: Any, old: Any, paired: bool) -> dict[str, Any]:
    option = o or old
    row: dict[str, Any] = {
        "id": option.id,
        "name": option.name,
        "before": _side(was, old),
        "after": _side(now, o),
        "net_benefit_difference": None,
    }
    if now and was and now.unit == was.unit:
        row["net_benefit_difference"] = _difference(now.net, was.net, paired)
        row["survival_difference"] = _difference(now.draws["survival"][-1], was.draws["survival"][-1], paired)
    sides = row["before"], row["after"]
    row["live"] = any(side["status"] in ("offered", "trial only") for side in sides)
    same = all(sides[0].get(k) == sides[1].get(k) for k in ("status", "dose_cells", "schedule_days", "route"))
    told = row["net_benefit_difference"]
    row["moved"] = not same or bool(told and told["told_apart"])
    return row


def _side(c: Compared | None, option: Any) -> dict[str, Any]:
    if option is None:
        return {"status": "not considered", "dose_cells": None}
    found = {
        "status": option.status,
        "because": option.because if option.status == "ruled out" else "",
        "dose_cells": option.regimen.dose_cells if option.regimen else None,
        "schedule_days": list(option.regimen.days) if option.regimen else [],
        "route": option.route,
    }
    if c is not None:
        end = {k: v[-1] for k, v in c.draws.items() if v.ndim == 2}
        found["net_benefit"] = quantiles(c.net)
        found |= {k: quantiles(end[k]) for k in ("survival", "meld", "albumin_g_l", "bilirubin_umol_l") if k in end}
        found["harms"] = [{k: h[k] for k in ("event", "probability", "lo", "hi")} for h in c.rows["harms"]]
    return found


def _difference(now: Any, was: Any, paired: bool) -> dict[str, Any]:
    """Return the mean difference with its simulation error, and its band where draws are paired."""
    if paired and now.shape == was.shape:
        gap = now - was
        error = gap.std() / np.sqrt(gap.size)
        band = quantiles(gap)
        moved = bool(np.any(gap != 0) and abs(gap.mean()) > SURE * error)
        return {**band, "error": clean(float(SURE * error)), "paired": True, "told_apart": moved}
    error = np.sqrt(now.var() / now.size + was.var() / was.size)
    mean = now.mean() - was.mean()
    return {
        "mean": clean(float(mean)), "p05": None, "p95": None, "error": clean(float(SURE * error)), "paired": False,
        "told_apart": bool(abs(mean) > SURE * error),
    }  # fmt: skip
