"""What must be done now, as a table: one patient a row, and what must and must not fire."""

from __future__ import annotations

import json

import pytest

from hepatica.patient import parse_short
from hepatica.planning.after import limits
from hepatica.planning.facts import Facts
from hepatica.planning.first import audit, do_now
from hepatica.planning.treatments import without_cells
from hepatica.staging import stage

TABLE = """
 who                                | record                                                                                         | fires                    | silent
 acute failure, cause unknown       | {"conditions":["acute_liver_failure"],"encephalopathy_grade":2}                                 | acute_failure_nac        | paracetamol_nac
 paracetamol, on treatment          | {"conditions":["acute_liver_failure","paracetamol_overdose"],"treatments":["n_acetylcysteine"]} | paracetamol_nac          | acute_failure_nac
 bleeding varices, no date          | {"conditions":["cirrhosis","variceal_bleeding"]}                                                | variceal_bleeding        | sbp
 SBP                                | {"conditions":["cirrhosis","ascites","sbp"],"ascites":"moderate"}                               | sbp                      | look_for_infection
 sepsis                             | {"conditions":["cirrhosis","sepsis"]}                                                           | sepsis                   | variceal_bleeding
 hepatitis B with decompensation    | {"etiology":["HBV"],"conditions":["cirrhosis"],"ascites":"moderate"}                            | hbv_antiviral            | aclf_trigger
 hepatitis B compensated            | {"etiology":["HBV"],"conditions":["cirrhosis"],"ascites":"none","encephalopathy_grade":0}       |                          | hbv_antiviral
 creatinine 190, cirrhosis          | {"conditions":["cirrhosis"],"ascites":"moderate","labs":{"creatinine":190}}                     | kidney_injury            | hyponatraemia
 creatinine 190, on dialysis        | {"conditions":["cirrhosis","dialysis"],"ascites":"moderate","labs":{"creatinine":190}}          |                          | kidney_injury
 sodium 121                         | {"conditions":["cirrhosis"],"ascites":"moderate","labs":{"sodium":121}}                         | hyponatraemia            | kidney_injury
 encephalopathy grade 2             | {"conditions":["cirrhosis"],"encephalopathy_grade":2}                                           | encephalopathy           | acute_failure_centre
 paracetamol                        | {"conditions":["acute_liver_failure","paracetamol_overdose"]}                                   | overdose_care            | alcohol_withdrawal
 alcoholic hepatitis, drinking      | {"etiology":["alcohol"],"conditions":["alcoholic_hepatitis"],"alcohol_active":true,"ascites":"slight","labs":{"bilirubin":200}} | alcohol_withdrawal | overdose_care
 decompensated, drinking no more    | {"etiology":["alcohol"],"conditions":["cirrhosis"],"alcohol_active":false,"ascites":"moderate"} | transplant_assessment    | alcohol_withdrawal
 AFP 86 in hepatitis B              | {"etiology":["HBV"],"conditions":["cirrhosis"],"ascites":"none","labs":{"afp":86}}              | afp_raised               | transplant_assessment
 AFP 4                              | {"conditions":["cirrhosis"],"labs":{"afp":4}}                                                   |                          | afp_raised
 kidneys, 87 % oxygen               | {"conditions":["cirrhosis"],"ascites":"massive","labs":{"creatinine":230,"spo2":87}}            | kidney_injury_low_oxygen | kidney_injury
 kidneys, 96 % oxygen               | {"conditions":["cirrhosis"],"ascites":"massive","labs":{"creatinine":230,"spo2":96}}            | kidney_injury            | kidney_injury_low_oxygen
 sepsis says the tap once           | {"conditions":["cirrhosis","sepsis"],"ascites":"moderate","encephalopathy_grade":2}             | sepsis                   | look_for_infection
 ACLF is no matter of soon          | {"conditions":["cirrhosis","aclf"],"ascites":"slight"}                                          |                          | transplant_assessment
 aged 87, decompensated             | {"age":87,"conditions":["cirrhosis"],"ascites":"moderate"}                                      | old_age_goals            | transplant_assessment
 aged 62, decompensated             | {"age":62,"conditions":["cirrhosis"],"ascites":"moderate"}                                      | transplant_assessment    | old_age_goals
 aged 1, decompensated              | {"age":1,"etiology":["biliary_atresia"],"conditions":["cirrhosis"],"ascites":"moderate"}        | child_transplant_centre  | transplant_assessment
 Wilson, acute failure              | {"age":16,"etiology":["wilson"],"conditions":["acute_liver_failure"],"ascites":"moderate","encephalopathy_grade":2} | wilson_acute | look_for_infection
 cholangitis                        | {"etiology":["PSC"],"conditions":["cholangitis"]}                                               | cholangitis              | pregnancy
 pregnant with cirrhosis            | {"sex":"female","age":30,"etiology":["AIH"],"conditions":["cirrhosis","pregnancy"]}             | pregnancy                | cholangitis
 encephalopathy grade 3             | {"conditions":["cirrhosis"],"encephalopathy_grade":3}                                           | encephalopathy_deep      | encephalopathy
 acute injury, mind clear           | {"etiology":["DILI"],"conditions":["acute_hepatitis"],"encephalopathy_grade":0,"labs":{"alt":1200,"bilirubin":120}} | drug_injury | transplant_assessment
 autoimmune attack, INR 1.6         | {"etiology":["AIH"],"encephalopathy_grade":0,"ascites":"none","labs":{"alt":900,"bilirubin":200,"inr":1.6}} | acute_autoimmune | drug_injury
 transplanted                       | {"etiology":["HCV"],"conditions":["liver_transplant","steatosis"]}                              | transplanted             | transplant_assessment
 nothing recorded                   | {"conditions":["steatosis"]}                                                                    |                          | encephalopathy
"""  # noqa: E501

