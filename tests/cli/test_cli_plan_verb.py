"""`hepatica plan` over the example patients: exit codes, files, the contract's shape and the rules no plan breaks."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from hepatica.cli import main

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
FILES = ["plan.fhir.json", "plan.html", "plan.json", "plan.pdf"]
MUST_SAY = {
    "paracetamol_acute_failure": ["N-acetylcysteine", "transplant"],
    "hbv_acute_on_chronic_failure": ["transplant"],
}


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def planned(request, tmp_path_factory) -> tuple[str, Path, dict]:
    folder = tmp_path_factory.mktemp(request.param.stem)
    assert main(["plan", str(request.param), "-o", str(folder), "--draws", "200"]) == 0
    return request.param.stem, folder, orjson.loads((folder / "plan.json").read_bytes())


def test_all_four_files_are_written(planned) -> None:
    _, folder, _ = planned
    assert sorted(p.name for p in folder.iterdir()) == FILES
    assert (folder / "plan.pdf").read_bytes().startswith(b"%PDF")
    assert orjson.loads((folder / "plan.fhir.json").read_bytes())["resourceType"] == "Bundle"


def test_the_page_needs_nothing_from_elsewhere(planned) -> None:
    _, folder, _ = planned
    page = (folder / "plan.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    for loader in ('<script src="http', '<link rel="stylesheet" href="http', '<img src="http', "@import"):
        assert loader not in page


def test_options_have_the_contract_shape(planned) -> None:
    _, _, plan = planned
    options = {o["id"]: o for o in plan["options"]}
    assert len(options) == len(plan["options"]) >= 6
    assert "standard_care" in options
    for option in options.values():
        assert option["status"] in {"offered", "trial only", "ruled out"}
        assert option["certainty"] in {"high", "moderate", "low", "very low"}
        assert option["basis"] in {"evidence", "calibrated model", "assumption"}
        if option["status"] == "ruled out":
            assert option["because"] and option["rank"] is None and "forecast" not in option
        else:
            for point in option["forecast"]["survival"]:
                assert 0 <= point["p05"] <= point["p50"] <= point["p95"] <= 1
            assert {"meld", "albumin_g_l", "transplant_free_survival"} <= set(option["forecast"])


def test_the_recommendation_breaks_no_rule(planned) -> None:
    name, _, plan = planned
    options = {o["id"]: o for o in plan["options"]}
    advised = options[plan["recommendation"]["option"]]
    assert advised["status"] != "ruled out"
    if advised["product"]:
        assert advised["status"] == "trial only", "no licensed cell product exists for these patients"
    assert plan["recommendation"]["why"] and plan["recommendation"]["would_change_if"]
    said = " ".join(step["text"] for step in plan["do_now"])
    for words in MUST_SAY.get(name, []):
        assert words in said


def test_horizons_fit_the_disease(planned) -> None:
    _, _, plan = planned
    acute = plan["stage"]["course"] in {"alf", "ali", "aclf", "alcoholic_hepatitis"}
    assert (max(plan["horizon_days"]) <= 90) == acute


def test_every_sampled_number_has_a_lineage(planned, hepatica) -> None:
    _, folder, plan = planned
    option = next(i for i, o in enumerate(plan["options"]) if o["status"] != "ruled out")
    points = plan["options"][option]["forecast"]["meld"]
    for path in (
        f"$.options[{option}].forecast.meld[{len(points) - 1}].mean",
        f"$.options[{option}].forecast.survival[1].p05",
        f"$.options[{option}].qaly.mean",
    ):
        ended = hepatica("why", folder, path, "--json")
        assert ended.code == 0
        assert ended.document["chain"] and ended.document["sources"]
    assert "grade" in hepatica("why", folder / "plan.json", "$.options[0].forecast.meld[0].mean").out


def test_the_same_seed_gives_the_same_plan(hepatica) -> None:
    path = next(p for p in EXAMPLES if p.stem == "chronic_hepatitis_b")
    first, again = (hepatica("plan", path, "--json", "--draws", "100").document for _ in range(2))
    for plan in (first, again):
        plan.pop("created")
    assert first == again


def test_json_alone_writes_nothing(hepatica, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = next(p for p in EXAMPLES if p.stem == "well_with_fatty_liver")
    ended = hepatica("plan", path, "--json", "--draws", "100")
    assert ended.code == 0 and ended.document["patient"]["id"] == "well-with-fatty-liver"
    assert list(tmp_path.iterdir()) == []


def test_a_cohort_gets_a_folder_a_patient(hepatica, tmp_path: Path) -> None:
    ward, out = tmp_path / "ward", tmp_path / "out"
    ward.mkdir()
    for name in ("well_with_fatty_liver", "chronic_hepatitis_b"):
        shutil.copy(next(p for p in EXAMPLES if p.stem == name), ward)
    (ward / "empty.json").write_text("")
    ended = hepatica("plan", ward, "-o", out, "--draws", "100")
    assert ended.code == 1 and "1 of 3 records" in ended.err
    assert sorted(p.name for p in out.iterdir()) == ["chronic-hepatitis-b", "well-with-fatty-liver"]
    assert all(sorted(p.name for p in folder.iterdir()) == FILES for folder in out.iterdir())


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--draws", "1"], "--draws"),
        (["--draws", "many"], "--draws"),
        (["--jurisdiction", "Atlantis"], "Atlantis"),
        (["-o", EXAMPLES[0]], "cannot write"),
    ],
)
def test_wrong_options_are_refused(hepatica, more: list, says: str) -> None:
    ended = hepatica("plan", EXAMPLES[1], *more)
    ended.refused(2)
    assert says in ended.err


@pytest.mark.parametrize(
    ("path", "says"),
    [("$.options[99].qaly", "99"), ("$.option[0]", "option"), ("options[", "options"), ("", "")],
)
def test_why_refuses_a_path_that_leads_nowhere(hepatica, tmp_path: Path, path: str, says: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"options": [{"id": "a", "qaly": {"mean": 1.0}}], "lineage": {"patterns": []}, "sources": {}}')
    ended = hepatica("why", plan, path)
    ended.refused(2)
    assert says in ended.err


@pytest.mark.parametrize("text", ["", "{", "[]", '{"id": "x"}'])
def test_why_refuses_what_is_no_plan(hepatica, tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    hepatica("why", plan, "$.options[0].qaly").refused(2)
    hepatica("why", tmp_path / "none.json", "$.options[0].qaly").refused(2)


PRICES = """[[price]]
option = "albumin"
value = 4000
currency = "EUR"
year = 2025
per = "year"
source = "our pharmacy"
"""


def test_your_own_prices_fill_what_no_source_gives(hepatica, tmp_path: Path) -> None:
    path = next(p for p in EXAMPLES if p.stem == "decompensated_alcohol_cirrhosis")
    (tmp_path / "prices.toml").write_text(PRICES)
    more = ("--prices", tmp_path / "prices.toml", "--people", "20", "--draws", "100")
    ended = hepatica("plan", path, "--json", "-o", tmp_path / "out", *more)
    albumin = next(i for i, o in enumerate(ended.document["options"]) if o["id"] == "albumin")
    told = ended.document["options"][albumin]["economics"]
    assert told["price"]["own"] and told["budget"]["people"] == 20 and told["acceptability"]["over"] == "pay_a_qaly"
    why = hepatica("why", tmp_path / "out", f"$.options[{albumin}].economics.price.value", "--json").document
    assert [s["id"] for s in why["sources"]] == ["own_price"] and why["unit"] == "EUR"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--payer", "nobody"], "unknown payer"),
        (["--country", "Atlantis"], "no prices or rules"),
        (["--people", "0"], "no number of people"),
        (["--prices", "nowhere.toml"], "cannot read"),
    ],
)
def test_a_wrong_payer_place_or_price_ends_well(hepatica, tmp_path: Path, options, said) -> None:
    path = next(p for p in EXAMPLES if p.stem == "well_with_fatty_liver")
    ended = hepatica("plan", path, "-o", tmp_path, "--draws", "50", *options)
    assert ended.code == 2 and said in ended.err and "mend:" in ended.err
    assert list(tmp_path.iterdir()) == []
