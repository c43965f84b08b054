"""The two kinds of answer a record gives: a finding (yes, no, unknown) and a reading (a number)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question: `truth` None is unknown; `silent` means only because nothing was written down."""

    truth: bool | None
    because: str
    needs: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A number in the record: an interval [low, high] (one point unless reported as "<20"), its unit and its words."""

    low: float
    high: float
    unit: str
    what: str
