"""Days in hospital, days at home and procedures, from the events of the forecast and published stays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import outcomes
from hepatica.language import mark, say
from hepatica.planning.bands import clean, quantiles
from hepatica.planning.compare import Compared
from hepatica.planning.horizon import ACUTE

Array = NDArray[np.float64]
EVENTS = {
    "ascites": mark("ascites"),
    "bleeding": mark("bleeding from varices"),
    "encephalopathy": mark("encephalopathy"),
    "infection": mark("severe infection"),
    "aclf": mark("acute-on-chronic liver failure"),
}
OWN_STAY = {"tips": "tips"}
PROCEDURES = (("endoscopies", "bleeding", "band_ligation"), ("paracenteses", "ascites", "paracentesis"))
COUNTED = mark(
    "the next event of each kind brings one stay; later ones, cancer, and stays for the treatment without a source are "
    "not counted, so that this is the least there will be; endoscopies are those that follow the next bleed, "
    "paracenteses those at the next admission for ascites"
)


def hospital(c: Compared, standard: Compared, days: Array, course: str, judged_day: int, seed: int) -> dict[str, Any]:
    """Return expected days in hospital and at home up to a day, by kind of event, beside standard care's."""
    told: dict[str, Any] = {"horizon_days": judged_day, "unit": "days"}
    if course in ACUTE:
        return told | _admitted(c, days, course, seed)
    if any(f"{k}_incidence" not in c.draws for k in EVENTS):
        return {**told, "days": {"mean": None}, "reason": say("the model tells no events by kind")}
    own, kinds = _stays(c, seed)
    cited = list(dict.fromkeys(s for k in kinds for s in k["sources"]))
    alive = outcomes.days_alive(days, c.draws["survival"])
    told |= {"days": quantiles(own), "home_days": quantiles(np.maximum(alive - own, 0.0)), "by_kind": kinds}
    told |= {"note": say(COUNTED), "sources": cited}
    if c is standard:
        return told | {"procedures": _procedures(c, None, seed)}
    told["by_kind"] = [{k: r[k] for k in ("kind", "probability", "days")} for r in kinds]
    usual, _ = _stays(standard, seed)
    return told | {"days_saved": quantiles(usual - own), "procedures": _procedures(c, standard, seed)}


def _stays(c: Compared, seed: int) -> tuple[Array, list[dict[str, Any]]]:
    """Return days in hospital a draw, and a row for each kind of event with its chance and its stay."""
    chance = {k: c.draws[f"{k}_incidence"][-1] for k in EVENTS}
    labels = dict(EVENTS)
    chance["transplant"] = np.maximum(c.draws["survival"][-1] - c.draws["transplant_free_survival"][-1], 0.0)
    labels["transplant"] = mark("liver transplant, of those alive after one")
    own = OWN_STAY.get(c.option.id)
    if own:
        chance[own], labels[own] = np.ones_like(chance["ascites"]), mark("the treatment itself")
    total, rows = np.zeros_like(chance["ascites"]), []
    for i, (kind, p) in enumerate(chance.items()):
        stay = outcomes.stay(kind)
        if stay is None:
            continue
        spent = p * stay.draws(p.size, seed, i)
        total = total + spent
        rows.append(
            {
                "kind": say(labels[kind]),
                "probability": clean(float(p.mean())),
                "days": clean(float(spent.mean())),
                "stay_days": {"lo": clean(stay.low), "middle": clean(stay.middle), "hi": clean(stay.high)},
                "sources": list(stay.sources),
            }
        )
    return total, rows


def _procedures(c: Compared, standard: Compared | None, seed: int) -> list[dict[str, Any]]:
    rows = []
    for i, (name, event, counted) in enumerate(PROCEDURES):
        times = outcomes.count(counted)
        if times is None:
            continue
        each = times.draws(c.draws["survival"].shape[1], seed, 50 + i)
        own = c.draws[f"{event}_incidence"][-1] * each
        row = {"name": say(NAMES[name]), **quantiles(own), "sources": list(times.sources)}
        if standard is not None:
            row["avoided"] = quantiles(standard.draws[f"{event}_incidence"][-1] * each - own)
        rows.append(row)
    return rows


NAMES = {
    "endoscopies": mark("endoscopies"),
    "paracenteses": mark("paracenteses"),
}


def _admitted(c: Compared, days: Array, course: str, seed: int) -> dict[str, Any]:
    """Return the stay of somebody who is in hospital now; no source tells how a treatment changes it."""
    stay = outcomes.stay(course)
    if stay is None:
        return {"days": {"mean": None}, "reason": say("no source here tells how long people stay in hospital with it")}
    alive = outcomes.days_alive(days, c.draws["survival"])
    spent = np.minimum(stay.draws(alive.size, seed, 9), alive)
    return {
        "days": quantiles(spent),
        "home_days": quantiles(alive - spent),
        "note": say(
            "this stay only; no source here tells how a treatment changes it, so that options differ by survival"
        ),
        "sources": list(stay.sources),
    }