AUDIT = """
 who                                | record                                                                                                | item            | status
 varices, beta-blocker taken        | {"conditions":["cirrhosis","varices"],"treatments":["carvedilol"]}                                     | beta_blocker    | met
 varices, other medicines only      | {"conditions":["cirrhosis","varices"],"treatments":["spironolactone"]}                                 | beta_blocker    | not met
 varices, no medicine list          | {"conditions":["cirrhosis","varices"]}                                                                 | beta_blocker    | unknown
 soft liver, many platelets         | {"conditions":["cirrhosis"],"ascites":"none","labs":{"stiffness":13,"platelets":180}}                  | beta_blocker    | not applicable
 still drinking                     | {"etiology":["alcohol"],"conditions":["cirrhosis"],"alcohol_active":true}                              | cause_alcohol   | not met
 drinking not asked                 | {"etiology":["alcohol"],"conditions":["cirrhosis"]}                                                    | cause_alcohol   | unknown
 SBP before, no antibiotic          | {"conditions":["cirrhosis","sbp"],"ascites":"moderate","treatments":["lactulose"]}                     | sbp_prophylaxis | not met
 low sodium, ascitic protein open   | {"conditions":["cirrhosis"],"ascites":"moderate","treatments":["lactulose"],"labs":{"sodium":128}}     | sbp_prophylaxis | unknown
 no ascites                         | {"conditions":["cirrhosis"],"ascites":"none"}                                                          | sbp_prophylaxis | not applicable
 cirrhosis, no imaging              | {"conditions":["cirrhosis"]}                                                                           | hcc_ultrasound  | unknown
 fatty liver alone                  | {"conditions":["steatosis"],"etiology":["MASLD"]}                                                      | hcc_ultrasound  | not applicable
 PBC on treatment, ALP 412          | {"etiology":["PBC"],"treatments":["ursodeoxycholic_acid"],"labs":{"alp":412}}                           | pbc_response    | not met
 PBC on treatment, ALP 180          | {"etiology":["PBC"],"treatments":["ursodeoxycholic_acid"],"labs":{"alp":180}}                           | pbc_response    | unknown
 PBC untreated                      | {"etiology":["PBC"],"treatments":["lactulose"],"labs":{"alp":412}}                                     | pbc_response    | not applicable
 slight ascites, no diuretic        | {"conditions":["cirrhosis"],"ascites":"slight","treatments":["lactulose"]}                             | ascites         | not applicable
 moderate ascites, no diuretic      | {"conditions":["cirrhosis"],"ascites":"moderate","treatments":["lactulose"]}                           | ascites         | not met
 hepatitis C cured                  | {"etiology":["HCV"],"conditions":["cirrhosis"],"labs":{"hcv_rna":0}}                                   | cause_hcv       | met
 tense ascites, kidneys hurt        | {"conditions":["cirrhosis"],"ascites":"massive","treatments":["lactulose"],"labs":{"creatinine":230}}  | ascites         | not applicable
 autoimmune, treated, still active  | {"etiology":["AIH"],"conditions":["cirrhosis"],"treatments":["azathioprine"],"labs":{"alt":420}}       | cause_aih       | not met
 autoimmune, treated, quiet         | {"etiology":["AIH"],"conditions":["cirrhosis"],"treatments":["azathioprine"],"labs":{"alt":25}}        | cause_aih       | met
 fatty liver with ascites, heavy    | {"etiology":["MASLD"],"conditions":["cirrhosis"],"ascites":"moderate","weight_kg":110,"height_cm":170} | cause_masld     | not applicable
 infant, body mass index 15         | {"age":1,"conditions":["cirrhosis"],"weight_kg":7.2,"height_cm":69}                                    | nutrition       | not applicable
 infant's food                      | {"age":1,"conditions":["cirrhosis"],"weight_kg":7.2,"height_cm":69}                                    | nutrition_child | unknown
 infant and beta-blocker            | {"age":1,"conditions":["cirrhosis"],"ascites":"moderate"}                                              | beta_blocker    | not applicable
 hepatitis B, man of 34, PAGE-B 8   | {"age":34,"etiology":["HBV"],"conditions":["hepatitis_b"],"ascites":"none","labs":{"platelets":212}}   | hcc_ultrasound  | not applicable
 hepatitis B, man of 45, PAGE-B 10  | {"age":45,"etiology":["HBV"],"conditions":["hepatitis_b"],"ascites":"none","labs":{"platelets":212}}   | hcc_ultrasound  | unknown
 hepatitis B, woman of 34, few platelets: 11 | {"sex":"female","age":34,"etiology":["HBV"],"conditions":["hepatitis_b"],"labs":{"platelets":90}} | hcc_ultrasound  | unknown
 sclerosing cholangitis             | {"etiology":["PSC"],"conditions":["steatosis"]}                                                        | psc_watch       | unknown
 no liver disease                   | {"conditions":[]}                                                                                      | encephalopathy  | not applicable
 transplant at 87                   | {"age":87,"conditions":["cirrhosis"],"ascites":"moderate"}                                             | transplant_assessed | not applicable
 no sclerosing cholangitis          | {"etiology":["HBV"],"conditions":["cirrhosis"]}                                                        | psc_watch       | not applicable
 hepatitis C active                 | {"etiology":["HCV"],"conditions":["cirrhosis"],"labs":{"hcv_rna":900000}}                              | cause_hcv       | not met
"""  # noqa: E501

