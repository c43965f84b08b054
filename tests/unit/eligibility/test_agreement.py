"""The evaluator of one patient and the evaluator of arrays must agree on any rule and any record."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hepatica.eligibility import (
    AtLeast,
    Fact,
    Not,
    Quantity,
    Within,
    evaluate,
    evaluate_table,
    match,
    protocols,
    screen,
    tabulate,
    way_in,
)
from hepatica.patient import Condition, Observation, Patient, Treatment
from hepatica.therapy import Record

NOW = datetime(2026, 11, 20)
NAMES = ("hcc", "malignancy", "infection", "sbp", "ascites", "encephalopathy", "pregnancy", "cirrhosis", "aclf")
LABS = ("inr", "platelets")
SCORES = ("meld", "child_pugh")
LIMITS = st.sampled_from([0.0, 1.0, 2.0, 3.0])
WINDOWS = st.sampled_from([None, 10.0, 50.0])


@st.composite
def intervals(draw):
    kind = draw(st.sampled_from(["lab", "normal", "rise", "score", "personal", "episodes"]))
    name = {
        "score": st.sampled_from(SCORES),
        "personal": st.sampled_from(["age", "bmi", "encephalopathy_grade", "ascites_level", "aclf_grade", "weight"]),
        "episodes": st.sampled_from(["hcc", "ascites,sbp"]),
    }.get(kind, st.sampled_from(LABS))
    window = draw(WINDOWS) if kind in ("lab", "normal") else 50.0 if kind in ("rise", "episodes") else None
    low, high = sorted((draw(LIMITS), draw(LIMITS)))
    low, high = draw(st.sampled_from([(low, high), (low, np.inf), (-np.inf, high)]))
    return Within(Quantity(kind, draw(name), window), low, high, draw(st.booleans()), draw(st.booleans()))


@st.composite
def facts(draw):
    kind = draw(st.sampled_from(["has", "has", "takes", "cause", "only_cause", "course", "sex", "drinking", "ask"]))
    names = {
        "has": NAMES,
        "takes": ("steroid", "immunosuppressant"),
        "cause": ("HBV", "alcohol"),
        "only_cause": ("HBV", "alcohol"),
        "course": ("aclf", "compensated"),
        "sex": ("male", "female"),
        "drinking": ("",),
        "ask": ("consent", "follow_up"),
    }[kind]
    name = draw(st.sampled_from(names))
    ever = kind == "has" and draw(st.booleans())
    window = draw(WINDOWS) if kind in ("has", "takes") and not ever else None
    return Fact(kind, (name,) if name else (), ever, window)


def branches(inner):
    several = st.lists(inner, min_size=1, max_size=4)
    counted = several.flatmap(lambda r: st.integers(1, len(r)).map(lambda n: AtLeast(n, tuple(r))))
    return inner.map(Not) | counted


RULES = st.recursive(intervals() | facts(), branches, max_leaves=12)
COMPARATORS = st.sampled_from(["", "", "<", "<=", ">", ">="])
TIMES = st.none() | st.integers(0, 120).map(lambda d: NOW - timedelta(days=d))


@st.composite
def records(draw):
    labs = tuple(
        Observation(
            name, draw(LIMITS), "1", draw(TIMES), draw(st.sampled_from(["", "", "<", "<=", ">", ">="])), None, limit
        )
        for name in LABS
        for limit in draw(st.lists(st.sampled_from([None, 1.0, 2.0]), max_size=3))
    )
    conditions = tuple(
        Condition(name, "", draw(TIMES), draw(TIMES), draw(st.booleans()))
        for name in draw(st.lists(st.sampled_from(NAMES), max_size=4))
    )
    treatments = tuple(
        Treatment(name, name, "", None, draw(TIMES), draw(st.booleans()))
        for name in draw(st.lists(st.sampled_from(["steroid", "immunosuppressant"]), max_size=2))
    )
    patient = Patient(
        "p",
        sex=draw(st.sampled_from([None, "male", "female"])),
        age_stated_years=draw(st.none() | LIMITS),
        weight_kg=draw(st.none() | st.sampled_from([1.0, 70.0])),
        height_cm=draw(st.none() | st.just(170.0)),
        etiology=tuple(draw(st.sets(st.sampled_from(["HBV", "alcohol"])))),
        alcohol_active=draw(st.sampled_from([None, True, False])),
        ascites=draw(st.sampled_from([None, "none", "slight", "moderate"])),
        encephalopathy_grade=draw(st.sampled_from([None, 0, 1, 2])),
        conditions=conditions,
        treatments=treatments,
        observations=labs,
    )
    scores, gaps = {}, []
    for name in SCORES:
        known = draw(st.sampled_from(["value", "interval", "nothing"]))
        if known == "value":
            scores[name] = SimpleNamespace(value=draw(LIMITS), at=NOW)
        else:
            low, high = sorted((draw(LIMITS), draw(LIMITS)))
            interval = (low, high) if known == "interval" else None
            gaps.append(SimpleNamespace(score=name, needs=("inr",), interval=interval, why=""))
    course = draw(st.sampled_from(["undetermined", "aclf", "compensated", "none"]))
    grade = draw(st.sampled_from([None, 0, 1, 2]))
    filled = {"at": NOW, "course": course, "label": course, "causes": (), "aclf_grade": grade, "dialysis": False}
    staging = SimpleNamespace(
        scores=scores, missing=gaps, cirrhosis=draw(st.sampled_from(["recorded", "unknown"])), **filled
    )
    answers = draw(st.dictionaries(st.sampled_from(["consent", "hcc", "drinking"]), st.booleans()))
    return Record(patient, staging), answers


CODE = {True: 1, None: 0, False: -1}


@settings(max_examples=400, deadline=None)
@given(RULES, st.lists(records(), min_size=1, max_size=5))
def test_both_evaluators_agree(rule, drawn):
    cohort, answers = [r for r, _ in drawn], [a for _, a in drawn]
    one_by_one = [CODE[evaluate(rule, r, a).truth] for r, a in drawn]
    at_once = evaluate_table(rule, tabulate(cohort, [rule], answers))
    assert at_once.tolist() == one_by_one


@settings(max_examples=60, deadline=None)
@given(RULES, records())
def test_an_unknown_never_hides_an_answer(rule, drawn):
    """Settling every question can turn an unknown into an answer, never one answer into the other."""
    record, answers = drawn
    before = evaluate(rule, record, {}).truth
    after = evaluate(rule, record, {**answers, "consent": True, "hcc": False, "follow_up": False}).truth
    assert before is None or after is before


@settings(max_examples=30, deadline=None)
@given(st.lists(records(), min_size=1, max_size=4), st.sampled_from(sorted(protocols())))
def test_screening_a_table_gives_the_verdicts_of_the_matches(drawn, name):
    protocol = protocols()[name]
    words = {"eligible": 1, "unknown": 0, "not eligible": -1}
    matches = [match(r.patient, r.staging, protocol, answers=a)[0].verdict for r, a in drawn]
    table = tabulate([r for r, _ in drawn], [c.rule for c in protocol.criteria], [a for _, a in drawn])
    assert screen(protocol, table).tolist() == [words[v] for v in matches]


@settings(max_examples=300, deadline=None)
@given(RULES, records())
def test_a_way_in_is_told_where_a_rule_is_unmet_and_nowhere_else(rule, drawn):
    record, answers = drawn
    assert bool(way_in(rule, record, answers)) == (evaluate(rule, record, answers).truth is False)
