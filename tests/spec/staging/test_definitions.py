"""Clinical stage, APASL ACLF and the name of a fatty liver, by small records; entries are active."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hepatica import staging
from hepatica.patient import Condition, Observation, Patient, Treatment

DAY = datetime(2026, 3, 1)
UNITS = {"bilirubin": "umol/L", "inr": "1", "hdl": "mmol/L", "triglycerides": "mmol/L", "glucose": "mmol/L"}
TABLES = {
    "damico": """
case                           | conditions                              | causes | ascites | HE | labs           | possible | needs
cirrhosis alone                | cirrhosis                               | HCV    | none    | 0  | bilirubin=20   | 1 2      | endoscopy
varices                        | cirrhosis varices                       | HCV    | none    | 0  | bilirubin=20   | 2        |
bled                           | cirrhosis variceal_bleeding             | HCV    | none    | 0  | bilirubin=20   | 3        |
ascites                        | cirrhosis                               | HCV    | slight  | 0  | bilirubin=20   | 4        |
SBP stands for ascites         | cirrhosis sbp                           | HCV    |         | 0  | bilirubin=20   | 4        |
ascites with HRS is one kind   | cirrhosis ascites hepatorenal_syndrome  | HCV    |         | 0  | bilirubin=20   | 4        |
drowsy                         | cirrhosis                               | HCV    | none    | 2  | bilirubin=20   | 4        |
minimal encephalopathy         | cirrhosis varices                       | HCV    | none    | 1  | bilirubin=20   | 2        |
jaundice                       | cirrhosis                               | HCV    | none    | 0  | bilirubin=51.1 | 4        |
no jaundice                    | cirrhosis varices                       | HCV    | none    | 0  | bilirubin=51   | 2        |
jaundice of bile ducts         | cirrhosis varices                       | PBC    | none    | 0  | bilirubin=90   | 2        |
bled, ascites                  | cirrhosis variceal_bleeding             | HCV    | massive | 0  | bilirubin=20   | 5        |
ascites, drowsy, jaundice      | cirrhosis                               | HCV    | slight  | 3  | bilirubin=90   | 5        |
""",  # noqa: E501
    "apasl": """
case                  | conditions           | onset | causes      | ascites | HE | labs                   | verdict | needs
all met               |                      |       | HBV         | slight  | 0  | bilirubin=85.5 inr=1.5 | met     |
encephalopathy        | cirrhosis            |       |             | none    | 1  | bilirubin=200 inr=3    | met     |
bilirubin below       |                      |       | HBV         | slight  | 0  | bilirubin=85.4 inr=1.5 | not met |
INR below             |                      |       | HBV         | slight  | 0  | bilirubin=90 inr=1.49  | not met |
no sign               |                      |       | HBV         | none    | 0  | bilirubin=90 inr=2     | not met |
INR not measured      |                      |       | HBV         | slight  | 0  | bilirubin=90           | unknown | INR
no bilirubin          |                      |       | HBV         | slight  | 0  | inr=2                  | unknown | bilirubin
signs half examined   |                      |       | HBV         | none    |    | bilirubin=90 inr=2     | unknown | ascites and encephalopathy
no cause, no scar     |                      |       |             | none    | 2  | bilirubin=90 inr=2     | unknown | cause of liver disease
a drug is no chronic cause |                 |       | DILI        | none    | 2  | bilirubin=90 inr=2     | unknown | cause of liver disease
decompensated before  | cirrhosis ascites    | 29    |             | slight  | 0  | bilirubin=90 inr=2     | not met |
decompensated now     | cirrhosis ascites    | 28    |             | slight  | 0  | bilirubin=90 inr=2     | met     |
""",  # noqa: E501
    "steatotic": """
