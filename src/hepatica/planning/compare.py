"""Options side by side on paired draws: benefit, response, worth, and what each gains over standard care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import outcomes
from hepatica.language import mark, say
from hepatica.planning.bands import clean, quantiles
from hepatica.planning.course_price import course_price
from hepatica.planning.harms import days_lost, harms
from hepatica.planning.horizon import ACUTE
from hepatica.planning.lasting import lasting
from hepatica.planning.option import Option
from hepatica.planning.payment import Payment, care_cost
from hepatica.planning.weights import Parts, Weights

Array = NDArray[np.float64]
MELD_RESPONSE = 2.0
RESPONSE = mark("MELD 2 points below standard care")
LEAST_GAIN = 1e-4
DAYS_A_YEAR = 365.25
BANDS = ("mean", "p05", "p25", "p50", "p75", "p95")
ORGANS = ("blood", "lung", "liver", "spleen", "rest")
NO_DIFFERENCE = 0.1
RARE = 0.001
USUAL = Weights()


@dataclass(frozen=True, slots=True)
class Compared:
    """One forecast option: its rows for the plan, the parts of its benefit and their net a draw.

    `draws` are those behind it by variable, [days up to the one it is judged on, draws]; traits are [draws].
    """

    option: Option
    rows: dict[str, Any]
    net: Array
    unit: str
    parts: Parts
    draws: dict[str, Array]


def compare(
    options: Sequence[Option],
    forecasts: Mapping[str, Any],
    course: str,
    judged_day: int,
    payment: Payment,
    seed: int,
    modelled: Mapping[str, bool],
    weights: Weights = USUAL,
    causes: Sequence[str] = (),
) -> list[Compared]:
    """Return every live option with its numbers; all are paired with standard care, draw by draw.

    `payment` says whose costs count; `causes` are the person's, as some prices depend on them.
    """
    base = forecasts["standard_care"]
    shared = {o.id: _paired(forecasts[o.id], base) for o in options}
    return [
        _one(
            o,
            forecasts[o.id],
            shared[o.id],
            base,
            course,
            judged_day,
            payment,
            tuple(causes),
            seed,
            modelled.get(o.id, True),
            weights,
        )
        for o in options
    ]


def _paired(forecast: Any, base: Any) -> bool:
    return bool(forecast.draws["survival"].shape == base.draws["survival"].shape)


def _one(
    o: Option,
    f: Any,
    paired: bool,
    base: Any,
    course: str,
    judged_day: int,
    payment: Payment,
    causes: tuple[str, ...],
    seed: int,
    modelled: bool,
    weights: Weights,
) -> Compared:
    days = np.array([p["day"] for p in f.survival], dtype=float)
    upto = days <= judged_day
    own, other = _draws(f, upto), _draws(base, upto)
    rows_of_harm = harms(o)
    lost = days_lost(rows_of_harm, own["survival"].shape[1], seed)
    standard = o.id == "standard_care"
    cost = care_cost(days[upto], own, course, payment)
    worth = outcomes.qaly(days[upto], own["survival"], own.get("child_pugh"), course, seed=seed)
    usual = care_cost(days[upto], other, course, payment)
    parts, unit = parts_of(o, days[upto], own, other, course, seed, lost, paired)
    if paired:
        parts = with_cost(parts, o, cost, usual, payment, causes, days[upto], own["survival"])
    net = parts.net(weights)
    rows: dict[str, Any] = {
        "forecast": {
            **{k: [_point(p) for p in v] for k, v in f.variables.items()},
            "survival": [_point(p) for p in f.survival],
            "transplant_free_survival": [_point(p) for p in f.transplant_free_survival],
            "decompensation": [_point(p) for p in f.decompensation],
            **_kinds(f, base, course),
        },
        "difference": {k: [_point(p) for p in v] for k, v in f.difference.items()},
        "share_paracrine": _share(f.share_paracrine) if o.regimen else None,
        "cells": None if f.cells is None or o.regimen is None else [_organs(p) for p in f.cells],
        "benefit": _benefit(own, other, judged_day) if paired else {},
        "harms": [{k: r[k] for k in r if k != "id"} for r in rows_of_harm],
        "time_to_response_days": None if standard or not paired else _response(days, f, base),
        "qaly": _band(worth, {"unit": "QALY", "horizon_days": judged_day}),
        "cost": _band(
            cost,
            {
                "currency": cost.currency,
                "year": cost.year,
                "horizon_days": judged_day,
                "covers": say("care for the liver, without the price of the treatment itself"),
            },
        ),
        "procedures_avoided": _procedures(o, base, judged_day),
        "net_benefit": {**quantiles(net), "unit": unit},
        "parts": {k: clean(v) for k, v in parts.means().items()},
    }
    if parts.quality is not None and paired and not standard:
        rows["qaly"]["gain"] = quantiles((parts.survival + parts.quality) / DAYS_A_YEAR)
    if not modelled:
        rows["forecast_note"] = say(
            "the model holds no effect of this treatment in this disease: its forecast is that of standard care"
        )
    return Compared(o, rows, net, unit, parts, own)


def alike(compared: Sequence[Compared], ess: float) -> dict[str, tuple[str, ...]]:
    """Return, for each option, the ids whose expected net benefit differs by less than Monte Carlo error."""
    return {c.option.id: tuple(d.option.id for d in compared if d is not c and same(c, d, ess)) for c in compared}


def same(a: Compared, b: Compared, ess: float) -> bool:
    """Return whether two paired net benefits differ by less than Monte Carlo error, or by less than 0.1 days."""
    if a.net.shape != b.net.shape:
        return False
    gap = a.net - b.net
    error = float(gap.std()) / np.sqrt(max(min(ess, gap.size), 1.0))
    return bool(abs(float(gap.mean())) <= max(1.96 * error, NO_DIFFERENCE))


def _kinds(f: Any, base: Any, course: str) -> dict[str, list[dict[str, float]]]:
    """Return what the liver stores and, in chronic courses, the events by kind that standard care knows at all."""
    told = {} if course in ACUTE else getattr(f, "events", {})
    events = {k: v for k, v in told.items() if base.events[k][-1]["mean"] >= RARE}
    named = {f"{k}_incidence": v for k, v in events.items()} | dict(getattr(f, "stores", {}))
    return {k: [_point(p) for p in v] for k, v in named.items()}


def _draws(f: Any, upto: NDArray[np.bool_]) -> dict[str, Array]:
    found = {k: np.asarray(v, dtype=float) for k, v in f.draws.items()}
    return {k: v[upto] if v.ndim == 2 else v for k, v in found.items()}


def with_cost(
    parts: Parts,
    o: Option,
    care: outcomes.Worth,
    usual: outcomes.Worth,
    payment: Payment,
    causes: tuple[str, ...],
    days: Array,
    survival: Array,
) -> Parts:
    """Return the parts with what the option costs beyond standard care, where both are known."""
    if care.draws is None or usual.draws is None:
        return parts
    price = course_price(o, payment, causes, days, survival)
    own = price.plain if price.row.get("currency") == care.currency else None
    return replace(parts, cost=care.draws - usual.draws + (0.0 if own is None else own))


def parts_of(
    o: Option,
    days: Array,
    own: dict[str, Array],
    other: dict[str, Array],
    course: str,
    seed: int,
    lost: Array,
    paired: bool,
) -> tuple[Parts, str]:
    """Return what an option changes against standard care, and the unit of its net benefit."""
    burden = float(o.invasive_procedures or (len(o.regimen.days) if o.regimen else 0))
    if not paired:
        return Parts(np.zeros_like(lost), None, lost, burden), "days"
    cp = own.get("child_pugh"), other.get("child_pugh")
    gained = outcomes.gains(days, own["survival"], cp[0], other["survival"], cp[1], course, seed=seed)
    if gained is not None:
        return Parts(gained[0], gained[1], lost, burden), mark("quality-adjusted days")
    gain = outcomes.days_alive(days, own["survival"]) - outcomes.days_alive(days, other["survival"])
    return Parts(gain, None, lost, burden), mark("days alive")


def _benefit(own: dict[str, Array], other: dict[str, Array], judged_day: int) -> dict[str, Any]:
    gain = own["survival"][-1] - other["survival"][-1]
    found: dict[str, Any] = {
        "p_survival_better": float((gain > LEAST_GAIN).mean()),
        "p_survival_worse": float((gain < -LEAST_GAIN).mean()),
        "survival_gain": {"day": judged_day, **quantiles(gain)},
    }
    if "meld" in own:
        found["p_meld_lower_2"] = float((other["meld"][-1] - own["meld"][-1] >= MELD_RESPONSE).mean())
    if "albumin_g_l" in own:
        found["p_albumin_higher_2"] = float((own["albumin_g_l"][-1] - other["albumin_g_l"][-1] >= 2.0).mean())
    if "decompensation" in own:
        less = other["decompensation"][-1] - own["decompensation"][-1]
        found["decompensation_averted"] = {"day": judged_day, **quantiles(less)}
    return found


def _response(days: Array, f: Any, base: Any) -> dict[str, Any] | None:
    """Return when MELD is first 2 points lower than under standard care, and for how long, where draws get there."""
    if "meld" not in f.draws:
        return None
    lower = np.asarray(base.draws["meld"]) - np.asarray(f.draws["meld"]) >= MELD_RESPONSE
    ever = lower.any(axis=0)
    share = float(ever.mean())
    told: dict[str, Any] = {"p_response": share, "p05": None, "p50": None, "p95": None, "means": say(RESPONSE)}
    if share < 0.01:
        return told
    first = days[lower.argmax(axis=0)][ever]
    found = {f"p{q:02}": float(np.quantile(first, q / 100)) for q in (5, 50, 95)}
    return {**told, **found, "lasts": lasting(days, lower[:, ever])}


def _procedures(o: Option, base: Any, judged_day: int) -> dict[str, Any]:
    fact = o.notes.get("procedures_avoided")
    if o.id == "standard_care":
        return {"mean": 0.0, "unit": "procedures", "horizon_days": judged_day, "note": say("the reference")}
    if fact:
        alive = outcomes.days_alive(
            np.array([p["day"] for p in base.survival if p["day"] <= judged_day], dtype=float),
            np.array([[p["mean"]] for p in base.survival if p["day"] <= judged_day], dtype=float),
        )[0]
        mean = fact["a_year"] * float(alive) / DAYS_A_YEAR - o.invasive_procedures
        return {
            "mean": mean,
            "unit": "procedures",
            "horizon_days": judged_day,
            "own": o.invasive_procedures,
            "source": fact["source"],
            "note": fact["note"],
        }
    return {
        "mean": None,
        "unit": "procedures",
        "horizon_days": judged_day,
        "own": o.invasive_procedures,
        "reason": say("no source counts the procedures that this treatment spares"),
    }


def _point(p: Mapping[str, Any]) -> dict[str, float]:
    keys = ("day", *BANDS, "at_risk")
    return {k: clean(float(p[k])) for k in keys if k in p and p[k] is not None}


def _organs(p: Mapping[str, Any]) -> dict[str, float]:
    return {k: clean(float(p[k])) for k in ("day", *ORGANS, "living_percent") if k in p}


def _share(share: Mapping[str, Any] | None) -> dict[str, float] | None:
    return None if share is None else {k: clean(float(share[k])) for k in ("p05", "p50", "p95")}


def _band(worth: outcomes.Worth, extra: dict[str, Any]) -> dict[str, Any]:
    if worth.draws is None:
        return {"mean": None, **extra, "reason": worth.reason}
    return {**quantiles(worth.draws), **extra, "sources": list(worth.sources), "note": worth.note}
