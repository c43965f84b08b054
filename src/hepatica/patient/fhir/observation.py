"""FHIR Observations: laboratory values, vital signs, and the few findings that are words."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from hepatica.errors import InputError

from .. import analytes
from ..draft import Comparator, Draft, as_ascites, parse_quantity
from ..model import Condition, Provenance
from ..times import parse_time
from .common import LOINC, OURS, Json, label, provenance, words

_NOT_RESULTS = frozenset(("entered-in-error", "cancelled"))
_NOT_SERUM = re.compile(r"urin|ascit|perito|pleur|csf|cerebrospinal|fluid|stool|sputum|drain|dialys|liquor", re.I)
_ALCOHOL_LOINC = "11331-6"
_SOBER = re.compile(
    r"non-?\s?drinker|never|former|ex-?drinker|abstin|does not drink|teetotal|\bnone\b|\bno\b|stopped", re.I
)
_DRINKS = re.compile(r"current|drinks|drinker|heavy|moderate|social|daily|hazard|harmful|\byes\b|active", re.I)
_ROMAN = {"0": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "none": 0, "absent": 0}


class Readings:
    """The Observations of one patient: measurements go to the draft at once, worded findings when all are seen."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.unused: Counter[str] = Counter()
        self.issued_only = 0
        self.findings: dict[str, list[tuple[datetime, Any]]] = {"ascites": [], "encephalopathy": [], "alcohol": []}

    def add(self, resource: Json) -> None:
        """Read one Observation with its components."""
        self._part(resource, resource, resource.get("code"))
        if "component" in resource:
            for part in resource["component"]:
                self._part(resource, part, part.get("code"))

    def close(self) -> None:
        """Settle the worded findings and name the kinds of Observation that nothing here uses."""
        draft = self.draft
        newest = {k: max(rows, key=lambda r: r[0])[1] for k, rows in self.findings.items() if rows}
        if "ascites" in newest:
            draft.ascites = newest["ascites"]
        if "encephalopathy" in newest:
            draft.encephalopathy_grade = newest["encephalopathy"]
        if "alcohol" in newest:
            draft.alcohol_active = newest["alcohol"]
        if self.issued_only:
            draft.notes.append(f"{self.issued_only} observations have no sampling time: the time of issue is used")
        if self.unused:
            kinds = ", ".join(f"{n} {name}" for name, n in self.unused.most_common())
            draft.notes.append(f"observations of kinds not used here: {kinds}")

    def _part(self, resource: Json, part: Json, concept: Any) -> None:
        name = analyte_of(concept)
        if name is None:
            return self._unmeasured(resource, part, concept)
        if resource.get("status") in _NOT_RESULTS:
            return self._aside(resource, part, concept, f"its status is {resource['status']}")
        if "specimen" in resource and _NOT_SERUM.search(str(resource["specimen"].get("display", ""))):
            self.unused[f"{words(concept)} in {resource['specimen']['display']}"] += 1
            return None
        if "focus" in resource:
            return self._aside(resource, part, concept, "it is about someone or something else (focus)")
        try:
            time = self._time(resource)
            raw, comparator, value, unit = _value(name, resource, part)
            low, high = _limits(part["referenceRange"], unit) if "referenceRange" in part else (None, None)
        except InputError as error:
            return self._aside(resource, part, concept, error.what)
        except ValueError as error:
            return self._aside(resource, part, concept, str(error))
        rows = concept.get("coding")
        coding: Json = rows[0] if rows else {}
        source = Provenance(
            self.draft.file,
            f"Observation/{resource.get('id', '?')}",
            coding.get("system") or "",
            coding.get("code") or "",
            concept.get("text") or coding.get("display") or "",
            str(raw),
            unit,
        )
        self.draft.measure(name, value, unit, time, source, comparator=comparator, ref_low=low, ref_high=high)
        return None

    def _unmeasured(self, resource: Json, part: Json, concept: Any) -> None:
        finding = _finding_of(concept)
        if finding:
            self._finding(finding, resource, part)
        elif part is not resource or "component" not in resource:
            self.unused[words(concept) or "without a code"] += 1

    def _time(self, resource: Json) -> datetime | None:
        text = resource.get("effectiveDateTime")
        if text is None:
            period = resource.get("effectivePeriod")
            text = (period.get("end") or period.get("start")) if period else resource.get("effectiveInstant")
        if text is None and (text := resource.get("issued")) is not None:
            self.issued_only += 1
        return parse_time(text)

    def _finding(self, finding: str, resource: Json, part: Json) -> None:
        concept = resource.get("code")
        if resource.get("status") in _NOT_RESULTS:
            return self._aside(resource, part, concept, f"its status is {resource['status']}")
        try:
            time = self._time(resource)
        except ValueError as error:
            return self._aside(resource, part, concept, str(error))
        if why := self.draft.reject_time(time):
            return self._aside(resource, part, concept, why)
        raw = _worded(part)
        value: Any = _read_finding(finding, raw)
        if finding == "ascites" and value is None and _present(raw):
            self.draft.conditions.append(
                Condition("ascites", words(concept), time, source=provenance("", resource, concept))
            )
        elif value is None:
            self._aside(resource, part, concept, f"'{raw}' says nothing that can be used")
        else:
            self.findings[finding].append((time or datetime.min, value))

    def _aside(self, resource: Json, part: Json, concept: Any, why: str) -> None:
        quantity = part.get("valueQuantity") or {}
        shown = f"{words(concept)} {quantity.get('value', '')} {quantity.get('unit', '')}".strip()
        self.draft.set_aside(shown, label(resource), why)


