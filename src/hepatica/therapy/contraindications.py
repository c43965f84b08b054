"""What speaks against one product by one route in one patient, from data rules with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hepatica.errors import InputError
from hepatica.language import by_language, say, say_as
from hepatica.patient import Patient
from hepatica.therapy.answers import Finding
from hepatica.therapy.concepts import concepts, in_words
from hepatica.therapy.facts import Record
from hepatica.therapy.model import Product, Route, Source
from hepatica.therapy.signs import ASCITES_LEVELS
from hepatica.therapy.tables import comparators, one_of, products, read_toml, required_text, routes, sources_of

APPLIES = ("routes", "bleeding", "invasive", "tags", "without_tags", "maturity", "cell_types", "comparators")
BOUNDS = ("above", "below", "at_least")


@dataclass(frozen=True, slots=True)
class Contraindication:
    """One reason against: `verdict` as it stands, `if_present` as it would be were the unknown settled against."""

    id: str
    verdict: str  # absolute | relative | unknown
    text: str
    because: str
    needs: str
    lowers: str
    if_present: str  # absolute | relative
    assumed_absent: bool  # unknown only because the record is silent
    sources: tuple[Source, ...]

    @property
    def source(self) -> str:
        """Return the ids of the sources in one line."""
        return "; ".join(s.id for s in self.sources)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where it applies, the leaves of which any makes it hold, and how strongly."""

    id: str
    verdict: str
    text: str
    lowers: str
    applies: Mapping[str, Any]
    when: tuple[Mapping[str, Any], ...]
    sources: tuple[Source, ...]

    def concerns(self, product: Product, route: Route) -> bool:
        """Return whether the rule is about this product and route."""
        a, tags = self.applies, set(product.tags)
        return (
            "comparators" not in a
            and route.id in a.get("routes", (route.id,))
            and route.bleeding in a.get("bleeding", (route.bleeding,))
            and route.invasive == a.get("invasive", route.invasive)
            and product.maturity in a.get("maturity", (product.maturity,))
            and product.cell_type in a.get("cell_types", (product.cell_type,))
            and tags.issuperset(a.get("tags", ()))
            and tags.isdisjoint(a.get("without_tags", ()))
        )


def contraindications(patient: Patient, staging: Any, product: str, route: str) -> list[Contraindication]:
    """Return every reason against a product (id) by a route (id), the strongest first; a rule that fails is left out.

    `staging` is the result of `staging.stage`. Raises InputError for an unknown product or route.
    """
    what, way = _known(products(), product, "product"), _known(routes(), route, "route")
    return _judged([rule for rule in rules() if rule.concerns(what, way)], patient, staging)


def comparator_contraindications(patient: Patient, staging: Any, comparator: str) -> list[Contraindication]:
    """Return every reason against a treatment without cells (id), the strongest first.

    Raises InputError for an unknown comparator. Few rules exist yet: an empty list is no all-clear.
    """
    name = _known(comparators(), comparator, "comparator").id
    return _judged([rule for rule in rules() if name in rule.applies.get("comparators", ())], patient, staging)


def _judged(chosen: list[Rule], patient: Patient, staging: Any) -> list[Contraindication]:
    record, order = Record(patient, staging), {"absolute": 0, "relative": 1, "unknown": 2}
    found = [c for c in (_judge(rule, record) for rule in chosen) if c]
    return sorted(found, key=lambda c: (order[c.verdict], order[c.if_present]))


@by_language
def rules() -> tuple[Rule, ...]:
    """Return every rule of the data file."""
    return tuple(rule_from_row(row) for row in read_toml("contraindications.toml")["rule"])


def rule_from_row(row: Mapping[str, Any]) -> Rule:
    """Return one rule from its table row; raise InputError naming what is missing or wrong."""
    where = f"contraindications.toml, {row.get('id', 'a row without id')}"
    one_of(row, "verdict", ("absolute", "relative"), where)
    for key in row.get("applies", {}):
        if key not in APPLIES:
            raise InputError(f"`applies` has no `{key}`", where=where, mend=f"one of {', '.join(APPLIES)}")
    leaves = tuple(row.get("when", ()))
    for leaf in leaves:
        _check_leaf(leaf, where)
    if not leaves:
        raise InputError("`when` is empty", where=where, mend="give at least one leaf")
    words = required_text(row, "text", where), required_text(row, "lowers", where)
    return Rule(row["id"], row["verdict"], *words, row.get("applies", {}), leaves, sources_of(row, where))


