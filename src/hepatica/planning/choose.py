"""Which option is recommended: pathways first, then expected net benefit among what the rules allow; ties are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hepatica.errors import CannotAnswer
from hepatica.language import by_language, mark, say
from hepatica.planning import sources, words
from hepatica.planning.compare import Compared, same
from hepatica.planning.facts import Facts
from hepatica.planning.option import CERTAINTIES, Option, cap
from hepatica.planning.rules import Group

SURE = 0.8
TRIAL_SURE = 0.5
AGAINST = mark(
    "The forecast alone would not choose it: here the order of care comes from guidelines, not from the model."
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The recommendation with its reason, expected regret and ties.

    A combination that holds the recommended option goes with it and not against it: it counts in neither.
    """

    option: Option
    headline: str
    why: str
    certainty: str
    regret: float
    unit: str
    ties: tuple[str, ...]
    pathway: str
    sources: tuple[str, ...]
    p_best: float


@by_language
def _pathways() -> tuple[tuple[dict[str, Any], Group], ...]:
    rows = []
    for row in sources.read("pathways.toml")["pathway"]:
        where = f"pathways.toml: {row['id']}"
        sources.check(row["sources"], where)
        if row["certainty"] not in CERTAINTIES:
            raise ValueError(f"{where}: '{row['certainty']}' is not a certainty")
        rows.append((row, Group.read(row["when"], where)))
    return tuple(rows)


def choose(facts: Facts, compared: Sequence[Compared], limit: str, ess: float) -> Choice:
    """Return the recommendation; raises CannotAnswer where standard care is not among the options.

    Args:
        facts: what is known of the person.
        compared: every option with its net benefit a draw.
        limit: highest certainty that the fit to this person allows a forecast.
        ess: effective sample size of the fit, for the noise of the simulation.
    """
    allowed = [c for c in compared if c.option.recommendable]
    by_id = {c.option.id: c for c in allowed}
    if "standard_care" not in by_id:
        raise CannotAnswer(
            "nothing is left to choose from: standard care is not among the options", where="options",
            mend="leave standard_care in; every other option is compared with it",
        )  # fmt: skip
    standard = by_id["standard_care"]
    if facts.staging.contradictions or facts.staging.course == "undetermined":
        return _choice(
            standard,
            allowed,
            ess,
            headline=say("Measure again before choosing; usual care meanwhile"),
            why=_doubt(facts),
            certainty="very low",
            pathway="measure_again",
            used=("record",),
        )
    for row, group in _pathways():
        if group.ask(facts).value is not True:
            continue
        wanted = [facts.removable_cause if w == "cause" else w for w in row["prefer"]]
        found = next((by_id[w] for w in wanted if w in by_id), None)
        if found is None:
            continue
        headline = row["headline"].format(cause=_name(facts.removable_cause), nac=_nac(facts))
        why = (
            row["why"]
            if found.option.id in wanted[:1] or len(wanted) == 1
            else f"{row['why']} {_second(wanted, found)}"
        )
        if float(found.net.mean()) < 0:
            why += " " + (row.get("otherwise") or say(AGAINST))
        return _choice(
            found, allowed, ess, headline=headline, why=why, certainty=row["certainty"], pathway=row["id"],
            used=tuple(row["sources"]),
        )  # fmt: skip
    best = max(allowed, key=lambda c: float(c.net.mean()))
    best = next((by_id[p] for p in best.option.parts if p in by_id and same(by_id[p], best, ess)), best)
    sure = float((best.net > 0).mean())
    needed = TRIAL_SURE if best.option.product else SURE
    strong = CERTAINTIES.index(cap(best.option.certainty, limit)) >= CERTAINTIES.index("low")
    if best.option.id == "standard_care" or sure < needed or not (strong or best.option.product):
        return _choice(
            standard,
            allowed,
            ess,
            headline=say("Standard care, complete; no cells"),
            why=say("No other option that the rules allow is better with enough certainty."),
            certainty=cap("low", limit),
            pathway="default",
            used=("method",),
        )
    headline = best.option.name
    if best.option.trial:
        headline = say(
            "Trial {protocol}: {option_name}", protocol=best.option.trial["protocol"], option_name=best.option.name
        )
    return _choice(
        best,
        allowed,
        ess,
        headline=headline,
        why=say(
            "It has the highest expected net benefit of what may be recommended, and is better than "
            "standard care with probability {sure:.2f}.",
            sure=sure,
        ),
        certainty=cap(best.option.certainty, limit),
        pathway="net_benefit",
        used=("method",),
    )


def _choice(
    chosen: Compared,
    allowed: Sequence[Compared],
    ess: float,
    *,
    headline: str,
    why: str,
    certainty: str,
    pathway: str,
    used: tuple[str, ...],
) -> Choice:
    paired = [c for c in allowed if c.net.shape == chosen.net.shape and chosen.option.id not in c.option.parts]
    stack = np.stack([c.net for c in paired])
    regret = float((stack.max(axis=0) - chosen.net).mean())
    best = stack.argmax(axis=0)
    mine = next(i for i, c in enumerate(paired) if c is chosen)
    return Choice(
        chosen.option, headline, why, certainty, regret, chosen.unit, ties(chosen, paired, ess), pathway, used,
        float((best == mine).mean()),
    )  # fmt: skip


def ties(chosen: Compared, allowed: Sequence[Compared], ess: float) -> tuple[str, ...]:
    """Return the options whose expected net benefit cannot be told apart from the chosen one's."""
    return tuple(c.option.id for c in allowed if c is not chosen and same(c, chosen, ess))


def _doubt(facts: Facts) -> str:
    if facts.staging.contradictions:
        found = words.mended("; ".join(facts.staging.contradictions))
        return say("The record contradicts itself, so no forecast below can be relied on: {found}", found=found)
    needs = sorted({n for m in facts.staging.missing for n in m.needs})
    needed = words.needs(needs[:6]) or say("liver tests")
    return say("The stage cannot be told from this record; most needed: {needed}", needed=needed)


def _second(wanted: Sequence[str | None], found: Compared) -> str:
    first = next((w for w in wanted if w), None)
    return say(
        "{first}: already given or ruled out here; next comes {next}.",
        first=words.capital(_name(first)),
        next=_name(found.option.id),
    )


def _name(action: str | None) -> str:
    if action is None:
        return say("the cause")
    names: dict[str, str] = sources.read("names.toml")["treatment"]
    return names.get(action) or words.name(action)


def _nac(facts: Facts) -> str:
    return (
        say("go on with N-acetylcysteine") if facts.patient.takes("n_acetylcysteine") else say("N-acetylcysteine now")
    )
