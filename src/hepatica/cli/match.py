"""Say which trial protocols a person may enter: met, not met or unknown, and what would settle the unknown."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hepatica.cli import show
from hepatica.cli.parser import add_patients

if TYPE_CHECKING:
    from hepatica.eligibility import Match
    from hepatica.therapy import Record

HELP = "eligibility for trial protocols, criterion by criterion"
MARKS = {"met": "+", "not met": "x", "unknown": "?"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `match`."""
    add_patients(parser)
    parser.add_argument("--protocol", metavar="ID", help="one protocol (NCT…), with every criterion")
    parser.add_argument(
        "--funnel", action="store_true", help="screen a cohort: how many each criterion excludes or leaves open"
    )


def run(arguments: argparse.Namespace) -> int:
    """Match one record, or each of a cohort."""
    import hepatica
    from hepatica.cli import records

    if arguments.funnel:
        return _funnel(arguments)

    def work(patient: Any) -> list[dict[str, Any]]:
        return [m.to_json() for m in hepatica.match(patient, protocol=arguments.protocol)]

    patient = records.one(arguments.patient, arguments.codes)
    if patient is not None:
        matches = hepatica.match(patient, protocol=arguments.protocol)
        document = [m.to_json() for m in matches]
        if arguments.json:
            show.json_document(document)
        elif arguments.protocol:
            _detail(document[0])
        else:
            _overview(document, arguments.patient[0])
            _best_test(matches)
        return 0
    found = records.each(arguments.patient, work, arguments.codes)
    if arguments.json:
        return records.close(list(records.print_json(found)), "match")
    answers, rows = [], []
    for answer in found:
        rows.append((*answer.names, *_counts(answer)))
        answers.append(answer.without_result)
    show.table(("file", "patient", "eligible", "unknown", "not eligible"), rows, right=(2, 3, 4))
    return records.close(answers, "match")


def _funnel(arguments: argparse.Namespace) -> int:
    from hepatica import eligibility
    from hepatica.cli import records
    from hepatica.staging import stage
    from hepatica.therapy import Record

    asked = list(eligibility.protocols().values())
    if arguments.protocol:
        asked = [p for p in asked if p.id == arguments.protocol] or [eligibility.protocol(arguments.protocol)]
    failed = []

    def readable() -> Iterator[Record]:
        for answer in records.each(arguments.patient, lambda p: Record(p, stage(p)), arguments.codes):
            if answer.exit_code:
                failed.append(answer)
            else:
                yield answer.result

    found = eligibility.screen_cohort(readable(), asked)
    n = found[0].patients if found else 0
    today = date.today()
    rows = [f.to_json() | p.recruitment(today) for p, f in zip(asked, found, strict=False)]
    if arguments.json:
        show.json_document({"patients": n, "failed": [a.to_json() for a in failed], "protocols": rows})
    elif arguments.protocol and rows:
        _steps(rows[0])
    else:
        _funnels(rows, n)
    return records.close(failed, "match", of=n + len(failed))


def _funnels(rows: list[dict[str, Any]], n: int) -> None:
    show.heading(f"{n} patients screened")
    head = ("protocol", "eligible", "unknown", "not eligible", "excludes most", "n", "recruitment", "as of")
    cells = []
    for row in sorted(rows, key=lambda r: (-r["eligible"], -r["unknown"])):
        most = max(row["steps"], key=lambda s: s["excluded"])
        counts = (row["eligible"], row["unknown"], row["not_eligible"])
        cells.append((row["protocol"], *counts, _short(most["text"], 44), most["excluded"], *_recruitment(row)))
    show.table(head, cells, right=(1, 2, 3, 5))


def _steps(row: dict[str, Any]) -> None:
    show.heading(f"{row['protocol']}: {row['patients']} patients screened")
    show.paragraph(f"recruitment: {' · '.join(_recruitment(row))}")
    if not row["criteria_complete"]:
        show.paragraph("the criteria list is incomplete, so this protocol can never say eligible")
    head = ("criterion", "reached", "excluded", "open", "remaining", "excluded by it alone")
    names = ("reached", "excluded", "unknown", "remaining", "excluded_alone")
    show.table(head, [(_short(s["text"], 60), *(s[n] for n in names)) for s in row["steps"]], right=(1, 2, 3, 4, 5))
    show.line(f"\n  eligible {row['eligible']}, unknown {row['unknown']}, not eligible {row['not_eligible']}")


def _recruitment(row: dict[str, Any]) -> tuple[str, str]:
    return row["recruitment_status"], row["status_as_of"] or "date unknown"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _counts(answer: Any) -> tuple[str, ...]:
    if answer.exit_code:
        return (answer.problem, "–", "–")
    verdicts = [m["verdict"] for m in answer.result]
    return tuple(str(verdicts.count(v)) for v in ("eligible", "unknown", "not eligible"))


def _overview(matches: list[dict[str, Any]], record: str) -> None:
    head = ("protocol", "verdict", "met", "not met", "unknown", "recruitment", "as of", "first reason")
    rows = [
        (m["protocol"], m["verdict"], *_tally(m), m["recruitment_status"], m["status_as_of"], _reason(m))
        for m in matches
    ]
    show.table(head, rows, right=(2, 3, 4))
    show.line(f"\n  Every criterion of one, and what would settle it: hepatica match {record} --protocol {rows[0][0]}")


def _best_test(matches: Sequence[Match]) -> None:
    from hepatica.eligibility import settles_most

    if best := settles_most(matches):
        test, criteria, trials = best
        show.paragraph(f"One test would settle most: {test} ({criteria} open criteria of {trials} protocols).")


def _tally(match: dict[str, Any]) -> tuple[str, str, str]:
    verdicts = [c["verdict"] for c in match["criteria"]]
    return (str(verdicts.count("met")), str(verdicts.count("not met")), str(verdicts.count("unknown")))


def _reason(match: dict[str, Any]) -> str:
    first = next((c for v in ("not met", "unknown") for c in match["criteria"] if c["verdict"] == v), None)
    text = f"{first['text']}: {first['because']}" if first else ""
    return _short(text, 70)


def _detail(match: dict[str, Any]) -> None:
    show.heading(f"{match['protocol']}: {match['verdict']}")
    if match.get("title"):
        show.paragraph(match["title"])
    as_of = match["status_as_of"] or "date unknown"
    show.paragraph(f"recruitment: {match['recruitment_status'] or 'unknown'} ({as_of})")
    if not match["criteria_complete"]:
        show.paragraph("the criteria list is incomplete, so this protocol can never say eligible")
    for verdict in ("not met", "unknown", "met"):
        for criterion in match["criteria"]:
            if criterion["verdict"] == verdict:
                _criterion(criterion)


def _criterion(criterion: dict[str, Any]) -> None:
    verdict = criterion["verdict"]
    show.paragraph(f"{MARKS[verdict]} {verdict}: {criterion['text']}: {criterion['because']}", indent="    ")
    for change in criterion.get("way_in", ()):
        by = {"nothing": "nothing would bring that about", "unclear": "unclear whether that can be brought about"}
        how = by.get(change["by"], f"by {change['by'].replace('either', 'waiting or treatment')}")
        show.paragraph(f"would have to be: {change['change']} ({how}: {change['why']})", indent="        ")
    if verdict == "unknown" and criterion.get("needs"):
        needs = criterion["needs"]
        show.paragraph(f"would settle it: {needs if isinstance(needs, str) else ', '.join(needs)}", indent="        ")
