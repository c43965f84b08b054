"""With the real twin: the advice does not hang on the seed, and cells that do nothing are never advised."""

from __future__ import annotations

import json

import pytest
from fake_twin import EXAMPLES, TODAY, FakeTwin
from test_combinations import DECOMPENSATED

from hepatica import eligibility, planning, twin
from hepatica.errors import InputError
from hepatica.patient import parse_short
from hepatica.planning import _stability
from hepatica.planning.weights import Weights
from hepatica.planning.work import Asked

BY_NAME = {p.stem: p for p in EXAMPLES}
SEEDS = range(20)


def record(name):
    return parse_short(json.loads(BY_NAME[name].read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("name", "ordered", "draws"),
    [("severe_alcoholic_hepatitis", True, 80), ("compensated_masld_cirrhosis", True, 80),
     ("decompensated_alcohol_cirrhosis", False, 160)],
)  # fmt: skip
def test_the_recommendation_is_the_same_for_twenty_seeds(name, ordered, draws, monkeypatch):
    """For the last one, on the transplant list, the order of care is taken away, so that the forecast decides."""
    data = json.loads(BY_NAME[name].read_text(encoding="utf-8"))
    if not ordered:
        monkeypatch.setattr("hepatica.planning.choose._pathways", lambda: ())
        data["conditions"].append({"name": "listed_for_transplant"})
    patient = parse_short(data)
    found = _stability.stability(patient, SEEDS, draws, TODAY)
    assert found.seeds == 20 and found.share >= _stability.WANTED
    pathway = _stability.choice(patient, Asked(draws, 1, TODAY, "EU", Weights())).pathway
    assert (pathway == "net_benefit") == (not ordered)


class WithoutEvidence:
    """The real twin with the weight of the evidence on cells set to zero: they have no effect at all."""

    Option, fit, lineage, applies = (
        twin.Option,
        staticmethod(twin.fit),
        staticmethod(twin.lineage),
        staticmethod(twin.applies),
    )

    @staticmethod
    def forecast(fit, options, days):
        return twin.forecast(fit, options, days, bound={"potency": 0.0, "engraftment_1_d": 0.0})


@pytest.mark.parametrize("name", ["decompensated_alcohol_cirrhosis", "hbv_acute_on_chronic_failure"])
def test_without_evidence_no_cells_are_advised_though_every_trial_recruits(name):
    checked = {i: eligibility.StatusCheck("recruiting", TODAY) for i in eligibility.protocols()}
    made = planning.plan(record(name), draws=120, today=TODAY, checked=checked, twin=WithoutEvidence())
    plan = made.to_json()
    cells = [o for o in plan["options"] if o["product"] and o["status"] == "trial only"]
    assert cells and made.recommended["product"] is None
    by_id = {o["id"]: o for o in plan["options"]}
    for o in cells:
        rest = [by_id[p] for p in o["parts_given"] if not by_id[p]["product"]]
        assert o["net_benefit"]["mean"] <= max((r["net_benefit"]["mean"] for r in rest), default=0.0), o["id"]


def test_a_child_with_a_urea_cycle_defect_gets_control_and_referral_never_stromal_cells():
    made = planning.plan(record("child_with_urea_cycle_disorder"), draws=120, today=TODAY)
    plan = made.to_json()
    assert made.recommended["id"] in ("nitrogen_scavengers", "transplant_referral")
    offered = {o["product"] for o in plan["options"] if o["product"] and o["status"] != "ruled out"}
    assert offered and not any("msc" in p for p in offered)
    assert plan["do_now"][0]["id"].startswith("ammonia")


def test_the_command_makes_the_same_choice_as_the_plan():
    for name in ("decompensated_alcohol_cirrhosis", "severe_alcoholic_hepatitis"):
        asked = Asked(60, 3, TODAY, "EU", Weights())
        made = planning.plan(record(name), draws=60, seed=3, today=TODAY).to_json()["recommendation"]
        found = _stability.choice(record(name), asked)
        assert (found.option.id, list(found.ties), found.p_best) == (
            made["option"], made["tied_options"], made["p_best"],
        )  # fmt: skip


def test_advice_that_hangs_on_the_seed_is_counted_as_such(monkeypatch):
    monkeypatch.setattr("hepatica.planning.choose._pathways", lambda: ())

    class Fickle(FakeTwin):
        def fit(self, patient, staging, draws=1000, seed=1):
            self.gain = {"albumin": 0.5} if seed % 2 else {"diuretics": 0.5}
            return super().fit(patient, staging, draws, seed)

    found = _stability.stability(parse_short(DECOMPENSATED), range(1, 8), 100, TODAY, Fickle())
    assert (found.option, found.chose, found.tied) == ("albumin", 4, 0) and found.share == pytest.approx(4 / 7)


def test_the_command_prints_a_row_for_each_record_and_fails_where_there_is_none(tmp_path, capsys):
    assert _stability.main([str(BY_NAME["well_with_fatty_liver"]), "--seeds", "2", "--draws", "60"]) == 0
    assert "well_with_fatty_liver" in capsys.readouterr().out
    with pytest.raises(InputError, match="no record"):
        _stability.main([str(tmp_path)])
