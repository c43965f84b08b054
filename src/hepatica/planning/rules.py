"""Terms and groups of terms of the rule files: parsed on load, answered true, false or unknown."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hepatica.language import say, say_as
from hepatica.planning import words
from hepatica.planning.facts import ASCITES_LEVELS, CHRONIC, Answer, Facts

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
OLD_D = 7.0
_NUMERIC = re.compile(r"(lab\.\w+|score\.\w+|he|aclf|age|bmi|ascites)\s*(>=|<=|>|<)\s*([\w.]+)\Z")
_NAMED = re.compile(r"(course|cause|has|takes|alcohol)=([\w|]+)\Z")
_RECENT = re.compile(r"recent=(\w+):(\d+)\Z")
_FLAGS = (
    "cirrhosis",
    "csph",
    "spare_endoscopy",
    "aki",
    "sbp_risk",
    "child_c_not_listed",
    "dialysis",
    "chronic",
    "contradictory",
    "needs_cause_removed",
    "hbv_dna_slow",
    "virus_in_late_disease",
    "hbv_low_cancer_risk",
)


@dataclass(frozen=True, slots=True)
class Group:
    """Terms joined by and, or and and-not; an empty `any` asks nothing."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    @classmethod
    def read(cls, row: dict[str, Any], where: str) -> Group:
        """Return the group of a data row; raise ValueError on a term that cannot be read."""
        group = cls(tuple(row.get("all", ())), tuple(row.get("any", ())), tuple(row.get("none", ())))
        for term in (*group.all, *group.any, *group.none):
            if not (_NUMERIC.match(term) or _NAMED.match(term) or _RECENT.match(term) or term in _FLAGS):
                raise ValueError(f"{where}: cannot read the term '{term}'")
        return group

    def ask(self, facts: Facts) -> Answer:
        """Return the three-valued answer of the group with the reasons that decided it."""
        alls = [ask(t, facts) for t in self.all]
        anys = [ask(t, facts) for t in self.any]
        nones = [ask(t, facts) for t in self.none]
        false = [a for a in alls if a.value is False] + [a for a in nones if a.value is True]
        if false:
            return Answer(False, false[0].because)
        if anys and all(a.value is False for a in anys):
            return Answer(False, anys[0].because)
        unknown = [a for a in alls if a.value is None]
        hit = next((a for a in anys if a.value is True), None)
        if anys and hit is None:
            unknown += [a for a in anys if a.value is None]
        if unknown:
            return Answer(None, unknown[0].because)
        reasons = [a.because for a in alls] + ([hit.because] if hit else [])
        return Answer(True, "; ".join(dict.fromkeys(reasons)) or say("it applies to everyone"))


def ask(term: str, facts: Facts) -> Answer:
    """Return the three-valued answer of one term."""
    if term not in facts._cache:
        facts._cache[term] = _ask(term, facts)
    return facts._cache[term]


def _ask(term: str, facts: Facts) -> Answer:
    staging = facts.staging
    if match := _NUMERIC.match(term):
        return _numeric(match.group(1), match.group(2), match.group(3), facts)
    if match := _RECENT.match(term):
        return facts.recent(match.group(1), float(match.group(2)))
    if match := _NAMED.match(term):
        kind, names = match.group(1), tuple(match.group(2).split("|"))
        if kind == "course":
            return Answer(staging.course in names, say("staged as {staging_label}", staging_label=staging.label))
        if kind == "cause":
            found = [c for c in staging.causes if c in names]
            return Answer(
                bool(found),
                say("cause: {causes}", causes=", ".join(map(words.name, found or staging.causes)) or say("not stated")),
            )
        if kind == "alcohol":
            active = facts.patient.alcohol_active
            if active is None:
                return Answer(None, say("drinking now is not recorded"))
            return Answer(active == (names[0] == "active"), say("drinking now") if active else say("not drinking now"))
        return facts.has(names) if kind == "has" else facts.takes(names)
    if term == "dialysis":
        return Answer(staging.dialysis, say("on dialysis") if staging.dialysis else say("not on dialysis"))
    if term == "chronic":
        return Answer(staging.course in CHRONIC, say("staged as {staging_label}", staging_label=staging.label))
    answer: Answer = getattr(facts, term)
    return answer


def _numeric(name: str, sign: str, limit: str, facts: Facts) -> Answer:
    if name == "ascites":
        level = facts.staging.ascites
        if level is None:
            return Answer(None, say("ascites is not recorded"))
        return Answer(
            _COMPARE[sign](ASCITES_LEVELS.index(level), ASCITES_LEVELS.index(limit)),
            say("{level} ascites", level=say_as("ascites", level)) if level != "none" else say("no ascites"),
        )
    if name == "age":
        return _age(sign, float(limit), facts)
    value, label = _value(name, facts)
    unit = _unit(name, facts)
    if value is None:
        return Answer(None, say("{label} is not known", label=label))
    age_d = facts.age_d(name[4:]) if name.startswith("lab.") else None
    because = f"{label} {words.number(value)}{unit}"
    if age_d is not None and age_d > OLD_D:
        because = say("{value} ({time} before the newest value)", value=because, time=words.when(age_d))
    return Answer(_COMPARE[sign](value, float(limit)), because)


def _age(sign: str, limit: float, facts: Facts) -> Answer:
    years = facts.patient.age_years(facts.now)
    if years is None:
        return Answer(None, say("{label} is not known", label=say("age")))
    said = say("{n} years old", n=int(years)) if years >= 2 else say("{n} months old", n=int(years * 12))
    return Answer(_COMPARE[sign](years, limit), said)


def _unit(name: str, facts: Facts) -> str:
    used = facts.staging.labs.get(name[4:]) if name.startswith("lab.") else None
    written = words.unit(used.unit) if used is not None else ""
    return f" {written}" if written else ""


def _value(name: str, facts: Facts) -> tuple[float | None, str]:
    staging = facts.staging
    if name.startswith("lab."):
        return facts.lab(name[4:]), words.name(name[4:])
    if name.startswith("score."):
        return staging.value(name[6:]), words.name(name[6:])
    if name == "he":
        grade = staging.encephalopathy_grade
        return (None if grade is None else float(grade)), say("encephalopathy grade")
    if name == "aclf":
        if staging.course != "aclf":
            return 0.0, say("ACLF grade")
        return (None if staging.aclf_grade is None else float(staging.aclf_grade)), say("ACLF grade")
    return facts.bmi, say("body mass index")
