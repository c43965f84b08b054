"""One thing that was considered, before and after it is forecast."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hepatica.therapy import Regimen

CERTAINTIES = ("very low", "low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class Option:
    """A treatment with its status and reason; `recommendable` where the rules let it be recommended.

    `parts` are the ids of what a combination is made of; a single treatment has none.
    """

    id: str
    name: str
    treatment: str
    family: str
    status: str
    because: str
    product: str | None = None
    route: str | None = None
    regimen: Regimen | None = None
    actions: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    certainty: str = "very low"
    certainty_why: str = ""
    basis: str = "calibrated model"
    procedure: str = ""
    invasive_procedures: int = 0
    evidence: tuple[dict[str, Any], ...] = ()
    recommendable: bool = False
    trial: dict[str, Any] | None = None
    cautions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Return whether the option is forecast and ranked."""
        return self.status != "ruled out"

    def ruled_out(self, because: str) -> Option:
        """Return the option ruled out for a reason."""
        return replace(self, status="ruled out", because=because, recommendable=False)


def cap(word: str, limit: str) -> str:
    """Return the lower of two certainty words.

    >>> cap("moderate", "low")
    'low'
    """
    return CERTAINTIES[min(CERTAINTIES.index(word), CERTAINTIES.index(limit))]
