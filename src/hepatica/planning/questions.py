"""The five questions a patient asks, answered from this plan's numbers in short words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from hepatica import outcomes
from hepatica.eligibility import Match
from hepatica.language import mark, say
from hepatica.planning import sources, words
from hepatica.planning.choose import Choice
from hepatica.planning.compare import Compared
from hepatica.planning.facts import Facts
from hepatica.planning.harms import published
from hepatica.planning.option import Option, cap
from hepatica.planning.payment import Payment

SURE = {
    "high": mark("We are quite sure of this."),
    "moderate": mark("We are fairly sure of this, not fully."),
    "low": mark("We are not sure of this."),
    "very low": mark("We are very unsure of this."),
}


def questions(
    facts: Facts,
    choice: Choice,
    compared: Sequence[Compared],
    options: Sequence[Option],
    matches: Sequence[Match],
    follow_up: Sequence[dict[str, Any]],
    payment: Payment,
    jurisdiction: str,
) -> list[dict[str, Any]]:
    """Return id, question, answer, the numbers behind it and its certainty for each of the five questions."""
    chosen = next(c for c in compared if c.option.id == choice.option.id)
    cells = next((c for c in compared if c.option.product), None)
    return [
        _only(facts, choice, chosen, compared, options),
        _age(facts, cap(choice.certainty, compared[0].option.certainty), matches),
        _side_effects(choice, chosen, cells),
        _cost(choice, chosen, compared, cells, payment, jurisdiction),
        _how_long(facts, choice, chosen, follow_up),
    ]


def _only(
    facts: Facts, choice: Choice, chosen: Compared, compared: Sequence[Compared], options: Sequence[Option]
) -> dict[str, Any]:
    now = [o for o in options if o.status == "offered"]
    trial = [o for o in options if o.status == "trial only"]
    standard = next(c for c in compared if c.option.id == "standard_care")
    last = _at(standard.rows["forecast"]["survival"], standard.rows["qaly"]["horizon_days"])
    text = say(
        "No. We looked at {options} choices for {course}.",
        options=len(options),
        course=words.disease(facts.staging.course),
    )
    if trial:
        text += " " + say("{now} can be used now, and {trial} only in a study.", now=len(now), trial=len(trial))
    else:
        text += " " + say("{now} can be used now. No cell treatment fits.", now=len(now))
    text += " " + say("We point to {option}.", option=words.treatment(choice.option))
    people, time = _people(last["mean"], facts.patient.age_years(facts.now)), words.when(last["day"])
    text += " " + say(
        "With usual care, the model expects {people} to live for {time} or more (it could be {low} to {high}).",
        people=people,
        time=time,
        low=round(100 * last["p05"]),
        high=round(100 * last["p95"]),
    )
    text += " " + say("You may also say no to anything new and keep your usual care.")
    numbers = [
        _number(say("choices looked at"), len(options), "1", "method"),
        _number(say("can be used now"), len(now), "1", "method"),
        _number(say("only in a study"), len(trial), "1", "method"),
        _number(
            say("alive after {day}, usual care", day=words.when(last["day"])),
            last["mean"],
            "probability",
            "method",
            last["p05"],
            last["p95"],
        ),
    ]
    sure = cap(choice.certainty, standard.option.certainty)
    return _row("only_option", say("Is this my only option?"), text, numbers, sure)


def _age(facts: Facts, sure: str, matches: Sequence[Match]) -> dict[str, Any]:
    age = facts.patient.age_years(facts.now)
    if age is None:
        text = say(
            "We do not know your age: it is not in the record. Tell your team, as some studies take only some ages."
        )
        return _row("age", say("Does my age matter?"), text, [], "very low")
    asked = [(m, [c for c in m.criteria if "age" in c.id.split("_")]) for m in matches]
    asked = [(m, rows) for m, rows in asked if rows]
    fits = sum(all(c.verdict == "met" for c in rows) for _, rows in asked)
    text = say("You are {age}.", age=int(age)) if age >= 2 else say("You are {age} months old.", age=int(age * 12))
    if age < 18:
        text = (
            say("Your child is {age}.", age=int(age))
            if age >= 2
            else say("Your child is {age} months old.", age=int(age * 12))
        )
        text += " " + say("Most cell studies take adults only. Children need a team that treats children.")
    if asked and not fits:
        text += " " + say(
            "Of {asked} studies in our list that set an age, no study would take this age.", asked=len(asked)
        )
    elif asked:
        text += " " + say(
            "Of {asked} studies in our list that set an age, {fits} would take this age.", asked=len(asked), fits=fits
        )
    text += " " + say("The forecast uses the age and the blood tests. Age alone rules out no usual care here.")
    numbers = [_number(say("age"), round(age, 1), "years", "record")]
    if age < 2:
        numbers = [_number(say("age"), int(age * 12), "months", "record")]
    if asked:
        numbers += [
            _number(say("studies that set an age"), len(asked), "1", "method"),
            _number(say("studies that take this age"), fits, "1", "method"),
        ]
    return _row("age", say("Does my age matter?"), text, numbers, sure)


def _side_effects(choice: Choice, chosen: Compared, cells: Compared | None) -> dict[str, Any]:
    text, numbers = "", []
    for c in [chosen] + ([cells] if cells is not None and cells is not chosen else []):
        name = words.treatment(c.option)
        rows = [r for r in c.rows["harms"] if r["probability"] is not None][:3]
        if c.option.id == "transplant_referral":
            text += " " + say("To ask does no harm. A transplant is a big operation.")
            name, rows = say("a transplant"), published("transplant")
        if not rows and c.option.id == "standard_care":
            text += " " + say("Usual care adds nothing new here, and so no new side effects.")
            continue
        if not rows:
            text += " " + say(
                "For {name}, our sources give no count of side effects. Ask your team what to look for.", name=name
            )
            continue
        said = []
        for r in rows[: 3 if cells is None or cells is chosen else 2]:
            said.append(_had(r))
            numbers.append(
                _number(f"{r['event']}, {name}", r["probability"], "probability", r["source"], r["lo"], r["hi"])
            )
        text += " " + say("With {name}: {said}.", name=name, said=words.listed(said))
    if choice.option.id == "standard_care" and cells is None:
        return _row("side_effects", say("What are the side effects?"), text, numbers, "moderate")
    text += " " + say("Harms that come late, or that are rare, may not be known yet.")
    return _row("side_effects", say("What are the side effects?"), text, numbers, "low" if numbers else "very low")


def _had(r: dict[str, Any]) -> str:
    people = words.of_100(r["probability"])
    if r["lo"] is None or r["hi"] is None:
        return say("{people} had {harm}", people=people, harm=r["said"])
    low, high = round(100 * r["lo"]), round(100 * r["hi"])
    if r["control"] is not None:
        return say(
            "{people} had {harm} (it could be {low} to {high}; without it {control})",
            people=people, harm=r["said"], low=low, high=high, control=round(100 * r["control"]),
        )  # fmt: skip
    return say("{people} had {harm} (it could be {low} to {high})", people=people, harm=r["said"], low=low, high=high)


def _cost(
    choice: Choice,
    chosen: Compared,
    compared: Sequence[Compared],
    cells: Compared | None,
    payment: Payment,
    jurisdiction: str,
) -> dict[str, Any]:
    standard = next(c for c in compared if c.option.id == "standard_care")
    cost, numbers, text = standard.rows["cost"], [], []
    if cost["mean"] is not None:
        span = words.when(cost["horizon_days"])
        text.append(
            say("Usual care for this liver disease costs about {cost} over {span}.", cost=words.money(cost), span=span)
        )
        numbers.append(
            _number(say("usual care"), cost["mean"], cost["currency"], cost["sources"][0], cost["p05"], cost["p95"])
        )
    else:
        text.append(say("We found no sound cost of care for this disease in our sources."))
    if choice.option.id != "standard_care":
        text.append(_price(chosen, numbers))
    if cells is not None and cells is not chosen:
        if _course(cells) is not None:
            text.append(_price(cells, numbers))
        else:
            text.append(say("No cell treatment for the liver has a price that we could find."))
            text.append(say("Be wary of a clinic that sells one."))
    rules = outcomes.coverage(jurisdiction)
    text += [rules.said] if rules.said else [say("Who pays depends on where you live.")]
    text.append(say("Ask your team and your insurer before you start."))
    sure = "low" if numbers else "very low"
    return _row("cost", say("Who pays, and what does it cost?"), " ".join(text), numbers, sure)


def _course(c: Compared) -> dict[str, Any] | None:
    price = c.rows.get("economics", {}).get("price", {})
    return price if "course" in price else None


def _price(c: Compared, numbers: list[dict[str, Any]]) -> str:
    """Return what a treatment costs in words, and note the number."""
    price, name = _course(c), words.treatment(c.option)
    if price is None:
        return say("We found no price for {option}.", option=name)
    course = price["course"]
    paid = words.money({"mean": course["mean"], "currency": price["currency"], "year": price["year"]})
    numbers.append(
        _number(
            say("price of {option}", option=name), course["mean"], price["currency"], price["sources"][0],
            course["p05"], course["p95"],
        )
    )  # fmt: skip
    if price["own"]:
        return say("By the price given to us, {option} costs about {cost}.", option=name, cost=paid)
    return say("In our sources {option} costs about {cost}.", option=name, cost=paid)


def _how_long(facts: Facts, choice: Choice, chosen: Compared, follow_up: Sequence[dict[str, Any]]) -> dict[str, Any]:
    age = facts.patient.age_years(facts.now)
    response = chosen.rows["time_to_response_days"]
    numbers: list[dict[str, Any]] = []
    if choice.option.id == "standard_care":
        text = say("There is no new treatment to wait for.")
    elif choice.option.id == "transplant_referral":
        text = say(
            "An opinion treats nothing by itself: it tells whether a new liver could help, and how long the wait is."
        )
        if facts.staging.course != "alf" and not (age is not None and age < 18):
            text += " " + _wait(numbers)
    elif response is None or response["p50"] is None:
        text = say(
            "The model sees no clear change in blood scores from {option}.", option=words.treatment(choice.option)
        )
        text += " " + say("Its gain lies elsewhere, or is small.")
    else:
        text = say(
            "In the model, {people} see a clear change in the blood score.",
            people=words.of_100(response["p_response"]),
        )
        text += " " + say("Half of them see it by {time}.", time=words.when(max(response["p50"], 1)))
        numbers = [
            _number(say("see a clear change"), response["p_response"], "probability", "method"),
            _number(say("half of them by"), response["p50"], "days", "method", response["p05"], response["p95"]),
        ]
        text += _kept(response["lasts"], numbers)
    days = sorted({r["day"] for r in follow_up})
    if days:
        text += " " + say("The next checks are after {times}.", times=words.listed([words.when(d) for d in days[:5]]))
        numbers.append(_number(say("first check"), days[0], "days", follow_up[0]["source"]))
    if age is not None and age < 18:
        text += " " + say("If your child gets worse, do not wait for a check.")
    else:
        text += " " + say("If you feel worse, do not wait for a check.")
    return _row(
        "how_long", say("How long until it works, and what comes after?"), text, numbers, choice.option.certainty
    )


def _kept(lasts: dict[str, Any], numbers: list[dict[str, Any]]) -> str:
    """Return how long those who respond keep it, in words, and note the number."""
    if lasts["p50"] is None:
        numbers.append(_number(say("keep it to the end"), lasts["p_to_the_end"], "probability", "method"))
        return " " + say("Most of them keep it for as long as we looked.")
    numbers.append(_number(say("half of them keep it for"), lasts["p50"], "days", "method", lasts["p05"], lasts["p95"]))
    return " " + say("Half of them keep it for {time} or longer.", time=words.when(max(lasts["p50"], 1)))


@lru_cache(maxsize=1)
def waiting() -> dict[str, Any]:
    """Return how many of those listed for a liver had one within 3 months and a year, with the source."""
    row: dict[str, Any] = sources.read("waiting.toml")["listed"]
    sources.check([row["source"]], "waiting.toml")
    return row


def _wait(numbers: list[dict[str, Any]]) -> str:
    """Return how long adults wait for a liver in words, and note the numbers."""
    wait = waiting()
    numbers += [
        _number(say("a liver within 3 months of listing"), wait["months_3"], "probability", wait["source"]),
        _number(say("a liver within a year of listing"), wait["year_1"], "probability", wait["source"]),
    ]
    return say(
        "Of those put on the list in the United States, {soon} had a liver within 3 months, and {year} in a year.",
        soon=words.of_100(wait["months_3"]),
        year=words.of_100(wait["year_1"]),
    )


def _people(probability: float, age: float | None) -> str:
    if age is not None and age < 18:
        return say("{children} like yours", children=words.of_100(probability, children=True))
    return say("{people} like you", people=words.of_100(probability))


def _row(key: str, question: str, answer: str, numbers: list[dict[str, Any]], certainty: str) -> dict[str, Any]:
    said = re.sub(" +", " ", f"{answer} {say(SURE[certainty])}").strip()
    return {"id": key, "question": question, "answer": said, "numbers": numbers, "certainty": certainty}


def _number(
    label: str, value: float, unit: str, source: str, lo: float | None = None, hi: float | None = None
) -> dict[str, Any]:
    return {"label": label, "value": value, "lo": lo, "hi": hi, "unit": unit, "source": source}


def _at(points: Sequence[dict[str, Any]], day: float) -> dict[str, Any]:
    return min(points, key=lambda p: abs(p["day"] - day))
