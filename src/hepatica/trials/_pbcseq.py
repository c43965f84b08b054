"""The longitudinal Mayo data in primary biliary cholangitis (pbcseq), as people whose records end at a landmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan
from typing import Any

from hepatica.errors import CannotAnswer
from hepatica.patient import Patient, parse_short

CENSORED, TRANSPLANTED, DEAD = 0, 1, 2
YEAR_D = 365.25
START = date(1980, 1, 1)
MEAN_NORMAL_S = 10.4
SENSITIVITY_INDEX = 1.0
BILIRUBIN_UMOL_L = 17.1
_ANALYTES = {
    "bilirubin": ("bili", BILIRUBIN_UMOL_L, "umol/L"),
    "albumin": ("albumin", 10.0, "g/L"),
    "platelets": ("platelet", 1.0, "10*9/L"),
    "ast": ("ast", 1.0, "U/L"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One person: follow-up in days from entry, how it ended, and the visits oldest first, as the data hold them."""

    id: int
    age: float
    female: bool
    followed_d: float
    status: int
    visits: tuple[Mapping[str, float], ...]

    def until(self, day: float) -> tuple[Mapping[str, float], ...]:
        """Return the visits up to a day."""
        return tuple(v for v in self.visits if v["day"] <= day)


def people() -> tuple[Person, ...]:
    """Return the 312 people of pbcseq, as greenwood (MIT) ships them.

    Raises:
        CannotAnswer: greenwood or pandas is not installed.
    """
    try:
        import greenwood

        table = greenwood.load_dataset("pbcseq", backend="pandas")
    except ImportError:
        raise CannotAnswer("pbcseq is not at hand", mend="pip install 'hepatica[credibility]'") from None
    return tuple(_person(rows.to_dict("records")) for _, rows in table.sort_values(["id", "day"]).groupby("id"))


def _person(rows: list[dict[str, Any]]) -> Person:
    first = rows[0]
    visits = tuple({k: float(v) for k, v in row.items() if k != "sex"} for row in rows)
    return Person(
        int(first["id"]), float(first["age"]), first["sex"] == "f", float(first["futime"]), int(first["status"]), visits
    )


def record(person: Person, day: float) -> Patient:
    """Return the record of a person as it stood on a day: dated labs, and ascites as last seen.

    INR is protime over 10.4 s (the median of stages 1 and 2 at entry), with a sensitivity index of 1: both assumed.
    Creatinine and sodium are not in the data. Ascites is yes or no there: yes is read as moderate.
    """
    visits = person.until(day)
    rows = []
    for v in visits:
        time = str(START + timedelta(days=v["day"]))
        inr = (v["protime"] / MEAN_NORMAL_S) ** SENSITIVITY_INDEX
        rows.append({"analyte": "inr", "value": inr, "unit": "1", "time": time})
        for analyte, (name, factor, unit) in _ANALYTES.items():
            if not isnan(v[name]):
                rows.append({"analyte": analyte, "value": factor * v[name], "unit": unit, "time": time})
    data: dict[str, Any] = {
        "id": str(person.id),
        "sex": "female" if person.female else "male",
        "age": person.age + visits[-1]["day"] / YEAR_D,
        "etiology": ["PBC"],
        "conditions": ["PBC"],
        "observations": rows,
    }
    if not isnan(visits[-1]["ascites"]):
        data["ascites"] = "moderate" if visits[-1]["ascites"] else "none"
    return parse_short(data)
