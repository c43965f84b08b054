"""Rules as FHIRPath over a Bundle, where FHIRPath can say them: true, false, or empty for unknown.

The environment variable %at is the day of the record (a date). Numbers are asked for in the canonical unit, since
FHIRPath converts none: a value in another unit, or with a comparator, is unknown. Scores, the course, causes, trends,
episodes, medicines and questions to people have no expression.
"""

from __future__ import annotations

from math import inf, isfinite

from hepatica.eligibility.tree import AtLeast, Fact, Not, Rule, Within
from hepatica.patient import ANALYTES, condition_codes, ucum
from hepatica.therapy import GRADED, concepts

OURS = "urn:hepatica:"
FRESH_D = 90
PATIENT = "Bundle.entry.resource.ofType(Patient)"
OBSERVATIONS = "Bundle.entry.resource.ofType(Observation)"
CONDITIONS = "Bundle.entry.resource.ofType(Condition)"
NEWEST = (
    "aggregate(iif($total.empty() or $total.effective.empty() or $this.effective > $total.effective, $this, $total))"
)
ACTIVE = "clinicalStatus.coding.exists(code = 'active' or code = 'recurrence' or code = 'relapse')"
SYSTEMS = {
    "icd10": "system.startsWith('http://hl7.org/fhir/sid/icd-10')",
    "icd9": "system.startsWith('http://hl7.org/fhir/sid/icd-9')",
    "snomed": "system = 'http://snomed.info/sct'",
}


def fhirpath(rule: Rule) -> str | None:
    """Return a rule as FHIRPath; None where it asks something that FHIRPath or a record cannot say."""
    if isinstance(rule, Within):
        return _within(rule)
    if isinstance(rule, Fact):
        return _fact(rule)
    if isinstance(rule, Not):
        inner = fhirpath(rule.rule)
        return None if inner is None else f"({inner}).not()"
    return _count(rule)


def _count(rule: AtLeast) -> str | None:
    parts = [fhirpath(r) for r in rule.rules]
    said = [f"({p})" for p in parts if p is not None]
    if len(said) < len(parts):
        return None
    if rule.count in (1, len(said)):
        return (" or " if rule.count == 1 else " and ").join(said)
    yes = " + ".join(f"iif({s}, 1, 0)" for s in said)
    no = " + ".join(f"iif({s}.not(), 1, 0)" for s in said)
    return f"iif({yes} >= {rule.count}, true, iif({no} > {len(said) - rule.count}, false))"


def _within(rule: Within) -> str | None:
    q = rule.quantity
    if q.kind in ("lab", "normal"):
        number = "value.value" if q.kind == "lab" else "(value.value / referenceRange.first().high.value)"
        window = FRESH_D if q.window_d is None else q.window_d
        fresh = f"effective.empty() or effective >= %at - {window:.0f} days"
        known = f"({fresh}) and value.comparator.empty() and value.code = '{ucum(ANALYTES[q.name].unit)}'"
        return f"{OBSERVATIONS}.where({_measures(q.name)}).{NEWEST}.where({known}).select({_between(rule, number)})"
    return _age(rule) if q.name == "age" else None


def _measures(name: str) -> str:
    said = [f"(system = '{OURS}analyte' and code = '{name}')"]
    if codes := " or ".join(f"code = '{c}'" for c in ANALYTES[name].loinc):
        said.insert(0, f"(system = 'http://loinc.org' and ({codes}))")
    return f"code.coding.exists({' or '.join(said)})"


def _between(rule: Within, number: str) -> str:
    ends = [f"{number} {'>' if rule.low_open else '>='} {rule.low:.10g}"] if rule.low > -inf else []
    ends += [f"{number} {'<' if rule.high_open else '<='} {rule.high:.10g}"] if rule.high < inf else []
    return " and ".join(ends) or f"{number}.exists()"


def _age(rule: Within) -> str | None:
    if any(isfinite(limit) and limit % 1 for limit in (rule.low, rule.high)):
        return None
    ends = []
    if rule.low > -inf:
        ends.append(f"birthDate <= %at - {rule.low + rule.low_open:.0f} years")
    if rule.high < inf:
        ends.append(f"birthDate > %at - {rule.high + (not rule.high_open):.0f} years")
    return f"{PATIENT}.first().select({' and '.join(ends)})"


def _fact(leaf: Fact) -> str | None:
    if leaf.kind == "sex":
        return f"{PATIENT}.first().where(gender = 'male' or gender = 'female').select(gender = '{leaf.names[0]}')"
    if leaf.kind != "has" or leaf.names[0] in GRADED or concepts()[leaf.names[0]].causes:
        return None
    members = sorted(concepts()[leaf.names[0]].members)
    anyone = f"{CONDITIONS}.where(code.coding.exists({' or '.join(filter(None, map(_means, members)))}))"
    if leaf.within_d is not None:
        since = f"%at - {leaf.within_d:.0f} days"
        return f"iif({anyone}.where(onset >= {since} or abatement >= {since}).exists(), true)"
    if leaf.ever:
        return f"iif({anyone}.exists(), true)"
    own = f"{CONDITIONS}.where(code.coding.exists({_means(leaf.names[0])}))"
    return f"iif({anyone}.where({ACTIVE}).exists(), true, iif({own}.exists(), false))"


def _means(name: str) -> str:
    """Return the test of one coding for a condition, by our own code and by those of ICD and SNOMED CT."""
    said = [f"(system = '{OURS}condition' and code = '{name}')"]
    for system, codes in condition_codes(name).items():
        asked = [_code(system, code, but) for code, but in codes]
        if asked:
            said.append(f"({SYSTEMS[system]} and ({' or '.join(asked)}))")
    return " or ".join(said)


def _code(system: str, code: str, but: tuple[str, ...]) -> str:
    if system == "snomed":
        return f"code = '{code}'"
    plain = "code.replace('.', '')"
    others = "".join(f" and {plain}.startsWith('{c}').not()" for c in but)
    return f"({plain}.startsWith('{code}'){others})"
