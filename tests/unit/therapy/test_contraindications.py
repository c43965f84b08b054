from datetime import datetime
from types import SimpleNamespace

import pytest

from hepatica.errors import InputError
from hepatica.patient import Condition, Observation, Patient
from hepatica.therapy import comparator_contraindications, comparators, contraindications, products, routes
from hepatica.therapy.contraindications import rule_from_row, rules

NOW = datetime(2026, 11, 20)


def judged(product, route, course="decompensated", conditions=(), labs=(), **person):
    staging = SimpleNamespace(at=NOW, course=course, label=course, causes=(), scores={}, missing=())
    observations = tuple(Observation(n, v, "1", NOW) for n, v in labs)
    made = tuple(Condition(c) for c in conditions)
    person = {"age_stated_years": 50, "sex": "male"} | person
    patient = Patient("p", conditions=made, observations=observations, **person)
    return {c.id: c for c in contraindications(patient, staging, product, route)}


@pytest.mark.parametrize(
    "product, route, rule, verdict, facts",
    [
        ("uc_msc", "peripheral_vein", "cancer", "absolute", {"conditions": ["hcc"]}),
        ("uc_msc", "peripheral_vein", "infection", "absolute", {"conditions": ["sbp"]}),
        ("uc_msc", "peripheral_vein", "pregnancy", "absolute", {"sex": "female", "conditions": ["pregnancy"]}),
        ("uc_msc", "peripheral_vein", "sensitisation", "relative", {"conditions": ["listed_for_transplant"]}),
        ("uc_msc", "peripheral_vein", "portal_thrombosis_any", "relative", {"conditions": ["portal_vein_thrombosis"]}),
        ("uc_msc", "peripheral_vein", "child", "absolute", {"age_stated_years": 12}),
        ("uc_msc", "peripheral_vein", "missing_enzyme", "absolute", {"course": "urea_cycle"}),
        ("uc_msc", "peripheral_vein", "no_indication", "absolute", {"course": "none"}),
        ("uc_msc", "peripheral_vein", "no_indication", "absolute", {"course": "steatosis"}),
        ("uc_msc", "peripheral_vein", "coma", "relative", {"encephalopathy_grade": 3}),
        ("uc_msc", "peripheral_vein", "drinking", "relative", {"alcohol_active": True}),
        ("uc_msc", "hepatic_artery", "contrast_kidney", "relative", {"labs": [("creatinine", 107)]}),
        ("uc_msc", "hepatic_artery", "inr_artery", "relative", {"labs": [("inr", 1.8)]}),
        ("uc_msc", "hepatic_artery", "platelets_puncture", "relative", {"labs": [("platelets", 49)]}),
        (
            "bm_msc_autologous",
            "portal_vein",
            "portal_thrombosis_portal",
            "absolute",
            {"conditions": ["portal_vein_thrombosis"]},
        ),
        ("bm_msc_autologous", "portal_vein", "shunt_portal", "relative", {"conditions": ["tips"]}),
        ("bm_msc_autologous", "portal_vein", "inr_puncture", "relative", {"labs": [("inr", 1.81)]}),
        ("bm_msc_autologous", "portal_vein", "platelets_lowest", "absolute", {"labs": [("platelets", 19)]}),
        ("bm_msc_autologous", "intrahepatic", "ascites_needle", "absolute", {"ascites": "moderate"}),
        ("bm_msc_autologous", "intrasplenic", "platelets_spleen", "absolute", {"labs": [("platelets", 49)]}),
        ("bm_msc_autologous", "peripheral_vein", "too_slow", "absolute", {"course": "alf"}),
        ("hepatocyte_allogeneic", "portal_vein", "portal_load", "relative", {"conditions": ["cirrhosis"]}),
        ("liver_progenitor_adhlsc", "peripheral_vein", "procoagulant", "absolute", {"labs": [("platelets", 49)]}),
        ("ipsc_hepatocyte", "portal_vein", "never_in_people", "absolute", {}),
    ],
)
def test_a_rule_holds(product, route, rule, verdict, facts):
    found = judged(product, route, **facts)[rule]
    assert (found.verdict, found.if_present) == (verdict, verdict)
    assert found.because and found.lowers and found.source and not found.needs


