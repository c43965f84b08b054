"""The treatments without cells: which may be offered to this person, and why the others may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hepatica import therapy
from hepatica.language import by_language, either, say
from hepatica.planning import sources, words
from hepatica.planning.facts import CHRONIC, Facts
from hepatica.planning.option import CERTAINTIES, Option, cap
from hepatica.planning.rules import Group, ask

BASIS_LIMIT = {"evidence": "high", "calibrated model": "low", "assumption": "low"}


@by_language
def rows() -> dict[str, dict[str, Any]]:
    """Return the room's rows by treatment id, checked."""
    found = {}
    for row in sources.read("treatments.toml")["treatment"]:
        where = f"treatments.toml: {row['id']}"
        sources.check([e["source"] for e in row["evidence"]], where)
        for word in row["certainty"].values():
            if word not in CERTAINTIES:
                raise ValueError(f"{where}: '{word}' is not a certainty")
        if row["basis"] not in BASIS_LIMIT:
            raise ValueError(f"{where}: '{row['basis']}' is not a basis")
        if "offer" in row:
            Group.read(row["offer"], where)
        for against in row.get("against", ()):
            Group.read({"all": [against["term"]]}, where)
        found[row["id"]] = row
    return found


def without_cells(facts: Facts) -> list[Option]:
    """Return every treatment without cells with its status, standard care first."""
    return [_option(c, facts) for c in therapy.comparators().values()]


def _option(c: therapy.Comparator, facts: Facts) -> Option:
    row, course = rows().get(c.id), facts.staging.course
    base = Option(
        id=c.id,
        name=c.name,
        treatment=c.name,
        family=c.family,
        status="offered",
        because="",
        actions=(c.id,),
        invasive_procedures=c.invasive_procedures,
        sources=tuple(s.id for s in c.sources),
    )
    if row is None:
        return base.ruled_out(say("this program holds no evidence for it yet"))
    base = replace(
        base,
        actions=(_action(c.id, row, facts),),
        certainty=cap(row["certainty"].get(course, row["certainty"]["default"]), BASIS_LIMIT[row["basis"]]),
        basis=row["basis"],
        certainty_why=row["certainty_why"],
        procedure=row["procedure"],
        evidence=tuple(row["evidence"]),
        recommendable="trial_only" not in row,
        notes={"procedures_avoided": row["procedures_avoided"]} if "procedures_avoided" in row else {},
    )
    if c.id == "standard_care":
        return _with(base, "offered", say("always an option, and what the others are compared with"))
    reason = _unfit(c, row, facts)
    if reason:
        return base.ruled_out(reason)
    if "trial_only" in row:
        return _with(
            base, "trial only", say("Only inside a trial. {trial_only}.", trial_only=words.capital(row["trial_only"]))
        )
    why = (
        Group.read(row["offer"], c.id).ask(facts).because
        if "offer" in row
        else say("fits {staging_label}", staging_label=facts.staging.label)
    )
    return _with(base, "offered", words.capital(why))


def _action(name: str, row: dict[str, Any], facts: Facts) -> str:
    """Return what the twin calls this treatment in a disease of this cause."""
    for cause, action in row.get("action_for", {}).items():
        if cause in facts.staging.causes and facts.staging.course in CHRONIC:
            return str(action)
    return name


def _unfit(c: therapy.Comparator, row: dict[str, Any], facts: Facts) -> str:
    staging = facts.staging
    if c.for_causes and not set(c.for_causes) & set(staging.causes):
        return say(
            "for {for_causes}; the cause here is {part}",
            for_causes=_or(c.for_causes),
            part=_or(staging.causes) or say("not stated"),
        )
    if c.for_courses and staging.course not in c.for_courses:
        return say("not for {staging_label}", staging_label=staging.label)
    if c.needs_condition and not any(_shows(n, facts) for n in c.needs_condition):
        return say("for people with {needs_condition}; the record shows none", needs_condition=_or(c.needs_condition))
    if "given" in row and (given := ask(row["given"], facts)).value is True:
        return say("already part of the care here: {because}", because=given.because)
    for against in row.get("against", ()):
        if (found := ask(against["term"], facts)).value is True:
            return f"{against['text']} ({found.because})"
    if "offer" in row:
        answer = Group.read(row["offer"], c.id).ask(facts)
        if answer.value is not True:
            return row["otherwise"] if answer.value is False else f"{row['otherwise']} ({answer.because})"
    return ""


def _shows(name: str, facts: Facts) -> bool:
    if name == "ascites":
        return ask("ascites>=slight", facts).value is True
    if name == "encephalopathy":
        return ask("he>=1", facts).value is True or facts.patient.has("encephalopathy")
    return facts.patient.has(name)


def _with(option: Option, status: str, because: str) -> Option:
    return replace(option, status=status, because=because)


def _or(names: tuple[str, ...]) -> str:
    return either([words.name(n) for n in names])
