"""Plans, stages and matches as a few aligned lines, with the next command to try."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from hepatica.language import say, speaking
from hepatica.report import words
from hepatica.report.numbers import NARROW, percent
from hepatica.report.view.book import Book, name_of, nearest
from hepatica.report.view.decision import at_day, how_ill, patient_id, who
from hepatica.report.view.options import texts
from hepatica.report.view.record import _missing, _score
from hepatica.report.view.talk import do_now
from hepatica.report.view.trials import eligibility

WIDTH = 100


def terminal(plan_json: Mapping[str, Any], folder: str = "out") -> str:
    """Return a plan as text: how ill, what now, what is advised, the options in line, the next command."""
    with speaking(plan_json.get("language")):
        return _terminal(plan_json, folder)


def _terminal(plan_json: Mapping[str, Any], folder: str) -> str:
    book = Book(plan_json)
    ill, advice = how_ill(book), plan_json.get("recommendation") or {}
    scores = [f"{s['label']} {s['num']}" + (f" ({say(str(s['grade']))})" if s["grade"] else "") for s in ill["scores"]]
    lines = [f"{patient_id(plan_json)}: {who(plan_json.get('patient'))}", " · ".join([ill["label"], *scores])]
    urgent = do_now(book)
    if urgent:
        lines += ["", say("Do now"), *_rows([[f"  {say(r['urgency'])}", r["text"]] for r in urgent])]
    rated = words.certainties().get(str(advice.get("certainty")), say("not rated"))
    lines += ["", say("Recommendation, certainty {word}", word=rated)]
    lines += _wrapped(str(advice.get("headline") or (name_of(book.chosen[1]) if book.chosen else say("none"))))
    lines += [row for text in texts(advice.get("why")) for row in _wrapped(text)]
    unknown = plan_json.get("unknown") or []
    if unknown:
        lines += ["", say("Not known"), *(row for text in unknown[:3] for row in _wrapped(str(text), "  - "))]
    lines += ["", *_options(book)]
    out = len(book.ruled_out)
    if out:
        lines.append("  " + say("{count} more considered and ruled out; the report gives each reason", count=out))
    first = say("Next:")
    lines += ["", say("Next: open {file}", file=f"{folder}/plan.html")]
    lines += [" " * len(first) + f" hepatica why {folder}/plan.json '{_asked(book)}'"]
    return _shown(lines)


def terminal_stage(stage_json: Mapping[str, Any], record: str = "PATIENT") -> str:
    """Return a staging as text: the stage with its reasons, every score in line, what is missing."""
    book = Book({"stage": stage_json})
    stage = stage_json.get("stage") or {}
    lines = [f"{stage_json.get('patient', '')}: {stage.get('label', 'stage undetermined')}"]
    lines += [row for text in stage.get("why") or [] for row in _wrapped(str(text), "  - ")]
    scores = [_score(book, n, s, f"$.stage.scores.{n}") for n, s in (stage_json.get("scores") or {}).items()]
    if scores:
        head = ["  score", "value", "class", "labs of"]
        rows = [[f"  {s['label']}", str(s["value"] or s["text"]), str(s["grade"] or ""), s["at"]] for s in scores]
        lines += ["", *_rows([head, *rows], right=(1,))]
    missing = [_missing(m) for m in stage_json.get("missing") or []]
    if missing:
        rows = [[f"  {m['label']}", m["needs"], f"between {m['possible']}" if m["possible"] else ""] for m in missing]
        lines += ["", "Missing", *_rows(rows)]
    return _shown([*lines, "", f"Next: hepatica plan {record}"])


def terminal_match(match_json: Sequence[Mapping[str, Any]], record: str = "PATIENT") -> str:
    """Return eligibility as text: one protocol a line, then the tests that would settle the unknown."""
    found = eligibility(Book({"eligibility": list(match_json)}))
    head = ["  protocol", "verdict", "met", "not met", "unknown", "recruitment"]
    rows = [
        [f"  {r['protocol']}", r["verdict"], *(str(r[k]) for k in ("met", "not_met", "unknown")), r["recruitment"]]
        for r in found["rows"]
    ]
    lines = _rows([head, *rows], right=(2, 3, 4)) if rows else ["No protocol was checked."]
    if found["settle"]:
        lines += [
            "",
            "Would settle the unknown",
            *_rows([[f"  {t['test']}", ", ".join(t["protocols"])] for t in found["settle"]]),
        ]
    first = found["rows"][0]["protocol"] if found["rows"] else "ID"
    return _shown([*lines, "", f"Next: hepatica match {record} --protocol {first}"])


def _shown(lines: Sequence[str]) -> str:
    """Join lines, without the control characters that a record could smuggle to a terminal."""
    return "\n".join("".join(c for c in line if c.isprintable() or c == NARROW) for line in lines)


def _options(book: Book) -> list[str]:
    day = book.main_day
    rows = [
        [
            "  " + say("option"),
            say("alive {when}", when=at_day(day)),
            say("90 % interval"),
            say("certainty"),
            say("status"),
        ]
    ]
    certain = words.certainties()
    for _, option in book.live:
        points = (option.get("forecast") or {}).get("survival")
        at = nearest(points, day)
        point = points[at] if points and at is not None else {}
        middle = point.get(words.middle("survival", point))
        alive = f"{percent(middle)} %" if middle is not None else say("unknown")
        band = ""
        if point.get("p05") is not None:
            band = say("{low} to {high} %", low=percent(point["p05"]), high=percent(point["p95"]))
        rows.append(
            [
                f"  {name_of(option)}",
                alive,
                band,
                certain.get(str(option.get("certainty")), ""),
                say(str(option.get("status") or "")),
            ]
        )
    return _rows(rows, right=(1,))


def _asked(book: Book) -> str:
    row = book.chosen or (book.options[0] if book.options else None)
    if row is None:
        return "$.recommendation"
    at = nearest((row[1].get("forecast") or {}).get("survival"), book.main_day)
    return f"$.options[{row[0]}].forecast.survival[{at}].mean" if at is not None else f"$.options[{row[0]}].status"


def _rows(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(r, widths, strict=True))
        ).rstrip()
        for r in rows
    ]


def _wrapped(text: str, lead: str = "  ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False)
