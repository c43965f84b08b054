from time import perf_counter

import numpy as np
import pytest

from hepatica.eligibility import Table, evaluate_table, funnel, parse, protocols, screen
from hepatica.errors import InputError

NAN = np.nan


def truths(said, table):
    return evaluate_table(parse(said), table).tolist()


def test_columns_by_plain_name():
    table = Table.of_columns(
        4,
        inr=np.array([1.0, 1.5, 2.0, NAN]),
        hcc=np.array([1, 0, -1, 0]),
        drinking=np.array([True, False, True, False]),
        cause=np.array(["HBV", "HCV", "alcohol", ""]),
        sex=np.array(["male", "female", "", "male"]),
    )
    assert truths("inr at least 1.5", table) == [-1, 1, 1, 0]
    assert truths("inr above 1.5", table) == [-1, -1, 1, 0]
    assert truths("inr below 1.5", table) == [1, -1, -1, 0]
    assert truths("inr from 1.5 to 1.5", table) == [-1, 1, -1, 0]
    assert truths("no hcc", table) == [-1, 0, 1, 0]
    assert truths("drinking", table) == [1, -1, 1, -1]
    assert truths("cause in (HBV, HCV)", table) == [1, 1, -1, 0]
    assert truths("only cause HBV", table) == [1, -1, -1, 0]
    assert truths("female", table) == [-1, 1, 0, -1]
    assert truths("inr at least 1.5 and no hcc", table) == [-1, 0, 1, 0]
    assert truths("at least 2 of (male, hcc, drinking)", table) == [1, -1, 0, 0]


def test_a_missing_column_is_unknown_for_everyone():
    table = Table.of_columns(2)
    for said in ("inr at least 1", "hcc", "cause in (HBV)", "male", "ask consent", "on steroid", "drinking"):
        assert truths(said, table) == [0, 0]


def test_a_plain_laboratory_column_is_no_multiple_of_normal():
    assert truths("inr at least 1 times normal", Table.of_columns(1, inr=np.array([5.0]))) == [0]


def test_a_column_of_the_wrong_length_is_refused():
    with pytest.raises(InputError, match="column 'inr' has shape"):
        Table.of_columns(3, inr=np.array([1.0]))


def test_the_funnel_counts_each_patient_once():
    protocol = protocols()["NCT01322906"]
    size = 5
    table = Table.of_columns(
        size,
        course=np.array(["aclf", "aclf", "aclf", "compensated", "aclf"]),
        cause=np.array(["HBV"] * size),
        meld=np.array([25.0, 35.0, NAN, 35.0, 20.0]),
        age=np.array([40.0, 40.0, 40.0, 40.0, 70.0]),
    )
    steps = {s.id: s for s in funnel(protocol, table)}
    assert (steps["liver_failure"].reached, steps["liver_failure"].excluded) == (5, 1)
    assert (steps["meld"].reached, steps["meld"].excluded, steps["meld"].unknown) == (4, 1, 1)
    assert (steps["age"].reached, steps["age"].excluded, steps["age"].remaining) == (3, 1, 2)
    assert (steps["meld"].excluded_alone, steps["age"].excluded_alone, steps["liver_failure"].excluded_alone) == (
        1,
        1,
        0,
    )
    assert steps["no_hiv"].remaining == 2
    assert screen(protocol, table).tolist() == [0, -1, 0, -1, -1]
    assert steps["meld"].to_json()["text"] == "MELD below 30"


def test_an_incomplete_protocol_never_screens_anyone_in():
    protocol = protocols()["NCT05224960"]
    known = {
        c: np.array([-1]) for c in ("refractory_ascites", "variceal_bleeding", "hepatorenal_syndrome", "infection")
    }
    table = Table.of_columns(
        1,
        age=np.array([50.0]),
        meld=np.array([20.0]),
        encephalopathy_grade=np.array([0.0]),
        course=np.array(["decompensated"]),
        cause=np.array(["alcohol"]),
        ascites=np.array([1]),
        consent=np.array([1]),
        **known,
    )
    assert all(s.unknown == s.excluded == 0 for s in funnel(protocol, table))
    assert screen(protocol, table).tolist() == [0]


@pytest.mark.slow
def test_a_million_patients_and_one_protocol_take_a_second():
    size = 1_000_000
    rng = np.random.default_rng(1)
    labs = {n: rng.uniform(0, 60, size) for n in ("meld", "child_pugh", "afp", "hemoglobin", "platelets", "sodium")}
    concepts = {n: rng.integers(-1, 2, size).astype(np.int8) for n in ("hcc", "malignancy", "infection", "cirrhosis")}
    table = Table.of_columns(size, age=rng.uniform(10, 80, size), **labs, **concepts)
    protocol = protocols()["NCT01591200"]
    screen(protocol, table)
    begin = perf_counter()
    screen(protocol, table)
    assert perf_counter() - begin < 1.0
