"""The race of cell regimens: all that passed run for a few people, the better half for more, until few are left.

Successive halving (Karnin, Koren & Somekh, ICML 2013) on paired draws, with a cap on what runs on; how many fell out
that could not be told from the last one kept is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.language import mark, say
from hepatica.planning.compare import NO_DIFFERENCE, parts_of
from hepatica.planning.harms import days_lost, harms
from hepatica.planning.option import Option
from hepatica.planning.weights import Parts, Weights

Array = NDArray[np.float64]
ROUNDS = (32, 128)
WINNERS = 2
MOST = 24
LOOKS = 5
SURE = 1.96
SURE_OF_MANY = 3.1
"""The same for the best of MOST: a chance of 0.05 shared among them, so that luck alone names none."""
METHOD = mark(
    "every regimen that passed was simulated for the same few people; the better half of "
    "them, at most {most}, for more people"
)


@dataclass(frozen=True, slots=True)
class Race:
    """How the race went: rounds, net benefit over standard care in the last, winners."""

    rounds: tuple[dict[str, int], ...]
    standing: tuple[dict[str, Any], ...]
    winners: tuple[Option, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the race as plain values."""
        return {
            "method": say(METHOD, most=MOST),
            "rounds": list(self.rounds),
            "standing": list(self.standing),
            "sources": ["method"],
        }


def race(
    twin: Any,
    fit: Any,
    passing: Sequence[Option],
    known: Sequence[str],
    course: str,
    judged_day: int,
    weights: Weights,
    seed: int,
) -> Race:
    """Return the race of the regimens that passed; winners are the best of those not in `known`, at most two.

    A winner is a finding of the model alone: its basis is assumption and it is never recommended.
    """
    if not hasattr(twin, "race") or len(passing) < 2:
        return Race((), (), ())
    days = np.linspace(0.0, judged_day, LOOKS)
    left, rounds = list(passing), []
    for draws in ROUNDS:
        nets = _nets(twin, fit, left, days, draws, course, weights, seed)
        left.sort(key=lambda o: -float(nets[o.id].mean()))
        keep = len(left) if draws == ROUNDS[-1] else min(MOST, max(WINNERS, -(-len(left) // 2)))
        near = sum(_near(nets[left[keep - 1].id], nets[o.id]) for o in left[keep:])
        rounds.append({"draws": draws, "regimens": len(left), "kept": keep, "not_told_apart": near})
        left = left[:keep]
    rows = [_row(o, nets[o.id], ROUNDS[-1]) for o in left]
    new = [_winner(o) for o, row in zip(left, rows, strict=True) if o.id not in known and _better(row)]
    return Race(tuple(rounds), tuple(rows), tuple(new[:WINNERS]))


def _nets(
    twin: Any,
    fit: Any,
    options: Sequence[Option],
    days: Array,
    draws: int,
    course: str,
    weights: Weights,
    seed: int,
) -> dict[str, Array]:
    found = paired_parts(twin, fit, options, days, draws, course, seed)
    return {name: parts.net(weights) for name, parts in found.items()}


def paired_parts(
    twin: Any, fit: Any, options: Sequence[Option], days: Array, draws: int, course: str, seed: int
) -> dict[str, Parts]:
    """Return by id what each option changes against standard care, for the first draws of a fit, without costs."""
    asked = [twin.Option("standard_care", None, ("standard_care",))]
    asked += [twin.Option(o.id, o.regimen, o.actions) for o in options]
    found = twin.race(fit, asked, list(days), draws, seed=seed)
    base = found["standard_care"]
    told = {}
    for o in options:
        lost = days_lost(harms(o), base["survival"].shape[1], seed)
        told[o.id], _ = parts_of(o, days, dict(found[o.id]), dict(base), course, seed, lost, True)
    return told


def _better(row: dict[str, Any]) -> bool:
    return bool(row["mean"] > max(SURE_OF_MANY * row["se"], NO_DIFFERENCE))


def _near(kept: Array, other: Array) -> bool:
    gap = kept - other
    return bool(gap.mean() <= SURE * gap.std() / np.sqrt(gap.size))


def _row(o: Option, net: Array, draws: int) -> dict[str, Any]:
    assert o.regimen is not None
    low, high = np.quantile(net, (0.05, 0.95))
    numbers = {"mean": float(net.mean()), "se": float(net.std() / np.sqrt(net.size)), "p05": low, "p95": high}
    return {
        "id": o.id, "product": o.product, "route": o.route, "dose_cells": o.regimen.dose_cells,
        "infusions": len(o.regimen.days), "draws": draws, **{k: float(f"{v:.4g}") for k, v in numbers.items()},
    }  # fmt: skip


def _winner(o: Option) -> Option:
    return replace(
        o, basis="assumption", certainty="very low", recommendable=False,
        because=f"{o.because} Found by search in the model, among doses and schedules that no study tried.",
        certainty_why="a dose or schedule that no study here tried; the model alone speaks for it",
    )  # fmt: skip