UNITS = {
    "creatinine": "umol/L",
    "spo2": "%",
    "sodium": "mmol/L",
    "stiffness": "kPa",
    "platelets": "10*9/L",
    "hcv_rna": "IU/mL",
    "afp": "ug/L",
    "bilirubin": "umol/L",
    "inr": "1",
}


def table(text):
    rows = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(rows[0], r, strict=True)) for r in rows[1:]]


def facts(record):
    record = {"id": "spec", "sex": "male", "age": 50, **json.loads(record)}
    labs = {"alt": 40, **record.pop("labs", {})}
    record["observations"] = [
        {"analyte": k, "value": v, "unit": UNITS.get(k, "U/L"), "time": "2026-11-20"} for k, v in labs.items()
    ]
    patient = parse_short(record)
    return Facts(patient, stage(patient))


@pytest.mark.parametrize("row", table(TABLE), ids=lambda r: r["who"])
def test_do_now(row):
    found = {r["id"]: r for r in do_now(facts(row["record"]))}
    if row["fires"]:
        assert row["fires"] in found
        assert found[row["fires"]]["because"] and found[row["fires"]]["sources"]
    assert row["silent"] not in found


def test_running_treatment_changes_the_words():
    given = facts('{"conditions":["acute_liver_failure","paracetamol_overdose"],"treatments":["n_acetylcysteine"]}')
    new = facts('{"conditions":["acute_liver_failure","paracetamol_overdose"]}')
    say = {
        k: next(r for r in do_now(f) if r["id"] == "paracetamol_nac")["text"]
        for k, f in (("given", given), ("new", new))
    }
    assert say["given"].startswith("Go on") and say["new"].startswith("Start")


