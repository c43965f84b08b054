"""A pile of FHIR resources, sorted by the patient they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from hepatica.errors import InputError

from ..codes import NO_CODES, Codes
from ..draft import Draft
from . import version
from .common import OURS, Json, codings, label
from .history import read_condition, read_immunization, read_medication, read_procedure
from .observation import Readings
from .person import read_person

_MEDICATIONS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense")
READ = frozenset(("Patient", "Observation", "Condition", "Procedure", "Immunization", "Medication", *_MEDICATIONS))
_READERS = {"Condition": read_condition, "Procedure": read_procedure, "Immunization": read_immunization}
_MALFORMED = (TypeError, AttributeError, KeyError, ValueError, IndexError, RecursionError)


def patients_of(documents: Iterable[Any], *, file: str, today: date, codes: Codes = NO_CODES) -> list[Draft]:
    """Return one draft a patient from Bundles and resources; raises InputError where there is none to read."""
    pile = _Pile()
    for document in documents:
        pile.add(document)
    version.check(pile.by_type, pile.head, file)
    return pile.drafts(file, today, codes)


class _Pile:
    def __init__(self) -> None:
        self.by_type: dict[str, list[Json]] = {kind: [] for kind in (*READ, *version.TELLING, "OperationOutcome")}
        self.other: dict[str, int] = {}
        self.patient_keys: dict[str, int] = {}
        self.head: Json | None = None
        self.deleted = 0
        self.broken = 0

    def add(self, document: Any) -> None:
        if not isinstance(document, dict):
            self.broken += 1
            return
        kind = document.get("resourceType")
        if not isinstance(kind, str):
            self.broken += 1
            return
        if kind != "Bundle":
            self._add_resource(document, kind, {})
            return
        self.head = self.head or document
        entries = document.get("entry")
        is_history = document.get("type") == "history"
        for entry in entries if isinstance(entries, list) else ():
            try:
                resource = entry["resource"]
                kind = resource["resourceType"]
            except (KeyError, TypeError):
                self._add_odd(entry)
                continue
            if not isinstance(kind, str):
                self.broken += 1
            elif is_history and _deletes(entry.get("request")):
                self.deleted += 1
            elif kind == "Bundle":
                self.add(resource)
            else:
                self._add_resource(resource, kind, entry)

    def _add_odd(self, entry: Any) -> None:
        if not isinstance(entry, dict) or "resource" in entry:
            self.broken += 1
        elif _deletes(entry.get("request")):
            self.deleted += 1
        elif "response" not in entry and not _only_asks(entry.get("request")):
            self.broken += 1

    def _add_resource(self, resource: Json, kind: Any, entry: Json) -> None:
        if kind in self.by_type:
            self.by_type[kind].append(resource)
            if kind == "Patient" and entry.get("fullUrl"):
                self._add_patient_key(resource, str(entry["fullUrl"]))
        else:
            self.other[kind] = self.other.get(kind, 0) + 1
        if "contained" in resource and isinstance(resource["contained"], list):
            for inner in resource["contained"]:
                if isinstance(inner, dict):
                    self._add_contained(inner, resource)

    def _add_patient_key(self, person: Json, full_url: str) -> None:
        person.setdefault("id", full_url.rsplit("/", 1)[-1].rsplit(":", 1)[-1])
        self.patient_keys[full_url] = len(self.by_type["Patient"]) - 1

    def _add_contained(self, inner: Json, outer: Json) -> None:
        kind, subject = inner.get("resourceType"), outer.get("subject")
        if kind in ("Observation", "Condition"):
            own = {"id": f"{outer.get('id')}#{inner.get('id')}", "subject": subject}
            self._add_resource(own | inner | {"id": own["id"]}, kind, {})
        elif kind == "Patient" and isinstance(subject, dict) and subject.get("reference") == f"#{inner.get('id')}":
            self._add_resource(inner, kind, {"fullUrl": f"#{inner.get('id')}"})

    def drafts(self, file: str, today: date, codes: Codes) -> list[Draft]:
        if not self.other and not any(self.by_type.values()):
            raise InputError(
                "this FHIR record holds no resources", where=file, mend="export the patient with the laboratory results"
            )
        people = _merge_people(self.by_type["Patient"], file)
        owners = self._owners(people)
        if not owners.names:
            raise InputError(
                "this FHIR record holds no patient", where=file, mend="include the Patient resource in the export"
            )
        drafts = [Draft(file=file, today=today, id=name, codes=codes) for name in owners.names]
        for draft, person in zip(drafts, people, strict=False):
            try:
                read_person(draft, person)
            except _MALFORMED as error:
                draft.set_aside(label(person), file, f"malformed: {error}")
        medications = {
            f"{prefix}{m.get('id')}": m for m in self.by_type["Medication"] for prefix in ("Medication/", "urn:uuid:")
        }
        strangers: Counter[tuple[str, str]] = Counter()
        readings = [Readings(d) for d in drafts]
        for kind in ("Condition", *_MEDICATIONS, "Procedure", "Immunization", "Observation"):
            for resource, twice in _once(self.by_type[kind]):
                owner = owners.of(resource)
                if owner is None:
                    strangers[kind, owners.shown(resource)] += 1
                    continue
                draft = drafts[owner]
                if twice:
                    _report_twice(draft, resource, twice)
                    if twice == "differs":
                        continue
                try:
                    if kind == "Observation":
                        readings[owner].add(resource)
                    elif kind in _MEDICATIONS:
                        read_medication(draft, resource, medications)
                    else:
                        _READERS[kind](draft, resource)
                except _MALFORMED as error:
                    draft.set_aside(label(resource), draft.file, f"malformed: {error}")
        for reading in readings:
            reading.close()
        for draft in drafts:
            self._remarks(draft, strangers)
        return drafts

    def _owners(self, people: list[Json]) -> _Owners:
        owners = _Owners()
        index_of = {id(p): i for i, p in enumerate(people)}
        for i, person in enumerate(people):
            owners.add(i, str(person.get("id") or "unknown"))
        for url, at in self.patient_keys.items():
            original = self.by_type["Patient"][at]
            i = index_of.get(id(original), owners.keys.get(f"Patient/{original.get('id')}", 0))
            owners.keys[url] = i
        if not people:
            for kind in ("Observation", "Condition", *_MEDICATIONS, "Procedure"):
                for resource in self.by_type[kind]:
                    owners.add_unseen(resource)
            if not owners.names and any(self.by_type[k] for k in ("Observation", "Condition")):
                owners.add(0, "unknown")
        return owners

    def _remarks(self, draft: Draft, strangers: Counter[tuple[str, str]]) -> None:
        for (kind, whose), n in strangers.items():
            draft.set_aside(f"{n} × {kind}", whose, "belongs to someone who is not a patient of this file")
        if self.deleted:
            draft.notes.append(f"{self.deleted} deleted entries left out")
        if self.broken:
            draft.set_aside(f"{self.broken} entries", draft.file, "not resources")
        rest = dict(self.other) | {k: len(self.by_type[k]) for k in version.TELLING if self.by_type[k]}
        if rest:
            listed = ", ".join(f"{n} {kind}" for kind, n in sorted(rest.items(), key=lambda kn: -kn[1]))
            draft.notes.append(f"resources that hold nothing used here: {listed}")
        _own_remarks(draft, self.by_type["OperationOutcome"])


def _deletes(request: Any) -> bool:
    return isinstance(request, dict) and request.get("method") == "DELETE"


def _only_asks(request: Any) -> bool:
    return isinstance(request, dict) and request.get("method") in ("GET", "HEAD")


def _issues(outcomes: list[Json]) -> Iterator[Json]:
    for outcome in outcomes:
        rows = outcome.get("issue")
        yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


class _Owners:
    """Whose is a resource: every way a patient may be referred to, and the one patient where nothing is said."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.keys: dict[str, int] = {}

    def add(self, i: int, name: str) -> None:
        self.names.append(name)
        self.keys[f"Patient/{name}"] = self.keys[f"urn:uuid:{name}"] = self.keys[f"#{name}"] = i

    def add_unseen(self, resource: Json) -> None:
        reference = _reference(resource)
        if reference and reference not in self.keys and self._find(reference) is None:
            self.add(len(self.names), reference.split("/_history/")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1])
            self.keys[reference] = len(self.names) - 1

    def of(self, resource: Json) -> int | None:
        reference = _reference(resource)
        known = self.keys.get(reference)
        if known is not None:
            return known
        if not reference or "?" in reference:
            return 0 if len(self.names) == 1 else None
        found = self._find(reference)
        if found is not None:
            self.keys[reference] = found
        elif self.names == ["unknown"]:
            return 0
        return found

    def _find(self, reference: str) -> int | None:
        parts = reference.split("/_history/")[0].split("/")
        return self.keys.get("/".join(parts[-2:])) if len(parts) > 1 else None

    def shown(self, resource: Json) -> str:
        return _reference(resource) or "no subject"


