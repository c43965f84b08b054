from math import inf

import pytest

from hepatica.eligibility import AtLeast, Fact, Not, Quantity, Within, leaves, parse, protocols
from hepatica.errors import InputError

HCC = Fact("has", ("hcc",))
DRINKING = Fact("drinking")


def number(kind, name, window_d=None, **limits):
    return Within(Quantity(kind, name, window_d), **limits)


READ = {
    "hcc": HCC,
    "no hcc": Not(HCC),
    "not no hcc": Not(Not(HCC)),
    "hcc ever": Fact("has", ("hcc",), ever=True),
    "hcc within 2 weeks": Fact("has", ("hcc",), within_d=14.0),
    "hcc within 1 year": Fact("has", ("hcc",), within_d=365.25),
    "hcc and drinking or male": AtLeast(1, (AtLeast(2, (HCC, DRINKING)), Fact("sex", ("male",)))),
    "hcc and (drinking or male)": AtLeast(2, (HCC, AtLeast(1, (DRINKING, Fact("sex", ("male",)))))),
    "no hcc and drinking": AtLeast(2, (Not(HCC), DRINKING)),
    "at least 2 of (hcc, drinking, male)": AtLeast(2, (HCC, DRINKING, Fact("sex", ("male",)))),
    "cause in (HBV, HCV)": Fact("cause", ("HBV", "HCV")),
    "only cause HBV": Fact("only_cause", ("HBV",)),
    "course in (aclf)": Fact("course", ("aclf",)),
    "on steroid": Fact("takes", ("steroid",)),
    "on steroid within 30 days": Fact("takes", ("steroid",), within_d=30.0),
    "ask consent": Fact("ask", ("consent",)),
    "age from 18 to 65": number("personal", "age", low=18.0, high=65.0, unit="years"),
    "meld at least 20": number("score", "meld", low=20.0, unit="points"),
    "meld below 30": number("score", "meld", high=30.0, high_open=True, unit="points"),
    "inr above 1.5": number("lab", "inr", low=1.5, low_open=True, unit="1"),
    "platelets at most 60 1e9/L within 7 days": number("lab", "platelets", 7.0, high=60.0, unit="1e9/L"),
    "albumin at least 3 g/dL": number("lab", "albumin", low=30.0, unit="g/L"),
    "bilirubin at least 10 times normal": number("normal", "bilirubin", low=10.0, unit="times normal"),
    "urea_nitrogen at most 10 mmol/L": number("lab", "urea", high=10.0, unit="mmol/L"),
    "encephalopathy_grade at most 2": number("personal", "encephalopathy_grade", high=2.0),
    "creatinine rising at least 20 umol/L a day within 2 days": number(
        "rise", "creatinine", 2.0, low=20.0, unit="umol/L a day"
    ),
    "episodes of (ascites, sbp) at least 2 within 365 days": number("episodes", "ascites,sbp", 365.0, low=2.0),
}


@pytest.mark.parametrize("said, tree", READ.items(), ids=READ)
def test_a_sentence_becomes_its_tree(said, tree):
    assert parse(said) == tree


REFUSED = {
    "": "ends too early",
    "hcc and": "ends too early",
    "hcc hcc": "left over",
    "(hcc": "missing",
    "hcc)": "left over",
    "liver pain": "no analyte, score, concept",
    "meld": "needs a limit",
    "meld between 3 and 4": "needs a limit",
    "meld at least twenty": "not a number",
    "meld at least 20 mg/dL": "no unit of meld",
    "age from 65 to 18": "no age lies",
    "age at least 18 months": "no unit of age",
    "bilirubin at least 5 mmHg": "measures pressure",
    "bilirubin at least 5 bananas": "not a known unit",
    "hcc within 3 moons": "no span of time",
    "cause in (X)": "no cause",
    "cause in (HBV": "missing",
    "course in (mild)": "no course",
    "ask the_oracle": "no question",
    "at least 4 of (hcc, male)": "cannot be asked",
    "at least 0 of (hcc, male)": "cannot be asked",
    "at least 1.5 of (hcc, male)": "cannot be asked",
    "episodes of (hcc) at least 1": "time window is missing",
    "bilirubin rising at least 1 mg/dL a day": "time window is missing",
    "bilirubin rising at least 1 mg/dL within 3 days": "missing",
    "on": "ends too early",
}


@pytest.mark.parametrize("said, what", REFUSED.items(), ids=REFUSED)
def test_a_sentence_that_cannot_be_read_is_refused_with_its_place(said, what):
    with pytest.raises(InputError, match=what):
        parse(said, "protocol x, criterion y")


def test_the_place_of_the_fault_is_named():
    with pytest.raises(InputError) as caught:
        parse("meld at least twenty", "protocol x, criterion y")
    assert "protocol x, criterion y" in caught.value.where
    assert "'twenty'" in caught.value.where


def test_every_leaf_of_a_rule_is_walked():
    rule = parse("at least 2 of (no hcc, male and meld below 30, drinking)")
    assert [type(x).__name__ for x in leaves(rule)] == ["Fact", "Fact", "Within", "Fact"]


def test_bounds_of_every_protocol_are_finite_on_one_side():
    for protocol in protocols().values():
        for criterion in protocol.criteria:
            for leaf in leaves(criterion.rule):
                if isinstance(leaf, Within):
                    assert -inf < leaf.low or leaf.high < inf, (protocol.id, criterion.id)
