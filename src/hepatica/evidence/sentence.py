"""A review's question as people write it: "MSC v. standard care in cirrhosis: MELD at 1, 3 months, by route"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hepatica.errors import InputError
from hepatica.evidence.contrasts import is_cells
from hepatica.evidence.question import OUTCOME_WORDS, Question, ask, normal

DAYS = (30.0, 90.0, 180.0, 365.0)
WAYS = ("route", "source", "donor", "infusions", "region", "bias")
_CONTROLS = {"standard_care", "standard_treatment", "usual_care", "control", "no_cells", "placebo", "care", "soc"}
_UNITS = {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_FORM = "INTERVENTION v. standard care in CONDITION: OUTCOMES at TIMES, by WAYS"
_WHAT = re.compile(
    r"^\s*(?P<what>.+?)\s+(?:(?:v|vs|versus|against|compared with)\.?\s+(?P<control>.+?)\s+)?in\s+(?P<where>[^:;]+?)\s*"
    r"(?:[:;]\s*(?P<rest>.*?))?[\s.?]*$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One outcome of a review; `better` says which direction is good for the patient."""

    outcome: str
    name: str
    group: str
    unit: str
    better: str


OUTCOMES = (
    Asked("survival", "Survival", "Survival", "odds ratio of being alive", "higher"),
    Asked("meld", "MELD", "MELD", "points", "lower"),
    Asked("albumin_g_l", "Albumin", "Albumin", "g/L", "higher"),
    Asked("crp_mg_l", "C-reactive protein", "Inflammation", "mg/L", "lower"),
    Asked("il6_pg_ml", "Interleukin 6", "Inflammation", "pg/mL", "lower"),
    Asked("tnfa_pg_ml", "Tumour necrosis factor α", "Inflammation", "pg/mL", "lower"),
    Asked("il10_pg_ml", "Interleukin 10", "Inflammation", "pg/mL", "higher"),
    Asked("cldq_overall", "Chronic Liver Disease Questionnaire", "Quality of life", "points, 1 to 7", "higher"),
    Asked("sf36_physical", "SF-36, physical", "Quality of life", "points, 0 to 100", "higher"),
    Asked("eq5d_index", "EQ-5D index", "Quality of life", "0 to 1", "higher"),
)
_MORE = (
    Asked("transplant_free_survival", "Survival without transplant", "Survival without transplant",
          "odds ratio of being alive without transplant", "higher"),
    Asked("child_pugh", "Child-Pugh", "Child-Pugh", "points", "lower"),
    Asked("bilirubin_umol_l", "Bilirubin", "Bilirubin", "µmol/L", "lower"),
    Asked("inr", "INR", "INR", "ratio", "lower"),
    Asked("creatinine_umol_l", "Creatinine", "Creatinine", "µmol/L", "lower"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """A review's question, words normalised: who, what, which outcomes on which days, divided how."""

    condition: str
    intervention: str
    outcomes: tuple[Asked, ...] = OUTCOMES
    days: tuple[float, ...] = DAYS
    by: tuple[str, ...] = ()
    design: str = "randomised"

    @property
    def times(self) -> tuple[tuple[float, str], ...]:
        """Return each day with its name."""
        return tuple((d, time_name(d)) for d in self.days)

    @property
    def title(self) -> str:
        """Return the question's first half in words."""
        return f"{called(self.intervention)} v. standard care in {place(self.condition)}"

    def question(self, outcome: str = "survival", day: float | None = None) -> Question:
        """Return the question put to the base for one outcome and day."""
        return ask(outcome, day, self.condition, self.intervention, design=self.design)


def asking(
    condition: str,
    intervention: str,
    outcomes: Iterable[str] = (),
    days: Iterable[float] = (),
    by: Iterable[str] = (),
    design: str = "randomised",
) -> Asking:
    """Return an Asking with its words normalised; raises InputError for a word that fits nothing.

    Left out, outcomes are survival, MELD, albumin, inflammation and quality of life, days are 1, 3, 6 and 12 months,
    and studies are divided by route and source (cells) or by region.
    """
    if not condition or not intervention:
        raise InputError("a review needs a condition and an intervention", mend=f'"{_FORM}"')
    q = ask("survival", None, condition, intervention, design=design)
    ways = tuple(dict.fromkeys(normal(w, {"cell_source": "source", "risk_of_bias": "bias"}) for w in by))
    for way in ways:
        if way not in WAYS:
            raise InputError(f"cannot divide studies by {way.replace('_', ' ')!r}", mend=f"one of: {', '.join(WAYS)}")
    wanted = tuple(dict.fromkeys(a for word in outcomes for a in _outcomes(word)))
    times = tuple(dict.fromkeys(float(d) for d in days))
    for day in times:
        if not 0 < day <= 7500:
            raise InputError(f"day {day:g} lies outside 0 to 7500")
    return Asking(
        q.condition, q.intervention, wanted or OUTCOMES, tuple(sorted(times)) or DAYS,
        ways or (("route", "source") if is_cells(q.intervention) else ("region",)), design,
    )  # fmt: skip


def read_question(text: str, design: str = "randomised") -> Asking:
    """Return the Asking that a sentence stands for.

    The sentence is `INTERVENTION v. standard care in CONDITION: OUTCOMES at TIMES, by WAYS`; everything from the colon
    on may be left out. Raises InputError naming the word that fits nothing.

    >>> a = read_question("MSC v. standard care in decompensated cirrhosis: MELD, albumin at 1, 3 months, by route")
    >>> [o.outcome for o in a.outcomes], a.days, a.by
    (['meld', 'albumin_g_l'], (30.0, 90.0), ('route',))
    """
    rest, ways = _cut(text, r"[\s,;:]by\s+")
    rest, times = _cut(rest, r"[\s,;:](?:at|on)\s+(?=(?:days?\s+)?\d)")
    found = _WHAT.match(rest)
    if not found:
        raise InputError(f"the question {text!r} cannot be read", mend=f'write it as "{_FORM}"')
    control = normal(found["control"] or "control", {})
    if control not in _CONTROLS:
        raise InputError(
            f"a review compares with control arms, not with {found['control']!r}",
            mend='write "v. standard care", or see `hepatica evidence network` for treatments against each other',
        )
    return asking(found["where"], found["what"], _list(found["rest"] or ""), read_times(times), _list(ways), design)


def read_times(text: str) -> list[float]:
    """Return days from words; a number without a unit takes the next one named, or days.

    >>> read_times("1, 3, 6, 12 months"), read_times("days 7, 28 and 90"), read_times("4 weeks, 1 year")
    ([30.0, 90.0, 180.0, 365.0], [7.0, 28.0, 90.0], [28.0, 365.0])
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)|(days?|weeks?|months?|mo|years?|[dwmy])\b|([^\s,;&\d]+)", text.lower())
    odd = [p[2] for p in parts if p[2] not in ("", "and", "to")]
    if odd or (text.strip() and not any(p[0] for p in parts)):
        raise InputError(
            f"times {text.strip()!r} cannot be read", mend="for example: 1, 3, 6, 12 months; or day 28, 90"
        )
    out: list[float] = []
    unit = "day"
    for number, word, _ in reversed(parts):
        if word:
            unit = next(u for u in _UNITS if u[0] == word[0])
        elif number:
            out.append(_day(float(number), unit))
    return out[::-1]


def time_name(day: float) -> str:
    """Return a day's name in months where it is one of whole months.

    >>> time_name(30), time_name(365), time_name(28)
    ('1 month', '12 months', 'day 28')
    """
    for months in (1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 60):
        if day == _day(months, "month"):
            return f"{months} month{'s' if months > 1 else ''}"
    return f"day {day:g}"


def called(intervention: str) -> str:
    """Return an intervention's name at the start of a sentence."""
    known = {"msc": "MSC", "g_csf": "G-CSF", "tips": "TIPS", "bm_mnc": "BM-MNC", "hsc": "HSC", "elad": "ELAD"}
    return known.get(intervention, intervention.replace("_", " ").capitalize())


def place(condition: str) -> str:
    """Return a condition in words."""
    return {"aclf": "acute-on-chronic liver failure"}.get(condition, condition.replace("_", " "))


def _day(number: float, unit: str) -> float:
    if unit == "month" and number % 12 == 0:
        return number / 12 * 365.0
    return number * _UNITS[unit]


def _cut(text: str, before: str) -> tuple[str, str]:
    parts = re.split(before, text, maxsplit=1, flags=re.IGNORECASE)
    return parts[0].strip(" ,;:"), (parts[1].strip(" .") if len(parts) > 1 else "")


def _list(text: str) -> list[str]:
    return [w for part in re.split(r",|;|\band\b|&", text) if (w := part.strip(" ."))]


def _outcomes(word: str) -> tuple[Asked, ...]:
    every = (*OUTCOMES, *_MORE)
    name = normal(word, OUTCOME_WORDS)
    if name in ("mortality", "death"):
        name = "survival"
    group = {"qol": "quality_of_life", "quality_of_life": "quality_of_life", "liver_function": "meld"}.get(name, name)
    found = tuple(a for a in every if normal(a.group, {}) == group) or tuple(a for a in every if a.outcome == name)
    short = name.replace("_", "")
    found = found or tuple(a for a in every if normal(a.name, {}) == name or a.outcome.split("_")[0] == short)
    if not found:
        words = dict.fromkeys([*(a.group for a in every), *(a.outcome for a in every)])
        raise InputError(f"outcome {word!r} is not known to a review", mend=f"one of: {', '.join(words)}")
    return found
