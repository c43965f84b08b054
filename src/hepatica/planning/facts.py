"""What is known of one patient, asked by name, each answer true, false or unknown with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from hepatica.language import date_text, say, say_as
from hepatica.planning import words

if TYPE_CHECKING:
    from hepatica.patient import Patient
    from hepatica.staging import Staging

ASCITES_LEVELS = ("none", "slight", "moderate", "massive")
NOT_CIRRHOSIS = ("steatosis", "chronic_hepatitis", "cholestatic", "none", "urea_cycle", "metabolic", "alf", "ali")
CHRONIC = (
    "compensated",
    "decompensated",
    "aclf",
    "alcoholic_hepatitis",
    "chronic_hepatitis",
    "cholestatic",
    "steatosis",
    "metabolic",
)
SLOW_DAYS, SLOW_LOG = (13.0, 35.0), 2.0
AKI_RISE_UMOL_L = 26.5
AKI_RATIO = 1.5
AKI_CREATININE_UMOL_L = 133.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A three-valued answer and what it rests on."""

    value: bool | None
    because: str


@dataclass(frozen=True)
class Facts:
    """The patient and the staging, seen as questions with three-valued answers."""

    patient: Patient
    staging: Staging
    _cache: dict[str, Answer] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def now(self) -> datetime | None:
        """Return the time the record speaks of."""
        return self.staging.at or self.patient.index_time

    def lab(self, analyte: str) -> float | None:
        """Return an aligned laboratory value in its canonical unit, or None."""
        used = self.staging.labs.get(analyte)
        if used is not None and isinstance(used.value, (int, float)):
            return float(used.value)
        return None

    def age_d(self, analyte: str) -> float | None:
        """Return how many days an aligned value is older than the newest of the record."""
        used = self.staging.labs.get(analyte)
        return None if used is None else used.age_d

    def has(self, names: tuple[str, ...]) -> Answer:
        """Answer whether an active condition is recorded; not listed means unknown."""
        if names == ("encephalopathy",) and self.staging.encephalopathy_grade == 0:
            return Answer(False, say("encephalopathy of grade 0"))
        hits = [c for c in self.patient.conditions if c.name in names]
        if any(c.active for c in hits):
            return Answer(True, say("{name} in the record", name=_words(next(c.name for c in hits if c.active))))
        if hits:
            return Answer(False, say("{name} is marked as past", name=_words(hits[0].name)))
        return Answer(None, say("{name} is not mentioned in the record", name=_words(names[0])))

    def takes(self, names: tuple[str, ...]) -> Answer:
        """Answer whether a treatment is taken; with a medicine list, what is not on it is not taken."""
        if self.patient.takes(*names):
            found = next(t for t in self.patient.treatments if t.active and (t.name in names or t.kind in names))
            return Answer(True, say("{name} on the medicine list", name=_words(found.text or found.name)))
        if any(t.active for t in self.patient.treatments):
            return Answer(False, say("no {name} on the medicine list", name=_words(names[0])))
        return Answer(None, say("no medicine list in the record"))

    def recent(self, name: str, days: float) -> Answer:
        """Answer whether a condition began within some days; an undated one counts, and says so."""
        rows = [c for c in self.patient.conditions if c.name == name and c.active]
        if not rows:
            return Answer(None, say("{name} is not mentioned in the record", name=_words(name)))
        dated = [c.onset for c in rows if c.onset is not None]
        if len(dated) < len(rows) or self.now is None:
            return Answer(True, say("{name} in the record; when it began is not stated", name=_words(name)))
        newest = max(dated)
        date = date_text(newest.date().isoformat())
        if newest >= self.now - timedelta(days=days):
            return Answer(True, say("{name} since {date}", name=_words(name), date=date))
        return Answer(False, say("{name} dates from {date}", name=_words(name), date=date))

    @cached_property
    def bmi(self) -> float | None:
        """Return the body mass index in kg/m2 (measured, else from weight and height)."""
        given = self.lab("bmi")
        if given is not None:
            return given
        weight, height = self.patient.weight_kg, self.patient.height_cm
        return weight / (height / 100.0) ** 2 if weight and height else None

    @cached_property
    def cirrhosis(self) -> Answer:
        """Answer whether cirrhosis is established."""
        course = self.staging.course
        if course in ("compensated", "decompensated") or self.patient.has("cirrhosis"):
            return Answer(True, say("cirrhosis in the record"))
        if course in NOT_CIRRHOSIS:
            return Answer(False, say("staged as {staging_label}", staging_label=self.staging.label))
        return Answer(None, say("whether there is cirrhosis is not known"))

    @cached_property
    def csph(self) -> Answer:
        """Answer whether portal hypertension is clinically significant (Baveno VII)."""
        if self.patient.has("varices", "variceal_bleeding"):
            return Answer(True, say("varices in the record"))
        level = self.staging.ascites
        if level is not None and ASCITES_LEVELS.index(level) >= 1:
            return Answer(True, say("{level} ascites", level=say_as("ascites", level)))
        hvpg, stiffness, platelets = self.lab("hvpg"), self.lab("stiffness"), self.lab("platelets")
        if hvpg is not None:
            return Answer(hvpg >= 10, say("HVPG {hvpg:g} mmHg", hvpg=hvpg))
        if stiffness is not None and stiffness >= 25:
            return Answer(True, say("stiffness {stiffness:g} kPa, 25 or more", stiffness=stiffness))
        if stiffness is not None and platelets is not None and stiffness <= 15 and platelets >= 150:
            return Answer(
                False,
                say(
                    "stiffness {stiffness:g} kPa with platelets {platelets:g} × 10⁹/L",
                    stiffness=stiffness,
                    platelets=platelets,
                ),
            )
        if stiffness is not None:
            return Answer(
                None,
                say(
                    "stiffness {stiffness:g} kPa lies between the limits that settle it (15 and 25)",
                    stiffness=stiffness,
                ),
            )
        return Answer(None, say("no stiffness, endoscopy or HVPG in the record"))

    @cached_property
    def spare_endoscopy(self) -> Answer:
        """Answer whether Baveno VI lets screening endoscopy be spared (stiffness < 20 kPa and platelets > 150)."""
        stiffness, platelets = self.lab("stiffness"), self.lab("platelets")
        if stiffness is None or platelets is None:
            return Answer(None, say("stiffness with platelets not known"))
        return Answer(
            stiffness < 20 and platelets > 150,
            say(
                "stiffness {stiffness:g} kPa, platelets {platelets:g} × 10⁹/L", stiffness=stiffness, platelets=platelets
            ),
        )

    @cached_property
    def aki(self) -> Answer:
        """Answer whether creatinine shows acute kidney injury (ICA: +26.5 µmol/L in 48 h or +50 % in 7 days)."""
        rows = [o for o in self.patient.at("creatinine") if o.time is not None]
        if self.staging.dialysis:
            return Answer(None, say("on dialysis"))
        if not rows:
            return Answer(None, say("creatinine not measured"))
        last = rows[-1]
        for earlier in reversed(rows[:-1]):
            gap_d = (last.time - earlier.time).total_seconds() / 86400.0
            rise = last.value - earlier.value
            if (gap_d <= 2 and rise >= AKI_RISE_UMOL_L) or (gap_d <= 7 and last.value >= AKI_RATIO * earlier.value):
                return Answer(
                    True,
                    say(
                        "creatinine rose from {earlier_value:g} to {last_value:g} µmol/L in {gap_d}",
                        earlier_value=earlier.value,
                        last_value=last.value,
                        gap_d=_span(gap_d),
                    ),
                )
        current = self.lab("creatinine")
        if current is not None and current >= AKI_CREATININE_UMOL_L and not self.patient.has("chronic_kidney_disease"):
            return Answer(
                True,
                say(
                    "creatinine {current:g} µmol/L, {aki_creatinine_umol_l:g} or more",
                    current=current,
                    aki_creatinine_umol_l=AKI_CREATININE_UMOL_L,
                ),
            )
        return Answer(False, say("creatinine {last_value:g} µmol/L without a recent rise", last_value=last.value))

    @cached_property
    def sbp_risk(self) -> Answer:
        """Answer whether ascites with these labs is at high risk of SBP (ascitic protein still needed)."""
        if self.patient.has("sbp"):
            return Answer(True, say("an earlier SBP"))
        creatinine, sodium, urea = self.lab("creatinine"), self.lab("sodium"), self.lab("urea")
        child, bilirubin = self.staging.value("child_pugh"), self.lab("bilirubin")
        reasons = []
        if creatinine is not None and creatinine >= 110:
            reasons.append(say("creatinine {creatinine:g} µmol/L", creatinine=creatinine))
        if urea is not None and urea >= 8.9:
            reasons.append(say("urea {urea:g} mmol/L", urea=urea))
        if sodium is not None and sodium <= 130:
            reasons.append(say("sodium {sodium:g} mmol/L", sodium=sodium))
        if child is not None and child >= 9 and bilirubin is not None and bilirubin >= 50:
            reasons.append(
                say("Child-Pugh {child:g} with bilirubin {bilirubin:g} µmol/L", child=child, bilirubin=bilirubin)
            )
        if reasons:
            return Answer(True, say("{reasons}; ascitic protein is not in the record", reasons=", ".join(reasons)))
        if None in (creatinine, sodium, child, bilirubin):
            return Answer(None, say("the labs that settle it are incomplete"))
        return Answer(False, say("no SBP before and labs below the limits"))

    @cached_property
    def child_c_not_listed(self) -> Answer:
        """Answer whether Child-Pugh C without a transplant plan makes surveillance pointless."""
        child = self.staging.value("child_pugh")
        if child is None:
            return Answer(None, say("Child-Pugh not known"))
        return Answer(child >= 10 and self.patient.has("transplant_declined"), say("Child-Pugh {child:g}", child=child))

    @cached_property
    def virus_in_late_disease(self) -> Answer:
        """Answer whether cirrhosis or liver failure stands beside a hepatitis virus that is not known to be gone."""
        causes, rna = self.staging.causes, self.lab("hcv_rna")
        if "HBV" not in causes and "HDV" not in causes and rna is not None and rna < 15:
            return Answer(False, say("HCV RNA {rna:g} IU/mL", rna=rna))
        if self.staging.course in ("aclf", "alf", "decompensated"):
            return Answer(True, say("staged as {staging_label}", staging_label=self.staging.label))
        return self.cirrhosis

    @cached_property
    def hbv_low_cancer_risk(self) -> Answer:
        """Answer whether hepatitis B without cirrhosis has a PAGE-B of 9 or less: no liver cancer in 5 years there.

        Points: Papatheodoridis 2016 (see `page_b_2016`): decades of age from 30, 6 for men, 6 or 9 for platelets.
        """
        age, platelets, sex = self.patient.age_years(self.now), self.lab("platelets"), self.patient.sex
        if self.cirrhosis.value is not False or "HBV" not in self.staging.causes:
            return Answer(False, self.cirrhosis.because)
        if age is None or platelets is None or sex not in ("male", "female"):
            return Answer(None, say("age, sex and platelets settle it"))
        points = 2 * min(5, max(0, int(age // 10) - 2)) + (6 if sex == "male" else 0)
        points += 0 if platelets >= 200 else 6 if platelets >= 100 else 9
        return Answer(points <= 9, say("PAGE-B {points} points", points=points))

    @cached_property
    def hbv_dna_slow(self) -> Answer:
        """Answer whether HBV DNA fell by less than 2 log over two to five weeks."""
        rows = [o for o in self.patient.at("hbv_dna") if o.time is not None and o.value > 0]
        last = rows[-1] if rows else None
        for earlier in reversed(rows[:-1]):
            gap_d = (last.time - earlier.time).total_seconds() / 86400.0 if last else 0.0
            if last is not None and SLOW_DAYS[0] <= gap_d <= SLOW_DAYS[1]:
                fall = math.log10(earlier.value / last.value)
                because = say("HBV DNA fell by {log} log in {time}", log=round(fall, 1), time=words.when(gap_d))
                return Answer(fall < SLOW_LOG, because)
        return Answer(None, say("HBV DNA was not measured twice, two to five weeks apart"))

    @cached_property
    def removable_cause(self) -> str | None:
        """Return the id of the treatment that removes an active cause and is not yet given, or None."""
        for cause, active, action in (
            ("HBV", _not(self.takes(("antiviral_hbv",)).value), "antiviral"),
            ("HCV", (self.lab("hcv_rna") or 0) >= 15, "antiviral"),
            ("alcohol", self.patient.alcohol_active is True, "abstinence"),
            ("wilson", _not(self.takes(("chelator",)).value), "chelation"),
            ("haemochromatosis", (self.lab("ferritin") or 0) >= 100, "phlebotomy"),
            ("AIH", _not(self.takes(("steroid", "immunosuppressant")).value), "steroids"),
            ("PBC", _not(self.takes(("udca",)).value), "udca"),
            ("MASLD", (self.bmi or 0) >= 25, "weight_loss"),
        ):
            if cause in self.staging.causes and active:
                return action
        return None

    @cached_property
    def contradictory(self) -> Answer:
        """Answer whether the record contradicts itself."""
        found = self.staging.contradictions
        return Answer(bool(found), words.mended(found[0]) if found else say("nothing in the record contradicts itself"))

    @cached_property
    def needs_cause_removed(self) -> Answer:
        """Answer whether a removable cause is still active and untreated."""
        action = self.removable_cause
        return Answer(
            action is not None,
            say("not yet given: {action}", action=_words(action)) if action else say("no removable cause is active"),
        )


def _span(days: float) -> str:
    return words.when(days) if days >= 1 else say("less than a day")


def _not(value: bool | None) -> bool:
    return value is not True


def _words(name: str) -> str:
    return words.name(name) or "it"