case                   | conditions             | causes | sex    | weight | alcohol | takes     | labs                            | possible
obese, no alcohol      | steatosis              |        | female | 90     | 0       |           |                                 | MASLD
obese, woman at 139 g  | steatosis              |        | female | 90     | 139     |           |                                 | MASLD
obese, woman at 140 g  | steatosis              |        | female | 90     | 140     |           |                                 | MetALD
obese, woman at 350 g  | steatosis              |        | female | 90     | 350     |           |                                 | MetALD
obese, woman at 351 g  | steatosis              |        | female | 90     | 351     |           |                                 | ALD
obese, man at 209 g    | steatosis              |        | male   | 90     | 209     |           |                                 | MASLD
obese, man at 210 g    | steatosis              |        | male   | 90     | 210     |           |                                 | MetALD
obese, man at 420 g    | steatosis              |        | male   | 90     | 420     |           |                                 | MetALD
obese, man at 421 g    | steatosis              |        | male   | 90     | 421     |           |                                 | ALD
sex not known, 150 g   | steatosis              |        |        | 90     | 150     |           |                                 | MASLD, MetALD
sex not known, 400 g   | steatosis              |        |        | 90     | 400     |           |                                 | MetALD, ALD
alcohol not known      | steatosis              |        | male   | 90     |         |           |                                 | MASLD, MetALD, ALD
drinks, how much?      | steatosis              | alcohol | male  | 90     |         |           |                                 | MetALD, ALD
BMI 25                 | steatosis              |        | male   | 81     | 0       |           |                                 | MASLD
BMI below 25, unknown  | steatosis              |        | male   | 80     | 0       |           |                                 | MASLD, cryptogenic
diabetes               | steatosis diabetes     |        | male   | 60     | 0       |           |                                 | MASLD
metformin              | steatosis              |        | male   | 60     | 0       | antidiabetic |                              | MASLD
HbA1c at its limit     | steatosis              |        | male   | 60     | 0       |           | hba1c=5.7                       | MASLD
hypertension           | steatosis hypertension |        | male   | 60     | 0       |           |                                 | MASLD
systolic               | steatosis              |        | male   | 60     | 0       |           | systolic=130 diastolic=70       | MASLD
diastolic              | steatosis              |        | male   | 60     | 0       |           | systolic=120 diastolic=85       | MASLD
triglycerides          | steatosis              |        | male   | 60     | 0       |           | triglycerides=1.7               | MASLD
HDL, man               | steatosis              |        | male   | 60     | 0       |           | hdl=1.0                         | MASLD
HDL, woman             | steatosis              |        | female | 60     | 0       |           | hdl=1.3                         | MASLD
statin                 | steatosis              |        | male   | 60     | 0       | statin    |                                 | MASLD
all normal             | steatosis              |        | male   | 60     | 0       |           | hba1c=5.6 glucose=5.5 systolic=129 diastolic=84 triglycerides=1.69 hdl=1.01 | cryptogenic
all normal, 210 g      | steatosis              |        | male   | 60     | 210     |           | hba1c=5.6 glucose=5.5 systolic=129 diastolic=84 triglycerides=1.69 hdl=1.01 | ALD
glucose after a meal?  | steatosis              |        | male   | 60     | 0       |           | hba1c=5.6 glucose=5.6 systolic=129 diastolic=84 triglycerides=1.69 hdl=1.01 | MASLD, cryptogenic
one pressure only      | steatosis              |        | male   | 60     | 0       |           | hba1c=5.6 glucose=5.5 systolic=129 triglycerides=1.69 hdl=1.01 | MASLD, cryptogenic
HDL, sex not known     | steatosis              |        |        | 60     | 0       |           | hba1c=5.6 glucose=5.5 systolic=129 diastolic=84 triglycerides=1.69 hdl=1.2 | MASLD, cryptogenic
hepatitis C            | steatosis              | HCV    | male   | 90     | 0       |           |                                 | steatosis of HCV with metabolic dysfunction
hepatitis C, thin      | steatosis              | HCV    | male   | 60     | 0       |           | hba1c=5.6 glucose=5.5 systolic=129 diastolic=84 triglycerides=1.69 hdl=1.01 | steatosis of HCV
cause stated as MASLD  |                        | MASLD  | female | 90     | 0       |           |                                 | MASLD
""",  # noqa: E501
}


def record(row: dict[str, str]) -> Patient:
    labs = dict(word.split("=") for word in row.get("labs", "").split())
    onset = DAY - timedelta(days=float(row["onset"])) if "onset" in row else None
    return Patient(
        row["case"],
        sex=row.get("sex"),  # type: ignore[arg-type]
        age_stated_years=50.0,
        weight_kg=float(row["weight"]) if "weight" in row else None,
        height_cm=180.0,
        etiology=tuple(row.get("causes", "").split()),
        ascites=row.get("ascites"),  # type: ignore[arg-type]
        encephalopathy_grade=int(row["HE"]) if "HE" in row else None,
        conditions=tuple(Condition(name, onset=onset) for name in row.get("conditions", "").split()),
        treatments=tuple(Treatment(name, name) for name in row.get("takes", "").split()),
        observations=tuple(Observation(a, float(v), UNITS.get(a, ""), DAY) for a, v in labs.items()),
    )


def test_definition(table: str, row: dict[str, str]) -> None:
    patient = record(row)
    found = staging.stage(patient, DAY)
    if table == "damico":
        assert found.clinical_stage is not None
        numbers = " ".join(map(str, found.clinical_stage.possible))
        assert (numbers, " ".join(found.clinical_stage.needs)) == (row["possible"], row.get("needs", ""))
        assert found.clinical_stage.why
    elif table == "apasl":
        assert found.apasl is not None
        assert (found.apasl.verdict, " ".join(found.apasl.needs)) == (row["verdict"], row.get("needs", ""))
    else:
        alcohol = float(row["alcohol"]) if "alcohol" in row else None
        assert ", ".join(staging.steatotic(patient, DAY, alcohol_g_week=alcohol).possible) == row["possible"]


def test_the_stage_of_cirrhosis_carries_its_deaths() -> None:
    row = staging.stage(record({"case": "x", "conditions": "cirrhosis", "ascites": "none", "HE": "0"})).to_json()
    clinical = row["stage"]["clinical_stage"]
    assert clinical["deaths_5_years_percent"] == {"1": 1.5, "2": 10.0}
    assert (clinical["stage"], clinical["label"]) == (None, "compensated, no varices or compensated, varices")
    assert staging.damico_stage(0, bled=False, varices=False) == (1,)


def test_there_is_no_clinical_stage_without_cirrhosis_and_no_name_without_fat() -> None:
    found = staging.stage(record({"case": "x", "causes": "HBV", "labs": "bilirubin=10"})).to_json()["stage"]
    assert (found["clinical_stage"], found["steatotic"]) == (None, None)
    assert found["apasl_aclf"]["parts"]["chronic liver disease"] == "met"


def test_reasons_and_needs_of_a_name() -> None:
    thin = staging.steatotic(record({"case": "x", "conditions": "steatosis", "weight": "60"}), DAY)
    assert thin.needs == (
        "glucose", "blood pressure", "triglycerides", "HDL cholesterol", "alcohol in g a week", "sex",
    )  # fmt: skip
    fat = staging.steatotic(record({"case": "x", "conditions": "steatosis", "weight": "90", "sex": "male"}), DAY)
    assert (fat.needs, fat.why) == (("alcohol in g a week",), ("overweight met",))
    other = staging.steatotic(record({"case": "x", "conditions": "steatosis", "causes": "HCV", "weight": "60"}), DAY)
    assert other.needs == ("glucose", "blood pressure", "triglycerides", "HDL cholesterol")
    assert staging.steatotic(record({"case": "x", "causes": "HCV"}), DAY) is None


@pytest.mark.parametrize(("before", "after", "fell"), [
    (25, 20, 0), (25, 19.9, 1), (24, 19.3, 0), (24, 19.2, 1), (10.5, 10, 0), (10.5, 9.9, 1), (9.9, 9.9, 0), (40, 21, 0),
])  # fmt: skip
def test_a_fall_of_stiffness_that_matters(before: float, after: float, fell: float) -> None:
    assert staging.stiffness_fell(before, after) == fell


def test_a_name_in_full() -> None:
    patient = record({"case": "x", "conditions": "steatosis", "weight": "90", "sex": "male"})
    found = staging.stage(patient, DAY).to_json()["stage"]["steatotic"]
    assert found["possible"] == ["MASLD", "MetALD", "ALD"] and found["why"] == ["overweight met"]
    assert found["criteria"]["overweight"] is True and found["criteria"]["glucose"] is None
    later = staging.steatotic(record({"case": "x", "conditions": "steatosis", "labs": "hba1c=6"}), "2025-01-01")
    assert later is not None and later.criteria["glucose"] is None
