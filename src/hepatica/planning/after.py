"""What follows the choice: the schedule of checks, the consent document, and what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hepatica import governance
from hepatica.eligibility import Match
from hepatica.language import by_language, mark, say, say_as, say_many
from hepatica.planning import sources, words
from hepatica.planning.choose import Choice
from hepatica.planning.compare import Compared
from hepatica.planning.facts import Facts
from hepatica.planning.harms import published
from hepatica.planning.horizon import ACUTE
from hepatica.planning.option import Option, cap
from hepatica.planning.rules import Group
from hepatica.planning.unusual import unusual

STALE_D, STALE_ACUTE_D = 180, 7
LASTING = mark("How long any effect lasts beyond the horizon of this plan.")


@by_language
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
    others = [
        words.treatment(x) for x in options if x.status == "offered" and x.id != o.id and not x.product and not x.parts
    ]
    risks = [_risk(r) for r in (rows["harms"] or _later(o))[:6] if r["probability"] is not None]
    cost = rows["cost"]
    return governance.consent(
        governance.ConsentFacts(
            option=o.id,
            treatment=words.treatment(o),
            research=o.product is not None or o.status == "trial only",
            stage=words.disease(facts.staging.course),
            procedure=o.procedure or words.treatment(o),
            follow_up=words.when(max((c["day"] for c in checks), default=90)),
            risks="; ".join(risks) or say("no count of side effects is in the sources opened here; ask your team"),
            benefit=_benefit(o, rows),
            certainty=say_as("certainty", cap(choice.certainty, o.certainty)),
            alternatives=words.listed(others[:8]) or say("none that fits your record now"),
            unknown=" ".join(unknown[:2]),
            cost=say(
                "All the care together costs about {cost} over {horizon_days}, whoever pays. "
                "Ask what part of it you would pay.",
                cost=words.money(cost),
                horizon_days=words.when(cost["horizon_days"]),
            )
            if cost["mean"] is not None
            else say("No sound cost was found in the sources opened here."),
            participants=say("The number of people in the trial must be written here."),
            registry=say("The trial is on ClinicalTrials.gov as {protocol}.", protocol=o.trial["protocol"])
            if o.trial
            else say("The trial must be on a public register."),
        )
    )


def _risk(r: dict[str, Any]) -> str:
    people = words.of_100(r["probability"])
    if r["lo"] is None or r["hi"] is None:
        return say("{harm}: {people}", harm=r["said"], people=people)
    low, high = round(100 * r["lo"]), round(100 * r["hi"])
    return say("{harm}: {people} (between {low} and {high})", harm=r["said"], people=people, low=low, high=high)


def _later(o: Option) -> list[dict[str, Any]]:
    """Return the harms of what a referral may lead to."""
    rows = published("transplant") if o.id == "transplant_referral" else []
    return [r | {"said": say("{said}, if you have a transplant", said=r["said"])} for r in rows]


def _trials(matches: Sequence[Match], cells: Sequence[Compared]) -> list[Match]:
    """Return the trials that this person is not excluded from and that give a product compared here."""
    products = {c.option.product for c in cells}
    return [m for m in matches if m.verdict != "not eligible" and products & {a.product for a in m.arms}]


def _benefit(o: Option, rows: dict[str, Any]) -> str:
    if o.id == "standard_care":
        last = rows["forecast"]["survival"][-1]
        people, time = words.of_100(last["mean"]), words.when(last["day"])
        return say("{people} like you are alive after {time}", people=people, time=time)
    day = rows["benefit"].get("survival_gain", {}).get("day")
    gain = next((p for p in rows["difference"].get("survival", ()) if p["day"] == day), None)
    if gain is None:
        return say("the model cannot compare it with usual care")
    middle, low, high = (round(100 * gain[k]) for k in ("mean", "p05", "p95"))
    if middle == low == high == 0:
        text = mark("as many people are alive after {time} as with usual care")
    elif middle == 0:
        text = mark(
            "as many people are alive after {time} as with usual care, or nearly so "
            "(of 100 people, it could be from {low} to {high})"
        )
    elif middle > 0:
        text = mark(
            "of 100 people, {people} more are alive after {time} than with usual care "
            "(it could be from {low} to {high})"
        )
    else:
        text = mark(
            "of 100 people, {people} fewer are alive after {time} than with usual care "
            "(it could be from {low} to {high})"
        )
    return say(text, people=abs(middle), time=words.when(day), low=_signed(low), high=_signed(high))


def _signed(people: int) -> str:
    if people == 0:
        return say("none")
    many = abs(people)
    return say("{many} more", many=many) if people > 0 else say("{many} fewer", many=many)


@by_language
def _limits() -> tuple[tuple[dict[str, Any], Group], ...]:
    rows = []
    for row in sources.read("limits.toml")["limit"]:
        where = f"limits.toml: {row['id']}"
        sources.check(row["sources"], where)
        rows.append((row, Group.read(row["when"], where)))
    return tuple(rows)


def limits(facts: Facts) -> list[str]:
    """Return what the forecast leaves out that counts for this person."""
    return [row["text"] for row, group in _limits() if group.ask(facts).value is True]


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
    staging = facts.staging
    rows = _of_record(facts, today)
    cells = [c for c in compared if c.option.product]
    if cells:
        rows.append(
            say(
                "Whether cells help someone like this is not known: the trials are few, small and at "
                "high risk of bias, and reviews disagree."
            )
        )
    elif staging.course not in ("none", "steatosis", "chronic_hepatitis"):
        rows.append(say("No cell product was studied well enough in this situation to be compared."))
    rows += _of_model(facts, fit)
    open_trials = _trials(matches, cells)
    if cells and open_trials and not any(c.option.recommendable for c in cells):
        names = ", ".join(m.protocol for m in open_trials[:4])
        rows.append(
            say(
                "Whether any of these trials recruits today: {names}. Look them up before you talk about them.",
                names=names,
            )
        )
    needs = sorted(
        {n for m in staging.missing if m.score in ("meld_3", "meld_na", "child_pugh", "meld") for n in m.needs}
    )
    if needs:
        rows.append(say("Not measured or too old, and needed to stage: {needs}.", needs=words.needs(needs)))
    gaps = list(dict.fromkeys(a["needs"] for a in audit if a["needs"]))
    if gaps:
        rows.append(say("Not in the record, and needed to check usual care: {gaps}.", gaps="; ".join(gaps[:6])))
    rows += alike
    rows.append(say(LASTING))
    rows.append(say("The price of each new treatment: no source opened here gives it for the liver."))
    return rows


def unknown_of_care(facts: Facts, fit: Any, today: date) -> list[str]:
    """Return what is not known of usual care for this person, the weightiest first, as sentences."""
    return [*_of_record(facts, today), *_of_model(facts, fit), say(LASTING)]


def _of_record(facts: Facts, today: date) -> list[str]:
    staging = facts.staging
    rows = []
    if staging.contradictions:
        rows.append(say("Which of the contradicting values are true: they stand under what to do now."))
    rows += limits(facts)
    age_d = (today - facts.now.date()).days if facts.now else None
    if age_d is not None and age_d > (STALE_ACUTE_D if staging.course in ACUTE else STALE_D):
        rows.append(
            say(
                "How this person is today: the newest value is {age_d} days old. Test again and plan again.",
                age_d=age_d,
            )
        )
    return rows


def _of_model(facts: Facts, fit: Any) -> list[str]:
    staging = facts.staging
    rows = []
    if staging.course != "none" and not getattr(fit, "calibrated", True):
        rows.append(
            say(
                "How far the forecast can be trusted: the model was not calibrated on {staging_label}. "
                "Its chances of death and of decompensation rest on assumptions here.",
                staging_label=staging.label,
            )
        )
    if fit.status != "fitted":
        rows.append(_fit(fit))
    rows += unusual(fit)
    return rows


def _fit(fit: Any) -> str:
    if fit.status == "tempered":
        text = mark(
            "How this person differs from the model: it fits these tests only in part "
            "({status}, effective sample size {ess:.0f})."
        )
    else:
        text = mark(
            "How this person differs from the model: it fits these tests not well "
            "({status}, effective sample size {ess:.0f})."
        )
    return say(text, status=say(fit.status), ess=float(fit.ess))


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
        rows.append(say("Repeated tests that agree with each other."))
    others = [c for c in compared if c.option.recommendable and c.option.id != choice.option.id]
    rival = max(others, key=lambda c: float(c.net.mean()), default=None)
    if rival is not None and float(rival.net.mean()) > 0:
        ordered = choice.pathway not in ("net_benefit", "default", "measure_again")
        p, option = float((rival.net > 0).mean()), words.lower(rival.option.name)
        if ordered:
            text = mark(
                "Going by the forecast alone, not by the order of care: {option} "
                "(better than standard care with probability {p:.2f})."
            )
        else:
            text = mark("Firmer evidence: {option} (better than standard care with probability {p:.2f}).")
        rows.append(say(text, option=option, p=p))
    cells = [c for c in compared if c.option.product and not c.option.parts]
    best = max(cells, key=lambda c: float(c.net.mean()), default=None)
    if best is not None:
        rows.append(
            say(
                "A trial of {option} that was checked within 90 days, that recruits, and whose every criterion is met.",
                option=words.lower(best.option.name),
            )
        )
    for m in _trials(matches, cells):
        if m.verdict == "unknown" and m.settles_most is not None and best is not None:
            test, count = m.settles_most
            text = say_many(
                "{test}: it settles {n} open criterion of {protocol}.",
                "{test}: it settles {n} open criteria of {protocol}.",
                count,
                test=words.capital(words.mended(test)),
                protocol=m.protocol,
            )
            rows.append(text)
            break
    child, meld = facts.staging.value("child_pugh"), facts.staging.value("meld")
    if facts.staging.course == "compensated":
        rows.append(
            say(
                "A first decompensation (ascites, bleeding, encephalopathy), or a MELD of 15 or more: "
                "transplant assessment."
            )
        )
    elif facts.staging.course == "decompensated" and choice.pathway == "old_age":
        rows.append(say("What this person wants most."))
    elif facts.staging.course == "decompensated" and choice.option.id != "transplant_referral":
        rows.append(say("A transplant centre's opinion."))
    elif facts.staging.course == "aclf":
        rows.append(say("The ACLF grade after 3 to 7 days."))
    elif facts.staging.course == "alcoholic_hepatitis":
        rows.append(say("The Lille score on day 7."))
    if child is None and meld is None and facts.staging.course not in ("none", "steatosis", "urea_cycle", "metabolic"):
        rows.append(say("Bilirubin, albumin, INR and creatinine taken on one day."))
    if facts.staging.course in ("steatosis", "chronic_hepatitis", "cholestatic"):
        rows.append(say("Signs of scarring in a later test (stiffness, platelets)."))
    rows += [
        say("{needs}: it tells {decides}.", needs=words.capital(a["needs"]), decides=a["decides"])
        for a in audit
        if a["decides"]
    ][:1]
    return rows
