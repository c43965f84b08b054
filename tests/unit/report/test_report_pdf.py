"""The printed plan: what a meeting weighs is in it, with the numbers of plan.json, tagged."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest

import hepatica
from hepatica import report

pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")

HOME = Path(__file__).parents[3] / "examples"
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(r"([+\-]?\d[\d\u202f]*(?:\.\d+)?)(?: × 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?")
HEADINGS = [
    "What counts, and whether the choice would stand",
    "Would this choice stand?",
    "What it turns on",
    "Before choosing, what would it help to know?",
    "Which dose",
    "Products of your own",
    "Standard-care audit",
]


@pytest.fixture(scope="module")
def plan():
    patient = hepatica.read(HOME / "decompensated_alcohol_cirrhosis.json")
    product = HOME / "products" / "engineered_macrophages.toml"
    return hepatica.plan(patient, draws=128, products=[product]).to_json()


@pytest.fixture(scope="module")
def printed(plan):
    return pypdf.PdfReader(BytesIO(report.pdf(plan)))


@pytest.fixture(scope="module")
def parts(printed):
    """Return the text of each section, by its heading; footers are left out."""
    text = "\n".join(page.extract_text() for page in printed.pages).replace("−", "-")
    text = re.sub(r"Research and decision support\. .*", "", text)
    at = [text.index(f"\n{h}\n") for h in HEADINGS]
    assert at == sorted(at)
    return {h: text[start:end] for h, start, end in zip(HEADINGS, at, at[1:], strict=False)}


def read(text):
    """Return the numbers of a text as a reader takes them."""
    text = re.sub(r"\[[\d, ]+\]|\bday \d+|90 %|\d+th\b", " ", text)
    return [
        float(m[1].replace("\u202f", "")) * 10 ** int((m[2] or "0").translate(POWERS)) for m in NUMBER.finditer(text)
    ]


def percent(share):
    """Return what a share reads as, and how far its rounding may be from it."""
    return 100 * share, 0.51


def assert_shown(wanted, text, error=0.051):
    """Assert that numbers stand in a text in this order, each as near as three digits or its own error let one see."""
    found = iter(read(text))
    for each in wanted:
        value, least = each if isinstance(each, tuple) else (each, error)
        near = max(least, 0.006 * abs(value))
        assert any(abs(value - x) <= near for x in found), f"{value} is missing, or not where it belongs"


def live(plan):
    rows = [o for o in plan["options"] if o["status"] != "ruled out" and o["id"] != "standard_care"]
    return sorted(rows, key=lambda o: o["rank"])


def test_what_counts_is_the_plans_own(plan, parts):
    after = {o["id"]: o["net_benefit"] for o in plan["robustness"]["options"]}
    wanted = [
        value
        for o in live(plan)
        for value in (
            *(o["parts"][k] for k in ("survival", "quality", "harms", "burden")),
            o["net_benefit"]["mean"],
            *(after[o["id"]][k] for k in ("mean", "p05", "p95")),
        )
    ]
    assert len(wanted) > 70
    assert_shown(wanted, parts[HEADINGS[0]])


def test_whether_it_stands_is_said_with_its_ratio(plan, parts):
    text = " ".join(parts[HEADINGS[1]].split())
    assert all(sentence in text for sentence in plan["robustness"]["text"])
    ratio = plan["robustness"]["ratio_of_odds_ratios"]
    assert_shown([ratio[k] for k in ("mean", "p05", "p95")], text, 0.0051)


def test_what_the_answer_turns_on_is_the_plans_own(plan, parts):
    wanted = []
    for o in plan["sensitivity"]["options"]:
        wanted.append(o["mean"])
        wanted += [row[end]["net"] for row in o["rows"] for end in ("low", "high")]
    assert len(wanted) > 4
    assert_shown(wanted, parts[HEADINGS[2]])


def test_what_it_would_help_to_know_is_the_plans_own(plan, parts):
    found = plan["information"]
    rows = [found["perfect"], *found["measurements"], *found["trials"]]
    wanted = [v for r in rows for v in (r["mean"], r["lo"], r["hi"], percent(r["p_changes"]))]
    assert len(rows) > 4
    assert_shown(wanted, parts[HEADINGS[3]])


def test_doses_are_the_plans_own(plan, parts):
    assert len(plan["dose_finding"]) == 2
    wanted = []
    for curve in plan["dose_finding"]:
        for row in curve["doses"]:
            spreads = [row["net"], *([row["harm"]] if row["harm"] else [])]
            wanted += [row["dose_cells"], *(s[k] for s in spreads for k in ("mean", "p05", "p95"))]
            wanted.append(percent(row["p_best"]))
        wanted.append(percent(curve["p_none"]))
    assert_shown(wanted, parts[HEADINGS[4]])


def test_claims_of_a_product_file_are_the_plans_own(plan, parts):
    wanted = [m[k] for p in plan["products"] for m in p["multiples"] for k in ("value", "lo", "hi")]
    assert len(wanted) > 10
    assert_shown(wanted, parts[HEADINGS[5]], 0.0051)


def test_every_table_is_tagged_with_its_headers(printed):
    tags = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, dict):
            tags.append(str(node.get("/S", "")))
            kids = node.get("/K", [])
            for kid in kids if isinstance(kids, list) else [kids]:
                walk(kid) if not isinstance(kid, int) else None

    walk(printed.trailer["/Root"]["/StructTreeRoot"])
    assert tags.count("/Table") >= 12 and tags.count("/TH") >= 4 * tags.count("/Table") // 2
    assert tags.count("/Figure") > 30


def test_the_plan_is_no_book(printed):
    assert len(printed.pages) <= 26
