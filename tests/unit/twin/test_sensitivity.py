"""What matters and what a record tells: estimators against known indices, and answers that must hold in any model."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica import twin
from hepatica.twin._sobol import indices


def test_indices_of_the_ishigami_function_are_the_known_ones():
    """Closed form for a = 7, b = 0.1 (Ishigami and Homma 1990): V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2."""
    rng, n, a, b = np.random.default_rng(1), 1 << 14, 7.0, 0.1
    one, two = ({k: rng.uniform(-np.pi, np.pi, n) for k in "xyz"} for _ in range(2))

    def model(x):
        return {"f": np.sin(x["x"]) + a * np.sin(x["y"]) ** 2 + b * x["z"] ** 4 * np.sin(x["x"])}

    v1, v2, v13 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    known = {"x": (v1 / v, (v1 + v13) / v), "y": (v2 / v, v2 / v), "z": (0.0, v13 / v)}
    for row in indices(model, one, two, rng):
        first, total = known[row.group]
        assert row.first == pytest.approx(first, abs=max(4 * row.first_se, 1e-3))
        assert row.total == pytest.approx(total, abs=max(4 * row.total_se, 1e-3))


def test_rows_a_model_cannot_compute_are_left_out():
    rng = np.random.default_rng(2)
    one, two = ({k: rng.standard_normal(4000) for k in "xy"} for _ in range(2))
    rows = indices(lambda v: {"f": np.where(v["x"] > 2.5, np.nan, v["x"] + 0 * v["y"])}, one, two, rng)
    assert {r.group: round(r.total, 1) for r in rows} == {"x": 1.0, "y": 0.0}


def test_a_hazard_moves_survival_and_no_laboratory_value():
    rows = {(r.group, r.output): r for r in twin.sensitivity("cholestatic", n=512)}
    assert rows["frailty_log", "survival 365"].total > 0.3
    assert rows["frailty_log", "bilirubin_log 365"].total < 1e-3
    assert rows["measured labs", "albumin_g_l 90"].total > 0.8


def test_constants_of_cells_do_nothing_where_no_cells_are_given():
    effects = {(e.parameter, e.output): e.size for e in twin.screen("decompensated", n=64)}
    assert effects["lung_release_1_d", "meld 365"] < 1e-3 and effects["licensing_half", "survival 365"] < 1e-3
    assert effects["background_log_1_d", "survival 365"] > 5e-3 and effects["background_log_1_d", "meld 365"] < 1e-3
    assert max(effects.values()) < 5


def test_screening_puts_every_constant_back():
    from hepatica.twin._body import table

    before = {k: row["value"] for k, row in table("parameters").items()}
    twin.screen("cholestatic", n=64)
    assert before == {k: row["value"] for k, row in table("parameters").items()}


def test_a_record_tells_the_insult_and_not_the_scar():
    told, fitted = twin.identifiability("decompensated", records=2, draws=400)
    narrowed = {t.quantity: t.narrowed for t in told}
    assert fitted == 2 and narrowed["acute_insult"] > 0.15 > abs(narrowed["collagen_1_y"])
