"""How to prove it: published trials predicted before they are read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._judge import summary as summary
    from ._read import Arm as Arm
    from ._read import Trial as Trial
    from ._read import parse_trial as parse_trial
    from ._read import read_trial as read_trial
    from ._replicate import replicate as replicate
    from ._validate import cases as cases
    from ._validate import holdout_cases as holdout_cases
    from ._validate import interval_score as interval_score

_HOME = {"Arm": "_read", "Trial": "_read", "read_trial": "_read", "parse_trial": "_read", "replicate": "_replicate"}
_HOME |= {"cases": "_validate", "holdout_cases": "_validate", "summary": "_judge", "interval_score": "_validate"}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
