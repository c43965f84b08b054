"""Turn one study file into a Study, or say exactly what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.errors import InputError
from hepatica.evidence.model import (
    Arm,
    Cells,
    Event,
    HazardRatio,
    Measure,
    Provenance,
    Study,
    Survival,
)

_MEASURES = (("baseline", "baseline"), ("outcomes", "outcome"), ("changes", "change"))
_TOP = {
    "id", "citation", "year", "pmid", "pmcid", "doi", "registry", "cohort", "may_overlap", "design", "country",
    "region", "condition", "condition_text", "etiology", "inclusion", "exclusion", "age_mean", "male_fraction",
    "arms", "baseline", "outcomes", "changes", "survival", "hazard_ratios", "adverse_events", "quality_of_life",
    "provenance", "confidence", "notes", "population_note",
}  # fmt: skip


def study(raw: Mapping[str, Any], where: str = "") -> Study:
    """Build a Study from the mapping of one study file; raises InputError naming the field that does not fit."""
    if not isinstance(raw, Mapping):
        raise InputError("a study file holds one JSON object", where=where)
    unknown = sorted(set(raw) - _TOP)
    if unknown:
        raise InputError(
            f"unknown field {unknown[0]!r}", where=where, mend=f"the fields are: {', '.join(sorted(_TOP))}"
        )
    for name in ("id", "citation", "condition", "arms", "provenance", "confidence"):
        if not raw.get(name):
            raise InputError(f"{name} is missing or empty", where=where, mend="every study names it, with its source")
    try:
        return _study(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"a row does not fit the schema: {text}", where=where) from error


def _study(raw: Mapping[str, Any]) -> Study:
    design = raw.get("design", {})
    measures = tuple(_measure(row, kind) for name, kind in _MEASURES for row in raw.get(name, ()))
    return Study(
        id=raw["id"],
        citation=raw["citation"],
        cohort=raw.get("cohort", raw["id"]),
        condition=raw["condition"],
        condition_text=raw.get("condition_text", ""),
        randomised=design.get("randomised"),
        controlled=bool(design.get("controlled")),
        blinded=design.get("blinded"),
        arms=tuple(_arm(a) for a in raw["arms"]),
        provenance=tuple(Provenance(tuple(p["fields"]), p["source"], p.get("where", "")) for p in raw["provenance"]),
        confidence=raw["confidence"],
        notes=raw.get("notes", ""),
        year=raw.get("year"),
        pmid=raw.get("pmid"),
        pmcid=raw.get("pmcid"),
        doi=raw.get("doi"),
        registry=tuple(raw.get("registry", ())),
        may_overlap=tuple(raw.get("may_overlap", ())),
        country=raw.get("country"),
        region=raw.get("region"),
        etiology=tuple(raw.get("etiology", {}).items()),
        age_mean_years=raw.get("age_mean"),
        male_fraction=raw.get("male_fraction"),
        inclusion=tuple(raw.get("inclusion", ())),
        exclusion=tuple(raw.get("exclusion", ())),
        measures=measures,
        survival=tuple(_survival(r) for r in raw.get("survival", ())),
        hazard_ratios=tuple(
            HazardRatio(r["comparison"], r["hr"], r.get("lo"), r.get("hi"), r.get("p"))
            for r in raw.get("hazard_ratios", ())
        ),
        adverse_events=tuple(_event(r) for r in raw.get("adverse_events", ())),
        quality_of_life=tuple(
            _measure(r, "baseline" if r.get("day") == 0 else "outcome") for r in raw.get("quality_of_life", ())
        ),
    )


def _arm(row: Mapping[str, Any]) -> Arm:
    cells = row.get("cells")
    return Arm(
        name=row["name"],
        n=row["n"],
        control=row["control"],
        treatments=tuple(row["treatments"]),
        background=row.get("background", ""),
        cells=Cells(**{**cells, "days": tuple(cells.get("days", ()))}) if cells else None,
    )


def _measure(row: Mapping[str, Any], kind: Any) -> Measure:
    keep = {k: v for k, v in row.items() if k not in ("day", "n")}
    return Measure(kind=kind, day=row.get("day", 0 if kind == "baseline" else None), n=row.get("n"), **keep)


def _survival(row: Mapping[str, Any]) -> Survival:
    return Survival(
        arm=row["arm"],
        day=row["day"],
        n=row["n"],
        alive=row.get("alive"),
        percent=row.get("percent"),
        endpoint=row["endpoint"],
        count_from_percent=row.get("count_from_percent", False),
        note=row.get("note", ""),
    )


def _event(row: Mapping[str, Any]) -> Event:
    return Event(row["arm"], row["event"], row.get("n"), row.get("count"), row.get("percent"), row.get("serious"))
