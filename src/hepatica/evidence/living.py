"""A living review: check a new study file, say what is wrong, and show which pools it would move."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from hepatica.errors import HepaticaError, InputError
from hepatica.evidence import adopt, checks, read
from hepatica.evidence.base import studies
from hepatica.evidence.contrasts import contrast, interventions
from hepatica.evidence.extract import answers
from hepatica.evidence.model import Finding, Study
from hepatica.evidence.pooling import pool_effects
from hepatica.evidence.question import Question
from hepatica.output import put


def add(path: str | Path, keep: str | Path | None = None) -> dict[str, Any]:
    """Check a study file and return what it would change; written only where a folder to keep it in is named.

    keep: the user's own folder of studies (made if absent); named in the environment as HEPATICA_STUDIES, its studies
    are part of the base of every command and function.

    The file is one study in the fields of this base (see `evidence/data/studies`) or a trial in free words
    (population, design, arms with cells, outcomes); `understood` shows how it was understood.
    Returns study, accepted, errors, doubts, same_patients, understood, next, and `moved`: the pools that would change,
    each with its question, before and after.
    Raises InputError where the file is not a study at all.
    """
    file = Path(path)
    raw = _read(file)
    new = read.study(raw, str(file))
    found = checks.study(new)
    base = studies()
    if new.id in base:
        found.append(Finding("doubt", new.id, "id", "in the base already: this file would replace it"))
    twins = [s.id for s in base.values() if s.id != new.id and _same_patients(s, new)]
    for id in twins:
        found.append(Finding("doubt", new.id, "cohort", f"looks like the patients of {id}: name its cohort"))
    errors = [f for f in found if f.level == "error"]
    kept = _keep(raw, new.id, Path(keep)) if keep and not errors else None
    return {
        "study": new.id,
        "accepted": not errors,
        "errors": [{"where": f.where, "what": f.what} for f in errors],
        "doubts": [{"where": f.where, "what": f.what} for f in found if f.level == "doubt"],
        "same_patients": twins,
        "understood": {"condition": new.condition, "region": new.region, "arms": _understood(new)},
        "moved": [] if errors else _moved(base, new),
        "kept": str(kept) if kept else None,
        "next": _next(new.id, bool(errors), kept),
    }


def _next(id: str, errors: bool, kept: Path | None) -> str:
    if errors:
        return "mend the errors"
    if kept:
        return f"set HEPATICA_STUDIES={kept.parent}: every pool then has it"
    return f"add --keep DIR to use it in your pools, or copy it to evidence/data/studies/{id}.json to share it"


def _keep(raw: dict[str, Any], id: str, folder: Path) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", id):
        raise InputError(f"id {id!r} cannot be a file's name", mend="letters, digits, _ and -")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{id}.json"
        put(path, orjson.dumps(raw, option=orjson.OPT_INDENT_2))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    return path


def _understood(s: Study) -> list[dict[str, Any]]:
    return [
        {"name": a.name, "control": a.control, "treatments": list(a.treatments),
         "cells": a.cells and {"class": a.cells.cell_class, "route": a.cells.route}}
        for a in s.arms
    ]  # fmt: skip


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = orjson.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(file)) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(file)) from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}", where=str(file)) from error
    if adopt.fits(raw):
        raw = adopt.adopt(raw)
    return raw  # type: ignore[no-any-return]


def _same_patients(old: Study, new: Study) -> bool:
    if old.cohort == new.cohort:
        return False
    ids = (old.pmid, new.pmid), (old.doi, new.doi), (old.pmcid, new.pmcid)
    same_id = any(a and a == b for a, b in ids)
    trial = {r for r in old.registry if r.startswith("NCT")} & {r for r in new.registry if r.startswith("NCT")}
    return same_id or bool(trial)


def _moved(base: dict[str, Study], new: Study) -> list[dict[str, Any]]:
    before, after = dict(base), {**base, new.id: new}
    moved = []
    for q in _questions(new):
        old, now = _pooled(q, before), _pooled(q, after)
        if old != now:
            moved.append({"question": q.text(), "scale": q.measure, "before": old, "after": now})
    return moved


def _questions(s: Study) -> list[Question]:
    given = [i for i in interventions([s]) if contrast(s, i)[0]]
    out = []
    for name in given:
        for day in sorted({r.day for r in s.survival if r.day}):
            out.append(Question("survival", day, s.condition, name, measure="OR", design="any"))
        for variable, day in sorted({(m.variable, m.day) for m in s.measures if m.day}):
            out.append(Question(variable, day, s.condition, name, measure="MD", design="any"))
    return out


def _pooled(q: Question, base: dict[str, Study]) -> dict[str, Any] | None:
    try:
        rows, _ = answers(q, base.values())
    except HepaticaError:
        return None
    if not rows:
        return None
    p = pool_effects([r.effect.yi or 0.0 for r in rows], [r.effect.vi or 0.0 for r in rows])
    return {"k": p.k, "estimate": p.estimate, "ci": list(p.ci), "tau2": p.tau2, "studies": [r.study.id for r in rows]}
