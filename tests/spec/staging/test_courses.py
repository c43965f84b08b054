"""The course of the disease, by small records; `conditions` are active and undated, labs of one day."""

from __future__ import annotations

from datetime import datetime

from hepatica import staging
from hepatica.patient import Condition, Observation, Patient, Treatment

DAY = datetime(2026, 3, 1)
UNITS = {"bilirubin": "umol/L", "creatinine": "umol/L", "albumin": "g/L", "platelets": "1e9/L", "inr": "1"}
TABLES = {
    "course": """
case                        | conditions                    | causes      | ascites | HE | labs                                                        | course              | aclf
recorded acute failure      | acute_liver_failure           | paracetamol |         |    | inr=5                                                       | alf                 | None
overdose, INR, drowsy       | paracetamol_overdose          |             |         | 2  | inr=2 alt=5000                                              | alf                 | None
overdose, INR, awake        | paracetamol_overdose          |             |         | 0  | inr=2 alt=5000                                              | ali                 | None
overdose, INR, not examined | paracetamol_overdose          |             |         |    | inr=2 alt=5000                                              | ali                 | None
overdose, enzymes only      | paracetamol_overdose          |             |         | 0  | inr=1.1 alt=5000                                            | ali                 | None
overdose, nothing yet       | paracetamol_overdose          |             |         | 0  | inr=1.1 alt=30                                              | none                | None
enzymes burst, no cause     |                               |             |         | 1  | inr=1.8 ast=3000                                            | alf                 | None
burst in cirrhosis          | cirrhosis                     | HBV         | none    | 0  | inr=1.8 ast=3000                                            | compensated         | None
jaundiced hepatitis, INR    |                               | AIH         | none    | 0  | inr=1.5 alt=200 bilirubin=200 platelets=90 stiffness=20     | ali                 | None
the same, drowsy            |                               | AIH         | none    | 1  | inr=1.5 alt=200 bilirubin=200 platelets=90 stiffness=20     | alf                 | None
the same, fewer enzymes     |                               | AIH         | none    | 0  | inr=1.5 alt=199 bilirubin=200 platelets=90 stiffness=20     | decompensated       | None
the same, no jaundice       |                               | AIH         | none    | 0  | inr=1.5 alt=200 bilirubin=42 platelets=90 stiffness=20      | chronic_hepatitis   | None
the same, of alcohol        |                               | alcohol     | none    | 0  | inr=1.5 ast=200 bilirubin=200 platelets=90                  | chronic_hepatitis   | None
the same, portal pressure   | portal_hypertension           | AIH         | none    | 0  | inr=1.5 alt=200 bilirubin=200 platelets=90 stiffness=20     | decompensated       | None
the same in cirrhosis       | cirrhosis                     | AIH         | none    | 0  | inr=1.5 alt=900 bilirubin=200 platelets=90 stiffness=20     | decompensated       | None
cirrhosis                   | cirrhosis                     | HCV         | none    | 0  | bilirubin=20                                                | compensated         | None
cirrhosis, ascites          | cirrhosis                     | HCV         | slight  | 0  | bilirubin=20 creatinine=80 inr=1.3                          | decompensated       | 0
cirrhosis, drowsy once      | cirrhosis encephalopathy      | HCV         | none    | 0  | bilirubin=20 creatinine=80 inr=1.3                          | decompensated       | None
cirrhosis, bled             | cirrhosis variceal_bleeding   | HCV         | none    | 0  | bilirubin=20 creatinine=80 inr=1.3                          | decompensated       | 0
grade 1, kidney             | cirrhosis ascites             | alcohol     |         | 0  | bilirubin=60 creatinine=200 inr=1.5                         | aclf                | 1
kidney, chronic             | cirrhosis ascites chronic_kidney_disease | alcohol |  | 0  | bilirubin=60 creatinine=200 inr=1.5                         | decompensated       | None
kidney, chronic, dialysis   | cirrhosis ascites chronic_kidney_disease dialysis | alcohol | | 0 | bilirubin=60 creatinine=500 inr=1.5                 | decompensated       | None
kidney, chronic, milder     | cirrhosis ascites chronic_kidney_disease | alcohol |  | 0  | bilirubin=60 creatinine=170 inr=1.5                         | decompensated       | 0
kidney, chronic, and others | cirrhosis ascites chronic_kidney_disease | alcohol |  | 3  | bilirubin=250 creatinine=500 inr=1.5                        | aclf                | 2
dialysis, since when?       | cirrhosis ascites dialysis    | alcohol     |         | 0  | bilirubin=60 creatinine=500 inr=1.5                         | decompensated       | None
dialysis, kidney failed now | cirrhosis ascites dialysis hepatorenal_syndrome | alcohol | | 0 | bilirubin=60 creatinine=500 inr=1.5                    | aclf                | 1
grade 0, liver alone        | cirrhosis ascites             | alcohol     |         | 0  | bilirubin=250 creatinine=90 inr=1.5                         | decompensated       | 0
grade 1, liver and mild     | cirrhosis ascites             | alcohol     |         | 1  | bilirubin=250 creatinine=90 inr=1.5                         | aclf                | 1
grade 1, clotting and 1.5   | cirrhosis ascites             | alcohol     |         | 0  | bilirubin=90 creatinine=140 inr=2.5                         | aclf                | 1
grade 0, brain alone        | cirrhosis ascites             | alcohol     |         | 3  | bilirubin=90 creatinine=90 inr=1.5                          | decompensated       | 0
grade 2                     | cirrhosis ascites             | alcohol     |         | 3  | bilirubin=250 creatinine=90 inr=1.5                         | aclf                | 2
grade 3                     | cirrhosis ascites             | alcohol     |         | 3  | bilirubin=250 creatinine=200 inr=2.6                        | aclf                | 3
grade not known             | cirrhosis ascites             | alcohol     |         |    | bilirubin=60                                                | decompensated       | None
grade 1 though brain unseen | cirrhosis ascites             | alcohol     |         |    | bilirubin=60 creatinine=200 inr=1.5                         | aclf                | 1
organs fail, no event now   | cirrhosis                     | alcohol     | none    | 0  | bilirubin=50 creatinine=200 inr=1.5                         | compensated         | None
ACLF recorded               | aclf                          | HBV         |         | 1  | bilirubin=300 creatinine=90 inr=2                           | aclf                | 1
ACLF recorded, no failure   | aclf                          | HBV         |         | 0  | bilirubin=100 creatinine=90 inr=1.2                         | aclf                | None
hepatitis, severe by PT     | alcoholic_hepatitis           | alcohol     | none    | 0  | bilirubin=100 creatinine=60 inr=1.3 pt_s=20 pt_control_s=12 | alcoholic_hepatitis | None
hepatitis, severe by MELD   | alcoholic_hepatitis           | alcohol     | none    | 0  | bilirubin=300 creatinine=60 inr=2                           | alcoholic_hepatitis | None
hepatitis, mild             | alcoholic_hepatitis           | alcohol     | none    | 0  | bilirubin=60 creatinine=60 inr=1.2                          | chronic_hepatitis   | None
hepatitis, mild, cirrhosis  | alcoholic_hepatitis cirrhosis | alcohol     | none    | 0  | bilirubin=50 creatinine=60 inr=1.2                          | compensated         | None
hepatitis and ACLF          | alcoholic_hepatitis aclf      | alcohol     | none    | 3  | bilirubin=300 creatinine=60 inr=2.6                         | aclf                | 3
varices                     | varices                       | HCV         | none    | 0  | platelets=90                                                | compensated         | None
stiff                       |                               | HCV         | none    | 0  | stiffness=15                                                | compensated         | None
less stiff                  |                               | HCV         | none    | 0  | stiffness=14.9                                              | chronic_hepatitis   | None
FIB-4 high, platelets low   |                               | HCV         | none    | 0  | ast=90 alt=60 platelets=100                                 | compensated         | None
FIB-4 high, flare           |                               | HCV         | none    | 0  | ast=250 alt=250 platelets=100                               | chronic_hepatitis   | None
ascites of the heart        | ascites heart_failure         |             |         | 0  | alt=20                                                      | none                | None
PBC                         |                               | PBC         |         |    | alp=400                                                     | cholestatic         | None
hepatitis B                 | hepatitis_b                   |             |         |    | alt=90                                                      | chronic_hepatitis   | None
autoimmune                  |                               | AIH         |         |    | alt=90                                                      | chronic_hepatitis   | None
Wilson                      |                               | wilson      |         |    | alt=90                                                      | metabolic           | None
fatty liver                 | steatosis                     |             |         |    | alt=50                                                      | steatosis           | None
fatty liver of alcohol      | steatosis                     | alcohol     |         |    | alt=50                                                      | steatosis           | None
alcohol                     |                               | alcohol     |         |    | alt=50                                                      | chronic_hepatitis   | None
urea cycle                  | urea_cycle_disorder           |             |         |    | alt=30                                                      | urea_cycle          | None
drained, no diagnosis       |                               | HCV         |         | 0  | bilirubin=20 paracentesis                                   | decompensated       | None
drained                     | cirrhosis                     | HCV         |         | 0  | bilirubin=20 paracentesis                                   | decompensated       | None
Child-Pugh 7 by labs        | cirrhosis                     | HCV         | none    | 0  | bilirubin=60                                                | decompensated       | None
Child-Pugh 6 by labs        | cirrhosis                     | HCV         | none    | 0  | bilirubin=51                                                | compensated         | None
cancer of unknown ground    | hcc                           |             |         |    | alt=30 bilirubin=10                                         | undetermined        | None
nothing wrong               |                               |             |         |    | alt=30 bilirubin=10                                         | none                | None
odd values                  |                               |             |         |    | alt=120 bilirubin=10                                        | undetermined        | None
bilirubin at its limit      |                               |             |         |    | bilirubin=21                                                | none                | None
bilirubin above it          |                               |             |         |    | bilirubin=22                                                | undetermined        | None
albumin at its limit        |                               |             |         |    | bilirubin=10 albumin=35                                     | none                | None
albumin under it            |                               |             |         |    | bilirubin=10 albumin=34.9                                   | undetermined        | None
INR at its limit            |                               |             |         |    | bilirubin=10 inr=1.2                                        | none                | None
INR above it                |                               |             |         |    | bilirubin=10 inr=1.21                                       | undetermined        | None
platelets at their limit    |                               |             |         |    | bilirubin=10 platelets=150                                  | none                | None
platelets under it          |                               |             |         |    | bilirubin=10 platelets=149                                  | undetermined        | None
ALT at its limit            |                               |             |         |    | alt=80 bilirubin=10                                         | none                | None
ALT above it                |                               |             |         |    | alt=81 bilirubin=10                                         | undetermined        | None
stiffness at its limit      |                               |             |         |    | bilirubin=10 stiffness=8                                    | none                | None
stiffness above it          |                               |             |         |    | bilirubin=10 stiffness=8.1                                  | undetermined        | None
nothing known               |                               |             |         |    | creatinine=80                                               | undetermined        | None
"""  # noqa: E501
}


