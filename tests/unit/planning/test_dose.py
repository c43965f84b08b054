"""The dose curve finds what a twin of known effect holds, says when it is flat, and shows every number."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from fake_twin import TODAY, FakeTwin

from hepatica import planning, therapy
from hepatica.patient import parse_short
from hepatica.planning.dose import DOSES, _doses, p_best
from hepatica.planning.option import Option
from hepatica.planning.why import why
from hepatica.report import html
from hepatica.report.figures import dose_curve
from hepatica.therapy import Regimen

ROOT = Path(__file__).parents[3]
RECORD = json.loads((ROOT / "examples" / "hbv_acute_on_chronic_failure.json").read_text(encoding="utf-8"))


class Doses(FakeTwin):
    """Survival rises by `rise` a decade above 1e6 cells for every person, with noise shared by all doses."""

    def __init__(self, rise: float, noise: float = 0.01) -> None:
        super().__init__(0.05)
        self.rise, self.noise = rise, noise

    def race(self, fit, options, days, draws, *, seed):
        noise = self.noise * np.random.default_rng(seed).standard_normal(draws)
        found = {}
        for o in options:
            more = self.rise * np.log10(o.regimen.dose_cells / 1e6) + noise if o.regimen else np.zeros(draws)
            survival = np.clip(0.5 + np.outer(np.linspace(0, 1, len(days)), more), 0, 1)
            found[o.id] = {"survival": survival, "child_pugh": np.full_like(survival, 8.0), "meld": survival}
        return found


def planned(twin, files=(), record=RECORD):
    own = [therapy.read_product(ROOT / "examples" / "products" / f"{name}.toml") for name in files]
    return planning.plan(
        parse_short(record), draws=200, today=TODAY, twin=twin, products=own, weights="harms=0"
    ).to_json()


@pytest.fixture(scope="module")
def rising():
    return planned(Doses(0.1), ["extracellular_vesicles"])


def test_more_is_better_where_the_twin_says_so(rising) -> None:
    curve = rising["dose_finding"][0]
    doses, means = zip(*((r["dose_cells"], r["net"]["mean"]) for r in curve["doses"]), strict=True)
    assert len(doses) == DOSES and list(doses) == sorted(doses) and list(means) == sorted(means)
    assert [r["p_best"] for r in curve["doses"]] == [0] * (DOSES - 1) + [1]
    assert [r["like_best"] for r in curve["doses"]] == [False] * (DOSES - 1) + [True]
    assert not curve["flat"] and "greatest at" in curve["text"][0]


def test_the_doses_span_what_is_stated_and_studied_of_the_product(rising) -> None:
    curve, weight = rising["dose_finding"][0], RECORD["weight_kg"]
    product = therapy.products()[curve["product"]]
    stated = [d * weight for d in product.dose_cells_per_kg or ()] + list(product.dose_cells_total or ())
    stated += [r.dose_cells for s in product.regimens if (r := s.for_weight(weight))]
    ends = curve["doses"][0]["dose_cells"], curve["doses"][-1]["dose_cells"]
    assert ends == pytest.approx((min(stated), max(stated)), rel=0.01)


def test_where_no_dose_differs_it_says_that_none_can_be_told_from_another() -> None:
    curve = planned(Doses(0.0))["dose_finding"][0]
    assert curve["flat"] and curve["text"][0].startswith("No dose can be told from another")
    assert [r["p_best"] for r in curve["doses"]] == pytest.approx([1 / DOSES] * DOSES, rel=1e-3)


@pytest.mark.parametrize(("rise", "told"), [(0.1, "does most"), (0.0, "no dose can be told")])
def test_the_race_tells_of_the_same_search(rise, told) -> None:
    plan = planned(Doses(rise, noise=0.0 if rise else 0.01))
    (curve,), (row,) = plan["dose_finding"], plan["screened"]["race"]["doses"]
    own = next(o for o in plan["options"] if o["id"] == curve["option"])["dose_cells"]
    means = {r["dose_cells"]: r["net"]["mean"] for r in curve["doses"]}
    assert (row["id"], row["own_cells"]) == (curve["option"], own)
    assert (row["from_cells"], row["to_cells"]) == (min(means), max(means))
    assert row["best_cells"] == max(means, key=means.get)
    assert row["gain_over_own"]["mean"] == pytest.approx(means[row["best_cells"]] - means[own], abs=1e-3)
    assert row["told_apart"] == (rise > 0) and told in row["text"]


@pytest.mark.parametrize("own", [2e7, 7.6e7, 2.9e8])
def test_the_dose_of_the_option_is_among_those_tried(own) -> None:
    base = {"name": "x", "treatment": "x", "family": "cells", "status": "trial only", "because": "x"}
    regimen = Regimen("bm_msc_autologous", "peripheral_vein", own, (0.0,))
    doses = _doses(Option("x", **base, product="bm_msc_autologous", regimen=regimen), 76.0)
    assert own in doses and len(doses) == DOSES and list(doses) == sorted(set(doses))
    product = therapy.products()["bm_msc_autologous"]
    assert doses[0] <= min(product.dose_cells_total) and doses[-1] >= max(product.dose_cells_total)


def test_where_every_dose_loses_it_says_so() -> None:
    curve = planned(Doses(-0.1, noise=0.0))["dose_finding"][0]
    assert "At no dose is the expected net benefit above that of standard care." in curve["text"]


def test_chances_add_up_and_equals_share() -> None:
    nets = np.random.default_rng(1).standard_normal((4, 5000))
    assert p_best(nets).sum() == pytest.approx(1) and p_best(nets) == pytest.approx([0.25] * 4, abs=0.03)


def test_a_product_of_ones_own_has_a_curve_whose_harm_is_unknown(rising) -> None:
    own = rising["dose_finding"][1]
    assert own["product"] == "cord_vesicles" and all(r["harm"] is None for r in own["doses"])
    assert any("harms of this product itself are not known" in t for t in own["text"])
    assert any("particles" in t for t in own["text"])


def test_every_number_of_the_curve_is_on_the_page_and_can_be_explained(rising) -> None:
    page = html(rising)
    for k, row in enumerate(rising["dose_finding"][0]["doses"]):
        for path in ("net.mean", "net.p05", "harm.mean", "p_best", "dose_cells"):
            whole = f"$.dose_finding[0].doses[{k}].{path}"
            value = row[path.split(".")[0]]
            value = value[path.split(".")[1]] if "." in path else value
            assert f'data-path="{whole}" value="{float(value)}"' in page
            assert why(rising, whole)["chain"]


def test_without_a_race_there_is_no_curve(make) -> None:
    plan = make(RECORD)
    assert plan["dose_finding"] == [] and 'id="dose"' not in html(plan)


def _row(dose: float, mean: float, harm: float | None = 1.0):
    def spread(m):
        return {"mean": m, "p05": m - 2, "p25": m - 1, "p50": m, "p75": m + 1, "p95": m + 2}

    return {"dose_cells": dose, "net": spread(mean), "harm": harm and spread(harm), "p_best": 0.5}


def test_the_figure_has_a_text_and_marks_the_greatest_mean() -> None:
    rows = [_row(1e7, 1.0), _row(1e8, 3.0), _row(1e9, 2.0)]
    svg = dose_curve(rows, unit="days", css="cells", title="Net benefit by dose", desc="Most at 1e8.")
    assert 'role="img"' in svg and "Net benefit by dose. Most at 1e8." in svg
    dot = re.search(r'<path class="dot s-cells" d="M([\d.]+)', svg)
    line = re.search(r'<path class="ln s-cells" d="([^"]+)"', svg)
    middle = re.findall(r"[\d.]+", line.group(1))[2]
    assert float(dot.group(1)) == pytest.approx(float(middle), abs=0.2)
    assert svg.count("<rect") == 3 and "lost to harms" in svg


def test_the_figure_leaves_unknown_harm_out() -> None:
    rows = [_row(1e7, 1.0, None), _row(1e8, 3.0, None)]
    assert "lost to harms" not in dose_curve(rows, unit="days", css="cells", title="t", desc="")


def test_the_harms_of_the_way_it_is_given_are_counted_where_they_are_known() -> None:
    record = json.loads((ROOT / "examples" / "decompensated_alcohol_cirrhosis.json").read_text(encoding="utf-8"))
    curves = planned(Doses(0.1), ["liver_organoids"], record)["dose_finding"]
    own = next(c for c in curves if c["product"] == "liver_organoids")
    means = [r["harm"]["mean"] for r in own["doses"]]
    assert means[0] > 0 and means == sorted(means)
