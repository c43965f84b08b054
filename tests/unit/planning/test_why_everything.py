"""Every number of a plan says what it is: a chain that is no mere "text", and a unit (1 where it has none)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from contract import numbers
from fake_twin import TODAY
from test_combinations import HBV_ACLF

import hepatica as hp
from hepatica.language import speaking, translated
from hepatica.patient import parse_short
from hepatica.planning import why
from hepatica.report import words

EXAMPLES = Path(__file__).parents[3] / "examples"
RECORDS = ("decompensated_alcohol_cirrhosis", "paracetamol_acute_failure", "hbv-aclf")


@pytest.fixture(scope="module", params=RECORDS)
def plan(request) -> dict:
    known = EXAMPLES / f"{request.param}.json"
    patient = hp.read(known) if known.exists() else parse_short(HBV_ACLF)
    product = EXAMPLES / "products" / "liver_organoids.toml"
    return hp.plan(patient, draws=64, today=TODAY, people=20, products=[product]).to_json()


def test_every_number_says_what_it_is(plan) -> None:
    silent, bare, kinds = [], [], set()
    for path, value in numbers(plan, "$"):
        kind = re.sub(r"\[\d+\]", "[*]", path)
        if kind in kinds and kind.startswith("$.options"):
            continue
        kinds.add(kind)
        told = why(plan, path)
        assert told["value"] == value
        if not told["chain"] or told["chain"][0]["step"] == "text":
            silent.append(path)
        if not told["unit"] or told["unit"].startswith("see "):
            bare.append(path)
    assert (silent, bare) == ([], [])
    assert len(kinds) > 300


def test_units_are_those_beside_the_number(plan) -> None:
    def unit(path: str) -> str:
        return why(plan, path)["unit"]

    lab = plan["patient"]["labs"][0]
    assert (unit("$.patient.labs[0].value"), unit("$.patient.labs[0].age_d")) == (lab["unit"], "days")
    row = plan["sensitivity"]["options"][0]["rows"][0]
    assert unit("$.sensitivity.options[0].rows[0].low.value") == (row["value_unit"] or "1")
    assert unit("$.sensitivity.options[0].rows[0].low.net") == plan["sensitivity"]["unit"]
    assert unit("$.information.perfect.mean") == plan["information"]["unit"]
    assert unit("$.information.perfect.p_changes") == "probability"
    assert unit("$.screened.race.standing[0].mean") == plan["screened"]["race"]["unit"]
    assert (unit("$.weights.pay_a_qaly"), unit("$.payment.discount.cost")) == ("money", "fraction a year")
    checked = plan["fit"]["check"][0]
    assert unit("$.fit.check[0].p50") == next(
        r["unit"] for r in plan["patient"]["labs"] if r["analyte"] == checked["analyte"]
    )


def test_a_key_that_is_a_number_can_be_asked(plan) -> None:
    found = plan["stage"].get("clinical_stage") or {}
    for key, value in (found.get("deaths_5_years_percent") or {}).items():
        told = why(plan, f"$.stage.clinical_stage.deaths_5_years_percent.{key}")
        assert (told["value"], told["unit"]) == (value, "percent")


def test_units_that_a_page_may_show_are_known_to_the_catalogue(plan) -> None:
    units = {p["unit"] for p in plan["lineage"]["patterns"] if not p["unit"].startswith("see ")}
    plain = {u for u in units if len(u) > 3 and "/" not in u} - {"mmHg", "money"}
    assert plain <= set(words.enumerated())
    with speaking("es"):
        assert {u for u in plain if translated(u) == u} <= {"QALY"}
