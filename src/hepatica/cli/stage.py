"""Say how ill the liver is: every score that can be computed, the stage with its reasons, what is missing."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_patients

HELP = "every score that can be computed, the stage, what is missing"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `stage`."""
    add_patients(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stage one record, or each of a cohort."""
    from hepatica.cli import records

    patient = records.one(arguments.patient, arguments.codes)
    if patient is not None:
        document = _document(patient)
        show.json_document(document) if arguments.json else _print(document)
        return 0
    if arguments.json:
        found = records.each(arguments.patient, _document, arguments.codes)
        return records.close(list(records.print_json(found)), "stage")
    answers = list(records.each(arguments.patient, _cells, arguments.codes))
    show.table(("file", "patient", "stage", "MELD-Na", "Child-Pugh"), [_row(a) for a in answers])
    return records.close(answers, "stage")


def _document(patient: Any) -> dict[str, Any]:
    import hepatica
    from hepatica import staging

    document = hepatica.stage(patient).to_json()
    notes = [*document.get("notes", []), *patient.notes]
    return {
        **document,
        "ctcae": [g.to_json() for g in staging.ctcae_of(patient)],
        "change": staging.change(patient).to_json(),
        "notes": list(dict.fromkeys(notes)),
        "set_aside": [asdict(s) for s in patient.set_aside],
    }


def _cells(patient: Any) -> tuple[str, str, str]:
    """Return what one line of a cohort's table says of a patient."""
    import hepatica

    document = hepatica.stage(patient).to_json()
    scores = document["scores"]
    return document["stage"]["label"], _short(scores.get("meld_na")), _short(scores.get("child_pugh"))


def _row(answer: Any) -> tuple[str, ...]:
    return (*answer.names, *((answer.problem, "–", "–") if answer.exit_code else answer.result))


def _short(score: dict[str, Any] | None) -> str:
    if score is None:
        return "–"
    grade = score.get("class")
    return show.number(score["value"]) + (f" {grade}" if grade else "")


def _print(document: dict[str, Any]) -> None:
    stage = document["stage"]
    show.heading(f"{document['patient']}: {stage['label']}")
    for reason in stage["why"]:
        show.paragraph(f"because {reason}")
    for clash in stage.get("contradictions", []):
        show.paragraph(f"contradiction: {clash}")
    for extra in _beside(stage):
        show.paragraph(extra)
    show.line()
    rows = [
        (name, show.number(s["value"]), s.get("class") or "", (s.get("at") or "")[:10], _inputs(s.get("inputs") or {}))
        for name, s in document["scores"].items()
    ]
    if rows:
        show.table(("score", "value", "class", "at", "from"), rows, right=(1,))
    if document["missing"]:
        show.line()
        show.line("  Cannot be computed from this record:")
        rows = [(m["score"], ", ".join(m["needs"]) or m.get("why", ""), _interval(m)) for m in document["missing"]]
        show.table(("score", "needs", "still possible"), rows, indent="    ")
    _print_change(document)
    if document["set_aside"]:
        show.line()
        show.line("  Set aside:")
        for row in document["set_aside"]:
            show.paragraph(f"{row['what']}: {row['why']} ({row['where']})", indent="    ")


def _beside(stage: dict[str, Any]) -> list[str]:
    """Return the stage of D'Amico, the APASL verdict and the name of a fatty liver, each where there is one."""
    rows = []
    if clinical := stage["clinical_stage"]:
        number = " or ".join(map(str, clinical["possible"]))
        rows.append(f"clinical stage (D'Amico) {number}: {clinical['label']}")
    apasl = stage["apasl_aclf"]
    if apasl and apasl["verdict"] == "met":
        rows.append("ACLF by APASL as well: " + "; ".join(apasl["why"]))
    if fat := stage["steatotic"]:
        needs = f"; to tell: {', '.join(fat['needs'])}" if fat["needs"] else ""
        rows.append(f"name of the fatty liver: {' or '.join(fat['possible'])}{needs}")
    return rows


def _print_change(document: dict[str, Any]) -> None:
    moved = [row for row in document["change"]["scores"] if row["delta"]]
    if moved:
        show.line()
        show.line(f"  Changed since {document['change']['since'][:10]}:")
        cells = [(r["score"], show.number(r["before"]), show.number(r["after"])) for r in moved]
        show.table(("score", "then", "now"), cells, right=(1, 2), indent="    ")
    worse = [g for g in document["ctcae"] if g["grade"] and g["worse_by"] != 0]
    if worse:
        show.line()
        show.line(f"  {worse[0]['version']}, beside the first value:")
        cells = [(g["term"], str(g["grade"]), show.number(g["value"]), show.number(g["baseline"])) for g in worse]
        show.table(("term", "grade", "now", "then"), cells, right=(1, 2, 3), indent="    ")
    open_terms = [g["term"] for g in document["ctcae"] if g["needs"]]
    if open_terms:
        show.line()
        show.paragraph(f"not graded by CTCAE for want of a limit of normal: {', '.join(open_terms)}")


def _interval(missing: dict[str, Any]) -> str:
    bounds = missing.get("interval")
    return f"{show.number(bounds[0])} to {show.number(bounds[1])}" if bounds else "–"


def _inputs(inputs: dict[str, dict[str, Any]]) -> str:
    parts = [f"{name} {_value(used['value'])} {used['unit']}".rstrip() for name, used in inputs.items()]
    text = ", ".join(part.removesuffix(" 1") for part in parts)
    return text if len(text) <= 90 else text[:89] + "…"


def _value(value: Any) -> str:
    return show.number(value) if isinstance(value, int | float) else str(value)
