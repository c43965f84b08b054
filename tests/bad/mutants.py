"""Sound records, broken at random: each mutant must give the same facts as its original, or say what it left out.

Run: python tests/bad/mutants.py [--n 10000] [--seed 1]. Exit 1 and one line a fault where a mutant crashes the reader,
gives a number, a date or a diagnosis that the original does not hold, or loses one without a word.
"""

from __future__ import annotations

import argparse
import copy
import csv
import gzip
import io
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from hepatica.errors import InputError
from hepatica.patient import ANALYTES, Patient, from_canonical, parse, read, to_fhir, to_short
from hepatica.patient.concepts import of_text
from hepatica.staging import stage

TODAY = date(2026, 11, 24)
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))
US = {"bilirubin": "mg/dL", "albumin": "g/dL", "creatinine": "mg/dL", "platelets": "10*3/uL", "urea": "mg/dL"}
IMPOSSIBLE = ("ms", "kg", "Cel", "furlong", "mg/dl/h", "%%", "?", "10^3", "mol/mol")
# What these keys say cannot be missed by anyone who does not have them: without them the record says something else.
TELLING = frozenset(
    (
        *(
            "comparator",
            "status",
            "clinicalStatus",
            "verificationStatus",
            "abatementDateTime",
            "intent",
            "active",
            "id",
        ),
        *("doNotPerform", "resolved", "stop", "effectivePeriod", "end", "onset", "start", "deceasedBoolean", "focus"),
        *("specimen", "dataAbsentReason"),
    )
)
ROWS = ("entry", "observations", "conditions", "treatments", "etiology")
JUNK: tuple[Any, ...] = (
    None,
    [],
    {},
    True,
    False,
    0,
    -1,
    "",
    " ",
    "abc",
    [1],
    {"a": 1},
    [[]],
    {"value": {}},
    1e308,
    "NaN",
)


@dataclass(frozen=True)
class Mutant:
    """A broken record: how it was broken, the bytes, the name of its file, and whether it may lose facts silently."""

    how: str
    data: bytes
    name: str
    original: Patient
    lossy: bool = False


# --- sound records ----------


def foreign(p: Patient) -> dict[str, Any]:
    """Return a patient as another system would export it: LOINC and words only, US units, a range of normal."""
    document = to_fhir(p)
    document["entry"] = [e for e in document["entry"] if e["resource"]["resourceType"] != "OperationOutcome"]
    for entry in document["entry"]:
        resource = entry["resource"]
        entry["fullUrl"] = f"urn:uuid:{resource['id']}"
        own = _own_code(resource)
        if own in US and resource.get("valueQuantity"):
            value = from_canonical(own, resource["valueQuantity"]["value"], US[own])
            resource["valueQuantity"] |= {"value": round(value, 6), "unit": US[own], "code": US[own]}
            resource.pop("referenceRange", None)
            resource["code"]["coding"] = [c for c in resource["code"]["coding"] if "hepatica" not in c["system"]]
            loinc = {"bilirubin": "1975-2", "albumin": "1751-7", "creatinine": "2160-0", "platelets": "777-3"}
            if own in loinc:
                resource["code"]["coding"] = [{"system": "http://loinc.org", "code": loinc[own]}]
    return document


def _own_code(resource: dict[str, Any]) -> str:
    codings = resource.get("code", {}).get("coding", [])
    return next((c["code"] for c in codings if c["system"].endswith(":analyte")), "")


def wide(p: Patient) -> list[list[str]]:
    """Return the dated values as a wide table, a row a time."""
    names = sorted({o.analyte for o in p.observations})
    head = [f"{n}_{US[n].replace('/', '_').replace('10*3', 'k')}" if n in US else _headed(n) for n in names]
    rows = []
    for time in sorted({o.time for o in p.observations if o.time}):
        seen = {o.analyte: o for o in p.observations if o.time == time}
        cells = [_cell(seen[n], US.get(n, ANALYTES[n].unit)) if n in seen else "" for n in names]
        rows.append([p.id, time.date().isoformat(), p.sex or "", *cells, "end"])
    return [["id", "date", "sex", *head, "remark"], *rows]


def _headed(name: str) -> str:
    unit = ANALYTES[name].unit
    return name if unit == "1" else f"{name} ({unit})"


