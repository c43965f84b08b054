"""Writing a patient and reading it back gives the same patient, for any patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import orjson
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hepatica.errors import InputError
from hepatica.patient import ANALYTES, Patient, Provenance, condition_names, parse, parse_short, to_fhir, to_short

TODAY = date(2026, 11, 1)
NAMES = [n for n in ANALYTES if n not in ("age",)]
TIMES = st.one_of(
    st.none(),
    st.dates(date(2000, 1, 1), TODAY).map(date.isoformat),
    st.datetimes(datetime(2000, 1, 1), datetime(2026, 10, 31)).map(lambda t: t.replace(microsecond=0).isoformat()),
)
WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="\u200b"), max_size=30)


@st.composite
def observations(draw):
    name = draw(st.sampled_from(NAMES))
    analyte = ANALYTES[name]
    value = st.floats(analyte.low, analyte.high)
    row = {"analyte": name, "value": draw(value), "unit": analyte.unit, "time": draw(TIMES)}
    if draw(st.booleans()):
        row["comparator"] = draw(st.sampled_from(["<", "<=", ">", ">="]))
    if draw(st.booleans()):
        row |= {"ref_low": draw(value), "ref_high": draw(value)}
    return row


CONDITIONS = st.one_of(
    st.sampled_from(list(condition_names())),
    st.sampled_from(["K70.31", "Primary biliary cirrhosis", "Decompensated cirrhosis with ascites", "Broken arm"]),
    st.fixed_dictionaries(
        {"text": WORDS}, optional={"onset": TIMES, "resolved": TIMES, "active": st.booleans(), "name": st.just("")}
    ),
)
TREATMENTS = st.one_of(
    st.sampled_from(["propranolol", "Lasix 40 mg", "dialysis", "liver transplant", "tips", "herbs", "beta_blocker"]),
    st.fixed_dictionaries({"text": WORDS}, optional={"start": TIMES, "stop": TIMES, "active": st.booleans()}),
)
PATIENTS = st.fixed_dictionaries(
    {"id": st.one_of(st.from_regex(r"[A-Za-z0-9.\-]{1,20}", fullmatch=True), WORDS)},
    optional={
        "sex": st.sampled_from(["male", "female", "other"]),
        "age": st.integers(-3, 130),
        "birth_date": st.dates(date(1930, 1, 1), date(2010, 1, 1)).map(date.isoformat),
        "weight_kg": st.floats(-1, 500),
        "height_cm": st.floats(10, 300),
        "etiology": st.lists(st.sampled_from(["alcohol", "HBV", "MASLD", "fate"]), max_size=3),
        "alcohol_active": st.booleans(),
        "ascites": st.sampled_from(["none", "slight", "moderate", "massive", "odd"]),
        "encephalopathy_grade": st.integers(-1, 5),
        "deceased": st.booleans(),
        "conditions": st.lists(CONDITIONS, max_size=4),
        "treatments": st.lists(TREATMENTS, max_size=4),
        "observations": st.lists(observations(), max_size=6),
        "unknown key": WORDS,
    },
)


KEYS = ["resourceType", "entry", "resource", "code", "coding", "id", "subject", "value", "observations", "component"]
LEAVES = st.none() | st.booleans() | st.floats() | st.sampled_from(["Bundle", "Patient", "Observation"]) | WORDS
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


def without_sources(p: Patient) -> Patient:
    nowhere = Provenance()
    return replace(
        p,
        conditions=tuple(replace(c, source=nowhere) for c in p.conditions),
        treatments=tuple(replace(t, source=nowhere) for t in p.treatments),
        observations=tuple(replace(o, source=nowhere) for o in p.observations),
    )


def patient_of(data) -> Patient:
    try:
        return parse_short(data, today=TODAY)
    except InputError:
        assume(False)
        raise


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATIENTS)
def test_fhir_reads_back(data):
    p = patient_of(data)
    again = parse(orjson.dumps(to_fhir(p)), name="p.json", today=TODAY)
    assert without_sources(again) == without_sources(p)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATIENTS)
def test_the_short_form_reads_back(data):
    p = patient_of(data)
    again = parse(orjson.dumps(to_short(p)), name="p.json", today=TODAY)
    assert without_sources(again) == without_sources(p)


@settings(max_examples=100, deadline=None)
@given(ANY_JSON)
def test_any_json_is_read_or_refused_in_words(document):
    try:
        parse(orjson.dumps(document), name="x.json", today=TODAY)
    except InputError as error:
        assert 1 <= len(error.lines()) <= 4


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: ("id,inr,date\n" + t).encode()))
def test_any_bytes_are_read_or_refused_in_words(data):
    for name in ("x.csv", "x.json", "x.toml", "x"):
        try:
            parse(data, name=name, today=TODAY)
        except InputError as error:
            assert 1 <= len(error.lines()) <= 4
