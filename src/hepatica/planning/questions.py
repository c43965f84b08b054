"""The five questions a patient asks, answered from this plan's numbers in short words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepatica.eligibility import Match
from hepatica.planning import words
from hepatica.planning.choose import Choice
from hepatica.planning.compare import Compared
from hepatica.planning.facts import Facts
from hepatica.planning.harms import published
from hepatica.planning.option import Option

SURE = {
    "high": "We are quite sure of this.",
    "moderate": "We are fairly sure of this, not fully.",
    "low": "We are not sure of this.",
    "very low": "We are very unsure of this.",
}


def questions(
    facts: Facts,
    choice: Choice,
    compared: Sequence[Compared],
    options: Sequence[Option],
    matches: Sequence[Match],
    follow_up: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return id, question, answer, the numbers behind it and its certainty for each of the five questions."""
    chosen = next(c for c in compared if c.option.id == choice.option.id)
    cells = next((c for c in compared if c.option.product), None)
    return [
        _only(facts, choice, chosen, compared, options),
        _age(facts, choice, matches),
        _side_effects(choice, chosen, cells),
        _cost(choice, chosen, compared, cells),
        _how_long(choice, chosen, follow_up),
    ]


def _only(
    facts: Facts, choice: Choice, chosen: Compared, compared: Sequence[Compared], options: Sequence[Option]
) -> dict[str, Any]:
    now = [o for o in options if o.status == "offered"]
    trial = [o for o in options if o.status == "trial only"]
    standard = next(c for c in compared if c.option.id == "standard_care")
    last = _at(standard.rows["forecast"]["survival"], standard.rows["qaly"]["horizon_days"])
    text = f"No. We looked at {len(options)} choices for {words.disease(facts.staging.course)}. "
    text += f"{len(now)} can be used now" + (
        f", and {len(trial)} only in a study. " if trial else ". No cell treatment fits. "
    )
    text += f"We point to {words.treatment(choice.option)}. "
    age = facts.patient.age_years(facts.now)
    alive = f"{_people(last['mean'], age)} to live for {words.when(last['day'])} or more"
    text += f"With usual care, the model expects {alive}. "
    text += "You may also say no to anything new and keep your usual care."
    numbers = [
        _number("choices looked at", len(options), "1", "method"),
        _number("can be used now", len(now), "1", "method"),
        _number("only in a study", len(trial), "1", "method"),
        _number(
            f"alive after {words.when(last['day'])}, usual care",
            last["mean"],
            "probability",
            "method",
            last["p05"],
            last["p95"],
        ),
    ]
    return _row("only_option", "Is this my only option?", text, numbers, choice.certainty)


def _age(facts: Facts, choice: Choice, matches: Sequence[Match]) -> dict[str, Any]:
    age = facts.patient.age_years(facts.now)
    if age is None:
        text = "We do not know your age: it is not in the record. Tell your team, as some studies take only some ages."
        return _row("age", "Does my age matter?", text, [], "very low")
    asked = [(m, [c for c in m.criteria if "age" in c.id.split("_")]) for m in matches]
    asked = [(m, rows) for m, rows in asked if rows]
    fits = sum(all(c.verdict == "met" for c in rows) for _, rows in asked)
    text = f"You are {int(age)}. " if age >= 2 else f"You are {int(age * 12)} months old. "
    if age < 18:
        text = f"Your child is {int(age)}. " if age >= 2 else f"Your child is {int(age * 12)} months old. "
        text += "Most cell studies take adults only. Children need a team that treats children. "
    if asked:
        text += f"Of {len(asked)} studies in our list that set an age, {fits} would take this age. "
    text += "The forecast uses the age and the blood tests. Age alone rules out no usual care here."
    numbers = [_number("age", round(age, 1), "years", "record")]
    if asked:
        numbers += [
            _number("studies that set an age", len(asked), "1", "method"),
            _number("studies that take this age", fits, "1", "method"),
        ]
    return _row("age", "Does my age matter?", text, numbers, choice.certainty)


