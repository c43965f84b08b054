"""The registry: every score by name, computed from named inputs with refusals that say what is needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from hepatica.errors import InputError
from hepatica.language import say

from .inputs import INPUTS
from .model import LabUsed, Score
from .spec import Input, ScoreSpec

_FAMILIES = (
    "meld", "peld", "child_pugh", "reserve", "fibrosis", "injury", "alcoholic", "clif", "aarc",
    "acute_failure", "pbc", "ukeld", "baveno",
)  # fmt: skip
_SPELLINGS = {
    "encephalopathy_grade": "encephalopathy", "he": "encephalopathy", "gender": "sex",
    "bilirubin_day_7": "bilirubin_day7", "bilirubin_7": "bilirubin_day7", "bilirubin_day0": "bilirubin",
}  # fmt: skip


@cache
def registry() -> dict[str, ScoreSpec]:
    """Return every score by name."""
    from importlib import import_module

    modules = (import_module(f".{name}", __package__) for name in _FAMILIES)
    return {spec.name: spec for module in modules for spec in module.SCORES}


def spec_of(name: str) -> ScoreSpec:
    """Return one score's entry; an unknown name is refused with the list of names."""
    if name not in registry():
        raise InputError(f"no score named {name!r}", mend="one of " + ", ".join(registry()))
    return registry()[name]


def lacking(spec: ScoreSpec, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a score still needs, alternatives joined by ' or '."""
    needs = [n for n in spec.needs if n not in given]
    needs += [" or ".join(group) for group in spec.one_of if not any(n in given for n in group)]
    return tuple(needs)


def call(spec: ScoreSpec, given: Mapping[str, Any]) -> Any:
    """Compute a score from canonical inputs; only the first given member of each alternative counts."""
    chosen = {n: given[n] for n in spec.needs}
    for group in spec.one_of:
        first = next(n for n in group if n in given)
        chosen[first] = given[first]
    for name, default in spec.optional.items():
        if name in given or default is not None:
            chosen[name] = given.get(name, default)
    return spec.compute(**{INPUTS[n].param: v for n, v in chosen.items()})


def finish(spec: ScoreSpec, given: Mapping[str, Any], used: dict[str, LabUsed], **more: Any) -> Score:
    """Compute one score and wrap it with its class and everything needed to recompute it."""
    for name, default in spec.optional.items():
        if name not in given and default is not None:
            used = used | {
                name: LabUsed(shown(INPUTS[name], default), INPUTS[name].unit, note=say("not given: assumed"))
            }
    value = float(call(spec, given))
    grade = spec.classify(value, given) if spec.classify else None
    value = round(value, spec.digits) if spec.digits else int(value)
    source = spec.source if spec.verified else f"unverified: {spec.source}"
    return Score(spec.name, value, grade, used, spec.formula, source, spec.valid_range, **more)


def score(name: str, **inputs: Any) -> Score:
    """Compute one score by hand: `score("meld", bilirubin="2.1 mg/dL", inr=1.4, creatinine="1.1 mg/dL")`.

    A float has the canonical unit (bilirubin umol/L, albumin g/L, …), a string carries its own unit or, without
    one, the customary unit that `describe(name)` states. Raises InputError naming what is unknown, missing,
    implausible or out of the score's valid range.
    """
    from .parse import parse

    spec = spec_of(name)
    names = [_named(spec, n) for n in inputs]
    twice = [n for n in names if names.count(n) > 1]
    if twice:
        raise InputError(f"{twice[0]} is given twice", where=f"score {name}", mend="give each input once")
    inputs = dict(zip(names, inputs.values(), strict=True))
    unknown = [n for n in inputs if n not in spec.all_inputs]
    if unknown:
        takes = "it takes " + ", ".join(spec.all_inputs)
        raise InputError(f"{name} takes no input {unknown[0]!r}", where=f"score {name}", mend=takes)
    given = {n: parse(INPUTS[n], v) for n, v in inputs.items() if v is not None}
    need = lacking(spec, given)
    reason = spec.refuse(given) if spec.refuse else None
    if reason:
        raise InputError(f"{name}: {reason}", where=f"score {name}")
    used = {n: LabUsed(shown(INPUTS[n], v), INPUTS[n].unit, note=_as_given(inputs[n])) for n, v in given.items()}
    if need and spec.criteria:
        from .interval import decided

        example = decided(spec, given)
        if example:
            return finish(
                spec, example, used, notes=(say("decided whatever the value of {need}", need=", ".join(need)),)
            )
    if need:
        raise InputError(f"{name} needs {', '.join(need)}", where=f"score {name}", mend="give " + _hints(need))
    return finish(spec, given, used)


def score_from_text(name: str, inputs: Mapping[str, str]) -> Score:
    """Compute one score from the words of a command line; a bare number has the unit `describe(name)` states."""
    return score(name, **{k: str(v) for k, v in inputs.items()})


def shown(kind: Input, value: Any) -> float | str | bool:
    """Return an input's value as people write it (sex and ascites as words, flags as true or false)."""
    if kind.kind == "sex":
        return "female" if value else "male"
    if kind.kind == "flag":
        return bool(value)
    if kind.name == "ascites":
        return ("none", "slight", "moderate")[int(value)]
    return int(value) if kind.kind == "level" else float(f"{value:.9g}")


def _named(spec: ScoreSpec, key: str) -> str:
    """Return the input a key stands for: its own name, or a spelling the readers of records know (na, plt, …)."""
    if key in spec.all_inputs:
        return key
    from hepatica.patient import find_analyte

    return _SPELLINGS.get(key) or find_analyte(key.replace("_", " ")) or key


def _as_given(value: Any) -> str:
    return f"given as {value.strip()}" if isinstance(value, str) else ""


def _hints(needs: tuple[str, ...]) -> str:
    rows = []
    for need in needs:
        unit = INPUTS[need.split(" or ")[0]].customary
        rows.append(f"{need}=… (a bare number is in {unit})" if unit not in ("", "1") else f"{need}=…")
    return ", ".join(rows)


def describe(name: str) -> dict[str, Any]:
    """Return a score's reference entry: inputs with units, formula, rules, source, range, classes, prediction."""
    spec = spec_of(name)
    rows = []
    for n in spec.all_inputs:
        kind = INPUTS[n]
        row: dict[str, Any] = {"name": n, "text": kind.text, "unit": kind.unit, "bare_number_unit": kind.customary}
        row |= {"plausible": [kind.low, kind.high], "required": n in spec.needs}
        rows.append(row)
    return {
        "name": spec.name,
        "title": spec.title,
        "version": spec.version,
        "inputs": rows,
        "one_of": [list(group) for group in spec.one_of],
        "formula": spec.formula,
        "rules": spec.rules,
        "source": spec.source,
        "verified": spec.verified,
        "population": spec.population,
        "valid_range": spec.valid_range,
        "classes": [list(row) for row in spec.classes],
        "predicts": spec.predicts,
    }
