"""A product of the user's own in a plan: forecast, never recommended, its harms said to be unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fake_twin import TODAY, FakeTwin

from hepatica import planning, therapy
from hepatica.patient import parse_short
from hepatica.planning.why import why
from hepatica.report import html

ROOT = Path(__file__).parents[3]
RECORD = json.loads((ROOT / "examples" / "decompensated_alcohol_cirrhosis.json").read_text(encoding="utf-8"))


def product(name):
    if name == "cholestatic_only":
        return replace(product("extracellular_vesicles"), id=name, studied_courses=("cholestatic",))
    return therapy.read_product(ROOT / "examples" / "products" / f"{name}.toml")


def planned(twin=None, files=("extracellular_vesicles", "engineered_macrophages"), record=RECORD):
    given = [product(name) for name in files]
    twin = twin or FakeTwin(0.05)
    return planning.plan(parse_short(record), draws=200, today=TODAY, twin=twin, products=given).to_json()


@pytest.fixture(scope="module")
def plan():
    return planned()


def mine(plan, product):
    return [o for o in plan["options"] if o["product"] == product]


@pytest.mark.parametrize("product", ["cord_vesicles", "engineered_macrophages"])
def test_it_is_forecast_for_a_trial_only_and_says_that_its_harms_are_unknown(plan, product) -> None:
    found = [o for o in mine(plan, product) if o["status"] != "ruled out"]
    assert len(found) == 1
    o = found[0]
    assert (o["status"], o["recommendable"], o["certainty"], o["basis"]) == (
        "trial only", False, "very low", "assumption",
    )  # fmt: skip
    assert o["evidence"] == [] and o["rank"] and o["forecast"]["survival"]
    assert any("what harm" in c and "is not known" in c for c in o["cautions"])
    assert any(o["name"].lower()[1:] in text for text in plan["unknown"])


def test_it_takes_no_place_from_the_built_in_products(plan) -> None:
    without = planned(files=())
    live = {o["id"] for o in without["options"] if o["status"] != "ruled out"}
    assert live <= {o["id"] for o in plan["options"] if o["status"] != "ruled out"}
    assert without["products"] == []


def test_however_strong_it_is_never_recommended() -> None:
    plan = planned(FakeTwin(5.0))
    own = {o["id"] for p in ("cord_vesicles", "engineered_macrophages") for o in mine(plan, p)}
    assert plan["recommendation"]["option"] not in own and not own & set(plan["recommendation"]["tied_options"])


def test_where_its_file_is_not_for_this_disease_it_is_ruled_out_with_the_reason() -> None:
    found = mine(planned(files=("cholestatic_only",)), "cholestatic_only")
    assert {o["status"] for o in found} == {"ruled out"}
    assert "not for decompensated cirrhosis" in found[0]["because"]


def test_a_contraindication_of_its_kind_and_route_still_holds() -> None:
    record = {**RECORD, "conditions": [*RECORD.get("conditions", []), {"name": "hcc"}]}
    out = mine(planned(files=("engineered_macrophages",), record=record), "engineered_macrophages")
    assert {o["status"] for o in out} == {"ruled out"}


def test_every_claim_is_in_the_plan_the_page_and_the_lineage(plan) -> None:
    rows = {m["id"]: m for m in plan["products"][0]["multiples"]}
    assert (rows["potency"]["value"], rows["potency"]["lo"], rows["potency"]["hi"]) == (0.7, 0.1, 2.0)
    assert rows["half_dose"]["source"] == "assumption" and rows["half_dose"]["why"]
    page = html(plan)
    for k in range(len(rows)):
        for key in ("value", "lo", "hi"):
            path = f"$.products[0].multiples[{k}].{key}"
            assert f'data-path="{path}"' in page and why(plan, path)["chain"][0]["step"] == "claimed"
    assert "The harms of this product are not known" in page


def test_nothing_of_it_is_left_behind(plan) -> None:
    assert "cord_vesicles" not in therapy.products()
    assert not mine(planned(files=()), "cord_vesicles")
