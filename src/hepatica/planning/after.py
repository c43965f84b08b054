"""What follows the choice: the schedule of checks, the consent document, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from hepatica import governance
from hepatica.eligibility import Match
from hepatica.planning import sources, words
from hepatica.planning.choose import Choice
from hepatica.planning.compare import Compared
from hepatica.planning.facts import Facts
from hepatica.planning.harms import published
from hepatica.planning.horizon import ACUTE
from hepatica.planning.option import Option

STALE_D, STALE_ACUTE_D = 180, 7


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sources.read("follow_up.toml")["row"]
    for row in rows:
        sources.check(row["sources"], f"follow_up.toml: day {row['day']}")
    return rows


def follow_up(course: str, option: Option) -> list[dict[str, Any]]:
    """Return the schedule of checks in time order."""
    kinds = {option.id, "cells" if option.product else ""}
    rows = [
        r
        for r in _rows()
        if ("courses" not in r or course in r["courses"]) and ("option" not in r or r["option"] in kinds)
    ]
    rows = sorted(rows, key=lambda r: r["day"])
    return [
        {"day": r["day"], "what": r["what"], "why": r["why"], "source": r["sources"][0], "sources": list(r["sources"])}
        for r in rows
    ]


def consent(
    facts: Facts,
    choice: Choice,
    chosen: Compared,
    options: Sequence[Option],
    checks: Sequence[dict[str, Any]],
    unknown: Sequence[str],
) -> dict[str, Any]:
    """Return the consent document of the recommended option, filled from this plan."""
    o, rows = chosen.option, chosen.rows
    others = [words.treatment(x) for x in options if x.live and x.id != o.id and not x.product]
    risks = [
        f"{r['said']}: {words.of_100(r['probability'])}"
        + (
            f" (between {round(100 * r['lo'])} and {round(100 * r['hi'])})"
            if r["lo"] is not None and r["hi"] is not None
            else ""
        )
        for r in (rows["harms"] or _later(o))[:6]
        if r["probability"] is not None
    ]
    cost = rows["cost"]
    return governance.consent(
        governance.ConsentFacts(
            option=o.id,
            treatment=words.treatment(o),
            research=o.product is not None or o.status == "trial only",
            stage=words.disease(facts.staging.course),
            procedure=o.procedure or words.treatment(o),
            follow_up=words.when(max((c["day"] for c in checks), default=90)),
            risks="; ".join(risks) or "no count of side effects is in the sources opened here; ask your team",
            benefit=_benefit(o, rows),
            certainty=choice.certainty,
            alternatives=words.listed(others[:8]) or "no other treatment fits your record",
            unknown=" ".join(unknown[:2]),
            cost=f"Care costs about {words.money(cost)} over {words.when(cost['horizon_days'])}."
            if cost["mean"] is not None
            else "No sound cost was found in the sources opened here.",
            participants="The number of people in the trial must be written here.",
            registry=f"The trial is on ClinicalTrials.gov as {o.trial['protocol']}."
            if o.trial
            else "The trial must be on a public register.",
        )
    )


def _later(o: Option) -> list[dict[str, Any]]:
    """Return the harms of what a referral may lead to."""
    rows = published("transplant") if o.id == "transplant_referral" else []
    return [r | {"said": f"{r['said']}, if you have a transplant"} for r in rows]


def _trials(matches: Sequence[Match], cells: Sequence[Compared]) -> list[Match]:
    """Return the trials that this person is not excluded from and that give a product compared here."""
    products = {c.option.product for c in cells}
    return [m for m in matches if m.verdict != "not eligible" and products & {a.product for a in m.arms}]


def _benefit(o: Option, rows: dict[str, Any]) -> str:
    if o.id == "standard_care":
        last = rows["forecast"]["survival"][-1]
        return f"{words.of_100(last['mean'])} like you are alive after {words.when(last['day'])}"
    gain = rows["benefit"].get("survival_gain")
    if gain is None:
        return "the model cannot compare it with usual care"
    mean, low, high = (100 * gain[k] for k in ("mean", "p05", "p95"))
    if round(mean) == 0:
        said = "no clear change in how many people are alive"
    else:
        said = f"of 100 people, {abs(mean):.0f} {'more' if mean > 0 else 'fewer'} are alive"
    return f"{said} after {words.when(gain['day'])} than with usual care (it could be from {low:.0f} to {high:+.0f})"


def unknown(
    facts: Facts,
    compared: Sequence[Compared],
    matches: Sequence[Match],
    audit: Sequence[dict[str, Any]],
    fit: Any,
    today: date,
    alike: Sequence[str] = (),
) -> list[str]:
    """Return what is not known, the weightiest first, as sentences."""
    rows = []
    staging = facts.staging
    if staging.contradictions:
        rows.append(
            "Which of the contradicting values are true: " + words.mended("; ".join(staging.contradictions)) + "."
        )
    age_d = (today - facts.now.date()).days if facts.now else None
    if age_d is not None and age_d > (STALE_ACUTE_D if staging.course in ACUTE else STALE_D):
        rows.append(f"How this person is today: the newest value is {age_d} days old. Test again and plan again.")
    cells = [c for c in compared if c.option.product]
    if cells:
        rows.append(
            "Whether cells help someone like this is not known: "
            "the trials are few, small and at high risk of bias, and reviews disagree."
        )
    elif staging.course not in ("none", "steatosis", "chronic_hepatitis"):
        rows.append("No cell product was studied well enough in this situation to be compared.")
    if any("not calibrated" in note for note in fit.notes):
        rows.append(
            f"How far the forecast can be trusted: the model was not calibrated on {staging.label}. "
            "Its chances of death and of decompensation rest on assumptions here."
        )
    if fit.status != "fitted":
        rows.append(_fit(fit))
    open_trials = _trials(matches, cells)
    if cells and open_trials and not any(c.option.recommendable for c in cells):
        names = ", ".join(m.protocol for m in open_trials[:4])
        rows.append(f"Whether any of these trials recruits today: {names}. Look them up before you talk about them.")
    needs = sorted(
        {n for m in staging.missing if m.score in ("meld_3", "meld_na", "child_pugh", "meld") for n in m.needs}
    )
    if needs:
        rows.append(f"Not measured or too old, and needed to stage: {words.needs(needs)}.")
    gaps = list(dict.fromkeys(a["needs"] for a in audit if a["needs"]))
    if gaps:
        rows.append(f"Not in the record, and needed to check usual care: {'; '.join(gaps[:6])}.")
    rows += alike
    rows.append("How long any effect lasts beyond the horizon of this plan.")
    rows.append("The price of each new treatment: no source opened here gives it for the liver.")
    return rows


def _fit(fit: Any) -> str:
    how = "only in part" if fit.status == "tempered" else "not well"
    size = f"{fit.status}, effective sample size {fit.ess:.0f}"
    return f"How this person differs from the model: it fits these tests {how} ({size})."


def would_change(
    facts: Facts,
    choice: Choice,
    compared: Sequence[Compared],
    matches: Sequence[Match],
    audit: Sequence[dict[str, Any]],
) -> list[str]:
    """Return what would change the recommendation, as sentences."""
    rows = []
    if facts.staging.contradictions:
        rows.append("Repeated tests that agree with each other.")
    others = [c for c in compared if c.option.recommendable and c.option.id != choice.option.id]
    rival = max(others, key=lambda c: float(c.net.mean()), default=None)
    if rival is not None and float(rival.net.mean()) > 0:
        ordered = choice.pathway not in ("net_benefit", "default", "measure_again")
        how = "Going by the forecast alone, not by the order of care" if ordered else "Firmer evidence"
        p = float((rival.net > 0).mean())
        rows.append(f"{how}: {words.lower(rival.option.name)} (better than standard care with probability {p:.2f}).")
    cells = [c for c in compared if c.option.product]
    best = max(cells, key=lambda c: float(c.net.mean()), default=None)
    if best is not None:
        rows.append(
            f"A trial of {words.lower(best.option.name)} that was checked within 90 days, "
            "that recruits, and whose every criterion is met."
        )
    for m in _trials(matches, cells):
        if m.verdict == "unknown" and m.settles_most is not None and best is not None:
            test, count = m.settles_most
            criteria = "criterion" if count == 1 else "criteria"
            text = f"{words.capital(words.mended(test))}: it settles {count} open {criteria} of {m.protocol}."
            rows.append(text)
            break
    child, meld = facts.staging.value("child_pugh"), facts.staging.value("meld")
    if facts.staging.course == "compensated":
        rows.append(
            "A first decompensation (ascites, bleeding, encephalopathy), or a MELD of 15 or more: "
            "transplant assessment."
        )
    elif facts.staging.course == "decompensated" and choice.option.id != "transplant_referral":
        rows.append("A transplant centre's opinion.")
    elif facts.staging.course == "aclf":
        rows.append("The ACLF grade after 3 to 7 days.")
    elif facts.staging.course == "alcoholic_hepatitis":
        rows.append("The Lille score on day 7.")
    if child is None and meld is None and facts.staging.course not in ("none", "steatosis", "urea_cycle", "metabolic"):
        rows.append("Bilirubin, albumin, INR and creatinine taken on one day.")
    if facts.staging.course in ("steatosis", "chronic_hepatitis", "cholestatic"):
        rows.append("Signs of scarring in a later test (stiffness, platelets).")
    rows += [f"{words.capital(a['needs'])}: it tells {a['decides']}." for a in audit if a["decides"]][:1]
    return rows
