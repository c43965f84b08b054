"""What a product file claims moves the twin's draws as said, and widens them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from hepatica import staging, therapy, twin
from hepatica.patient import read
from hepatica.therapy import MULTIPLES, Claims, Multiple, Product
from hepatica.twin._delivery import CLAIMED, prepare, traits

ONE = Multiple(1.0, 1.0, 1.0, "assumption")


def product(per_unit: Multiple | None = None, **multiples: Multiple) -> Product:
    base = therapy.products()["uc_msc"]
    claims = Claims("MSC", MappingProxyType({k: multiples.get(k, ONE) for k in MULTIPLES}), cells_per_unit=per_unit)
    return replace(base, id="mine", claims=claims)


def drawn(p: Product, n: int = 40_000):
    with therapy.considering([p]):
        return traits("mine", n, 1)


@pytest.mark.parametrize("name", [n for n in MULTIPLES if n != "function"])
def test_the_factor_has_the_median_and_the_interval_that_the_file_states(name: str) -> None:
    base, moved = traits("uc_msc", 40_000, 1), drawn(product(**{name: Multiple(2.0, 0.5, 3.0, "assumption")}))
    ratio = moved[CLAIMED[name]] / base[CLAIMED[name]]
    assert np.quantile(ratio, (0.05, 0.5, 0.95)) == pytest.approx((0.5, 2.0, 3.0), rel=0.03)
    others = [k for k in base if k != CLAIMED[name]]
    assert all(np.array_equal(base[k], moved[k]) for k in others)


def test_engrafted_cells_never_work_better_than_a_hepatocyte() -> None:
    assert drawn(product(function=Multiple(50.0, 10.0, 100.0, "assumption")))["engrafted_function"].max() == 1.0


def test_a_wider_interval_widens_what_the_cells_do() -> None:
    narrow, wide = (drawn(product(potency=Multiple(1, 1 / w, w, "x")))["potency_factor"] for w in (1.1, 8))
    assert np.log(wide).std() > 2 * np.log(narrow).std()


def test_more_cells_a_particle_means_half_the_effect_at_fewer() -> None:
    known = Multiple(1e-4, 1e-6, 1e-3, "assumption")
    base, moved = traits("uc_msc", 40_000, 1), drawn(product(per_unit=known))
    ratio = moved["half_factor"] / base["half_factor"]
    assert np.quantile(ratio, (0.05, 0.5, 0.95)) == pytest.approx((0.1, 1.0, 100.0), rel=0.06)


def test_cells_that_live_twice_as_long_die_half_as_fast() -> None:
    n = 5
    parameters = {
        k: np.full(n, 0.2)
        for k in ("engrafted_function", "liver_release_1_d", "paracrine_half_mcell", "cell_death_1_d")
    }
    potency = {"potency": np.zeros(n), "restorative_off_1_d": np.ones(n)}
    regimen = therapy.Regimen("mine", "peripheral_vein", 1e8)
    with therapy.considering([product(survival=Multiple(2.0, 2.0, 2.0, "x"))]):
        given, _ = prepare([regimen], np.zeros(n, np.int64), potency, parameters, np.zeros(n), 1)
    assert given["cell_death_1_d"] == pytest.approx(np.full(n, 0.1))


def test_a_wider_interval_widens_the_forecast() -> None:
    record = Path(__file__).parents[3] / "examples" / "decompensated_alcohol_cirrhosis.json"
    patient = read(record)
    fit = twin.fit(patient, staging.stage(patient), draws=300, seed=1)
    spread = []
    for width in (1.01, 10.0):
        made = product(potency=Multiple(1.0, 1 / width, width, "assumption"))
        with therapy.considering([made]):
            option = twin.Option("mine", therapy.Regimen("mine", "peripheral_vein", 1e8), ())
            found = twin.race(fit, [twin.Option("standard_care", None, ("standard_care",)), option], [0, 90], 300)
        spread.append(float((found["mine"]["meld"][-1] - found["standard_care"]["meld"][-1]).std()))
    assert spread[1] > 1.2 * spread[0]