def _reference(resource: Json) -> str:
    subject = resource.get("subject") or resource.get("patient")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    return reference if isinstance(reference, str) else ""


def _merge_people(people: list[Json], file: str) -> list[Json]:
    kept: dict[str, Json] = {}
    for person in people:
        name = str(person.get("id") or "unknown")
        known = kept.setdefault(name, person)
        if known is not person and _content(known) != _content(person):
            kept[name] = _newer(known, person) or _conflict(name, file)
    return list(kept.values())


def _conflict(name: str, file: str) -> Json:
    raise InputError(f"two different Patient resources have the id {name}", where=file, mend="keep one of them")


def _content(resource: Json) -> Json:
    return {k: v for k, v in resource.items() if k not in ("meta", "text", "contained")}


def _newer(one: Json, other: Json) -> Json | None:
    stamps = [str((r.get("meta") or {}).get("lastUpdated") or "") for r in (one, other)]
    if stamps[0] == stamps[1] or "" in stamps:
        return None
    return one if stamps[0] > stamps[1] else other


def _once(resources: list[Json]) -> Iterator[tuple[Json, str]]:
    """Yield each resource once with "" | "merged" | "newest" | "differs" (several with one id, and no newest)."""
    by_id: dict[Any, Json | list[Json]] = {}
    repeated = False
    for i, resource in enumerate(resources):
        name = resource.get("id")
        known = by_id.setdefault(name if isinstance(name, str) else i, resource)
        if known is not resource:
            repeated = True
            by_id[name] = [*known, resource] if isinstance(known, list) else [known, resource]
    if not repeated:
        yield from ((r, "") for r in resources)
        return
    for entry in by_id.values():
        if not isinstance(entry, list):
            yield entry, ""
        elif all(_content(r) == _content(entry[0]) for r in entry):
            yield entry[0], "merged"
        else:
            newest = entry[0]
            decided = True
            for other in entry[1:]:
                if _content(other) != _content(newest):
                    better = _newer(newest, other)
                    decided = decided and better is not None
                    newest = better or newest
            yield newest, "newest" if decided else "differs"


def _report_twice(draft: Draft, resource: Json, twice: str) -> None:
    name = label(resource)
    if twice == "merged":
        draft.notes.append(f"{name} came more than once, always the same: merged")
    elif twice == "newest":
        draft.notes.append(f"{name} came in several versions: the newest is used")
    else:
        draft.set_aside(name, name, "several resources with this id differ, and none says that it is the newest")


def _own_remarks(draft: Draft, outcomes: list[Json]) -> None:
    """Take back the notes and set-aside values that our own writer put into an OperationOutcome."""
    for issue in _issues(outcomes):
        details = issue.get("details")
        if isinstance(details, dict):
            code = next((code for system, code in codings(details) if system == OURS + "remark"), None)
            if code == "note":
                draft.notes.append(str(issue.get("diagnostics", "")))
            elif code == "set-aside":
                location = issue.get("location")
                where = location[0] if isinstance(location, list) and location else ""
                draft.set_aside(str(details.get("text", "")), str(where), str(issue.get("diagnostics", "")))
