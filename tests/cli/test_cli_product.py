"""`--product FILE`: a product of one's own in `plan` and `simulate`, and a bad file refused before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "decompensated_alcohol_cirrhosis.json"
VESICLES = ROOT / "examples" / "products" / "extracellular_vesicles.toml"
MACROPHAGES = ROOT / "examples" / "products" / "engineered_macrophages.toml"


def test_products_are_planned_beside_the_others_and_never_recommended(hepatica) -> None:
    ended = hepatica("plan", EXAMPLE, "--product", VESICLES, "--product", MACROPHAGES, "--draws", "200", "--json")
    assert ended.code == 0
    plan = ended.document
    assert [p["file"] for p in plan["products"]] == [VESICLES.name, MACROPHAGES.name]
    own = [o for o in plan["options"] if o["product"] in {p["id"] for p in plan["products"]}]
    assert {o["product"] for o in own if o["status"] == "trial only"} == {p["id"] for p in plan["products"]}
    assert not any(o["recommendable"] for o in own)
    assert {c["product"] for c in plan["dose_finding"]} >= {p["id"] for p in plan["products"]}


def test_a_regimen_may_name_a_product_of_ones_own(hepatica) -> None:
    regimen = "cord_vesicles:peripheral_vein:1e8@0,3"
    asked = ("simulate", EXAMPLE, "--regimen", regimen, "--draws", "50", "--json")
    assert list(hepatica(*asked, "--product", VESICLES).document["options"]) == ["standard_care", regimen]
    hepatica(*asked).refused(2)


@pytest.mark.parametrize(
    ("text", "says"),
    [("this is no TOML", "not TOML"), ('id = "x1"', "`like`"), (VESICLES.read_text() + "\nid = 1", "not TOML")],
)
def test_a_bad_file_is_refused(hepatica, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    ended = hepatica("plan", EXAMPLE, "--product", tmp_path / "mine.toml")
    ended.refused(2)
    assert says in ended.err and "mine.toml" in ended.err and "mend:" in ended.err


def test_one_id_in_two_files_is_refused(hepatica, tmp_path: Path) -> None:
    (tmp_path / "copy.toml").write_text(VESICLES.read_text(encoding="utf-8"), encoding="utf-8")
    ended = hepatica("plan", EXAMPLE, "--product", VESICLES, "--product", tmp_path / "copy.toml")
    ended.refused(2)
    assert "cord_vesicles" in ended.err


def test_a_product_of_ones_own_may_be_changed_in_a_what_if(hepatica) -> None:
    asked = ("what-if", EXAMPLE, "--set", "cord_vesicles.dose=2x", "--draws", "100", "--json")
    ended = hepatica(*asked, "--product", VESICLES)
    assert ended.code == 0 and "cord_vesicles" in ended.out
    hepatica(*asked).refused(2)
