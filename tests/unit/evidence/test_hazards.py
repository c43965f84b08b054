"""Hazard ratios: only those of the treatment against control, with the error they print."""

import math

import pytest

from hepatica import evidence
from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.extract import answers
from hepatica.evidence.hazards import from_ratio_p
from hepatica.evidence.question import ask


def test_the_printed_ratio_and_interval_come_back():
    a = evidence.pool("survival", condition="aclf", intervention="g_csf", measure="HR").to_json()
    assert [s["study"] for s in a["studies"]] == ["engelmann2021"]
    assert a["back_transformed"]["estimate"] == pytest.approx(1.058)
    assert a["back_transformed"]["ci"] == pytest.approx([0.727, 1.548], rel=5e-3)  # print rounds
    assert a["direction"].startswith("below 1")
    assert any(d["domain"] == "imprecision" and d["down"] for d in a["certainty"]["reasons"])


def test_an_endpoint_is_not_another():
    a = evidence.pool("transplant_free_survival", condition="aclf", intervention="g_csf", measure="HR").to_json()
    assert a["studies"][0]["endpoint"] == "transplant_free"
    assert a["back_transformed"]["estimate"] != pytest.approx(1.058, abs=1e-4)


def test_ratios_without_an_error_are_left_out_by_name():
    _, out = answers(ask("survival", None, "cirrhosis", "stem_cells", measure="HR", design="any"))
    assert {x.study.id: x.reason for x in out}["bmmnc260"] == "hazard ratio without an interval or p value"


def test_subgroups_and_covariates_do_not_count():
    rows, _ = answers(ask("survival", None, None, "elad", measure="HR", design="any"))
    assert [round(math.exp(r.effect.yi), 2) for r in rows if r.study.id == "thompson2018_elad"] == [1.03]


def test_nothing_to_pool_is_said():
    with pytest.raises(CannotAnswer, match="k=0"):
        evidence.pool("survival", condition="decompensated_cirrhosis", intervention="msc", measure="HR")


@pytest.mark.parametrize(("ratio", "p"), [(1.0, 0.5), (0.5, 0.0), (0.5, 1.0), (-1.0, 0.5)])
def test_a_p_value_must_say_something(ratio, p):
    with pytest.raises(InputError):
        from_ratio_p(ratio, p)


def test_error_from_p_by_hand():
    e = from_ratio_p(2.0, 0.05)
    assert math.log(2) - 1.959963984540054 * math.sqrt(e.vi) == pytest.approx(0, abs=1e-12)


def test_points_of_survival_stand_in_only_when_asked():
    a = evidence.pool("survival", None, "alcoholic_hepatitis", "g_csf", measure="HR", curves=True).to_json()
    made = [s for s in a["studies"] if any(n.startswith("hazard ratio from survival on day") for n in s["notes"])]
    assert made and all(any("as if nobody left early" in n for n in s["notes"]) for s in made)
    one = next(s for s in made if s["study"] == "singh2014")
    assert one["yi"] < 0 and one["vi"] > 0
    assert any(r.startswith("where none is printed") for r in a["rules"])
