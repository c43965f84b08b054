"""How much a laboratory value differs between two visits of one person: seen in pbcseq, and as the fit assumes."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, log

import numpy as np

from hepatica import twin

from ._pbcseq import YEAR_D, Person

GAPS_Y = ((0.3, 0.7), (0.7, 1.3), (2.5, 3.5))
NAMES = {
    "bili": ("bilirubin", "bilirubin_umol_l"),
    "albumin": ("albumin", "albumin_g_l"),
    "protime": ("INR (protime)", "inr"),
    "platelet": ("platelets", "platelets_e9_l"),
    "ast": ("AST", "ast_u_l"),
}
HELD_OUT = 5


def spread(people: Sequence[Person], name: str, gap_y: tuple[float, float]) -> tuple[float, int]:
    """Return the robust SD (1.4826 MAD) of the log difference between visits this far apart, and how many pairs.

    People whose id is divisible by five are left out: committed constants may be set by what this returns.
    """
    found = []
    for person in people:
        if person.id % HELD_OUT == 0:
            continue
        rows = [(v["day"] / YEAR_D, log(v[name])) for v in person.visits if not isnan(v[name])]
        pairs = ((one, two) for i, one in enumerate(rows) for two in rows[i + 1 :])
        found += [b[1] - a[1] for a, b in pairs if gap_y[0] <= b[0] - a[0] < gap_y[1]]
    x = np.array(found)
    return float(1.4826 * np.median(np.abs(x - np.median(x)))), len(x)


def table(people: Sequence[Person]) -> str:
    """Return a Markdown table of spreads, seen and assumed."""
    heads = [f"{low:g} to {high:g} years" for low, high in GAPS_Y]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (1 + len(heads)) + "|"]
    for name, (label, state) in NAMES.items():
        cells = []
        for gap in GAPS_Y:
            seen, _ = spread(people, name, gap)
            assumed = twin.between_dates("cholestatic", state, YEAR_D * sum(gap) / 2)
            cells.append(f"{seen:.3f} / {assumed:.3f}")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)