def record(row: dict[str, str]) -> Patient:
    labs = dict(word.split("=") for word in row["labs"].split() if "=" in word)
    done = tuple(Treatment(word, start=DAY, active=False) for word in row["labs"].split() if "=" not in word)
    return Patient(
        row["case"],
        sex="female",
        age_stated_years=50.0,
        etiology=tuple(row.get("causes", "").split()),
        ascites=row.get("ascites"),  # type: ignore[arg-type]
        encephalopathy_grade=int(row["HE"]) if "HE" in row else None,
        conditions=tuple(Condition(name) for name in row.get("conditions", "").split()),
        treatments=done,
        observations=tuple(Observation(a, float(v), UNITS.get(a, ""), DAY) for a, v in labs.items()),
    )


def test_course_and_aclf_grade(table: str, row: dict[str, str]) -> None:
    found = staging.stage(record(row))
    assert (found.course, str(found.aclf_grade)) == (row["course"], row["aclf"]), found.why
    assert found.label == staging.COURSES[row["course"]]
    assert found.why and all(found.why)


def test_reasons_name_the_observation_and_its_day() -> None:
    row = {"case": "x", "conditions": "cirrhosis ascites", "HE": "1", "labs": "bilirubin=250 creatinine=90 inr=1.5"}
    text = "; ".join(staging.stage(record(row)).why)
    parts = ("liver failure: bilirubin 14.6 mg/dL on 2026-03-01", "encephalopathy grade 1", "grade at least 1")
    assert [part for part in parts if part not in text] == []


