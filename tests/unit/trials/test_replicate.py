"""Published trials predicted from what was known before: shapes, honesty, and words read as meant."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from hepatica import trials
from hepatica.errors import InputError
from hepatica.trials import _arms as words

TRIAL = {
    "id": "t",
    "population": {"condition": "decompensated cirrhosis", "etiology": {"alcohol": 1.0}},
    "arms": [
        {"name": "control", "n": 40, "background": "standard care", "cells": None},
        {
            "name": "MSC",
            "n": 38,
            "background": "standard care",
            "cells": {"type": "UC-MSC", "donor": "allogeneic", "route": "peripheral vein", "dose_cells_per_kg": 1e6,
                      "infusions": 3, "days": [0, 28, 56]},
        },
    ],
    "baseline": [
        {"arm": a, "variable": v, "unit": u, "mean": m, "sd": s}
        for a in ("control", "MSC")
        for v, u, m, s in (("MELD", "score", 15, 4), ("albumin_g_L", "g/L", 29, 5), ("age", "years", 52, 9))
    ],
    "ask": {"days": [28, 180, 1000]},
}  # fmt: skip


@pytest.fixture(scope="module")
def predicted():
    return trials.replicate(trials.parse_trial(TRIAL))


def test_every_arm_and_asked_day_is_answered(predicted):
    assert [a["name"] for a in predicted["arms"]] == ["control", "MSC"]
    for arm in predicted["arms"]:
        assert [p["day"] for p in arm["survival"]] == [0, 28, 180, 1000]
        assert {"meld", "child_pugh", "inr", "albumin_g_l", "bilirubin_umol_l"} <= set(arm["variables"])
        for rows in arm["variables"].values():
            assert [p["day"] for p in rows] == [0, 28, 180, 1000]
            assert all(p["mean_lo90"] <= p["mean"] <= p["mean_hi90"] for p in rows)
        for rows in (arm["survival"], arm["transplant_free_survival"]):
            assert all(0 <= p["lo90"] <= p["p"] <= p["hi90"] <= 1 for p in rows)


def test_the_reported_baseline_is_where_the_arm_starts(predicted):
    for arm in predicted["arms"]:
        first = {k: v[0]["mean"] for k, v in arm["variables"].items()}
        assert first["meld"] == pytest.approx(15, abs=0.7)
        assert first["albumin_g_l"] == pytest.approx(29, abs=0.1)


def test_the_interval_widens_in_time_and_narrows_with_size():
    width = {}
    for n in (6, 400):
        trial = dict(TRIAL, arms=[dict(TRIAL["arms"][0], n=n)])
        arm = trials.replicate(trials.parse_trial(trial))["arms"][0]
        width[n] = [p["hi90"] - p["lo90"] for p in arm["survival"]]
        meld = [p["mean_hi90"] - p["mean_lo90"] for p in arm["variables"]["meld"]]
        assert meld[2] > meld[0]
    assert width[6][2] > width[400][2] > 0


def test_the_difference_of_cells_holds_no_effect(predicted):
    gap = predicted["difference"][0]
    assert gap["arm"] == "MSC" and gap["against"] == "control"
    assert all(p["mean_lo90"] < 0 < p["mean_hi90"] for p in gap["variables"]["meld"][1:])


def test_outcomes_in_the_file_change_nothing(predicted):
    told = dict(TRIAL, outcomes=[{"arm": "MSC", "variable": "MELD", "day": 28, "mean": 6}], survival=[{"day": 28}])
    assert trials.replicate(trials.parse_trial(told)) == predicted


@pytest.mark.parametrize(
    ("condition", "etiology", "baseline", "population"),
    [
        ("decompensated cirrhosis", {}, {}, "decompensated"),
        ("compensated cirrhosis", {}, {}, "compensated"),
        ("compensated cirrhosis (mostly)", {}, {"meld": (13.1, 1)}, "decompensated"),
        ("ACLF", {"HBV": 1.0}, {}, "aclf_hbv"),
        ("ACLF (EASL-CLIF)", {}, {}, "aclf"),
        ("decompensated cirrhosis without ACLF", {}, {}, "decompensated"),
        ("severe alcoholic hepatitis", {}, {}, "alcoholic_hepatitis"),
        ("paediatric acute liver failure", {}, {}, "alf"),
        ("liver failure (HBV)", {}, {}, "aclf_hbv"),
        ("cirrhosis", {}, {"meld": (8, 2)}, "compensated"),
        ("UDCA-resistant PBC", {}, {}, "cholestatic"),
        ("neonatal urea cycle disorder", {}, {}, "urea_cycle"),
        ("severe alcohol-associated hepatitis", {}, {}, "alcoholic_hepatitis"),
        ("alcohol-related steatohepatitis", {}, {}, "alcoholic_hepatitis"),
        ("acute severe autoimmune hepatitis", {}, {}, "ali"),
        ("acute hepatic failure", {}, {}, "alf"),
        ("cirrhosis with ascites, advanced liver failure", {}, {}, "decompensated"),
        ("chronic hepatitis C, no cirrhosis", {}, {}, "chronic_hepatitis"),
        ("chronic hepatitis B (cirrhosis 35%)", {}, {}, "chronic_hepatitis"),
        ("chronic hepatitis B (cirrhosis 85%)", {}, {"meld": (9, 3)}, "compensated"),
        ("a thing nobody knows", {}, {}, "decompensated"),
    ],
)
def test_the_words_of_a_condition(condition, etiology, baseline, population):
    assert words.population(condition, etiology, baseline)[0] == population


@pytest.mark.parametrize(
    ("name", "background", "known"),
    [
        ("lamivudine", "", ("antiviral",)),
        ("DAA", "sofosbuvir and daclatasvir", ("antiviral",)),
        ("PLEX", "standard medical care", ("plasma_exchange",)),
        ("granulocyte colony-stimulating factor", "", ("g_csf",)),
        ("early TIPS", "nadolol", ("tips", "beta_blocker")),
        ("placebo", "no steroids", ()),
    ],
)
def test_the_words_of_a_treatment(name, background, known):
    assert words.actions(name, background) == known


@pytest.mark.parametrize(
    ("type_", "donor", "route", "product", "routes"),
    [
        ("UC-MSC", "allogeneic", "peripheral vein", "uc_msc", "peripheral_vein"),
        ("BM-MSC", "autologous", "hepatic artery", "bm_msc_autologous", "hepatic_artery"),
        ("CD133+", "autologous", "peripheral vein", "cd133_autologous", "peripheral_vein"),
        ("BM-MNC", None, "portal vein or hepatic artery", "bm_mnc_autologous", "hepatic_artery portal_vein"),
        ("HepaStem (liver-derived progenitor)", None, "i.v.", "liver_progenitor_adhlsc", "peripheral_vein"),
    ],
)  # fmt: skip
def test_the_words_of_an_arm(type_, donor, route, product, routes):
    cells = {"type": type_, "donor": donor, "route": route}
    assert words.product(cells)[0] == product
    assert set(words.routes(cells)) == set(routes.split())


def test_an_unknown_dose_or_product_widens_and_never_stops():
    vague = dict(TRIAL["arms"][1], cells={"type": "magic cells", "route": None, "donor": None})
    result = trials.replicate(trials.parse_trial(dict(TRIAL, arms=[TRIAL["arms"][0], vague])))
    assert len(result["arms"]) == 2 and np.isfinite(result["arms"][1]["variables"]["meld"][2]["mean"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arms": []}, "no arms"),
        ({"arms": [{"name": "a", "n": 0}]}, "an arm of 0 patients"),
        ({"arms": [{"name": "a", "n": 5, "cells": {"type": "MSC", "dose_cells_total": -1}}]}, "a dose of -1"),
        ({"ask": {"days": [-3]}}, "day -3"),
        ({"ask": {"days": []}}, "no days"),
        ({"baseline": [{"arm": "control", "variable": "albumin_g_L", "mean": 3.1}]}, "albumin_g_L 3.1"),
        ({"baseline": [{"arm": "control", "variable": "INR", "mean": 1.4, "sd": -1}]}, "SD -1"),
    ],
)
def test_impossible_values_are_refused_with_their_place(change, says):
    with pytest.raises(InputError) as caught:
        trials.parse_trial({**TRIAL, **change})
    assert says in str(caught.value) and "where:" in str(caught.value)


def test_a_file_that_is_no_trial(tmp_path):
    path = tmp_path / "x.json"
    for content, says in ((b"", "not JSON"), (b"[1]", "not a trial"), (b'{"arms": 3}', "no arms")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=says):
            trials.read_trial(path)
    with pytest.raises(InputError, match="cannot read"):
        trials.read_trial(tmp_path / "absent.json")
    path.write_text(json.dumps(TRIAL))
    assert trials.read_trial(path).id == "t"


def test_the_interval_score_punishes_misses():
    assert trials.interval_score(5, 4, 6) == 2
    assert trials.interval_score(7, 4, 6) == pytest.approx(22)
    assert trials.interval_score(3, 4, 6) == pytest.approx(22)


def test_the_trial_of_the_how_to_page_is_predicted():
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "predict-a-trial.md").read_text("utf-8")
    (text,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    result = trials.replicate(trials.parse_trial(json.loads(text)))
    assert [a["name"] for a in result["arms"]] == ["standard care", "UC-MSC"]
    assert [p["day"] for p in result["arms"][0]["survival"]] == [0, 28, 90]
    assert result["notes"] == ["population 'decompensated' from 'decompensated cirrhosis'"]
