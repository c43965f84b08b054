"""The whole report as plain values, section by section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import DEFAULT, mark, say, speaking, spoken
from hepatica.report import numbers, words
from hepatica.report.view import (
    cells,
    curves,
    decision,
    doses,
    harms,
    living,
    options,
    price,
    products,
    record,
    robust,
    talk,
    trials,
    turns,
    worth,
)
from hepatica.report.view.book import Book

DISCLAIMER = mark("Research and decision support. Not a medical device; a clinician decides.")

TRANSLATION = mark("The project made this translation; no native-speaking hepatologist has checked it yet.")
LEFT_ENGLISH = mark(
    "Titles of papers, notes on sources and what was set aside from the record are left in English; criteria of trials "
    "are translated, and their registry's own words hold."
)


def document(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything the page and the PDF show of one plan, in the plan's language."""
    with speaking(plan.get("language")):
        return _document(plan)


def _document(plan: Mapping[str, Any]) -> dict[str, Any]:
    book = Book(plan)
    shown = {
        "decision": decision.decision(book),
        "do_now": talk.do_now(book),
        "audit": talk.audit(book),
        "comparison": options.comparison(book),
        "courses": curves.courses(book),
        "balance": harms.balance(book),
        "worth": worth.worth(book),
        "price": price.price(book),
        "living": living.living(book),
        "doses": doses.doses(book),
        "products": products.products(book),
        "robust": robust.robust(book),
        "turns": turns.turns(book),
        "record": record.record(book),
        "bodies": cells.bodies(book),
        "lobules": cells.lobules(book),
        "trials": trials.eligibility(book),
        "questions": talk.questions(book),
        "follow_up": talk.follow_up(book),
        "consent": talk.consent(book),
        "regulation": talk.regulation(book),
        "evidence": talk.evidence(book),
    }
    shown["lineage"] = _lineage(book)
    shown["sources"] = [_source(n, s, e) for n, s, e in book.cited()]
    shown["method"] = {
        "version": plan.get("hepatica_version") or "",
        "seed": plan.get("seed"),
        "draws": plan.get("draws"),
        "created": str(plan.get("created") or ""),
        "day": str(plan.get("created") or "")[:10],
        "day_text": numbers.iso_date(plan.get("created")) if plan.get("created") else "",
        "horizons": ", ".join(numbers.span(d) for d in book.horizons),
    }
    shown["disclaimer"] = say(DISCLAIMER)
    shown["notice"] = [say(TRANSLATION), say(LEFT_ENGLISH)] if spoken() != DEFAULT else []
    shown["terms"] = words.terms()
    shown["families"] = _families(book)
    return shown


def _families(book: Book) -> list[words.Family]:
    return list({words.family(o.get("family")).name: words.family(o.get("family")) for _, o in book.live}.values())


def _lineage(book: Book) -> list[dict[str, Any]]:
    rows = []
    for index, pattern in enumerate(book.lineage.patterns):
        if index not in book.asked:
            continue
        chain = [
            {
                "step": str(c.get("step") or ""),
                "text": str(c.get("text") or ""),
                "grade": str(c.get("grade") or ""),
                "cites": book.cite(c.get("source")),
                "named": book.named(c.get("source")),
            }
            for c in pattern.get("chain") or []
            if isinstance(c, Mapping)
        ]
        grades = [c["grade"] for c in chain if c["grade"] in ("A", "B", "C")]
        rows.append(
            {
                "index": index,
                "path": str(pattern["path"]),
                "unit": _unit(pattern.get("unit")),
                "chain": chain,
                "weakest": max(grades, default=""),
                "cites": book.cite(pattern.get("sources")),
            }
        )
    return rows


def _unit(unit: object) -> str:
    text = str(unit or "")
    return "" if text in ("1", "money") or text.startswith("see ") else text


def _source(number: int, identifier: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    pmid, doi, url = (str(entry.get(k) or "") for k in ("pmid", "doi", "url"))
    link = ""
    if pmid.isdigit():
        link = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
    elif doi.startswith("10."):
        link = f"https://doi.org/{doi}"
    elif url.startswith(("https://", "http://")):
        link = url
    return {
        "number": number,
        "id": identifier,
        "citation": str(entry.get("citation") or identifier),
        "pmid": pmid,
        "doi": doi,
        "link": link,
        "note": str(entry.get("note") or ""),
    }