def test_dialysis_for_years_is_not_an_acute_kidney_failure() -> None:
    row = {"case": "x", "conditions": "cirrhosis ascites", "HE": "0", "labs": "bilirubin=60 creatinine=500 inr=1.5"}
    for start, course in ((datetime(2020, 1, 1), "decompensated"), (datetime(2026, 2, 25), "aclf")):
        patient = record(row)
        treated = Patient(
            **{f: getattr(patient, f) for f in patient.__dataclass_fields__ if f != "treatments"},
            treatments=(Treatment("dialysis", "dialysis", start=start),),
        )
        found = staging.stage(treated)
        assert (found.course, found.dialysis, found.scores["meld"].value) == (course, True, 29)


def test_a_flare_is_named_as_such_and_says_what_did_not_count() -> None:
    """Jaundiced, INR under 1.5: not the acute severe form of doi:10.1016/j.jhepr.2020.100149."""
    labs = "inr=1.3 alt=900 bilirubin=200 stiffness=20 platelets=170"
    found = staging.stage(record({"case": "x", "causes": "AIH", "HE": "0", "ascites": "none", "labs": labs}))
    assert (found.course, found.label, found.cirrhosis) == (
        "chronic_hepatitis", "acute hepatitis, no cirrhosis known", "no evidence")  # fmt: skip
    text = "; ".join(found.why)
    for part in ("bilirubin 200 umol/L on 2026-03-01", "alt 900 on", "inr 1.3 on 2026-03-01, under 1.5: not severe",
                 "stiffness 20 on 2026-03-01 does not count while the liver is inflamed"):  # fmt: skip
        assert part in text
