"""Whose money a plan counts: the place, the payer's view there, the user's own prices, and for how many people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import outcomes
from hepatica.errors import InputError
from hepatica.language import say

Array = NDArray[np.float64]
MOST_PEOPLE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Payment:
    """The place and the view costs are counted from; `prices` are the user's own, `people` for a budget."""

    place: outcomes.Place
    payer: str
    prices: tuple[outcomes.Price, ...] = ()
    people: int | None = None

    @classmethod
    def read(
        cls,
        jurisdiction: str,
        country: str | None = None,
        payer: str | None = None,
        prices: str | Path | tuple[outcomes.Price, ...] | None = None,
        people: int | None = None,
    ) -> Payment:
        """Return it from what was asked; the country is the jurisdiction where none is named, the payer its first view.

        Raises InputError for an unknown country or payer, a bad file of prices, or a number of people that is none.
        """
        place = outcomes.place(country or jurisdiction)
        views = outcomes.payers_at(place.id)
        view = outcomes.payer_id(payer) if payer else (views[0] if views else "health_system")
        given = outcomes.read_prices(prices) if isinstance(prices, str | Path) else tuple(prices or ())
        whole = isinstance(people, int) and not isinstance(people, bool) and 1 <= people <= MOST_PEOPLE
        if people is not None and not whole:
            raise InputError(f"{people!r} is no number of people", where="people", mend="give a whole number from 1 on")
        return cls(place, view, given, people)

    def to_json(self) -> dict[str, Any]:
        """Return the place, the view, its thresholds and rates with their sources, the prices given and the gaps."""
        place = self.place
        gaps = [place.gap] if place.gap else []
        if not outcomes.payers_at(place.id):
            gaps.append(say("no source here gives the cost of cirrhosis care there"))
        elif not outcomes.payer_seen(place.id, self.payer):
            gaps.append(say("the source of the cost of care does not say whose costs they are"))
        return {
            "country": place.id,
            "country_name": place.name,
            "payer": self.payer,
            "payer_name": outcomes.payers()[self.payer],
            "payers_with_a_source": list(outcomes.payers_at(place.id)),
            "currency": place.currency,
            "discount": {
                "cost": place.discount_cost,
                "effect": place.discount_effect,
                "note": place.discount_note,
                "source": place.discount_source,
            },
            "thresholds": [{"pay_a_qaly": t.pay_a_qaly, "what": t.what, "source": t.source} for t in place.thresholds],
            "prices": [
                {
                    "option": p.option,
                    "value": p.value,
                    "currency": p.currency,
                    "year": p.year,
                    "per": p.per,
                    "given_source": p.source,
                    "source": "own_price",
                }
                for p in self.prices
            ],
            "people": self.people,
            "gaps": gaps,
        }


def care_cost(
    days: Array, draws: Mapping[str, Array], course: str, payment: Payment, rate: float = 0.0
) -> outcomes.Worth:
    """Return the cost of care of one forecast's draws by variable [d, n], transplants included, as its payer sees."""
    return outcomes.care_cost(
        days,
        draws["survival"],
        draws.get("child_pugh"),
        course,
        payment.place.id,
        payment.payer,
        rate,
        draws.get("transplant_free_survival"),
    )
