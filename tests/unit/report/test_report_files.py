"""The files beside the page: canonical JSON, the PDF, the FHIR bundle, and `save`."""

import json
import sys

import pytest
from fixture_plan import hostile_plan, plan_dict

from hepatica import report
from hepatica.errors import InputError


class Plan:
    def to_json(self):
        return plan_dict()


def test_canonical_json_is_the_plan_and_does_not_depend_on_key_order():
    plan = plan_dict()
    turned = dict(reversed(plan.items()))
    assert json.loads(report.canonical(plan)) == plan
    assert report.canonical(turned) == report.canonical(plan) == report.canonical(Plan())


def test_canonical_json_has_no_number_that_is_not_one():
    plan = plan_dict()
    plan["options"][0]["qaly"]["mean"] = float("nan")
    loaded = json.loads(report.canonical(plan), parse_constant=pytest.fail)
    assert loaded["options"][0]["qaly"]["mean"] is None


def test_save_writes_the_four_files(tmp_path):
    pytest.importorskip("typst")
    written = report.save(Plan(), tmp_path / "a" / "b")
    assert [p.name for p in written] == ["plan.html", "plan.pdf", "plan.json", "plan.fhir.json"]
    assert all(p.stat().st_size > 1000 for p in written)
    assert json.loads(written[2].read_bytes()) == plan_dict()


def test_save_goes_on_without_typst_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "typst", None)
    written = report.save(plan_dict(), tmp_path)
    assert [p.name for p in written] == ["plan.html", "plan.json", "plan.fhir.json"]
    assert "typst" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError) as caught:
        report.save(plan_dict(), tmp_path / "taken")
    assert "taken" in caught.value.where


@pytest.mark.parametrize("plan", [plan_dict(), hostile_plan(), {}], ids=["fixture", "hostile", "empty"])
def test_the_pdf_is_tagged_and_outlined(plan):
    pytest.importorskip("typst")
    made = report.pdf(plan)
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made and b"/Marked true" in made
    assert b"/Outlines" in made


def test_the_bundle_holds_care_plan_risks_and_provenance():
    bundle = report.fhir_bundle(plan_dict())
    kinds = [e["resource"]["resourceType"] for e in bundle["entry"]]
    assert kinds == ["CarePlan", *["RiskAssessment"] * 5, "Provenance"]
    assert report.fhir_bundle(plan_dict()) == bundle
    care, provenance = bundle["entry"][0]["resource"], bundle["entry"][-1]["resource"]
    assert care["subject"] == {"reference": "Patient/fixture-1", "type": "Patient"}
    assert care["status"] == "draft" and care["intent"] == "proposal"
    assert {t["reference"] for t in provenance["target"]} == {e["fullUrl"] for e in bundle["entry"][:-1]}
    assert {s["reference"] for s in care["supportingInfo"]} <= {e["fullUrl"] for e in bundle["entry"]}
    assert all(e["fullUrl"] == f"urn:uuid:{e['resource']['id']}" for e in bundle["entry"])


def test_risks_are_percentages_of_the_plan():
    plan = plan_dict()
    risk = report.fhir_bundle(plan)["entry"][1]["resource"]
    last = plan["options"][0]["forecast"]["survival"][-1]
    alive = next(p for p in risk["prediction"] if p["outcome"]["text"] == "Alive at 1 year")
    assert alive["probabilityDecimal"] == pytest.approx(100 * last["p50"])
    assert alive["whenRange"]["high"]["value"] == last["day"]


def test_a_patient_id_that_fhir_forbids_is_not_replaced_by_an_invented_one():
    bundle = report.fhir_bundle(hostile_plan())
    assert all("reference" not in e["resource"].get("subject", {}) for e in bundle["entry"])


def _empty(value):
    if isinstance(value, dict):
        return not value or any(_empty(v) for v in value.values())
    if isinstance(value, list):
        return not value or any(_empty(v) for v in value)
    return value is None or value == ""


@pytest.mark.parametrize("plan", [plan_dict(), hostile_plan()], ids=["fixture", "hostile"])
def test_the_bundle_has_no_empty_element(plan):
    assert not _empty(report.fhir_bundle(plan))


@pytest.mark.parametrize("plan", [plan_dict(), hostile_plan()], ids=["fixture", "hostile"])
def test_the_bundle_is_valid_by_an_independent_reader(plan):
    bundle = pytest.importorskip("fhir.resources.R4B.bundle").Bundle
    assert len(bundle.model_validate(report.fhir_bundle(plan)).entry) == 7
