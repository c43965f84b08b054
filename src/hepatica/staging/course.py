"""Name the course of the disease from the record, the first rule that holds, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hepatica.language import date_text, mark, say

from . import facts
from .align import Aligned
from .causes import CAUSE_OF, causes_of
from .organ_failure import OrganFailures

if TYPE_CHECKING:
    from hepatica.patient import Patient

LABELS = {
    "alf": mark("acute liver failure"),
    "ali": mark("acute liver injury"),
    "aclf": mark("acute-on-chronic liver failure"),
    "alcoholic_hepatitis": mark("severe alcoholic hepatitis"),
    "decompensated": mark("decompensated cirrhosis"),
    "compensated": mark("compensated cirrhosis"),
    "cholestatic": mark("chronic cholestatic disease without cirrhosis"),
    "chronic_hepatitis": mark("chronic hepatitis without cirrhosis"),
    "steatosis": mark("fatty liver without cirrhosis"),
    "urea_cycle": mark("urea-cycle disorder"),
    "metabolic": mark("metabolic liver disease"),
    "none": mark("no liver disease in this record"),
    "undetermined": "undetermined",
}
FLARE = mark("acute hepatitis, no cirrhosis known")
_LIVER = (
    "hcc", "hepatitis", "fibrosis", "liver_failure", "liver_transplant", "budd_chiari", "veno_occlusive_disease",
    "cholangitis", "cholestasis", "jaundice", "portal_vein_thrombosis", "autoimmune",
)  # fmt: skip
BILIRUBIN_LIMIT = 21.0
# ordinary adult limits of normal; enzymes at about twice, so that a single odd value does not name a disease
_LIMITS = (
    ("bilirubin", ">", BILIRUBIN_LIMIT), ("albumin", "<", 35.0), ("inr", ">", 1.2), ("pt_percent", "<", 70.0),
    ("platelets", "<", 150.0), ("alt", ">", 80.0), ("ast", ">", 80.0), ("alp", ">", 200.0), ("stiffness", ">", 8.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """The course code with its reasons, what the record says of cirrhosis, and a closer name than the code's."""

    code: str
    why: tuple[str, ...]
    cirrhosis: str
    aclf_grade: int | None
    name: str = ""


