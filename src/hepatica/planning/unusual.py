"""Values of a record that fit no virtual patient well: named, with what to do."""

from __future__ import annotations

from typing import Any

from hepatica.language import say
from hepatica.planning import words

RARE = 0.01
"""Below this chance a value does not go with the others, the limit that the fit itself uses."""


def unusual(fit: Any) -> list[str]:
    """Return a sentence on the values that do not go with the rest of the record, or nothing."""
    chances = {
        str(row["analyte"]): min(p for p in (row.get("p_value"), row.get("p_others"), 1.0) if p is not None)
        for row in fit.check or ()
    }
    names = [words.name(a) for a, p in chances.items() if p < RARE]
    if not names:
        return []
    return [
        say(
            "Whether these values are right: {names}. Fewer than 1 in 100 people with the other values of this record "
            "have them. Check their units and dates, measure them again, and plan again.",
            names=words.listed(names),
        )
    ]
