from datetime import date, datetime

import pytest

from hepatica.eligibility import StatusCheck, match, protocols, read_protocol
from hepatica.errors import InputError
from hepatica.patient import parse_short
from hepatica.staging import stage

TODAY = date(2026, 11, 23)
RECORD = {
    "id": "hbv",
    "sex": "male",
    "age": 41,
    "etiology": ["HBV"],
    "encephalopathy_grade": 1,
    "conditions": ["cirrhosis", "aclf"],
    "observations": [
        {"analyte": "bilirubin", "value": 312, "unit": "umol/L", "time": "2026-11-20"},
        {"analyte": "inr", "value": 2.3, "unit": "1", "time": "2026-11-20"},
        {"analyte": "creatinine", "value": 88, "unit": "umol/L", "time": "2026-11-20"},
    ],
}
ANSWERS = dict.fromkeys(["variceal_bleeding", "major_organ_disease", "malignancy", "liver_tumour", "hiv"], False)


def found(protocol="NCT01322906", **options):
    patient = parse_short({**RECORD, **options.pop("record", {})})
    (one,) = match(patient, stage(patient), protocol, TODAY, **options)
    return one


def test_the_contract_shape():
    row = found().to_json()
    asked = {"protocol", "verdict", "recruitment_status", "status_as_of", "criteria_complete", "criteria"}
    assert asked <= set(row)
    for criterion in row["criteria"]:
        assert {"id", "text", "verdict", "because", "needs", "distance"} <= set(criterion)
        assert criterion["verdict"] in ("met", "not met", "unknown")
        assert criterion["because"]
        assert (criterion["needs"] is not None) == (criterion["verdict"] == "unknown")


def test_every_protocol_is_matched_and_the_nearest_stands_first():
    patient = parse_short(RECORD)
    matches = match(patient, stage(patient))
    assert {m.protocol for m in matches} == set(protocols())
    order = ["eligible", "unknown", "not eligible"]
    assert [order.index(m.verdict) for m in matches] == sorted(order.index(m.verdict) for m in matches)


def test_staging_is_done_where_it_is_not_given():
    assert match(parse_short(RECORD), protocol="NCT01322906", today=TODAY)[0].to_json() == found().to_json()


def test_eligible_needs_every_criterion_and_says_what_is_open():
    assert found(answers=ANSWERS).verdict == "eligible"
    one = found(answers={k: v for k, v in ANSWERS.items() if k != "hiv"})
    assert (one.verdict, one.verdict_if_silent_is_absent) == ("unknown", "eligible")
    assert one.because == "open: no HIV infection"
    assert one.settles_most == ("HIV serology", 1)


def test_an_incomplete_list_is_never_eligible():
    protocol = protocols()["NCT05224960"]
    case = next(a for a in protocol.assurance if a.expect == "unknown")
    patient = parse_short({"id": "x", **case.record})
    (one,) = match(patient, stage(patient), protocol, answers=case.answers)
    assert all(c.verdict == "met" for c in one.criteria)
    assert one.verdict == one.verdict_if_silent_is_absent == "unknown"
    assert "incomplete" in one.because


@pytest.mark.parametrize(
    "checked, status",
    [
        (None, "historical criteria only"),
        (date(2026, 11, 23), "recruiting"),
        (date(2026, 8, 25), "recruiting"),
        (date(2026, 8, 24), "historical criteria only"),
        (date(2026, 11, 24), "historical criteria only"),
    ],
)
def test_recruitment_counts_for_90_days_after_it_was_checked(checked, status):
    checks = {"NCT01322906": StatusCheck("recruiting", checked)} if checked else None
    one = found(checked=checks)
    assert one.recruitment_status == status
    assert one.status_as_of == checked


def test_no_packaged_protocol_claims_a_checked_status():
    assert all(p.status_as_of is None for p in protocols().values())


def test_near_misses_come_nearest_first_with_sign_and_unit():
    near = {"observations": [dict(RECORD["observations"][0], value=84), dict(RECORD["observations"][1], value=1.1)]}
    one = found("NCT05985863", record=near)
    assert [c.id for c in one.near_misses] == ["bilirubin"]
    assert one.near_misses[0].distance.to_json() == {
        "value": -1.5,
        "unit": "umol/L",
        "limit": 85.5,
        "text": "1.5 umol/L below the limit of 85.5 umol/L",
    }


def test_one_test_that_settles_several_criteria_is_named():
    one = found("NCT01503749")
    needs, count = one.settles_most
    assert needs == "ultrasound, CT or MR of the liver with alpha-fetoprotein"
    assert count == 2


def test_the_dead_are_not_eligible():
    one = found(record={"deceased": True}, answers=ANSWERS)
    assert one.verdict == "not eligible"
    assert one.criteria[-1].because == "the record says deceased"


def test_the_index_time_is_that_of_the_staging():
    assert (found().as_of, found().record_age_days) == (datetime(2026, 11, 20), 3)


def test_an_unknown_protocol_is_refused():
    with pytest.raises(InputError, match="no protocol is called 'NCT0'"):
        found("NCT0")


GOOD = """
id = "NCT00000000"
title = "t"
condition = "c"
registry_status = "recruiting"
status_as_of = 2026-11-01
criteria_complete = true
sources = [{ id = "nct:NCT00000000" }]
arm = [{ name = "a", product = "uc_msc", route = "portal_vein" }]
criterion = [{ id = "age", kind = "inclusion", text = "adult", rule = "age at least 18" }]
"""
BAD = {
    "a source is missing": ('sources = [{ id = "nct:NCT00000000" }]', "", "no source"),
    "a rule is nonsense": ("age at least 18", "age at least adult", "not a number"),
    "completeness is missing": ("criteria_complete = true", "", "criteria_complete"),
    "the date is text": ("2026-11-01", '"November"', "not a date"),
    "a product is unknown": ("uc_msc", "magic", "unknown product"),
    "a route is unknown": ("portal_vein", "ear", "unknown route"),
    "a kind is unknown": ('"inclusion"', '"maybe"', "kind"),
    "there are no criteria": ("criterion = [", "other = [", "criteria are missing"),
    "the file is no TOML": ('title = "t"', "title = ", "cannot be read"),
}


def test_a_protocol_of_ones_own(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(GOOD)
    one = found(read_protocol(path))
    assert (one.verdict, one.recruitment_status) == ("eligible", "recruiting")


@pytest.mark.parametrize("old, new, what", BAD.values(), ids=BAD)
def test_a_protocol_that_cannot_be_used_is_refused(tmp_path, old, new, what):
    path = tmp_path / "own.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError, match=what) as caught:
        read_protocol(path)
    assert "own.toml" in caught.value.where


def test_a_missing_protocol_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_protocol(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "extra, what",
    [
        ('[[assurance]]\nname = "a"\nrecord = {}\nexpect = "perhaps"\n', "expect"),
        ('[[assurance]]\nname = "a"\nrecord = {}\nexpect = "unknown"\ncriteria = { sex = "met" }\n', "no criterion"),
        ('[[arm]]\nname = "b"\ncomparators = ["hope"]\n', "unknown comparator"),
    ],
)
def test_assurance_and_arms_are_checked_too(tmp_path, extra, what):
    path = tmp_path / "own.toml"
    path.write_text(GOOD.replace('arm = [{ name = "a", product = "uc_msc", route = "portal_vein" }]\n', "") + extra)
    with pytest.raises(InputError, match=what):
        read_protocol(path)
