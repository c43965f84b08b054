"""FHIR Observations: laboratory values, vital signs, and the few findings that are words."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from hepatica.errors import InputError

from .. import analytes
from ..draft import Draft, as_ascites
from ..model import Condition, Provenance
from ..shown import shown
from ..times import parse_time
from .common import LOINC, OURS, Json, codings, label, provenance, words
from .values import limits, value_of

_NOT_RESULTS = frozenset(("entered-in-error", "cancelled"))
_LONGEST = 500
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
        name, bare_unit = self._named(concept)
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
            raw, comparator, value, unit = value_of(name, resource, part)
            low, high = limits(part["referenceRange"], unit) if "referenceRange" in part else (None, None)
        except InputError as error:
            return self._aside(resource, part, concept, error.what)
        except ValueError as error:
            return self._aside(resource, part, concept, str(error))
        rows = concept.get("coding")
        coding: Json = rows[0] if rows else {}
        if coding.get("system") == LOINC and (odd := analytes.disputed(coding.get("code") or "", unit)):
            self.draft.notes.append(odd)
        source = Provenance(
            self.draft.file,
            f"Observation/{resource.get('id', '?')}",
            coding.get("system") or "",
            coding.get("code") or "",
            concept.get("text") or coding.get("display") or "",
            str(raw),
            unit,
        )
        self.draft.measure(
            name, value, unit or bare_unit, time, source, comparator=comparator, ref_low=low, ref_high=high
        )
        return None

    def _named(self, concept: Any) -> tuple[str | None, str]:
        """Return the analyte a CodeableConcept names and the unit its bare numbers have, the user's codes first."""
        told = self.draft.codes.analytes and self.draft.codes.analyte(codings(concept), words(concept))
        return told or (analyte_of(concept), "")

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
            self._aside(resource, part, concept, f"'{shown(raw)}' says nothing that can be used")
        else:
            self.findings[finding].append((time or datetime.min, value))

    def _aside(self, resource: Json, part: Json, concept: Any, why: str) -> None:
        quantity = part.get("valueQuantity") or {}
        what = f"{words(concept)} {shown(quantity.get('value', ''))} {shown(quantity.get('unit', ''))}".strip()
        self.draft.set_aside(what, label(resource), why)


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
    if part.get("valueCodeableConcept") is not None:
        return words(part["valueCodeableConcept"])
    if part.get("valueQuantity") is not None:
        return part["valueQuantity"].get("value")
    kinds = ("valueString", "valueInteger", "valueBoolean")
    return next((part[k] for k in kinds if isinstance(part.get(k), (str, int))), "")


def _present(raw: Any) -> bool:
    return raw is True or (isinstance(raw, str) and bool(re.search(r"present|positive|yes|detected", raw, re.I)))


def _read_finding(finding: str, raw: Any) -> Any:
    if isinstance(raw, str) and len(raw) > _LONGEST:
        return None
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
