"""What a ratio means in people: deaths of a thousand with and without, at a baseline risk; a summary of findings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hepatica.errors import InputError
from hepatica.evidence.sentence import Asking

OURS = "the control arms of these studies"
EVENTS = {"transplant_free_survival": "deaths or transplants"}
_WORDS = {
    "high": "{a}",
    "moderate": "Probably {a}",
    "low": "Perhaps {a}",
    "very low": "Very uncertain: {a}",
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """A risk of death without the treatment by day, with its range where it has one, and whose it is."""

    who: str
    risks: tuple[tuple[float, float, float | None, float | None], ...]

    def at(self, day: float) -> tuple[float, float | None, float | None] | None:
        """Return (risk, low, high) by a day, or None where it is not known."""
        return next(((r, lo, hi) for d, r, lo, hi in self.risks if d == day), None)


def baseline(given: str, days: tuple[float, ...]) -> Baseline:
    """Return the Baseline that words like "90:0.3,365:0.5" stand for; one bare number fits a question of one day."""
    risks = []
    for part in given.split(","):
        day, _, risk = part.rpartition(":")
        try:
            at, value = float(day) if day else math.nan, float(risk)
        except ValueError:
            raise InputError(f"baseline risk {part.strip()!r} cannot be read", mend="DAY:RISK, as 90:0.3") from None
        if not day:
            if len(days) > 1:
                raise InputError(f"risk {value:g} of death by which day?", mend=f"DAY:RISK, as {days[0]:g}:{value:g}")
            at = days[0]
        if not 0 < value < 1:
            raise InputError(f"baseline risk {value:g} lies outside 0 to 1", mend="0.3 for 30 %")
        if at not in days:
            asked = ", ".join(f"{d:g}" for d in days)
            raise InputError(f"day {at:g} of the baseline risk is not asked about", mend=f"one of: {asked}")
        risks.append((at, value, None, None))
    return Baseline("the baseline risk given", tuple(risks))


def survival_baseline(points: list[dict[str, Any]], days: tuple[float, ...], who: str) -> Baseline:
    """Return the Baseline of a forecast of survival (day, p50, p05, p95), straight lines between its days."""
    held = sorted(points, key=lambda p: p["day"])
    risks = []
    for day in days:
        if held and held[0]["day"] <= day <= held[-1]["day"]:
            middle, low, high = (1 - _between(held, day, key) for key in ("p50", "p95", "p05"))
            if 0 < middle < 1:
                risks.append((day, middle, low, high))
    return Baseline(who, tuple(risks))


def _between(held: list[dict[str, Any]], day: float, key: str) -> float:
    after = next(i for i, p in enumerate(held) if p["day"] >= day)
    b = held[after]
    a = held[max(after - 1, 0)]
    share = (day - a["day"]) / (b["day"] - a["day"]) if b["day"] > a["day"] else 1.0
    return float(a[key] + share * (b[key] - a[key]))


def treated_risk(measure: str, value: float, control: float, outcome: str) -> float:
    """Return the risk of death with treatment from a ratio (or risk difference) and the control risk.

    `outcome` is what the ratio counts: survival or mortality.

    >>> round(treated_risk("OR", 2.0, 0.4, "survival"), 3), round(treated_risk("RR", 0.5, 0.4, "mortality"), 3)
    (0.25, 0.2)
    """
    if measure == "HR":
        return 1 - (1 - control) ** value
    base = control if outcome == "mortality" else 1 - control
    if measure == "OR":
        share = 1 - (1 - base) / (1 - base + base * value)
    else:
        share = base * value if measure == "RR" else base + value
    share = min(1.0, max(0.0, share))
    return share if outcome == "mortality" else 1 - share


def people(measure: str, value: float, ci: list[float | None], control: float, outcome: str) -> dict[str, Any]:
    """Return deaths of a thousand: control, treated with its interval, and the difference with its interval."""
    mid = treated_risk(measure, value, control, outcome)
    ends = sorted(treated_risk(measure, b if b is not None else math.inf, control, outcome) for b in ci)
    return {
        "control": 1000 * control, "treated": 1000 * mid, "lo": 1000 * ends[0], "hi": 1000 * ends[1],
        "difference": 1000 * (mid - control), "difference_ci": [1000 * (e - control) for e in ends],
    }  # fmt: skip


def findings(a: Asking, outcomes: list[dict[str, Any]], own: Baseline | None) -> list[dict[str, Any]]:
    """Return the summary of findings: one row an outcome and time, in people where that can be said."""
    rows = []
    for o in outcomes:
        for c in o["slices"][0]["cells"]:
            row = {"outcome": o["outcome"], "name": o["name"], "unit": o["unit"], "day": c["day"], "when": c["name"],
                   "k": c["k"], "could": c["could"]}  # fmt: skip
            if c["k"]:
                row |= _found(o, c, own)
            row["wider"] = next((_wider(n) for n in o["nearest"] if n["day"] == c["day"]), None)
            row["published"] = [_published(p, c["day"], own) for p in o["published"] if _beside(p, c["day"])]
            rows.append(row)
    return rows


def _found(o: dict[str, Any], c: dict[str, Any], own: Baseline | None) -> dict[str, Any]:
    shown = c["back_transformed"] or c
    row: dict[str, Any] = {
        "measure": c["measure"], "estimate": shown["estimate"], "ci": shown["ci"],
        "studies": [{"id": s["study"], "url": s["source"]["url"]} for s in c["studies"]],
        "patients": c["certainty"]["patients"], "wanted": c["certainty"]["wanted"], "certainty": c["certainty"],
        "baseline": None, "people": None, "event": EVENTS.get(o["outcome"], "deaths"),
    }  # fmt: skip
    if c.get("control_risk") is not None:
        risk = own.at(c["day"]) if own and o["outcome"] not in EVENTS else None
        who = own.who if own and risk else OURS
        value, lo, hi = risk or (c["control_risk"], None, None)
        row["baseline"] = {"risk": value, "lo": lo, "hi": hi, "who": who}
        if 0 < value < 1:
            row["people"] = people(c["measure"], shown["estimate"], shown["ci"], value, o["outcome"])
    row["says"] = _says(o, c, shown, row["people"], row["event"])
    return row


def _wider(n: dict[str, Any]) -> dict[str, Any]:
    shown = n["back_transformed"] or n
    return {
        "k": n["k"], "measure": n["measure"], "estimate": shown["estimate"], "ci": shown["ci"],
        "differs": n["differs"], "certainty": n["certainty"]["level"], "studies": [s["study"] for s in n["studies"]],
    }  # fmt: skip


def _says(o: dict[str, Any], c: dict[str, Any], shown: dict[str, Any], told: dict[str, Any] | None, event: str) -> str:
    if told:
        few = abs(told["difference"]) < 1
        more = "more" if told["difference"] > 0 else "fewer"
        what = f"as many {event}" if few else f"{abs(told['difference']):.0f} {more} {event} of 1000"
        span = told["difference_ci"]
    elif c["back_transformed"]:
        what = f"{o['unit']} {shown['estimate']:.2g}; {event} of 1000 cannot be told, as none or all controls had them"
        span = c["ci"]
    else:
        what = f"{abs(shown['estimate']):.3g} {'higher' if shown['estimate'] > 0 else 'lower'} ({o['unit']})"
        span = shown["ci"]
    open_ = ", anything from benefit to harm" if min(span) < 0 < max(span) else ""
    return _WORDS[c["certainty"]["level"]].format(a=what + open_) + "."


def _beside(p: dict[str, Any], day: float) -> bool:
    return bool(p["compares"]) and p["day"] is not None and abs(p["day"] - day) <= max(3.0, 0.1 * day)


def _published(p: dict[str, Any], day: float, own: Baseline | None) -> dict[str, Any]:
    row = {
        k: p[k]
        for k in ("id", "study", "outcome", "measure", "value", "lo", "hi", "day", "k", "url", "intervention", "region")
    }
    risk = own.at(day) if own else None
    counts = (
        p["outcome"] in ("survival", "mortality") and p["measure"] in ("OR", "RR") and None not in (p["lo"], p["hi"])
    )
    row["people"] = (
        people(p["measure"], p["value"], [p["lo"], p["hi"]], risk[0], p["outcome"]) if counts and risk else None
    )
    return row
