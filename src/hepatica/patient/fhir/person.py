"""A FHIR Patient: sex, birth, death."""

from __future__ import annotations

from ..draft import Draft, as_sex
from ..times import is_partial, parse_time
from .common import OURS, Json, label

_BIRTH_SEX = "us-core-birthsex"


def read_person(draft: Draft, person: Json) -> None:
    """Read a Patient resource into a draft."""
    for row in person.get("identifier") or ():
        if row.get("system") == OURS + "patient":
            draft.id = str(row["value"])
    _sex(draft, person)
    _birth(draft, person)
    _death(draft, person)


def _sex(draft: Draft, person: Json) -> None:
    gender = person.get("gender")
    rows = person.get("extension") or ()
    at_birth = next((r.get("valueCode") for r in rows if str(r.get("url", "")).endswith(_BIRTH_SEX)), None)
    draft.sex = as_sex(gender) or as_sex(at_birth)
    if as_sex(gender) and as_sex(at_birth) and as_sex(gender) != as_sex(at_birth):
        draft.notes.append(
            f"gender is {gender} and sex at birth {as_sex(at_birth)}: formulas that need sex use {gender}"
        )
    elif gender and as_sex(gender) is None:
        then = f"sex at birth ({draft.sex}) is used" if draft.sex else "formulas that need sex are left out"
        draft.notes.append(f"gender is {gender}: {then}")


def _birth(draft: Draft, person: Json) -> None:
    text = person.get("birthDate")
    if not text:
        return
    try:
        born = parse_time(text)
    except ValueError as error:
        return draft.set_aside(f"birthDate {text}", label(person), str(error))
    if born is None:
        return
    why = draft.reject_time(born) or ("more than 125 years ago" if draft.today.year - born.year > 125 else "")
    if why:
        return draft.set_aside(f"birthDate {text}", label(person), why)
    if is_partial(text):
        born = born.replace(month=7) if len(text) == 4 else born.replace(day=15)
        draft.notes.append(f"birth date {text} is not exact: {born.date()} is used")
    draft.birth_date = born.date()


def _death(draft: Draft, person: Json) -> None:
    flag = person.get("deceasedBoolean")
    if isinstance(flag, bool):
        draft.deceased = flag
    if person.get("deceasedDateTime"):
        draft.deceased = True
        draft.notes.append(f"died on {str(person['deceasedDateTime'])[:10]}")
