"""The plan of one patient: what first, what could be done, what it would do, what is advised, what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hepatica import eligibility, governance, therapy
from hepatica.patient import Patient
from hepatica.planning.document import document
from hepatica.planning.payment import Payment
from hepatica.planning.weights import Weights
from hepatica.planning.work import Asked, work


@dataclass(frozen=True, slots=True)
class Plan:
    """One patient's plan; `document` is its JSON."""

    document: dict[str, Any]

    @property
    def id(self) -> str:
        """Return the patient's id."""
        return str(self.document["patient"]["id"])

    @property
    def recommended(self) -> dict[str, Any]:
        """Return the recommended option."""
        wanted = self.document["recommendation"]["option"]
        return next(o for o in self.document["options"] if o["id"] == wanted)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return self.document


def plan(
    patient: Patient,
    *,
    draws: int = 2000,
    seed: int = 1,
    today: date | None = None,
    jurisdiction: str = "EU",
    answers: Mapping[str, bool] | None = None,
    checked: Mapping[str, eligibility.StatusCheck] | None = None,
    twin: Any = None,
    weights: Weights | Mapping[str, float] | str | None = None,
    payment: Payment | None = None,
    products: Sequence[therapy.Product] = (),
) -> Plan:
    """Plan one patient; raises InputError for a wrong jurisdiction or number of draws.

    Args:
        patient: the record.
        draws: posterior draws, the same for every option.
        seed: seed of the random streams.
        today: the day on which recruitment is judged (default: today).
        jurisdiction: whose rules: US, EU, UK, JP, KR, CN.
        answers: replies to the questions of trial criteria, by name.
        checked: recruitment statuses looked up since the package was made, by trial.
        weights: what counts for this person, see `Weights` (default: quality-adjusted days less those lost to harms).
        payment: whose money counts, see `Payment.read` (default: the first view known where the rules hold).
        products: products of one's own, considered beside the built-in ones (see `therapy.read_product`).
        twin: another model with `fit`, `forecast`, `lineage` and `Option` (default: hepatica.twin).
    """
    counts = weights if isinstance(weights, Weights) else Weights.read(weights)
    asked = Asked(draws, seed, today, governance.jurisdiction_id(jurisdiction), counts, answers, checked, payment)
    asked = replace(asked, products=tuple(products))
    with therapy.considering(asked.products):
        return Plan(document(work(patient, asked, twin)))
