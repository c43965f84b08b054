"""Where the order of care decides, as a table: one patient a row, and the first pathway that is true."""

from __future__ import annotations

import json

import pytest

from hepatica.patient import parse_short
from hepatica.planning import sources
from hepatica.planning.facts import Facts
from hepatica.planning.rules import Group
from hepatica.staging import stage

TABLE = """
 who                        | record                                                                               | pathway
 bled, still drinking       | {"etiology":["alcohol"],"conditions":["cirrhosis","variceal_bleeding"],"alcohol_active":true} | bleeding
 still drinking             | {"etiology":["alcohol"],"conditions":["cirrhosis"],"ascites":"moderate","alcohol_active":true} | cause_first
 liver cancer, C cured      | {"etiology":["HCV"],"conditions":["cirrhosis","hcc"],"ascites":"none","labs":{"hcv_rna":0}}    | liver_cancer
 decompensated, 60          | {"age":60,"conditions":["cirrhosis"],"ascites":"moderate","alcohol_active":false}    | transplant_assessment
 decompensated, 87          | {"age":87,"conditions":["cirrhosis"],"ascites":"moderate","alcohol_active":false}    | old_age
 on the list                | {"age":60,"conditions":["cirrhosis","listed_for_transplant"],"ascites":"moderate"}    | listed
 fatty liver                | {"conditions":["steatosis"]}                                                         | well
 sclerosing cholangitis     | {"etiology":["PSC"],"labs":{"alp":480}}                                              | sclerosing_cholangitis
 PBC on treatment, ALP 412  | {"etiology":["PBC"],"treatments":["ursodeoxycholic_acid"],"labs":{"alp":412}}        | pbc_poor_response
 autoimmune attack, INR 1.6 | {"etiology":["AIH"],"encephalopathy_grade":0,"ascites":"none","labs":{"alt":900,"bilirubin":200,"inr":1.6}} | acute_injury_autoimmune
 drug injury, INR 1.6       | {"etiology":["DILI"],"encephalopathy_grade":0,"ascites":"none","labs":{"alt":900,"bilirubin":200,"inr":1.6}} | acute_injury
 PBC on treatment, ALP 150  | {"etiology":["PBC"],"treatments":["ursodeoxycholic_acid"],"labs":{"alp":150}}        | cholestatic
"""  # noqa: E501
UNITS = {"hcv_rna": "IU/mL", "bilirubin": "umol/L", "inr": "1"}


def rows():
    lines = [[c.strip() for c in line.split("|")] for line in TABLE.strip().splitlines()]
    return [dict(zip(lines[0], r, strict=True)) for r in lines[1:]]


@pytest.mark.parametrize("row", rows(), ids=lambda r: r["who"])
def test_the_first_pathway_that_is_true(row):
    record = {"id": "spec", "sex": "male", "age": 50, **json.loads(row["record"])}
    record["observations"] = [
        {"analyte": k, "value": v, "unit": UNITS.get(k, "U/L"), "time": "2026-11-20"}
        for k, v in {"alt": 40, **record.pop("labs", {})}.items()
    ]
    patient = parse_short(record)
    facts = Facts(patient, stage(patient))
    ways = sources.read("pathways.toml")["pathway"]
    first = next(w["id"] for w in ways if Group.read(w["when"], w["id"]).ask(facts).value is True)
    assert first == row["pathway"]