def _side_effects(choice: Choice, chosen: Compared, cells: Compared | None) -> dict[str, Any]:
    text, numbers = "", []
    for c in [chosen] + ([cells] if cells is not None and cells is not chosen else []):
        name = words.treatment(c.option)
        rows = [r for r in c.rows["harms"] if r["probability"] is not None][:3]
        if c.option.id == "transplant_referral":
            text += "The visit does no harm. A transplant is a big operation. "
            name, rows = "a transplant", published("transplant")
        if not rows:
            text += f"For {name}, our sources give no count of side effects. Ask your team what to look for. "
            continue
        said = []
        for r in rows[: 3 if cells is None or cells is chosen else 2]:
            part = f"{words.of_100(r['probability'])} had {r['said']}"
            if r["lo"] is not None and r["hi"] is not None:
                part += f" (it could be {round(100 * r['lo'])} to {round(100 * r['hi'])})"
            said.append(part)
            numbers.append(
                _number(f"{r['event']}, {name}", r["probability"], "probability", r["source"], r["lo"], r["hi"])
            )
        text += f"With {name}: {words.listed(said)}. "
    text += "Harms that come late, or that are rare, may not be known yet."
    return _row("side_effects", "What are the side effects?", text, numbers, "low" if numbers else "very low")


def _cost(choice: Choice, chosen: Compared, compared: Sequence[Compared], cells: Compared | None) -> dict[str, Any]:
    standard = next(c for c in compared if c.option.id == "standard_care")
    cost, numbers = standard.rows["cost"], []
    text = ""
    if cost["mean"] is not None:
        span = words.when(cost["horizon_days"])
        text = f"Usual care for this liver disease costs about {words.money(cost)} over {span}. "
        numbers = [_number("usual care", cost["mean"], cost["currency"], cost["sources"][0], cost["p05"], cost["p95"])]
    else:
        text = "We found no sound cost of care for this disease in our sources. "
    if choice.option.id != "standard_care":
        text += f"We found no price for {words.treatment(choice.option)}. "
    if cells is not None:
        text += "No cell treatment for the liver has a price that we could find. Be wary of a clinic that sells one. "
    text += "Who pays depends on where you live. Ask your team and your insurer before you start."
    return _row("cost", "Who pays, and what does it cost?", text, numbers, "low" if numbers else "very low")


def _how_long(choice: Choice, chosen: Compared, follow_up: Sequence[dict[str, Any]]) -> dict[str, Any]:
    response = chosen.rows["time_to_response_days"]
    numbers = []
    if choice.option.id == "standard_care":
        text = "There is no new treatment to wait for. "
    elif response is None or response["p50"] is None:
        text = f"The model sees no clear change in blood scores from {words.treatment(choice.option)}. "
        text += "Its gain lies elsewhere, or is small. "
    else:
        text = f"In the model, {words.of_100(response['p_response'])} see a clear change in the blood score. "
        text += f"Half of them see it by {words.when(max(response['p50'], 1))}. "
        numbers = [
            _number("see a clear change", response["p_response"], "probability", "method"),
            _number("half of them by", response["p50"], "days", "method", response["p05"], response["p95"]),
        ]
    days = sorted({r["day"] for r in follow_up})
    if days:
        text += f"The next checks are after {words.listed([words.when(d) for d in days[:5]])}. "
        numbers.append(_number("first check", days[0], "days", follow_up[0]["source"]))
    text += "If you feel worse, do not wait for a check."
    return _row("how_long", "How long until it works, and what comes after?", text, numbers, choice.option.certainty)


def _people(probability: float, age: float | None) -> str:
    said = words.of_100(probability)
    return said.replace("people", "children") + " like yours" if age is not None and age < 18 else said + " like you"


def _row(key: str, question: str, answer: str, numbers: list[dict[str, Any]], certainty: str) -> dict[str, Any]:
    answer = " ".join(f"{answer} {SURE[certainty]}".split())
    return {"id": key, "question": question, "answer": answer, "numbers": numbers, "certainty": certainty}


def _number(
    label: str, value: float, unit: str, source: str, lo: float | None = None, hi: float | None = None
) -> dict[str, Any]:
    return {"label": label, "value": value, "lo": lo, "hi": hi, "unit": unit, "source": source}


def _at(points: Sequence[dict[str, Any]], day: float) -> dict[str, Any]:
    return min(points, key=lambda p: abs(p["day"] - day))