@pytest.mark.parametrize(
    "product, route, rule, facts",
    [
        ("uc_msc", "peripheral_vein", "pregnancy", {"sex": "male"}),
        ("uc_msc", "peripheral_vein", "inr_puncture", {"labs": [("inr", 4.0)]}),
        ("uc_msc", "hepatic_artery", "inr_artery", {"labs": [("inr", 1.79)]}),
        ("uc_msc", "hepatic_artery", "platelets_puncture", {"labs": [("platelets", 50)]}),
        ("uc_msc", "peripheral_vein", "no_indication", {"course": "decompensated"}),
        ("uc_msc", "peripheral_vein", "too_slow", {"course": "alf"}),
        ("uc_msc", "peripheral_vein", "coma", {"encephalopathy_grade": 2}),
        ("hepatocyte_allogeneic", "portal_vein", "child", {"age_stated_years": 4}),
        ("hepatocyte_allogeneic", "portal_vein", "missing_enzyme", {"course": "urea_cycle"}),
        ("bm_msc_autologous", "intrahepatic", "ascites_needle", {"ascites": "slight"}),
        ("bm_msc_autologous", "peripheral_vein", "sensitisation", {"conditions": ["listed_for_transplant"]}),
        ("uc_msc", "peripheral_vein", "drinking", {"alcohol_active": False}),
    ],
)
def test_a_rule_fails_and_is_left_out(product, route, rule, facts):
    assert rule not in judged(product, route, **facts)


def test_silence_is_unknown_with_the_test_that_settles_it():
    found = judged("uc_msc", "peripheral_vein")["cancer"]
    assert (found.verdict, found.if_present, found.assumed_absent) == ("unknown", "absolute", True)
    assert "confirm the absence of cancer" in found.needs


def test_a_missing_value_is_unknown_and_not_silence():
    found = judged("uc_msc", "hepatic_artery")["inr_artery"]
    assert (found.verdict, found.needs, found.assumed_absent) == ("unknown", "measure INR", False)


def test_the_strongest_reason_stands_first():
    found = list(judged("uc_msc", "hepatic_artery", conditions=["hcc"], labs=[("inr", 2.0)]).values())
    verdicts = [c.verdict for c in found]
    assert verdicts == sorted(verdicts, key=["absolute", "relative", "unknown"].index)
    assert found[0].id == "cancer"


@pytest.mark.parametrize("product, route, kind", [("x", "portal_vein", "product"), ("uc_msc", "ear", "route")])
def test_an_unknown_product_or_route_is_refused(product, route, kind):
    with pytest.raises(InputError, match=f"unknown {kind}"):
        judged(product, route)


def test_every_rule_concerns_something():
    pairs = [(p, r) for p in products().values() for r in routes().values()]
    for rule in rules():
        named = rule.applies.get("comparators", ())
        assert set(named) <= set(comparators()), rule.id
        assert bool(named) != any(rule.concerns(p, r) for p, r in pairs), rule.id


@pytest.mark.parametrize(
    "comparator, rule, verdict, conditions",
    [
        ("tips", "tips_heart", "absolute", ["heart_failure"]),
        ("tips", "tips_infection", "absolute", ["sbp"]),
        ("tips", "tips_tumour_or_vein", "relative", ["hcc"]),
        ("terlipressin", "terlipressin_lung", "relative", ["respiratory_failure"]),
        ("g_csf", "g_csf_cancer", "absolute", ["malignancy"]),
        ("g_csf", "g_csf_cancer", "unknown", []),
    ],
)
def test_a_treatment_without_cells_is_judged_too(comparator, rule, verdict, conditions):
    patient = Patient("p", conditions=tuple(Condition(c) for c in conditions))
    found = {c.id: c.verdict for c in comparator_contraindications(patient, None, comparator)}
    assert found[rule] == verdict


def test_an_unknown_comparator_is_refused():
    with pytest.raises(InputError, match="unknown comparator"):
        comparator_contraindications(Patient("p"), None, "hope")


def test_every_product_by_every_route_can_be_judged():
    for product in products():
        for route in routes():
            assert all(c.source for c in judged(product, route).values())


GOOD = {
    "id": "x",
    "verdict": "relative",
    "text": "t",
    "lowers": "l",
    "when": [{"lab": "inr", "above": 2}],
    "sources": [{"id": "pmid:31591593"}],
}


@pytest.mark.parametrize(
    "change, what",
    [
        ({"sources": []}, "no source"),
        ({"verdict": "mild"}, "verdict"),
        ({"when": []}, "empty"),
        ({"when": [{"mood": "low"}]}, "asks one thing"),
        ({"when": [{"lab": "inr"}]}, "one bound"),
        ({"when": [{"condition": "luck"}]}, "not a concept"),
        ({"applies": {"weather": ["wet"]}}, "has no `weather`"),
        ({"lowers": ""}, "`lowers` is missing"),
    ],
)
def test_a_bad_rule_is_refused(change, what):
    assert rule_from_row(GOOD).id == "x"
    with pytest.raises(InputError, match=what):
        rule_from_row(GOOD | change)
