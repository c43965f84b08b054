"""A whole review: empty cells are said to be empty, wider answers are marked, published pools stay apart."""

import json
import re
import time
from pathlib import Path

import pytest

from hepatica import evidence, report
from hepatica.cli import main
from hepatica.errors import CannotAnswer, InputError

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def msc():
    return evidence.review("decompensated_cirrhosis", "msc")


def outcome(document, name):
    return next(o for o in document["outcomes"] if o["outcome"] == name)


def test_asks_every_outcome_at_every_time_by_route_and_source(msc):
    groups = {o["group"] for o in msc["outcomes"]}
    assert groups == {"Survival", "MELD", "Albumin", "Inflammation", "Quality of life"}
    for o in msc["outcomes"]:
        assert {s["by"] for s in o["slices"]} == {"all", "route", "source"}
        assert all([c["day"] for c in s["cells"]] == [30, 90, 180, 365] for s in o["slices"])


def test_a_cell_agrees_with_the_pool_of_its_question():
    document = evidence.review("alcoholic_hepatitis", "g_csf")
    for cell in outcome(document, "survival")["slices"][0]["cells"]:
        try:
            pooled = evidence.pool("survival", cell["day"], "alcoholic_hepatitis", "g_csf").to_json()
        except CannotAnswer:
            assert cell["k"] == 0 and cell["status"] == "not estimable"
            continue
        assert cell["k"] == pooled["k"] > 0
        assert cell["estimate"] == pooled["estimate"]
        assert cell["prediction_interval"] == pooled["prediction_interval"]


def test_slices_divide_the_whole():
    document = evidence.review("cirrhosis", "stem_cells", design="any")
    for o in document["outcomes"]:
        for by in ("route", "source"):
            for i, whole in enumerate(o["slices"][0]["cells"]):
                assert sum(s["cells"][i]["k"] for s in o["slices"] if s["by"] == by) == whole["k"]


def test_every_empty_study_says_why(msc):
    controlled = {s["id"] for s in msc["studies"]}
    survival = outcome(msc, "survival")
    used = {r["study"] for c in survival["slices"][0]["cells"] for r in c.get("studies", ())}
    assert set(survival["why_not"]) | used == controlled
    assert all(survival["why_not"].values())


def test_wider_answers_say_how_they_differ_and_count_less(msc):
    near = outcome(msc, "meld")["nearest"]
    assert near and all(n["differs"] for n in near)
    for n in near:
        assert any(r["why"].startswith("not the question asked") for r in n["certainty"]["reasons"])
        asked = next(c for c in outcome(msc, "meld")["slices"][0]["cells"] if c["day"] == n["day"])
        assert asked["k"] == 0


def test_published_pools_keep_their_printed_numbers(msc):
    row = next(p for p in outcome(msc, "meld")["published"] if p["id"] == "pan2014_2")
    assert (row["value"], row["lo"], row["hi"], row["day"]) == (-1.87, -3.16, -0.58, 28)
    assert row["source"] and row["url"]


def test_words_that_fit_nothing_and_questions_without_a_study():
    with pytest.raises(InputError):
        evidence.review("decompensated_cirrhosis", "homeopathy")
    with pytest.raises(CannotAnswer):
        evidence.review("pbc", "g_csf")


def test_page_is_self_contained_and_names_what_is_not_ours(msc, tmp_path):
    paths = report.save_review(msc, tmp_path, "0")
    text = paths[0].read_text()
    assert [p.name for p in paths[:2]] == ["review.html", "review.json"]
    assert {p.parent.name for p in paths[2:]} == {"figures"} and all(p.suffix == ".svg" for p in paths[2:])
    assert json.loads(paths[1].read_bytes())["headline"] == msc["headline"]
    assert not re.search(r'(src|href)="(?!https?://|#)|<script|@import|url\(', text)
    order = [text.index(f'id="{part}"') for part in ("limits", "findings", "harms", "time", "grid", "published")]
    assert order == sorted(order)
    assert "Not ours, not recomputed" in text
    assert all(p["study"] in text for o in msc["outcomes"] for p in o["published"])


def test_page_draws_the_prediction_interval():
    text = report.review_html(evidence.review("alcoholic_hepatitis", "g_csf"))
    assert re.search(r'aria-label="pooled [^"]+prediction interval', text)
    assert "w90 s-ink dash" in text


def test_one_command(tmp_path, capsys):
    question = (
        "MSC v. standard care in decompensated cirrhosis: MELD, albumin, inflammation, quality of life, survival "
        "at 1, 3, 6, 12 months, by route and source"
    )
    assert main(["evidence", "review", question, "-o", str(tmp_path / "r")]) == 0
    said = capsys.readouterr().out
    order = [said.index(w) for w in ("Limitations", "Findings", "not estimable, k 0 of 13", "published", "Harms")]
    assert order == sorted(order)
    assert (tmp_path / "r" / "review.html").exists()
    flags = ["evidence", "review", "--condition", "decompensated_cirrhosis", "--intervention", "msc", "--json"]
    assert main(flags) == 0
    assert json.loads(capsys.readouterr().out)["condition"] == "decompensated_cirrhosis"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["MSC v. G-CSF in aclf"], 2, "evidence network"),
        (["what helps?"], 2, "INTERVENTION v. standard care in CONDITION"),
        (["MSC in aclf", "--condition", "aclf"], 2, "leave --condition"),
        (["macrophages in cirrhosis"], 1, "k=0 in this base"),
        (["MSC in aclf", "--baseline-risk", "0.3"], 2, "by which day"),
        (["MSC in aclf", "--baseline-risk", "90:30"], 2, "outside 0 to 1"),
        (["MSC in aclf", "--png"], 2, "-o DIR"),
        ([], 2, "condition and an intervention"),
    ],
)
def test_questions_that_cannot_be_answered_say_how_to_mend_them(arguments, code, said, capsys):
    assert main(["evidence", "review", *arguments]) == code
    assert said in capsys.readouterr().err


def test_a_patient_gives_the_baseline_risk(capsys):
    record = str(ROOT / "examples" / "severe_alcoholic_hepatitis.json")
    question = "G-CSF in alcoholic hepatitis: survival at 1, 3 months"
    assert main(["evidence", "review", question, "--patient", record, "--json"]) == 0
    found = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["k"]]
    risks = [f["baseline"]["risk"] for f in found]
    assert 0 < risks[0] < risks[1] < 1
    assert all(f["baseline"]["who"].startswith("severe-alcoholic-hepatitis under standard care") for f in found)
    for f in found:
        assert f["people"]["control"] == pytest.approx(1000 * f["baseline"]["risk"])


def test_the_slowest_review_takes_seconds():
    started = time.perf_counter()
    report.review_html(evidence.review("cirrhosis", "cells", design="any"))
    assert time.perf_counter() - started < 10
