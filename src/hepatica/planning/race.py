"""The race of cell regimens: all that passed run for a few people, the better half for more, until few are left.

Successive halving (Karnin, Koren & Somekh, ICML 2013) on paired draws: what cannot be told from the last one kept
stays in too, so that no regimen falls out by the luck of the draw alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.planning.compare import parts_of
from hepatica.planning.harms import days_lost, harms
from hepatica.planning.option import Option
from hepatica.planning.weights import Weights

Array = NDArray[np.float64]
ROUNDS = (32, 128)
WINNERS = 2
LOOKS = 5
METHOD = (
    "every regimen that passed was simulated for the same few people; the better half, and what could not be told from "
    "it, for more people"
)


@dataclass(frozen=True, slots=True)
class Race:
    """How the race went: rounds, every regimen's net benefit over standard care in its last round, and the winners."""

    rounds: tuple[dict[str, int], ...]
    standing: tuple[dict[str, Any], ...]
    winners: tuple[Option, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the race as plain values."""
        return {"method": METHOD, "rounds": list(self.rounds), "standing": list(self.standing), "sources": ["method"]}


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
    ask = getattr(twin, "race", None)
    if ask is None or len(passing) < 2:
        return Race((), (), ())
    days = np.linspace(0.0, judged_day, LOOKS)
    left, rounds, standing = list(passing), [], {}
    for draws in ROUNDS:
        nets = _nets(ask, twin, fit, left, days, draws, course, weights, seed)
        standing |= {o.id: _row(o, nets[o.id], draws) for o in left}
        kept = _better_half(left, nets) if draws != ROUNDS[-1] else left
        rounds.append({"draws": draws, "regimens": len(left), "kept": len(kept)})
        left = kept
    ordered = sorted(left, key=lambda o: -standing[o.id]["mean"])
    new = [_winner(o) for o in ordered if o.id not in known and standing[o.id]["mean"] > 0]
    rows = sorted(standing.values(), key=lambda row: -row["mean"])
    return Race(tuple(rounds), tuple(rows), tuple(new[:WINNERS]))


def _nets(
    ask: Any,
    twin: Any,
    fit: Any,
    options: Sequence[Option],
    days: Array,
    draws: int,
    course: str,
    weights: Weights,
    seed: int,
) -> dict[str, Array]:
    asked = [twin.Option("standard_care", None, ("standard_care",))]
    asked += [twin.Option(o.id, o.regimen, o.actions) for o in options]
    found = ask(fit, asked, list(days), draws, seed=seed)
    base = found["standard_care"]
    nets = {}
    for o in options:
        lost = days_lost(harms(o), base["survival"].shape[1], seed)
        parts, _ = parts_of(o, days, dict(found[o.id]), dict(base), course, seed, lost, True)
        nets[o.id] = parts.net(weights)
    return nets


def _better_half(options: Sequence[Option], nets: dict[str, Array]) -> list[Option]:
    ordered = sorted(options, key=lambda o: -float(nets[o.id].mean()))
    half = max(WINNERS, -(-len(ordered) // 2))
    last = nets[ordered[half - 1].id]

    def near(o: Option) -> bool:
        gap = last - nets[o.id]
        return bool(gap.mean() <= gap.std() / np.sqrt(gap.size))

    return [o for k, o in enumerate(ordered) if k < half or near(o)]


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
