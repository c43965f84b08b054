"""Who pays, for the plan: the rules of its jurisdiction with sources and dates, and the gaps named."""

from __future__ import annotations

from typing import Any

from hepatica import outcomes
from hepatica.language import say


def coverage(jurisdiction: str) -> dict[str, Any]:
    """Return who pays in a jurisdiction as plain values; what was not seen stands under `gaps`."""
    found = outcomes.coverage(jurisdiction)
    payers = outcomes.payers()
    return {
        "jurisdiction": jurisdiction,
        "said": found.said,
        "rules": [
            {
                "for": r.applies,
                "who": r.who,
                "who_name": payers.get(r.who) or say("not known"),
                "date": r.date,
                "text": r.text,
                "source": r.source,
            }
            for r in found.rules
        ],
        "gaps": list(found.gaps),
    }
