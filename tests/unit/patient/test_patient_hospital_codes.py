"""A user's file of codes: what it may say, what it changes in every format, and how a wrong line ends."""

import pytest

from hepatica.errors import InputError
from hepatica.patient import parse, parse_codes

CODES = parse_codes(
    """kind,system,code,name,unit
# comments and empty lines are passed over,,,,

analyte,urn:lab:a,LAB0042,bilirubin,umol/L
analyte,,BILIG,bilirubin,umol/L
condition,,ZIRR,cirrhosis,
cause,,ZIRR,alcohol,
treatment,,CARV25,carvedilol,
column,,pat_nr,id,
column,,geb,birth_date,
unit,,Giga pro l,1e9/L,
"""
)


def bundle(code, system="urn:lab:a", unit=None, **more):
    quantity = {"value": 40} | ({"unit": unit} if unit else {})
    observation = {"resourceType": "Observation", "id": "o", "code": {"coding": [{"system": system, "code": code}]}}
    rows = [{"resourceType": "Patient", "id": "p"}, observation | {"valueQuantity": quantity}, *more.values()]
    import orjson

    return orjson.dumps({"resourceType": "Bundle", "entry": [{"resource": r} for r in rows]})


def values(patient, analyte="bilirubin"):
    return [(o.value, o.unit) for o in patient.at(analyte)]


def test_a_code_of_the_hospital_with_its_own_unit_where_the_record_gives_none():
    assert values(parse(bundle("LAB0042"), codes=CODES)) == [(40, "umol/L")]


def test_the_unit_of_the_record_comes_first():
    assert values(parse(bundle("LAB0042", unit="mg/dL"), codes=CODES)) == [(pytest.approx(684), "umol/L")]


def test_a_code_of_another_system_is_not_meant():
    stranger = {"resourceType": "Condition", "code": {"text": "ZIRR"}}
    assert values(parse(bundle("LAB0042", "urn:lab:b", unit="mg/dL", c=stranger), codes=CODES)) == []


def test_words_say_a_diagnosis_with_its_cause_and_a_medicine():
    p = parse(b'{"id": "p", "conditions": ["zirr"], "treatments": ["CARV25"]}', codes=CODES)
    assert (p.conditions[0].name, p.etiology) == ("cirrhosis", ("alcohol",))
    assert (p.treatments[0].name, p.treatments[0].kind) == ("carvedilol", "beta_blocker")


def test_columns_of_a_table_and_the_hospitals_own_unit():
    table = b"pat_nr;geb;BILIG;platelets (Giga pro l)\n7;1970-01-01;40;150\n"
    p = parse(table, name="t.csv", codes=CODES)
    assert (p.id, str(p.birth_date)) == ("7", "1970-01-01")
    assert values(p) == [(40, "umol/L")]
    assert values(p, "platelets") == [(150, "1e9/L")]


def test_a_long_table():
    p = parse(b"analyte,value,unit\nBILIG,40,\nplatelets,150,giga pro L\n", name="t.csv", codes=CODES)
    assert values(p) == [(40, "umol/L")] and values(p, "platelets") == [(150, "1e9/L")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("analyte,,X,bilirubine,", "'bilirubine' is not a known analyte"),
        ("analyte,,X,bilirubin,mmHg", "pressure"),
        ("condition,,X,cirhosis,", "not a known condition"),
        ("cause,,X,bad luck,", "not a known cause"),
        ("treatment,,X,snake oil,", "not a known treatment"),
        ("column,,X,height of ceiling,", "not a known role or analyte"),
        ("column,,X,id,mg/dL", "has no unit"),
        ("unit,,X,furlong,", "not a known unit"),
        ("thing,,X,bilirubin,", "cannot be used"),
        ("analyte,,BILIG,albumin,", "means both"),
    ],
)
def test_a_wrong_line_is_named(line, says):
    with pytest.raises(InputError) as caught:
        parse_codes(f"kind,system,code,name,unit\nanalyte,,BILIG,bilirubin,\n{line}\n", name="codes.csv")
    assert says in caught.value.what and caught.value.where == "codes.csv line 3"


def test_a_file_of_something_else_is_refused():
    with pytest.raises(InputError):
        parse_codes("a,b\n1,2\n")