def course(patient: Patient, aligned: Aligned, organs: OrganFailures, severity: dict[str, float]) -> Course:
    """Decide the course; `severity` holds the MELD and Maddrey values that are known.

    Acute failure: INR 1.5 or more with any encephalopathy and no cirrhosis; without encephalopathy it is acute
    injury. Either needs a cause that acts at once, a burst of enzymes, or an acute hepatitis: jaundice (twice the
    limit of normal) with a transaminase of five times its limit (our cuts), no sign of cirrhosis and no alcohol.
    ACLF: cirrhosis, acute decompensation and an EASL-CLIF grade of 1 to 3. Alcoholic hepatitis is severe from
    Maddrey 32 or MELD 21. Cirrhosis is decompensated by a sign, or by Child-Pugh 7 or more.
    Sources: acute severe autoimmune hepatitis doi:10.1016/j.jhepr.2020.100149; severe alcoholic hepatitis AASLD,
    doi:10.1002/hep.30866; EASL-CLIF as in `organ_failure`; Child-Pugh 7 the note to
    https://pmc.ncbi.nlm.nih.gov/articles/PMC3017746/table/tbl1; acute failure
    https://www.rcemlearning.co.uk/modules/acute-liver-failure/lessons/definition-22/.
    """
    scarred, scar_why = facts.cirrhosis(patient, aligned)
    signs = facts.decompensation(patient, aligned)
    found = causes_of(patient)
    now = facts.acute_signs(patient, aligned)
    grade = organs.grade if scarred in ("recorded", "probable") and now else None
    failing = dated(organs, aligned)

    def decide(code: str, *why: str, aclf: int | None = grade) -> Course:
        return Course(code, tuple(w for w in why if w), scarred, aclf)

    acute = _acute(patient, aligned, scarred)
    if acute:
        return decide(acute[0], *acute[1:], aclf=None)
    flare = facts.recent(patient, aligned, "alcoholic_hepatitis")
    recorded_aclf = facts.recent(patient, aligned, "aclf")
    if flare and not recorded_aclf and _severe(severity):
        return decide("alcoholic_hepatitis", facts.said(flare), _severe(severity), *failing)
    if recorded_aclf:
        known = organs.grade if organs.grade else None
        doubt = "" if known else say("no organ failure by EASL-CLIF in these values: the grade is not known")
        return decide("aclf", facts.said(recorded_aclf), *failing, doubt, aclf=known)
    if scarred in ("recorded", "probable"):
        scar = (
            scar_why
            if scarred == "recorded"
            else tuple(say("probable cirrhosis: {reason}", reason=w) for w in scar_why)
        )
        if grade:
            least = say(
                mark("EASL-CLIF grade at least {grade}") if organs.at_least else mark("EASL-CLIF grade {grade}"),
                grade=grade,
            )
            return decide("aclf", *scar, *now, *failing, least)
        points, odd = facts.child_pugh_floor(aligned)
        if not signs and points >= 7:
            return decide(
                "decompensated",
                *scar,
                say("Child-Pugh at least {points:.0f}, 7 or more counts as such", points=points),
                *odd,
            )
        return decide(
            "decompensated" if signs else "compensated", *scar, *(signs or (say("no sign of decompensation"),))
        )
    if flare:
        return decide("chronic_hepatitis", facts.said(flare), say("not shown to be severe (Maddrey 32 or MELD 21)"))
    kept = decide(*_without_cirrhosis(patient, aligned, found, scarred))
    if kept.code != "chronic_hepatitis" or not _hepatitis(aligned, scarred, found):
        return kept
    return replace(kept, why=(*kept.why, *_flaring(aligned), *_mild(aligned)), name=FLARE)


def dated(organs: OrganFailures, aligned: Aligned) -> tuple[str, ...]:
    """Return the organ failures with the day of the value that shows each."""
    shown = {"liver": "bilirubin", "kidney": "creatinine", "clotting": "inr", "lungs": "pao2"}
    rows = []
    for reason in organs.why:
        row = aligned.used.get(shown.get(reason.split(" failure")[0], ""))
        measured = row is not None and row.time is not None and any(ch.isdigit() for ch in reason)
        rows.append(
            say("{reason} on {day}", reason=reason, day=date_text(row.time.date().isoformat()))
            if measured and row and row.time
            else reason
        )
    return tuple(rows)


def _severe(severity: dict[str, float]) -> str:
    if severity.get("maddrey_df", 0.0) >= 32:
        return say("Maddrey discriminant function {value:.0f}, 32 or more", value=severity["maddrey_df"])
    return say("MELD {meld:.0f}, above 20", meld=severity["meld"]) if severity.get("meld", 0.0) > 20 else ""


def _acute(patient: Patient, aligned: Aligned, scarred: str) -> tuple[str, ...]:
    stated = facts.recent(patient, aligned, "acute_liver_failure")
    if stated:
        return ("alf", facts.said(stated), *_clotting(aligned))
    recent = (facts.recent(patient, aligned, n) for n in ("paracetamol_overdose", "drug_induced_liver_injury"))
    sudden = next((c for c in recent if c), None)
    causes = causes_of(patient)
    trigger = (
        facts.said(sudden)
        if sudden
        else next((say("cause {cause}", cause=say(c)) for c in causes if c in ("paracetamol", "DILI")), "")
    )
    burst = max(aligned.given.get("alt", 0.0), aligned.given.get("ast", 0.0)) >= 400
    if scarred == "recorded" or not (trigger or burst or _hepatitis(aligned, scarred, causes)):
        return ()
    high = facts.abnormal(aligned, (("alt", ">", 400.0), ("ast", ">", 400.0)))
    enzymes = (*high, *_stiff(aligned)) if high else _flaring(aligned)
    if aligned.given.get("inr", 0.0) >= 1.5:
        grade = aligned.given.get("encephalopathy")
        if grade is not None and grade >= 1:
            return ("alf", trigger, *_clotting(aligned), say("encephalopathy grade {value:.0f}", value=grade), *enzymes)
        state = say("encephalopathy not recorded") if grade is None else say("no encephalopathy")
        return ("ali", trigger, *_clotting(aligned), state, *enzymes)
    return ("ali", trigger, *enzymes) if trigger and (burst or "inr" not in aligned.given) else ()


