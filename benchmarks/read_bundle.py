"""Time the reading of one FHIR bundle: a record written here and enlarged to a given size.

Two bundles of the same size are read: indented, as Synthea and most servers' exports are, and compact, which holds
about twice as many resources. Run: python benchmarks/read_bundle.py [--mb 3.6] [--runs 50]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from hepatica import patient

_LABS = (
    ("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", 2.1, "mg/dL"),
    ("1751-7", "Albumin [Mass/volume] in Serum or Plasma", 3.1, "g/dL"),
    ("6301-6", "INR in Platelet poor plasma by Coagulation assay", 1.4, "{INR}"),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", 1.1, "mg/dL"),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", 136, "mmol/L"),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", 110, "10*3/uL"),
    ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", 2, "{score}"),
    ("789-8", "Erythrocytes [#/volume] in Blood by Automated count", 4.1, "10*6/uL"),
)


def bundle(size_mb: float, layout: int | None = None) -> bytes:
    """Return a transaction bundle of about `size_mb` MB: half laboratory results, half encounters and claims."""
    subject = {"reference": "urn:uuid:p0"}
    entries = [
        {
            "fullUrl": "urn:uuid:p0",
            "resource": {"resourceType": "Patient", "id": "p0", "gender": "male", "birthDate": "1964-05-02"},
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c0",
                "subject": subject,
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "K70.31"}]},
            }
        },
    ]
    size, i, start = 0, 0, datetime(2015, 1, 1)
    while size < size_mb * 1e6:
        when = (start + timedelta(days=i)).isoformat() + "+00:00"
        day = [
            _observation(f"o{i}-{code}", code, name, value, unit, when, subject) for code, name, value, unit in _LABS
        ]
        day += [_filler(kind, f"{kind}{i}", when, subject) for kind in ("Encounter", "Claim", "DiagnosticReport")]
        rows = [
            {"fullUrl": f"urn:uuid:{r['id']}", "resource": r, "request": {"method": "POST", "url": r["resourceType"]}}
            for r in day
        ]
        entries += rows
        size += len(orjson.dumps({"entry": rows}, option=layout))
        i += 1
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}, option=layout)


def _observation(name, code, display, value, unit, when, subject):
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": display}], "text": display},
        "subject": subject,
        "encounter": {"reference": f"urn:uuid:Encounter{name}"},
        "effectiveDateTime": when,
        "issued": when,
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        "referenceRange": [{"low": {"value": value * 0.8, "unit": unit}, "high": {"value": value * 1.2, "unit": unit}}],
    }


def _filler(kind, name, when, subject):
    items = [
        {"sequence": n, "productOrService": {"text": "visit"}, "encounter": [{"reference": "urn:uuid:e"}]}
        for n in range(12)
    ]
    return {"resourceType": kind, "id": name, "subject": subject, "created": when, "status": "finished", "item": items}


def main() -> None:
    """Print the best and the median of several readings, with the share that parsing JSON takes."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mb", type=float, default=3.6)
    options.add_argument("--runs", type=int, default=50)
    chosen = options.parse_args()
    for name, layout in (("indented", orjson.OPT_INDENT_2), ("compact", None)):
        _report(name, bundle(chosen.mb, layout), chosen.runs)


def _report(name: str, data: bytes, runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.json"
        path.write_bytes(data)
        found = patient.read(path)
        measured = {
            "patient.read": _times(lambda: patient.read(path), runs),
            "orjson.loads alone": _times(lambda: orjson.loads(path.read_bytes()), runs),
        }
    resources = data.count(b'"resourceType"')
    print(f"{name}: {len(data) / 1e6:.2f} MB, {resources} resources, {len(found.observations)} values kept")
    for what, clocks in measured.items():
        shown = "   ".join(
            f"{clock} best {min(times) * 1e3:6.1f} ms, median {statistics.median(times) * 1e3:6.1f} ms"
            for clock, times in clocks.items()
        )
        print(f"  {what:18} {shown}")


def _times(work: Callable[[], object], runs: int) -> dict[str, list[float]]:
    """Return seconds by the wall clock and of this process: on a busy machine the second is the steadier."""
    clocks = {"wall": time.perf_counter, "process": time.process_time}
    found: dict[str, list[float]] = {name: [] for name in clocks}
    for _ in range(runs):
        starts = {name: clock() for name, clock in clocks.items()}
        work()
        for name, clock in clocks.items():
            found[name].append(clock() - starts[name])
    return found


if __name__ == "__main__":
    main()
