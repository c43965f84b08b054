"""Read the tables of criteria.md and ask each of them."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from hepatica.eligibility import evaluate, parse
from hepatica.patient import find_analyte, parse_short
from hepatica.staging import stage
from hepatica.therapy import Record

PAGE = Path(__file__).with_name("criteria.md").read_text(encoding="utf-8")
INDEX = date(2026, 11, 20)
WORDS = {True: "met", False: "not met", None: "unknown"}
LISTS = ("conditions", "etiology", "treatments")


def rows():
    for section in PAGE.split("\n## ")[1:]:
        rule = re.search(r"^> (.+)$", section, re.M)[1]
        for record, answer in re.findall(r"^\|(.*)\| (met|not met|unknown) \|$", section, re.M):
            yield pytest.param(rule, record.strip(), answer, id=f"{rule} / {record.strip() or 'nothing'}")


def patient(record):
    short = {"id": "p", "observations": [{"analyte": "ggt", "value": 30, "time": INDEX.isoformat()}]}
    for part in filter(None, (p.strip() for p in record.split(";"))):
        key, value = part.split("=", 1)
        if key in LISTS:
            short[key] = [v.strip() for v in value.split(",")]
        elif find_analyte(key) and key != "age":
            value, days = (re.match(r"(.*?)\s*\[(\d+)\]$", value) or re.match(r"(.*)()", value)).groups()
            number, _, unit = value.partition(" ")
            time = INDEX - timedelta(days=int(days or 0))
            short["observations"].append({"analyte": key, "value": number, "unit": unit, "time": time.isoformat()})
        else:
            short[key] = {"true": True, "false": False}.get(value, value)
    return short


@pytest.mark.parametrize("rule, record, answer", list(rows()))
def test_criterion(rule, record, answer):
    read = parse_short(patient(record), today=INDEX)
    assert not read.set_aside
    assert WORDS[evaluate(parse(rule), Record(read, stage(read))).truth] == answer
