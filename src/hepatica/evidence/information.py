"""How much information settles a question: the optimal information size, and the smallest difference that matters.

Optimal information size: patients an adequate single trial would need (GRADE guidelines 6, J Clin Epidemiol
2011;64:1283), here for a quarter fewer deaths, or the smallest difference that matters, with 80 % power at 5 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hepatica.evidence.base import table
from hepatica.evidence.intervals import normal_quantile

FEWER = 0.25  # relative risk reduction that a trial should be able to see
LESS, MORE = 0.75, 1.25  # risk ratios from which benefit or harm is appreciable
_BOTH = normal_quantile(0.975) + normal_quantile(0.8)
_ROW = {"cldq_overall": "CLDQ", "sf36_physical": "SF-36 component score", "eq5d_index": "EQ-5D utility"}
_HALF_SD = "doi:10.1097/01.mlr.0000062554.74615.4c"


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest difference that matters, where it comes from, and whether it was published for this outcome."""

    value: float
    why: str
    source: str
    published: bool


def size_for_risk(control_risk: float, fewer: float = FEWER) -> float | None:
    """Return patients (both arms together) a trial needs to see `fewer` of the control arm's deaths; None at 0 or 1.

    >>> round(size_for_risk(0.3))
    1080
    """
    if not 0 < control_risk < 1:
        return None
    other = control_risk * (1 - fewer)
    middle = (control_risk + other) / 2
    spread = normal_quantile(0.975) * math.sqrt(2 * middle * (1 - middle)) + normal_quantile(0.8) * math.sqrt(
        control_risk * (1 - control_risk) + other * (1 - other)
    )
    return 2 * math.ceil((spread / (control_risk - other)) ** 2)


def size_for_mean(sd: float, difference: float) -> float:
    """Return patients (both arms together) a trial needs to see a difference of means.

    >>> size_for_mean(4.0, 2.0)
    126
    """
    return 2 * math.ceil(2 * (_BOTH * sd / difference) ** 2)


def smallest(outcome: str, sd: float) -> Smallest:
    """Return the smallest difference that matters: as published, or half an SD of the patients (a rule of thumb)."""
    for row in table("patient_reported"):
        what = row["what"]
        if outcome in _ROW and what.startswith("smallest") and _ROW[outcome] in what and row.get("value"):
            return Smallest(
                float(row["value"]), f"smallest difference that matters, {row['value']:g}", row["source"], True
            )
    why = f"half an SD ({sd / 2:.2g}) stands in: no smallest difference that matters is published in this base"
    return Smallest(sd / 2, why, _HALF_SD, False)


def risk_ratio(odds_ratio: float, control_risk: float) -> float:
    """Return the risk ratio that an odds ratio means at a control risk.

    >>> round(risk_ratio(0.5, 0.4), 3)
    0.625
    """
    return odds_ratio / (1 - control_risk + control_risk * odds_ratio)