@pytest.mark.parametrize("row", table(AUDIT), ids=lambda r: r["who"])
def test_audit(row):
    found = {r["id"]: r for r in audit(facts(row["record"]))}[row["item"]]
    assert found["status"] == row["status"], found["because"]
    assert bool(found["action"]) == (found["status"] in ("not met", "unknown"))


def test_a_doubtful_stiffness_asks_for_what_settles_it():
    stiff = facts('{"conditions":["cirrhosis"],"ascites":"none","labs":{"stiffness":22,"platelets":128}}')
    row = next(r for r in audit(stiff) if r["id"] == "beta_blocker")
    assert row["status"] == "unknown" and "stiffness" not in row["needs"] and row["action"].startswith("Settle first")


LIMITS = """
 who                      | record                                                              | says
 bled two days ago        | {"conditions":["cirrhosis","variceal_bleeding"]}                    | bleeding
 liver cancer             | {"conditions":["cirrhosis","hcc"]}                                  | liver cancer
 heart failure            | {"conditions":["cirrhosis","heart_failure"]}                        | other illnesses
 pregnant                 | {"sex":"female","age":30,"conditions":["cirrhosis","pregnancy"]}    | pregnancy
 child                    | {"age":1,"conditions":["cirrhosis"]}                                | calibrated on adults
 cirrhosis alone          | {"conditions":["cirrhosis"]}                                        |
"""


@pytest.mark.parametrize("row", table(LIMITS), ids=lambda r: r["who"])
def test_what_the_forecast_leaves_out_is_said(row):
    found = limits(facts(row["record"]))
    assert any(row["says"] in text for text in found) if row["says"] else found == []


OFFERED = """
 who                            | record                                                                                                 | treatment   | status
 HRS, 87 % oxygen               | {"conditions":["cirrhosis","hepatorenal_syndrome"],"ascites":"massive","labs":{"spo2":87}}             | terlipressin | ruled out
 HRS, 96 % oxygen               | {"conditions":["cirrhosis","hepatorenal_syndrome"],"ascites":"massive","labs":{"spo2":96}}             | terlipressin | offered
 hepatitis C cured, cirrhosis   | {"etiology":["HCV"],"conditions":["cirrhosis"],"ascites":"none","labs":{"hcv_rna":0}}                  | antiviral   | ruled out
 hepatitis B, C never there     | {"etiology":["HBV"],"conditions":["cirrhosis"],"ascites":"moderate","labs":{"hcv_rna":0}}              | antiviral   | offered
 heavy, decompensated           | {"etiology":["MASLD"],"conditions":["cirrhosis"],"ascites":"moderate","weight_kg":110,"height_cm":170} | weight_loss | ruled out
 aged 87                        | {"age":87,"conditions":["cirrhosis"],"ascites":"moderate"}                                             | transplant_referral | ruled out
"""  # noqa: E501


@pytest.mark.parametrize("row", table(OFFERED), ids=lambda r: r["who"])
def test_what_may_be_offered(row):
    found = {o.id: o for o in without_cells(facts(row["record"]))}[row["treatment"]]
    assert found.status == row["status"], found.because


@pytest.mark.parametrize(("last", "slow"), [(41_000, True), (20_000, False)])
def test_slow_fall_of_hbv_dna_brings_the_transplant_forward(last, slow):
    record = {
        "id": "spec", "sex": "male", "age": 41, "etiology": ["HBV"], "conditions": ["cirrhosis", "aclf"],
        "ascites": "slight", "encephalopathy_grade": 1, "treatments": ["entecavir"],
        "observations": [
            {"analyte": "hbv_dna", "value": v, "unit": "IU/mL", "time": t}
            for v, t in ((2_300_000, "2026-11-06"), (last, "2026-11-20"))
        ] + [
            {"analyte": k, "value": v, "unit": u, "time": "2026-11-20"}
            for k, v, u in (("bilirubin", 312, "umol/L"), ("inr", 2.3, "1"), ("creatinine", 88, "umol/L"))
        ],
    }  # fmt: skip
    patient = parse_short(record)
    fired = [r["id"] for r in do_now(Facts(patient, stage(patient)))]
    assert ("hbv_dna_slow" in fired) is slow