def analyte_of(concept: Any) -> str | None:
    """Return the analyte a CodeableConcept names: by LOINC code, else by a local code's words; None where unknown."""
    if not concept:
        return None
    rows = concept.get("coding") or ()
    local = True
    for coding in rows:
        system = coding.get("system")
        if system == LOINC:
            found = analytes.BY_LOINC.get(coding.get("code"))
            if found:
                return found
            local = False
        elif system == OURS + "analyte" and coding.get("code") in analytes.ANALYTES:
            return cast(str, coding["code"])
    if not local:
        return None
    return _by_words(concept.get("text"), *(c.get("display") for c in rows), *(c.get("code") for c in rows))


@lru_cache(maxsize=4096)
def _by_words(*names: Any) -> str | None:
    return next((a for n in names if isinstance(n, str) and (a := analytes.find_analyte(n))), None)


@lru_cache(maxsize=4096)
def _unit(name: str, unit: str, code: str) -> str:
    """Return the unit of a Quantity: the coded one where it can be read; raises InputError where the two disagree."""
    if not code or unit == code:
        return unit
    factors = []
    for spelling in (code, unit):
        try:
            factors.append(analytes.to_canonical(name, 1.0, spelling) if spelling else None)
        except InputError:
            factors.append(None)
    by_code, by_unit = factors
    if by_code is not None and by_unit is not None and abs(by_code - by_unit) > 1e-9 * abs(by_code):
        raise InputError(f"its unit is written {unit} and coded {code}")
    return unit if by_code is None and by_unit is not None else code


def _value(name: str, resource: Json, part: Json) -> tuple[Any, Comparator, float, str]:
    """Return the value of an Observation as written, its comparator, number and unit; raises InputError."""
    quantity = part.get("valueQuantity")
    if quantity is not None:
        raw = quantity.get("value")
        unit = _unit(name, quantity.get("unit") or "", quantity.get("code") or "")
        if isinstance(raw, str):
            comparator, value, _ = parse_quantity(raw)
        elif raw is None or isinstance(raw, bool):
            raise InputError("a quantity without a number")
        else:
            comparator, value = "", raw
        return raw, _comparator(quantity["comparator"]) if "comparator" in quantity else comparator, value, unit
    if "valueString" in part:
        return part["valueString"], *parse_quantity(part["valueString"])
    whole = part.get("valueInteger", part.get("valueDecimal"))
    if isinstance(whole, (int, float)) and not isinstance(whole, bool):
        return whole, "", whole, ""
    raise InputError(_why_empty(part, resource))


def _comparator(text: Any) -> Comparator:
    if text in ("<", "<=", ">", ">="):
        return cast(Comparator, text)
    raise InputError(f"the comparator '{text}' is not known")


def _limits(ranges: Any, unit: str) -> tuple[float | None, float | None]:
    row = ranges[0] if ranges else {}
    found: list[float | None] = []
    for side in ("low", "high"):
        limit = row.get(side)
        value = limit.get("value") if isinstance(limit, dict) else None
        same = limit is None or not limit.get("unit") or unit in (limit.get("unit"), limit.get("code"))
        found.append(float(value) if isinstance(value, (int, float)) and same else None)
    return found[0], found[1]


def _why_empty(part: Json, resource: Json) -> str:
    absent = part.get("dataAbsentReason") or resource.get("dataAbsentReason")
    if absent:
        return f"no value: {words(absent) or next((c.get('code', '') for c in absent.get('coding') or ()), 'absent')}"
    other = next((k for k in part if k.startswith("value")), None)
    return f"its value is a {other[5:]}, not a number" if other else "no value"


def _finding_of(concept: Any) -> str | None:
    if not isinstance(concept, dict):
        return None
    for coding in concept.get("coding") or ():
        if coding.get("system") == OURS + "finding":
            return cast(str, coding.get("code"))
        if coding.get("code") == _ALCOHOL_LOINC:
            return "alcohol"
        if coding.get("system") == LOINC:
            return None
    text = words(concept).casefold()
    if text.startswith(("ascites", "degree of ascites", "grade of ascites")):
        return "ascites"
    if "west haven" in text or ("encephalopathy" in text and "grade" in text):
        return "encephalopathy"
    return "alcohol" if text in ("alcohol use", "history of alcohol use", "alcohol intake") else None


def _worded(part: Json) -> Any:
    if "valueCodeableConcept" in part:
        return words(part["valueCodeableConcept"])
    if "valueQuantity" in part:
        return part["valueQuantity"].get("value")
    return next((part[k] for k in ("valueString", "valueInteger", "valueBoolean") if k in part), "")


def _present(raw: Any) -> bool:
    return raw is True or (isinstance(raw, str) and bool(re.search(r"present|positive|yes|detected", raw, re.I)))


def _read_finding(finding: str, raw: Any) -> Any:
    if finding == "ascites":
        text = re.sub(r"(?i)\bascites\b|\(.*?\)", "", str(raw)).strip() if not isinstance(raw, bool) else str(raw)
        return None if raw is True else as_ascites(text)
    if finding == "encephalopathy":
        match = re.search(r"(?i)\b(iv|iii|ii|i|[0-4]|none|absent)\b(?:\.0)?", str(raw))
        return _ROMAN[match[1].lower()] if match else None
    if isinstance(raw, bool):
        return raw
    if _SOBER.search(str(raw)):
        return False
    return True if _DRINKS.search(str(raw)) else None
