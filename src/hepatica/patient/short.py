"""hepatica's short form of a patient: a plain mapping, as in JSON or TOML, read and written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from hepatica.errors import InputError

from . import analytes, concepts, medicines
from .codes import NO_CODES, Codes
from .draft import Comparator, Draft, as_ascites, as_sex, parse_quantity
from .model import Condition, Patient, Provenance, SetAside, Treatment
from .shown import TEXT, shown
from .times import iso, parse_time

_TEXT_KEYS = "id sex age birth_date weight_kg height_cm etiology alcohol_active ascites encephalopathy_grade deceased"
_KEYS = frozenset((*_TEXT_KEYS.split(), "conditions", "treatments", "observations", "notes", "set_aside"))


def parse_short(data: Any, *, file: str = "", today: date | None = None, codes: Codes = NO_CODES) -> Patient:
    """Return the patient of a short-form mapping; what cannot be used is set aside with the reason.

    Raises InputError where the shape is wrong, `id` is missing, or nothing usable is left.
    """
    if not isinstance(data, dict):
        raise InputError(
            "a patient in the short form is a mapping", where=file, mend='write {"id": …, "observations": […]}'
        )
    name = data.get("id")
    if name is None or isinstance(name, (dict, list, bool)) or not str(name).strip():
        raise InputError("the patient has no id", where=file, mend='add "id": "…"')
    draft = Draft(file=file, today=today or date.today(), id=str(name).strip(), codes=codes)
    for unknown in [k for k in data if k not in _KEYS]:
        draft.set_aside(
            f"{unknown}: {shown(data[unknown])}", unknown, f"unknown key; known: {', '.join(sorted(_KEYS))}"
        )
    read_person(draft, data)
    for i, cause in enumerate(_rows(data, "etiology", draft)):
        found = concepts.find_cause(cause) if isinstance(cause, str) else None
        if found:
            draft.etiology.append(found)
        else:
            draft.set_aside(f"etiology {shown(cause)}", f"etiology[{i}]", "not a known cause of liver disease")
    for i, row in enumerate(_rows(data, "conditions", draft)):
        read_condition(draft, row, f"conditions[{i}]")
    for i, row in enumerate(_rows(data, "treatments", draft)):
        read_treatment(draft, row, f"treatments[{i}]")
    for i, row in enumerate(_rows(data, "observations", draft)):
        _observation(draft, row, f"observations[{i}]")
    draft.notes.extend(shown(n, TEXT) for n in _rows(data, "notes", draft))
    for row in _rows(data, "set_aside", draft):
        if isinstance(row, dict):
            draft.aside.append(SetAside(*(shown(row.get(k, ""), TEXT) for k in ("what", "where", "why"))))
    return draft.finish()


def _rows(data: dict[str, Any], name: str, draft: Draft) -> list[Any]:
    rows = data.get(name)
    if rows is None:
        return []
    if isinstance(rows, str):
        return [rows]
    if isinstance(rows, list):
        return rows
    draft.set_aside(f"{name}: {shown(rows)}", name, "not a list")
    return []


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def read_person(draft: Draft, data: dict[str, Any]) -> None:
    """Read the facts about the person that stand at the top of the short form."""
    if (text := data.get("birth_date")) is not None:
        try:
            born = parse_time(text)
            if born and draft.reject_time(born):
                draft.set_aside(f"birth_date {text}", "birth_date", draft.reject_time(born))
            elif born:
                draft.birth_date = born.date()
        except ValueError as error:
            draft.set_aside(f"birth_date {shown(text)}", "birth_date", str(error))
    if (text := data.get("sex")) is not None:
        draft.sex = as_sex(text)
        if draft.sex is None:
            draft.set_aside(f"sex {shown(text)}", "sex", "neither male nor female: formulas that need sex are left out")
    for name, field in (("age", "age"), ("weight", "weight_kg"), ("height", "height_cm")):
        if (raw := data.get(field)) is not None:
            value = _number(raw)
            if value is None:
                draft.set_aside(f"{field} {shown(raw)}", field, "not a number")
            else:
                draft.state(name, value, field)
    for field in ("alcohol_active", "deceased"):
        if (flag := data.get(field)) is not None:
            if isinstance(flag, bool):
                setattr(draft, field, flag)
            else:
                draft.set_aside(f"{field} {shown(flag)}", field, "neither true nor false")
    if (word := data.get("ascites")) is not None:
        draft.ascites = as_ascites(word)
        if draft.ascites is None:
            draft.set_aside(f"ascites {shown(word)}", "ascites", "write none, slight, moderate or massive")
    if (grade := data.get("encephalopathy_grade")) is not None:
        number = 0.0 if grade == "none" else _number(grade)
        if number in (0, 1, 2, 3, 4):
            draft.encephalopathy_grade = int(number)
        else:
            draft.set_aside(
                f"encephalopathy_grade {shown(grade)}", "encephalopathy_grade", "West Haven grades are 0 to 4"
            )


def _times(draft: Draft, row: dict[str, Any], names: tuple[str, ...], where: str) -> list[datetime | None] | None:
    try:
        found = [parse_time(row.get(n)) for n in names]
    except ValueError as error:
        draft.set_aside(shown(row.get("text") or row.get("name") or row), where, str(error))
        return None
    return found


def read_condition(draft: Draft, row: Any, where: str) -> None:
    """Read a condition given as words or as a mapping with name, text, code, onset, resolved, active."""
    if isinstance(row, str):
        row = {"text": row}
    if not isinstance(row, dict):
        return draft.set_aside(shown(row), where, "not a condition")
    times = _times(draft, row, ("onset", "resolved"), where)
    if times is None:
        return
    onset, resolved = times
    text = shown(row.get("text") or row.get("name") or row.get("code") or "", TEXT)
    if not text:
        return draft.set_aside(shown(row), where, "a condition without name, words or code")
    if why := draft.reject_time(onset):
        return draft.set_aside(text, where, why)
    active = row.get("active") if isinstance(row.get("active"), bool) else resolved is None
    source = Provenance(draft.file, where, shown(row.get("system", ""), TEXT), shown(row.get("code", ""), TEXT), text)
    given = row.get("name")
    name_given = analytes.key(given).replace(" ", "_") if isinstance(given, str) else None
    as_word = analytes.key(text).replace(" ", "_")
    told = draft.codes.meaning(((source.system, source.code),) if source.code else (), text)
    if told is not None:
        meaning = told
    elif name_given is not None and (name_given == "" or name_given in concepts.condition_names()):
        meaning = concepts.Meaning((name_given,) if name_given else ())
    elif as_word in concepts.condition_names():
        meaning = concepts.Meaning((as_word,))
        text = str(row.get("text") or "") if given else text
    else:
        codings = ((source.system, source.code),) if source.code else ()
        meaning = concepts.of_coding(codings, text)
        if not meaning.names and (cause := concepts.find_cause(text)):
            meaning = concepts.Meaning((), (cause,))
    draft.diagnose(meaning, Condition("", shown(row.get("text", text), TEXT), onset, resolved, bool(active), source))


def read_treatment(draft: Draft, row: Any, where: str) -> None:
    """Read a treatment given as words or as a mapping with name, kind, text, code, start, stop, active."""
    if isinstance(row, str):
        row = {"text": row}
    if not isinstance(row, dict):
        return draft.set_aside(shown(row), where, "not a treatment")
    times = _times(draft, row, ("start", "stop"), where)
    if times is None:
        return
    start, stop = times
    text = shown(row.get("text") or row.get("name") or row.get("code") or "", TEXT)
    if why := draft.reject_time(start):
        return draft.set_aside(text, where, why)
    active = row.get("active")
    if not isinstance(active, bool):
        active = stop is None or stop.date() > draft.today
    source = Provenance(draft.file, where, shown(row.get("system", ""), TEXT), shown(row.get("code", ""), TEXT), text)
    if not text and not row.get("kind"):
        return draft.set_aside(shown(row), where, "a treatment without name, words or code")
    if isinstance(row.get("name"), str) and medicines.is_known(row["name"], shown(row.get("kind") or "", TEXT)):
        found: tuple[medicines.Named, ...] = (medicines.Named(row["name"], shown(row.get("kind") or "", TEXT)),)
    else:
        codings = ((source.system, source.code),) if source.code else ()
        found = draft.codes.treatment(codings, text) or medicines.find(codings, text) or medicines.find_any(text)
        word = analytes.key(text).replace(" ", "_")
        if not found and word in medicines.kinds():
            found = (medicines.Named(word, word),)
    words = shown(row.get("text", "" if "name" in row else text), TEXT)
    draft.treat(found, Treatment("", "", words, start, stop, active, source))


def _observation(draft: Draft, row: Any, where: str) -> None:
    if not isinstance(row, dict):
        return draft.set_aside(shown(row), where, 'not an observation: write {"analyte", "value", "unit", "time"}')
    label, raw, unit = shown(row.get("analyte", ""), TEXT), row.get("value"), row.get("unit")
    what = f"{label} {shown(raw)} {shown(unit or '')}".strip()
    told = draft.codes.analyte(((shown(row.get("system") or "", TEXT), label),), label)
    name, bare_unit = told or (analytes.find_analyte(label), "")
    if name is None:
        return draft.set_aside_unknown(label, what, where)
    try:
        time = parse_time(row.get("time"))
        comparator: Comparator = ""
        if isinstance(raw, str):
            comparator, value, written = parse_quantity(raw)
            if (
                written
                and unit
                and analytes.to_canonical(name, 1, written) != analytes.to_canonical(name, 1, shown(unit))
            ):
                raise InputError(f"the value says {written}, the unit {unit}")
            unit = unit or written
        elif isinstance(raw, (int, float)) and (number := _number(raw)) is not None:
            value = number
        else:
            raise InputError("no number")
        if row.get("comparator") in ("<", "<=", ">", ">="):
            comparator = row["comparator"]
    except (ValueError, InputError) as error:
        return draft.set_aside(what, where, error.what if isinstance(error, InputError) else str(error))
    source = Provenance(draft.file, where, text=label, raw_value=shown(raw, TEXT), raw_unit=shown(unit or "", TEXT))
    low, high = _number(row.get("ref_low")), _number(row.get("ref_high"))
    draft.measure(
        name, value, shown(unit or "", TEXT) or bare_unit, time, source,
        comparator=comparator, ref_low=low, ref_high=high,
    )  # fmt: skip


def to_short(patient: Patient) -> dict[str, Any]:
    """Return a patient in the short form, in canonical units; `parse_short` gives the same patient back."""
    p = patient
    rows: list[tuple[str, Any]] = [
        ("id", p.id),
        ("sex", p.sex),
        ("birth_date", p.birth_date.isoformat() if p.birth_date else None),
        ("age", p.age_stated_years),
        ("weight_kg", p.weight_kg),
        ("height_cm", p.height_cm),
        ("etiology", list(p.etiology)),
        ("alcohol_active", p.alcohol_active),
        ("ascites", p.ascites),
        ("encephalopathy_grade", p.encephalopathy_grade),
        ("deceased", p.deceased),
        ("conditions", [dict(_condition_row(c)) for c in p.conditions]),
        ("treatments", [dict(_treatment_row(t)) for t in p.treatments]),
        ("observations", [dict(_observation_row(o)) for o in p.observations]),
        ("set_aside", [{"what": s.what, "where": s.where, "why": s.why} for s in p.set_aside]),
        ("notes", list(p.notes)),
    ]
    return {k: v for k, v in rows if v is not None and v != []}


def _condition_row(c: Condition) -> Iterator[tuple[str, Any]]:
    yield "name", c.name
    yield from _filled(text=c.text, onset=c.onset, resolved=c.resolved, system=c.source.system, code=c.source.code)
    yield "active", c.active


def _treatment_row(t: Treatment) -> Iterator[tuple[str, Any]]:
    yield from (("name", t.name), ("kind", t.kind))
    yield from _filled(text=t.text, start=t.start, stop=t.stop, system=t.source.system, code=t.source.code)
    yield "active", t.active


def _observation_row(o: Any) -> Iterator[tuple[str, Any]]:
    yield from (("analyte", o.analyte), ("value", o.value), ("unit", o.unit))
    yield from _filled(time=o.time, comparator=o.comparator, ref_low=o.ref_low, ref_high=o.ref_high)


def _filled(**values: Any) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, datetime):
            yield name, iso(value)
        elif value not in ("", None):
            yield name, value
