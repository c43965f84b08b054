"""The values staging returns: scores, the labs they used, what is missing, and the stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .times import iso

if TYPE_CHECKING:
    from .apasl import Apasl
    from .damico import ClinicalStage
    from .steatotic import Steatotic


@dataclass(frozen=True, slots=True)
class LabUsed:
    """One input as used: value in its canonical unit, when it was measured, its age at the index time in days."""

    value: float | str | bool
    unit: str = ""
    time: datetime | None = None
    age_d: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the input as plain values; `note` only where there is one."""
        age_d = None if self.age_d is None else round(self.age_d, 2)
        row = {"value": self.value, "unit": self.unit, "time": iso(self.time), "age_d": age_d}
        return row | ({"note": self.note} if self.note else {})


@dataclass(frozen=True, slots=True)
class Score:
    """One score with everything needed to recompute it."""

    name: str
    value: float
    grade_class: str | None
    inputs: dict[str, LabUsed]
    formula: str
    source: str
    valid_range: str
    at: datetime | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the contract's shape of `score`."""
        row: dict[str, Any] = {"name": self.name, "value": self.value}
        if self.grade_class is not None:
            row["class"] = self.grade_class
        row |= {"inputs": {k: v.to_json() for k, v in self.inputs.items()}, "at": iso(self.at)}
        row |= {"formula": self.formula, "source": self.source, "valid_range": self.valid_range}
        return row | ({"notes": list(self.notes)} if self.notes else {})


@dataclass(frozen=True, slots=True)
class Missing:
    """A score that could not be computed: what it needs, why, and the interval it can still take."""

    score: str
    needs: tuple[str, ...]
    why: str = ""
    interval: tuple[float, float] | None = None
    classes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the contract's shape of a `missing` row."""
        row: dict[str, Any] = {"score": self.score, "needs": list(self.needs), "why": self.why}
        row["interval"] = None if self.interval is None else list(self.interval)
        return row | ({"classes": list(self.classes)} if self.classes else {})


@dataclass(frozen=True, slots=True)
class Staging:
    """How ill: the course, its reasons, every computable score and what is missing for the others."""

    patient_id: str
    at: datetime | None
    course: str
    label: str
    aclf_grade: int | None
    causes: tuple[str, ...]
    why: tuple[str, ...]
    contradictions: tuple[str, ...]
    scores: dict[str, Score]
    missing: tuple[Missing, ...]
    labs: dict[str, LabUsed]
    ascites: str | None
    encephalopathy_grade: int | None
    dialysis: bool
    cirrhosis: str = "unknown"  # recorded | probable | no evidence | unknown
    organ_failures: tuple[str, ...] = ()
    window_d: float = 90.0
    rule: str = ""
    notes: tuple[str, ...] = field(default=())
    clinical_stage: ClinicalStage | None = None
    apasl: Apasl | None = None
    steatotic: Steatotic | None = None

    @property
    def blocked(self) -> dict[str, tuple[str, ...]]:
        """Return every missing input with the scores that wait for it, the one that blocks most first."""
        found: dict[str, list[str]] = {}
        for row in self.missing:
            for need in row.needs:
                found.setdefault(need, []).append(row.score)
        return {k: tuple(v) for k, v in sorted(found.items(), key=lambda kv: (-len(kv[1]), kv[0]))}

    def value(self, name: str) -> float | None:
        """Return a score's value, or None where it could not be computed."""
        return self.scores[name].value if name in self.scores else None

    def to_json(self) -> dict[str, Any]:
        """Return the contract's shape of `stage`."""
        stage = {
            "course": self.course,
            "label": self.label,
            "aclf_grade": self.aclf_grade,
            "cirrhosis": self.cirrhosis,
            "organ_failures": list(self.organ_failures),
            "causes": list(self.causes),
            "ascites": self.ascites,
            "encephalopathy_grade": self.encephalopathy_grade,
            "dialysis": self.dialysis,
            "clinical_stage": self.clinical_stage.to_json() if self.clinical_stage else None,
            "apasl_aclf": self.apasl.to_json() if self.apasl else None,
            "steatotic": self.steatotic.to_json() if self.steatotic else None,
            "why": list(self.why),
            "contradictions": list(self.contradictions),
        }
        return {
            "patient": self.patient_id,
            "at": iso(self.at),
            "rule": self.rule,
            "scores": {k: v.to_json() for k, v in self.scores.items()},
            "stage": stage,
            "missing": [m.to_json() for m in self.missing],
            "blocked_by": {k: list(v) for k, v in self.blocked.items()},
            "labs": {k: v.to_json() for k, v in self.labs.items()},
            "notes": list(self.notes),
        }