def _check_leaf(leaf: Mapping[str, Any], where: str) -> None:
    kinds = [k for k in leaf if k in LEAVES]
    if len(kinds) != 1:
        raise InputError("a leaf asks one thing", where=where, mend=f"exactly one of {', '.join(LEAVES)}")
    if "condition" in leaf and leaf["condition"] not in concepts():
        raise InputError(f"`{leaf['condition']}` is not a concept", where=where, mend="add it to concepts.toml")
    if "lab" in leaf and sum(b in leaf for b in BOUNDS) != 1:
        raise InputError("a lab leaf needs one bound", where=where, mend=f"one of {', '.join(BOUNDS)}")


def _known(table: Mapping[str, Any], name: str, kind: str) -> Any:
    if name not in table:
        raise InputError(f"unknown {kind} {name!r}", where=kind, mend=f"one of {', '.join(table)}")
    return table[name]


def _judge(rule: Rule, record: Record) -> Contraindication | None:
    findings = [LEAVES[next(k for k in leaf if k in LEAVES)](leaf, record) for leaf in rule.when]
    held = [f for f in findings if f.truth]
    unknown = [f for f in findings if f.truth is None]
    if not held and not unknown:
        return None
    used = held or unknown
    return Contraindication(
        id=rule.id,
        verdict=rule.verdict if held else "unknown",
        text=rule.text,
        because="; ".join(f.because for f in used),
        needs="" if held else "; ".join(f.needs for f in used if f.needs),
        lowers=rule.lowers,
        if_present=rule.verdict,
        assumed_absent=not held and all(f.silent for f in used),
        sources=rule.sources,
    )


def _lab(leaf: Mapping[str, Any], record: Record) -> Finding:
    reading = record.number(leaf["lab"])
    if isinstance(reading, Finding):
        return reading
    bound = next(b for b in BOUNDS if b in leaf)
    limit = float(leaf[bound])
    low, high = {
        "above": (reading.low > limit, reading.high > limit),
        "at_least": (reading.low >= limit, reading.high >= limit),
        "below": (reading.high < limit, reading.low < limit),
    }[bound]
    truth = low if low == high else None
    return Finding(truth, reading.what, "" if truth is not None else say("an exact {test}", test=in_words(leaf["lab"])))


def _grade(leaf: Mapping[str, Any], record: Record, name: str, limit: float) -> Finding:
    reading = record.number(name)
    return reading if isinstance(reading, Finding) else Finding(reading.low >= limit, reading.what)


def _ascites(leaf: Mapping[str, Any], record: Record) -> Finding:
    reading = record.number("ascites_level")
    if isinstance(reading, Finding):
        return reading
    level = int(reading.low)
    return Finding(
        level >= ASCITES_LEVELS.index(leaf["ascites_at_least"]),
        say("ascites: {level}", level=say_as("ascites", ASCITES_LEVELS[level])),
    )


def _course(leaf: Mapping[str, Any], record: Record) -> Finding:
    if record.course == "undetermined":
        return Finding(None, say("the course is undetermined"), say("a liver diagnosis and recent liver values"))
    return Finding(
        record.course in leaf["course"], say("staged as {staging_label}", staging_label=record.staging.label)
    )


def _age_below(leaf: Mapping[str, Any], record: Record) -> Finding:
    reading = record.number("age")
    return reading if isinstance(reading, Finding) else Finding(reading.low < leaf["age_below"], reading.what)


LEAVES = {
    "lab": _lab,
    "condition": lambda leaf, r: r.condition(
        leaf["condition"], ever=leaf.get("ever", False), within_d=leaf.get("within_days")
    ),
    "treatment": lambda leaf, r: r.treatment(leaf["treatment"]),
    "ascites_at_least": _ascites,
    "grade_at_least": lambda leaf, r: _grade(leaf, r, "encephalopathy_grade", leaf["grade_at_least"]),
    "course": _course,
    "age_below": _age_below,
    "drinking": lambda leaf, r: r.drinking(),
    "always": lambda leaf, r: Finding(True, say("this holds for every patient")),
}