def _cell(o: Any, unit: str) -> str:
    return f"{o.comparator}{from_canonical(o.analyte, o.value, unit):.6g}"


def long(p: Patient) -> list[list[str]]:
    """Return the values as a long table."""
    rows = [["id", "analyte", "value", "unit", "time", "remark"]]
    for o in p.observations:
        unit = US.get(o.analyte, o.unit)
        rows.append([p.id, o.analyte, _cell(o, unit), unit, o.time.date().isoformat() if o.time else "", "end"])
    return rows


def table(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> bytes:
    """Return rows as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode()


# --- ways to break a document (JSON) ----------


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in rows:
        yield (*path, key)
        yield from _places(inner, (*path, key))


def _parent(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    return _parent(document, (*path, None))


def _pick(r: random.Random, document: Any, want: Callable[[tuple[Any, ...]], bool] = lambda _: True) -> tuple[Any, ...]:
    return r.choice(
        [p for p in _places(document) if want(p) and not TELLING & {k for k in p if isinstance(k, str)}] or [()]
    )


def drop(r: random.Random, d: Any) -> str:
    """Delete one field anywhere."""
    path = _pick(r, d, lambda p: p[-1] not in ROWS and (isinstance(p[-1], str) or p[-2] not in ROWS))
    if path:
        del _parent(d, path)[path[-1]]
    return f"drop {path}"


def junk(r: random.Random, d: Any) -> str:
    """Put a value of a wrong type anywhere."""
    path, value = _pick(r, d), copy.deepcopy(r.choice(JUNK))
    if path:
        _parent(d, path)[path[-1]] = value
    return f"junk {path} = {value!r}"


def nulls(r: random.Random, d: Any) -> str:
    """Put several nulls, at any depth."""
    paths = [_pick(r, d, lambda p: p[-1] not in ROWS) for _ in range(r.randint(1, 6))]
    for path in sorted(filter(None, paths), key=len, reverse=True):
        _parent(d, path)[path[-1]] = None
    return f"nulls {paths}"


def key_case(r: random.Random, d: Any) -> str:
    """Write one key in another case."""
    path = _pick(r, d, lambda p: isinstance(p[-1], str))
    parent = _parent(d, path)
    parent[r.choice((str.upper, str.title, str.swapcase))(path[-1])] = parent.pop(path[-1])
    return f"case of key {path}"


def unit_case(r: random.Random, d: Any) -> str:
    """Write units in another case."""
    change = r.choice((str.upper, str.lower))
    for path in list(_places(d)):
        if path[-1] in ("unit",) and isinstance(_parent(d, path)[path[-1]], str):
            _parent(d, path)[path[-1]] = change(_parent(d, path)[path[-1]])
    return f"units {change.__name__}"


def impossible_unit(r: random.Random, d: Any) -> str:
    """Write a unit that cannot be."""
    path = _pick(r, d, lambda p: p[-1] == "unit")
    unit = r.choice(IMPOSSIBLE)
    if path:
        _parent(d, path).update({k: unit for k in ("unit", "code") if k in _parent(d, path)})
    return f"unit {unit} at {path}"


def no_unit(r: random.Random, d: Any) -> str:
    """Leave a unit out."""
    path = _pick(r, d, lambda p: p[-1] == "unit")
    if path:
        for key in ("unit", "code", "system"):
            _parent(d, path).pop(key, None)
    return f"no unit at {path}"


def other_unit(r: random.Random, d: Any) -> str:
    """Write the unit of another convention beside the same number, in the quantity alone."""
    path = _pick(r, d, lambda p: p[-2:] == ("valueQuantity", "unit") and _parent(d, p)["unit"] in ("mg/dL", "g/dL"))
    if path:
        quantity = _parent(d, path)
        quantity["unit"] = {"mg/dL": "umol/L", "g/dL": "g/L"}[quantity["unit"]]
    return f"other unit at {path}"


def far_number(r: random.Random, d: Any) -> str:
    """Write a number that cannot be: huge, negative, or with a lost point."""
    path = _pick(r, d, lambda p: p[-1] == "value" and isinstance(_parent(d, p)["value"], (int, float)))
    value = r.choice((-1e9, 1e15, 1e300, -0.5e12, 10**18, "1e999", "9" * 400, 1e-300))
    if path:
        _parent(d, path)["value"] = value
    return f"value {str(value)[:20]} at {path}"


def number_as_text(r: random.Random, d: Any) -> str:
    """Write numbers as text, with a point, a comma, spaces or a plus."""
    form = r.choice(("{}", " {} ", "+{}", "{:.6f}", "comma", "{} abc", "{} mg", "about {}", "{}\u00a0", "{}-{}", "'{}"))
    path = _pick(r, d, lambda p: p[-1] == "value" and isinstance(_parent(d, p)["value"], (int, float)))
    if path:
        value = _parent(d, path)["value"]
        text = str(float(value)).replace(".", ",") if form == "comma" else form.format(value, value)
        _parent(d, path)["value"] = text
    return f"value as {form!r} at {path}"


def dates(r: random.Random, d: Any) -> str:
    """Write one date in another form; where day and month cannot be told apart it must be refused."""
    names = ("effectiveDateTime", "birthDate", "time", "birth_date")
    path = _pick(r, d, lambda p: p[-1] in names and bool(re.match(r"\d{4}-\d\d-\d\d", str(_at(d, p)))))
    how = "no date"
    if path:
        how, text = _another_date(r, _parent(d, path)[path[-1]])
        _parent(d, path)[path[-1]] = text
    return f"date {how} at {path}"


def _another_date(r: random.Random, text: str) -> tuple[str, Any]:
    year, month, day = text[:10].split("-")
    forms = {
        "dotted": f"{day}.{month}.{year}",
        "slashed": f"{day}/{month}/{year}",
        "american": f"{month}/{day}/{year}",
        "year first": f"{year}/{month}/{day}",
        "zone": f"{year}-{month}-{day}T00:00:00+14:00",
        "z": f"{year}-{month}-{day}T00:00:00Z",
        "fraction": f"{year}-{month}-{day}T00:00:00.000Z",
        "compact": f"{year}{month}{day}",
        "short year": f"{day}.{month}.{year[2:]}",
        "words": f"{day} October {year}",
        "epoch": 1767225600000,
        "impossible": f"{year}-02-31",
        "month 13": f"{year}-13-{day}",
        "year 0": f"0000-{month}-{day}",
        "far": f"9999-{month}-{day}",
        "spaces": f" {year}-{month}-{day} ",
        "empty": "",
    }
    how = r.choice(sorted(forms))
    return how, forms[how]


def twice(r: random.Random, d: Any) -> str:
    """Repeat an element of a list as it is, or with another number under the same id."""
    path = _pick(r, d, lambda p: isinstance(_parent(d, p), list))
    if not path:
        return "twice nothing"
    parent, again = _parent(d, path), copy.deepcopy(_parent(d, path)[path[-1]])
    parent.insert(r.randint(0, len(parent)), again)
    return f"twice {path}"


def shuffle(r: random.Random, d: Any) -> str:
    """Change the order of entries, of rows and of keys."""
    for path, node in [(path, _at(d, path)) for path in [(), *_places(d)]]:
        if isinstance(node, list) and path[-1] in ROWS:
            r.shuffle(node)
        elif isinstance(node, dict):
            keys = list(node)
            r.shuffle(keys)
            for key in keys:
                node[key] = node.pop(key)
    return "shuffled"


def strangers(r: random.Random, d: Any) -> str:
    """Add what no reader knows: R5 fields, extensions, unknown keys, contained resources of other kinds."""
    path = _pick(r, d, lambda p: isinstance(_at(d, p), dict))
    node = _at(d, path)
    extra = r.choice(
        (
            {"triggeredBy": [{"type": "reflex"}], "instantiatesCanonical": "x"},
            {"extension": [{"url": "http://example.org/x", "valueQuantity": {"value": 99, "unit": "mg/dL"}}]},
            {"_value": {"extension": []}, "bodyStructure": {"reference": "#x"}},
            {"contained": [{"resourceType": "Device", "id": "x"}, None, 5]},
            {"völlig": "unbekannt", "": {}, "a" * 300: [None]},
            {"meta": None, "text": {"status": "generated", "div": "<div>INR 9.9</div>"}},
        )
    )
    if isinstance(node, dict):
        for key, value in extra.items():
            node.setdefault(key, value)
    return f"unknown keys at {path}"


DOCUMENT_WAYS = (
    *(drop, junk, nulls, key_case, unit_case, impossible_unit, no_unit, other_unit, far_number, number_as_text),
    *(dates, twice, shuffle, strangers),
)

# --- ways to break a table ----------


def _somewhere(r: random.Random, rows: list[list[str]]) -> tuple[int, int]:
    return r.randrange(1, len(rows)), r.randrange(len(rows[0]) - 1)


def t_cell(r: random.Random, rows: list[list[str]]) -> str:
    """Put something else into a cell."""
    i, j = _somewhere(r, rows)
    rows[i][j] = r.choice(
        ("", "NaN", "abc", "1e999", "-5e9", "9" * 400, "?", "<", "..", "1.2.3", "12;13", "\x00"[:0], "n/a", "∞")
    )
    return f"cell {i},{j} = {rows[i][j][:12]!r}"


def t_comma(r: random.Random, rows: list[list[str]]) -> str:
    """Write numbers with a decimal comma."""
    for row in rows[1:]:
        row[:] = [c.replace(".", ",") if c.replace(".", "").isdigit() else c for c in row]
    return "decimal commas"


def t_columns(r: random.Random, rows: list[list[str]]) -> str:
    """Change the order of whole columns, but for the last."""
    order = list(range(len(rows[0]) - 1))
    r.shuffle(order)
    rows[:] = [[row[k] for k in order] + row[-1:] for row in rows]
    return "columns in another order"


def t_heads(r: random.Random, rows: list[list[str]]) -> str:
    """Exchange two heads that cannot stand for one another."""
    pairs = [("date", "sex"), ("analyte", "value"), ("time", "unit"), ("value", "unit"), ("sodium (mmol/L)", "inr")]
    there = [(a, b) for a, b in pairs if a in rows[0] and b in rows[0]]
    if there:
        i, j = (rows[0].index(x) for x in r.choice(there))
        rows[0][i], rows[0][j] = rows[0][j], rows[0][i]
    return f"heads exchanged: {there}"


def t_head(r: random.Random, rows: list[list[str]]) -> str:
    """Write a head in another way."""
    j = r.randrange(len(rows[0]) - 1)
    change = r.choice(
        (str.upper, str.title, lambda s: f" {s} ", lambda s: s.replace("_", " "), lambda s: s + "?", lambda s: "")
    )
    rows[0][j] = change(rows[0][j])
    return f"head {rows[0][j]!r}"


def t_ragged(r: random.Random, rows: list[list[str]]) -> str:
    """Cut a row short or make it long."""
    i, _ = _somewhere(r, rows)
    rows[i] = rows[i][: r.randrange(1, len(rows[i]))] if r.random() < 0.5 else [*rows[i], "5", "6"]
    return f"row {i} has {len(rows[i])} cells"


def t_shifted(r: random.Random, rows: list[list[str]]) -> str:
    """Lose one cell of a row, so that the rest moves to the left."""
    i, j = _somewhere(r, rows)
    del rows[i][j]
    return f"row {i} lost cell {j}"


def t_twice(r: random.Random, rows: list[list[str]]) -> str:
    """Repeat a row, or the head."""
    rows.insert(r.randrange(1, len(rows)), list(rows[r.randrange(len(rows))]))
    return "a row twice"


def t_dates(r: random.Random, rows: list[list[str]]) -> str:
    """Write one date in another form."""
    j = next(k for k, c in enumerate(rows[0]) if c in ("date", "time"))
    i = r.randrange(1, len(rows))
    if not rows[i][j]:
        return "no date"
    how, text = _another_date(r, rows[i][j])
    rows[i][j] = str(text)
    return f"date {how}"


def t_unit(r: random.Random, rows: list[list[str]]) -> str:
    """Write an impossible unit, or none."""
    if "unit" in rows[0]:
        rows[r.randrange(1, len(rows))][rows[0].index("unit")] = unit = r.choice((*IMPOSSIBLE, ""))
        return f"unit {unit}"
    j = r.choice([k for k, c in enumerate(rows[0]) if "(" in c or "_" in c] or [0])
    rows[0][j] = re.sub(r"_(mg_dl|g_dl|k_uL)$| \(.*", "", rows[0][j], flags=re.I) + r.choice(
        ("", " (ms)", " (?)", "_furlong")
    )
    return f"head {rows[0][j]}"


TABLE_WAYS = (t_cell, t_comma, t_columns, t_heads, t_head, t_ragged, t_shifted, t_twice, t_dates, t_unit)

# --- ways to break bytes ----------


def recode(r: random.Random, data: bytes) -> tuple[str, bytes]:
    """Write the file in another encoding, or with other line ends."""
    text = data.decode()
    ways: dict[str, Callable[[], bytes]] = {
        "utf-16": lambda: text.encode("utf-16"),
        "utf-16-be": lambda: b"\xfe\xff" + text.encode("utf-16-be"),
        "utf-16 without mark": lambda: text.encode("utf-16-le"),
        "utf-32": lambda: text.encode("utf-32"),
        "utf-8 with mark": lambda: text.encode("utf-8-sig"),
        "latin-1": lambda: text.replace("remark", "Bemerkung für").encode("latin-1", "replace"),
        "crlf": lambda: text.replace("\n", "\r\n").encode(),
        "cr": lambda: text.replace("\n", "\r").encode(),
        "gzip": lambda: gzip.compress(data, mtime=0),
        "nul": lambda: data[: len(data) // 2] + b"\x00" + data[len(data) // 2 :],
        "zero width": lambda: text.replace("bilirubin", "bili\u200brubin").encode(),
        "ascii art": lambda: b"\x1b[31m" + data,
    }
    how = r.choice(sorted(ways))
    return how, ways[how]()


def cut(r: random.Random, data: bytes) -> tuple[str, bytes]:
    """Cut the file off."""
    at = r.randrange(len(data))
    return f"cut at {at} of {len(data)}", data[:at]


def flip(r: random.Random, data: bytes) -> tuple[str, bytes]:
    """Write over punctuation, so that the structure breaks and no digit changes."""
    at = r.choice([i for i, c in enumerate(data) if c in b'{}[]":,;'] or [0])
    return f"byte {at}", data[:at] + bytes([r.choice(b"{}[]:x \x00\xff")]) + data[at + 1 :]


# --- mutants, and what becomes of them ----------


def mutants(seed: int, n: int) -> Iterator[Mutant]:
    """Yield n mutants; the same seed gives the same ones."""
    r = random.Random(seed)
    people = [read(path, today=TODAY) for path in EXAMPLES]
    documents = [(to_fhir(p), "fhir.json") for p in people] + [(foreign(p), "foreign.json") for p in people]
    documents += [(to_short(p), "short.json") for p in people]
    tables = [(make(p), f"{make.__name__}.csv") for p in people for make in (wide, long)]
    originals: dict[int, Patient] = {}
    for _ in range(n):
        if r.random() < 0.6:
            document, name = r.choice(documents)
            known = originals.setdefault(id(document), parse(orjson.dumps(document), name=name, today=TODAY))
            yield _document_mutant(r, document, name, known)
        else:
            rows, name = r.choice(tables)
            known = originals.setdefault(id(rows), parse(table(rows), name=name, today=TODAY))
            yield _table_mutant(r, rows, name, known)


def _document_mutant(r: random.Random, document: Any, name: str, known: Patient) -> Mutant:
    if r.random() < 0.15:
        layout = r.choice((None, orjson.OPT_INDENT_2))
        how, data = r.choice((recode, cut, flip))(r, orjson.dumps(document, option=layout))
        return Mutant(f"{name} {how}", data, name, known)
    broken = copy.deepcopy(document)
    ways = [r.choice(DOCUMENT_WAYS) for _ in range(1 if r.random() < 0.7 else 3)]
    how = "; ".join(way(r, broken) for way in ways)
    return Mutant(f"{name} {how}", orjson.dumps(broken), name, known)


def _table_mutant(r: random.Random, rows: list[list[str]], name: str, known: Patient) -> Mutant:
    delimiter = r.choice(",,;\t")
    if r.random() < 0.2:
        how, data = r.choice((recode, cut, flip))(r, table(rows, delimiter))
        return Mutant(f"{name} {how}", data, name, known, lossy=how.startswith("cut"))
    broken = copy.deepcopy(rows)
    way = r.choice(TABLE_WAYS)
    how = way(r, broken)
    data = table(broken, delimiter, r.choice(("\n", "\r\n")))
    return Mutant(f"{name} {how}, between {delimiter!r}", data, name, known, lossy=way is t_cell)


def outcome(m: Mutant) -> tuple[str, str]:
    """Return what became of a mutant (same, set aside, refused, fault) and, of a fault, which one."""
    try:
        p = parse(m.data, name=m.name, today=TODAY)
    except InputError as error:
        lines = error.lines()
        fine = 1 <= len(lines) <= 4 and all(line.strip() and "\n" not in line for line in lines)
        return ("refused", "") if fine else ("fault", f"refused in {len(lines)} odd lines: {lines}")
    except Exception as error:
        return "fault", f"crash: {type(error).__name__}: {error}"
    wrong = _wrong(p, m.original)
    if wrong:
        return "fault", wrong
    try:
        stage(p)
    except Exception as error:
        return "fault", f"crash of staging: {type(error).__name__}: {error}"
    lost = _lost(p, m.original)
    if not lost:
        return "same", ""
    said = set(p.set_aside) - set(m.original.set_aside) or set(p.notes) - set(m.original.notes)
    return ("set aside", "") if said or m.lossy else ("fault", f"lost without a word: {lost}")


def _wrong(p: Patient, clean: Patient) -> str:
    """Return a fact of the mutant that the original does not hold."""
    known: dict[tuple[str, str], list[Any]] = {}
    for o in clean.observations:
        known.setdefault((o.analyte, o.comparator), []).append(o)
    for o in p.observations:
        same = [k for k in known.get((o.analyte, o.comparator), ()) if abs(o.value - k.value) <= 1e-4 * abs(k.value)]
        if not [k for k in same if o.time is None or k.time is None or o.time.date() == k.time.date()]:
            return f"wrong: {o.analyte} {o.comparator}{o.value:g} {o.unit} at {o.time}"
        for limit in (o.ref_low, o.ref_high):
            if limit is not None and not any(_close(limit, e) for k in same for e in (k.ref_low, k.ref_high)):
                return f"wrong limit {limit:g} of {o.analyte}"
    for name in ("sex", "birth_date", "ascites", "encephalopathy_grade", "alcohol_active", "deceased", "weight_kg"):
        value, was = getattr(p, name), getattr(clean, name)
        if value is not None and value != was and not (was is not None and name == "weight_kg" and _close(value, was)):
            return f"wrong: {name} {value}, not {was}"
    for name in ("etiology", "conditions", "treatments"):
        now, before = ({getattr(x, "name", x) for x in getattr(q, name)} - {""} for q in (p, clean))
        if name != "treatments":
            said = [of_text(c.text) for c in clean.conditions]
            said += [of_text(f"cause of liver disease: {c}") for c in clean.etiology]
            before |= {n for meaning in said for n in (meaning.names if name == "conditions" else meaning.causes)}
        if not now <= before:
            return f"wrong: {name} {now - before}"
    return ""


def _close(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= 1e-4 * abs(b)


def _lost(p: Patient, clean: Patient) -> str:
    """Return what the original holds and the mutant does not."""
    counted = [Counter(o.analyte for o in q.observations) for q in (clean, p)]
    if gone := counted[0] - counted[1]:
        return f"{dict(gone)}"
    for name in ("etiology", "conditions", "treatments"):
        now, before = ({getattr(x, "name", x) for x in getattr(q, name)} - {""} for q in (p, clean))
        kept = len(p.conditions) + len(p.treatments) >= len(clean.conditions) + len(clean.treatments)
        if before - now and not kept:
            return f"{name} {before - now}"
    return ""


def main() -> int:
    """Run the mutants and report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--n", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--faults", type=int, default=20, help="how many faults to print")
    chosen = options.parse_args()
    ends: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for m in mutants(chosen.seed, chosen.n):
        end, fault = outcome(m)
        ends[end] += 1
        if fault and sum(shown.values()) < chosen.faults:
            shown[fault] += 1
            print(f"{m.how}\n    {fault}")
    print(", ".join(f"{ends[k]} {k}" for k in ("same", "set aside", "refused", "fault")))
    return 1 if ends["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
