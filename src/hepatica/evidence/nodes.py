"""What a node of a network is: the treatments of an arm, told apart by cell, or also by route and dose."""

from __future__ import annotations

from hepatica.evidence.model import Arm

DETAILS = ("cell", "cell+route", "cell+route+dose")
WEIGHT_KG = 70.0  # to put a total dose into a band (ours)
_NAMES = {"msc": "MSC", "mnc": "marrow mononuclear cells", "hsc": "CD34+ or CD133+ cells", "g_csf": "G-CSF",
          "elad": "ELAD", "tips": "TIPS", "n_acetylcysteine": "N-acetylcysteine", "bcaa": "BCAA",
          "fmt": "faecal microbiota", "peg_lavage": "PEG lavage"}  # fmt: skip


def node(arm: Arm, detail: str = "cell") -> str:
    """Return the name of the node an arm stands at: what it got beyond standard care."""
    extra = ", ".join(_told_apart(arm, detail))
    names = [_name(arm, t) + (f" ({extra})" if extra and t == "cells" else "") for t in arm.treatments]
    return " + ".join(sorted(names)) or "standard care"


def components_of(arm: Arm, detail: str = "cell") -> frozenset[str]:
    """Return the parts of what an arm got: each treatment, the class of its cells, their route and dose if asked."""
    extra = _told_apart(arm, detail) if "cells" in arm.treatments else []
    return frozenset([*(_name(arm, t) for t in arm.treatments), *extra])


def _name(arm: Arm, treatment: str) -> str:
    given = arm.cells.cell_class if treatment == "cells" and arm.cells else treatment
    return _NAMES.get(given, given.replace("_", " "))


def _told_apart(arm: Arm, detail: str) -> list[str]:
    if arm.cells is None or detail == "cell":
        return []
    told = [(arm.cells.route or "route not stated").replace("_", " ")]
    return told if detail == "cell+route" else [*told, _dose(arm)]


def _dose(arm: Arm) -> str:
    """Return the band of a dose; the bands are ours."""
    per_kg = arm.cells.dose_cells_per_kg if arm.cells else None
    total = arm.cells.dose_cells_total if arm.cells else None
    dose = per_kg or (total / WEIGHT_KG if total else None)
    if dose is None:
        return "dose not stated"
    return "below 1e6 a kg" if dose < 1e6 else "1e6 to 5e6 a kg" if dose <= 5e6 else "above 5e6 a kg"
