"""A page stays small enough to mail: under 2 MB with five products of one's own, in the longer language."""

from __future__ import annotations

import re
from pathlib import Path

import hepatica
from hepatica import report

HOME = Path(__file__).parents[3] / "examples"


def five(folder: Path) -> list[Path]:
    """Return the example products, and two of them again under other names."""
    found = sorted((HOME / "products").glob("*.toml"))
    for k, file in enumerate(found[:2]):
        text = re.sub(r'^(id|name) = "(.*)"$', rf'\1 = "\2_{k}"', file.read_text(encoding="utf-8"), count=2, flags=re.M)
        found.append(folder / f"again_{k}.toml")
        found[-1].write_text(text, encoding="utf-8")
    return found


def test_five_products_of_ones_own_stay_under_two_megabytes(tmp_path):
    patient = hepatica.read(HOME / "decompensated_alcohol_cirrhosis.json")
    plan = hepatica.plan(patient, draws=64, language="es", products=five(tmp_path)).to_json()
    assert len(plan["products"]) == 5
    assert sum(o["status"] != "ruled out" for o in plan["options"]) >= 17
    assert len(report.html(plan).encode()) < 1_990_000
