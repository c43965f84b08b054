"""The race of regimens: it finds the best of known ones, keeps what cannot be told apart, and recommends nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from hepatica.planning.option import Option
from hepatica.planning.race import MOST, ROUNDS, race
from hepatica.planning.weights import Weights
from hepatica.therapy import Regimen


class Course:
    """A twin whose survival gain is written in each regimen's dose, with noise shared by all."""

    Option = staticmethod(lambda name, regimen, actions: SimpleNamespace(id=name, regimen=regimen))

    def __init__(self, noise: float = 0.02) -> None:
        self.noise, self.asked = noise, []

    def race(self, fit, options, days, draws, *, seed):
        self.asked.append(([o.id for o in options], draws))
        rng = np.random.default_rng(seed)
        found = {}
        for o in options:
            gain = (o.regimen.dose_cells / 1e9 if o.regimen else 0.0) + self.noise * rng.standard_normal(draws)
            survival = np.clip(0.5 + np.outer(np.linspace(0, 1, len(days)), gain), 0, 1)
            found[o.id] = {"survival": survival, "child_pugh": np.full_like(survival, 8.0), "meld": survival}
        return found


def options(doses: list[float]) -> list[Option]:
    return [
        Option(
            f"c{k}", "cells", "cells", "cells", "trial only", "because", product="uc_msc", route="peripheral_vein",
            regimen=Regimen("uc_msc", "peripheral_vein", dose, (0.0,)), recommendable=True,
        )
        for k, dose in enumerate(doses)
    ]  # fmt: skip


def go(twin: Course, doses: list[float], known: list[str] = []):  # noqa: B006
    return race(twin, None, options(doses), known, "decompensated", 730, Weights(harms=0), 1)


def test_the_best_of_many_wins_and_the_worse_half_gets_no_more_draws() -> None:
    twin = Course(noise=0.001)
    doses = [1e6 * (k + 1) for k in range(40)]
    found = go(twin, doses)
    assert [o.id for o in found.winners] == ["c39", "c38"]
    assert [r["draws"] for r in found.rounds] == list(ROUNDS) and found.rounds[1]["regimens"] == 20
    assert len(found.standing) == 20 and found.rounds[0]["not_told_apart"] == 0
    assert all(ids[0] == "standard_care" for ids, _ in twin.asked)


def test_what_fell_out_and_cannot_be_told_from_the_last_kept_is_counted() -> None:
    first, second = go(Course(noise=0.5), [1e6] * 60).rounds
    assert (first["regimens"], first["kept"], second["regimens"]) == (60, MOST, MOST)
    assert 60 - MOST >= first["not_told_apart"] > 0.7 * (60 - MOST)


def test_winners_are_never_recommended_nor_called_evidence() -> None:
    for o in go(Course(), [1e8, 2e8, 3e8]).winners:
        assert (o.recommendable, o.basis, o.certainty) == (False, "assumption", "very low")
        assert "no study tried" in o.because


def test_what_is_no_better_than_standard_care_never_wins() -> None:
    assert go(Course(noise=0.0), [-1e8, -2e8, 0.0]).winners == ()


def test_what_is_forecast_already_is_not_named_twice() -> None:
    assert [o.id for o in go(Course(noise=0.001), [1e8, 2e8, 3e8], ["c2"]).winners] == ["c1"]


@pytest.mark.parametrize("twin", [SimpleNamespace(), Course()])
def test_without_a_race_there_is_nothing_to_tell(twin) -> None:
    found = race(twin, None, options([1e8]), [], "decompensated", 730, Weights(), 1)
    assert found.to_json()["rounds"] == [] and found.winners == ()
