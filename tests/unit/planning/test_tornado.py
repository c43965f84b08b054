"""What the answer turns on: what is planted is found, with its size; what is not there is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_twin import TODAY

import hepatica as hp
from hepatica import planning
from hepatica.language import speaking
from hepatica.planning import words
from hepatica.planning.information import between
from hepatica.planning.tornado import _unknown
from hepatica.planning.weights import Weights
from hepatica.planning.work import Asked, work

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_a_straight_line_gives_its_ends() -> None:
    rng = np.random.default_rng(1)
    known = rng.normal(3.0, 2.0, 4000)
    net = 5.0 * known + rng.normal(0, 4.0, 4000)
    low, high, error = between(net, known, np.array([1.0, 5.0]))
    assert low == pytest.approx(5.0, abs=4 * error)
    assert high == pytest.approx(25.0, abs=4 * error)
    assert 0 < error < 0.5


def test_its_error_is_that_of_repeated_draws() -> None:
    gaps, errors = [], []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        known, noise = rng.normal(0, 1, 200), rng.normal(0, 3.0, 200)
        low, high, error = between(known**2 + noise, known, np.array([-1.0, 1.0]))
        gaps.append(high - low)
        errors.append(error)
    assert np.mean(errors) == pytest.approx(np.std(gaps), rel=0.15)


@pytest.fixture(scope="module")
def plan() -> dict:
    return planning.plan(hp.read(EXAMPLES / "decompensated_alcohol_cirrhosis.json"), draws=600, today=TODAY).to_json()


def test_cells_turn_on_their_potency(plan: dict) -> None:
    cells = next(o for o in plan["sensitivity"]["options"] if "msc" in o["option"])
    first = cells["rows"][0]
    assert first["quantity"] == "potency"
    assert first["low"]["net"] < cells["mean"] < first["high"]["net"]


def test_rows_stand_widest_first_and_beyond_their_error(plan: dict) -> None:
    for option in plan["sensitivity"]["options"]:
        spans = [abs(r["high"]["net"] - r["low"]["net"]) for r in option["rows"]]
        assert spans == sorted(spans, reverse=True)
        assert all(span > r["error"] for span, r in zip(spans, option["rows"], strict=True))


def test_a_treatment_without_cells_turns_on_no_cell(plan: dict) -> None:
    other = next(o for o in plan["sensitivity"]["options"] if o["option"] == "transplant_referral")
    assert not [r for r in other["rows"] if "cell" in r["quantity"] or r["quantity"] == "potency"]


def test_every_number_has_its_lineage(plan: dict) -> None:
    found = planning.why(plan, "$.sensitivity.options[0].rows[0].high.net")
    assert found["chain"] and "splines" in found["chain"][-1]["text"]


def test_every_quantity_that_may_stand_there_has_a_clinicians_name() -> None:
    for name in ("decompensated_alcohol_cirrhosis", "hbv_acute_on_chronic_failure", "child_with_urea_cycle_disorder"):
        weighed = work(hp.read(EXAMPLES / f"{name}.json"), Asked(100, 1, TODAY, "EU", Weights()))
        asked = {q for c in weighed.compared for q in _unknown(weighed, c)}
        known = words._names()["quantity"]
        assert len(asked) > 40 and sorted(asked - set(known)) == []


def test_spanish_names_them_in_spanish() -> None:
    with speaking("es"):
        assert words.quantity("potency").startswith("efecto de la señal de las células")
