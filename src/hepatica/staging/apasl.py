"""Acute-on-chronic liver failure as Asia defines it (APASL), beside the European grade."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import facts
from .align import Aligned
from .causes import causes_of
from .times import days_between
from .units import bilirubin_mg_dl

if TYPE_CHECKING:
    from hepatica.patient import Patient

SOURCE = "http://wjgnet.com/1948-5182/full/v13/i10/1289-T1.htm (doi:10.4254/wjh.v13.i10.1289, table 1)"
Verdict = Literal["met", "not met", "unknown"]
_WEEKS_D = 28.0


@dataclass(frozen=True, slots=True)
class Apasl:
    """The verdict with each part of the definition: part -> met, not met or unknown; and what an unknown needs."""

    verdict: Verdict
    parts: dict[str, Verdict]
    why: tuple[str, ...]
    needs: tuple[str, ...] = ()
    source: str = SOURCE

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def apasl_aclf(patient: Patient, aligned: Aligned, cirrhosis: str) -> Apasl:
    """Decide the APASL definition of ACLF from a record.

    Bilirubin of 5 mg/dL or more and INR of 1.5 or more, with ascites or encephalopathy within 4 weeks, in chronic
    liver disease that had not decompensated before. A prothrombin activity is never turned into an INR.
    """
    g = aligned.given
    yellow = bool(bilirubin_mg_dl(g["bilirubin"]) >= 5.0) if "bilirubin" in g else None
    chronic = cirrhosis in ("recorded", "probable") or bool(set(causes_of(patient)) - {"paracetamol", "DILI", "other"})
    earlier = _earlier(patient, aligned)
    rows = (
        ("chronic liver disease", True if chronic else None, "cause of liver disease", ""),
        ("jaundice", yellow, "bilirubin", "bilirubin"),
        ("clotting", g["inr"] >= 1.5 if "inr" in g else None, "INR", "inr"),
        ("ascites or encephalopathy", _signs(g), "ascites and encephalopathy", ""),
        ("no decompensation before", not earlier, "", ""),
    )
    parts: dict[str, Verdict] = {name: _word(holds) for name, holds, _, _ in rows}
    why = tuple(facts.lab(aligned, lab) for _, holds, _, lab in rows if holds is not None and lab)
    needs = tuple(need for _, holds, need, _ in rows if holds is None)
    states = set(parts.values())
    verdict: Verdict = "not met" if "not met" in states else "unknown" if "unknown" in states else "met"
    return Apasl(verdict, parts, (*why, *earlier), needs if verdict == "unknown" else ())


def _word(holds: bool | None) -> Verdict:
    return "unknown" if holds is None else "met" if holds else "not met"


def _signs(g: dict[str, float]) -> bool | None:
    found = [g[name] >= 1.0 for name in ("ascites", "encephalopathy") if name in g]
    return True if any(found) else False if len(found) == 2 else None


def _earlier(patient: Patient, aligned: Aligned) -> tuple[str, ...]:
    """Return the decompensations that began more than 4 weeks before the index time."""
    names = ("ascites", "encephalopathy", "variceal_bleeding", "sbp", "hepatorenal_syndrome")
    rows = (c for c in patient.conditions if c.name in names and c.onset is not None and aligned.at is not None)
    return tuple(facts.said(c) for c in rows if days_between(aligned.at, c.onset) > _WEEKS_D)  # type: ignore[arg-type]
