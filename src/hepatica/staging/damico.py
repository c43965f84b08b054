"""The clinical stages of cirrhosis after D'Amico: varices, bleeding, a first and a second decompensation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from . import facts
from .align import Aligned

if TYPE_CHECKING:
    from hepatica.patient import Patient

SOURCE = "D'Amico 2014, 494 patients; abstract read at https://scite.ai/authors/mario-d-amico-V0Ak0O"
STAGES = {
    1: ("compensated, no varices", 1.5),
    2: ("compensated, varices", 10.0),
    3: ("bleeding without another complication", 20.0),
    4: ("first decompensation other than bleeding", 30.0),
    5: ("a second decompensating event", 88.0),
}  # stage -> words, deaths within 5 years in percent (SOURCE)
_JAUNDICE_UMOL_L = 51.0  # 3 mg/dL; the abstract gives no limit: our assumption


@dataclass(frozen=True, slots=True)
class ClinicalStage:
    """The stage, or the stages still possible, with reasons; deaths in 5 years as in the source cohort."""

    stage: int | None
    possible: tuple[int, ...]
    why: tuple[str, ...]
    needs: tuple[str, ...] = ()
    source: str = SOURCE

    @property
    def label(self) -> str:
        """Return the stage in words."""
        return " or ".join(STAGES[k][0] for k in self.possible)

    def to_json(self) -> dict[str, Any]:
        """Return the stage as plain values."""
        deaths = {str(k): STAGES[k][1] for k in self.possible}
        row = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
        return {**row, "label": self.label, "deaths_5_years_percent": deaths}


def damico_stage(events: int, *, bled: bool, varices: bool | None) -> tuple[int, ...]:
    """Return the stages possible for a number of kinds of decompensation, of which bleeding may be one.

    >>> damico_stage(1, bled=True, varices=None), damico_stage(0, bled=False, varices=None)
    ((3,), (1, 2))
    """
    if events > 1:
        return (5,)
    if events == 1:
        return (3,) if bled else (4,)
    return (1, 2) if varices is None else (2,) if varices else (1,)


def clinical_stage(patient: Patient, aligned: Aligned, cirrhosis: str) -> ClinicalStage | None:
    """Return the stage a record shows, or None without recorded or probable cirrhosis.

    Events count whenever they happened: ascites, overt encephalopathy, jaundice (bilirubin above 3 mg/dL without
    PBC or PSC; our assumption), variceal bleeding. A record that lists no varices does not say that there are none.
    """
    if cirrhosis not in ("recorded", "probable"):
        return None
    signs = facts.decompensation(patient, aligned)
    kinds: dict[str, str] = {}
    for text in signs:
        fluid = ("ascites", "paracentesis", "sbp", "hepatorenal")
        kind = "bleeding" if "bleeding" in text else "ascites" if text.startswith(fluid) else "encephalopathy"
        kinds.setdefault(kind, text)
    yellow = aligned.given.get("bilirubin", 0.0) > _JAUNDICE_UMOL_L and not aligned.given["cholestatic"]
    if yellow:
        kinds["jaundice"] = facts.lab(aligned, "bilirubin")
    seen = facts.named(patient, "varices")
    varices = True if seen else None
    possible = damico_stage(len(kinds), bled="bleeding" in kinds, varices=varices)
    why = tuple(kinds.values()) or ((facts.said(seen),) if seen else ("no decompensation in the record",))
    needs = ("endoscopy",) if len(possible) > 1 else ()
    return ClinicalStage(possible[0] if len(possible) == 1 else None, possible, why, needs)
