"""The recommendation of a plan as a section: what, why, how sure, what is lost if it is wrong, what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepatica.language import say
from hepatica.planning import after, words
from hepatica.planning.rows import called
from hepatica.planning.work import Workings


def recommendation(w: Workings, audited: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the recommended option with its reason; `audited` are the rows of standard care."""
    choice = w.choice
    unit = choice.unit
    tied = [c.option for c in w.compared if c.option.id in choice.ties]
    return {
        "option": choice.option.id,
        "status": choice.option.status,
        "certainty": choice.certainty,
        "headline": choice.headline,
        "why": choice.why,
        "pathway": choice.pathway,
        "regret": say(
            "If this choice is wrong, the expected loss is {regret} {unit} over {horizon} "
            "(mean over draws, against the best allowed option in each).",
            regret=_loss(choice.regret),
            unit=say(unit),
            horizon=words.when(w.chosen.rows["qaly"]["horizon_days"]),
        ),
        "regret_value": {"mean": float(f"{choice.regret:.7g}"), "unit": unit},
        "p_best": choice.p_best,
        "ties": [
            say("{option} cannot be told apart from it in the forecast.", option=words.capital(called(o))) for o in tied
        ],
        "tied_options": list(choice.ties),
        "would_change_if": after.would_change(w.facts, choice, w.compared, w.screened.matches, audited),
        "sources": list(choice.sources),
    }


def _loss(days: float) -> str:
    return words.number(float(f"{days:.2g}")) if days >= 0.01 else say("less than 0.01")
