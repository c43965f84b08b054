"""What counts for this person: how much each part of a benefit weighs, and the net benefit that follows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import InputError
from hepatica.language import mark, say

Array = NDArray[np.float64]
COST_NOTE = mark(
    "Cost counts care for the liver and those prices of treatments that are known; an option without a known price "
    "counts as if it cost no more than standard care."
)


MOST = 1e9


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part weighs; 1 is one quality-adjusted day for one such day, 0 leaves the part out.

    `survival` weighs added time, `quality` better time, `harms` days lost to harms, `burden` days of infusions and
    procedures, `cost` money: it is divided by `pay_a_qaly`, what one may spend on a quality-adjusted year in the
    currency of the costs, for which there is no default.
    """

    survival: float = 1.0
    quality: float = 1.0
    harms: float = 1.0
    burden: float = 0.0
    cost: float = 0.0
    pay_a_qaly: float = 0.0

    def __post_init__(self) -> None:
        values = asdict(self)
        for name, value in values.items():
            if not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= MOST:
                raise InputError(
                    f"the weight {name} is {value!r}",
                    where="weights",
                    mend=f"give a number of 0 or more, at most {MOST:g}",
                )
        if self.cost and not self.pay_a_qaly:
            raise InputError(
                "cost counts, but not what a quality-adjusted year may cost", where="weights",
                mend="add pay_a_qaly, such as cost=1,pay_a_qaly=30000 in the currency of the plan",
            )  # fmt: skip
        if not (self.survival or self.quality):
            raise InputError(
                "neither longer nor better life counts, so that nothing can be a benefit", where="weights",
                mend="give survival or quality a weight above 0",
            )  # fmt: skip

    @classmethod
    def read(cls, given: Mapping[str, float] | str | None) -> Weights:
        """Return weights from a mapping or from text such as "survival=1,quality=2"; what is not named stays as usual.

        Raises InputError for an unknown name, one given twice, a number that is none, or a price where cost counts not.
        """
        if given is None:
            return cls()
        rows = _named(given) if isinstance(given, str) else dict(given)
        known = [f.name for f in fields(cls)]
        for name in rows:
            if name not in known:
                raise InputError(f"unknown weight {name!r}", where="weights", mend=f"there are: {', '.join(known)}")
        if isinstance(given, str) and rows.get("pay_a_qaly") and not rows.get("cost"):
            raise InputError(
                "pay_a_qaly says what a quality-adjusted year may cost, but cost does not count", where="weights",
                mend="add cost=1, or leave pay_a_qaly out",
            )  # fmt: skip
        return cls(**rows)

    def to_json(self) -> dict[str, float | str]:
        """Return the weights as plain values, with what counting cost leaves out."""
        return asdict(self) | ({"note": say(COST_NOTE)} if self.cost else {})


def _named(text: str) -> dict[str, float]:
    rows: dict[str, float] = {}
    for name, value in (_pair(part) for part in text.split(",") if part.strip()):
        if name in rows and rows[name] != value:
            raise InputError(
                f"the weight {name} is given as {rows[name]:g} and as {value:g}", where="weights", mend="give it once"
            )
        rows[name] = value
    return rows


def _pair(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise InputError(
            f"{text.strip()!r} is no weight", where="weights", mend="write name=number, such as quality=2"
        ) from None


@dataclass(frozen=True, slots=True)
class Parts:
    """What an option changes against standard care, one value a draw (arrays [n]); gains above 0, losses too.

    `survival` and `quality` are quality-adjusted days gained (days alive and None where quality cannot be valued),
    `harms` and `burden` days lost, `cost` money spent beyond standard care, None where no source tells.
    """

    survival: Array
    quality: Array | None
    harms: Array
    burden: float
    cost: Array | None = None

    def net(self, weights: Weights) -> Array:
        """Return the net benefit a draw, in quality-adjusted days by these weights.

        >>> part = Parts(np.array([10.0]), np.array([2.0]), np.array([1.0]), 3.0)
        >>> part.net(Weights(quality=2.0, burden=0.5))
        array([11.5])
        """
        total = weights.survival * self.survival - weights.harms * self.harms - weights.burden * self.burden
        if self.quality is not None:
            total = total + weights.quality * self.quality
        if self.cost is not None and weights.cost:
            total = total - weights.cost * self.cost / weights.pay_a_qaly * 365.25
        return np.asarray(total, dtype=float)

    def means(self) -> dict[str, float]:
        """Return the mean of each part that is known."""
        found = {"survival": self.survival, "quality": self.quality, "harms": self.harms, "cost": self.cost}
        return {k: float(np.mean(v)) for k, v in found.items() if v is not None} | {"burden": self.burden}