def _hepatitis(aligned: Aligned, scarred: str, causes: tuple[str, ...]) -> bool:
    jaundiced = aligned.given.get("bilirubin", 0.0) > 2 * BILIRUBIN_LIMIT
    return jaundiced and facts.inflamed(aligned) and scarred not in ("recorded", "probable") and "alcohol" not in causes


def _flaring(aligned: Aligned) -> tuple[str, ...]:
    jaundice = facts.abnormal(aligned, (("bilirubin", ">", 2 * BILIRUBIN_LIMIT),))
    enzymes = facts.abnormal(aligned, (("alt", ">", 199.9), ("ast", ">", 199.9)))
    return (*jaundice, *enzymes, *_stiff(aligned))


def _mild(aligned: Aligned) -> tuple[str, ...]:
    known = aligned.given.get("inr", 1.5) < 1.5
    return (say("{value}, under 1.5: not severe", value=facts.lab(aligned, "inr")),) if known else ()


def _stiff(aligned: Aligned) -> tuple[str, ...]:
    if aligned.given.get("stiffness", 0.0) < 15.0 or not facts.inflamed(aligned):
        return ()
    stiffness = facts.lab(aligned, "stiffness")
    return (say("{value} does not count while the liver is inflamed", value=stiffness),)


def _clotting(aligned: Aligned) -> tuple[str, ...]:
    return (facts.lab(aligned, "inr"),) if "inr" in aligned.given else ()


def _without_cirrhosis(patient: Patient, aligned: Aligned, causes: tuple[str, ...], scarred: str) -> tuple[str, ...]:
    doubt = (
        say("nothing in the record tells whether there is cirrhosis")
        if scarred == "unknown"
        else say("no sign of cirrhosis")
    )
    fat = facts.named(patient, "steatosis", "steatohepatitis")
    for code, members in (
        ("urea_cycle", ("urea_cycle",)),
        ("cholestatic", ("PBC", "PSC")),
        ("chronic_hepatitis", ("HDV", "HBV", "HCV", "AIH")),
        ("metabolic", ("wilson", "alpha1", "haemochromatosis")),
        ("steatosis", ("MASLD",)),
        ("chronic_hepatitis", ("alcohol", "DILI", "cryptogenic", "other")),
    ):
        hit = next((c for c in causes if c in members), None)
        if hit == "alcohol" and fat:
            return ("steatosis", facts.said(fat), say("cause stated: {cause}", cause=say(hit)), doubt)
        if hit:
            condition = next((c for c in patient.conditions if c.active and CAUSE_OF.get(c.name) == hit), None)
            return (code, facts.said(condition) if condition else say("cause stated: {cause}", cause=say(hit)), doubt)
    unnamed = facts.named(patient, *_LIVER)
    if unnamed:
        return ("undetermined", facts.said(unnamed), say("no cause of liver disease in the record"), doubt)
    odd = facts.abnormal(aligned, _LIMITS)
    if odd:
        return ("undetermined", say("no liver diagnosis in the record, but {signs}", signs="; ".join(odd)))
    if any(a in aligned.given for a in ("bilirubin", "alt", "ast", "albumin", "inr")):
        return ("none", say("no liver diagnosis in the record and no abnormal liver value at the index time"))
    return ("undetermined", say("no liver diagnosis and no liver value in the record"))
