"""Look into the study base: list the studies, show one, pool an outcome, compare all, review, check, add.

hepatica evidence list --condition aclf --intervention g_csf
hepatica evidence show engelmann2021
hepatica evidence pool --outcome survival --day 90 --condition aclf --intervention g_csf
hepatica evidence pool --data effects.csv --method REML --ci hksj
hepatica evidence review "MSC v. standard care in decompensated cirrhosis: MELD at 1, 3, 6 months, by route" -o review
hepatica evidence network --outcome survival --day 90 --condition alcoholic_hepatitis
hepatica evidence check
hepatica evidence add study.json"""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import evidence_review, networking, pooling, show
from hepatica.cli.foreign import expected
from hepatica.cli.parser import Parser, add_json
from hepatica.cli.pooling import add_filters, add_pooling, plain, span

HELP = "the study base: list, show, pool, network, review, check, add"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of `evidence` and their options."""
    verbs = parser.add_subparsers(title="verbs", dest="what", metavar="VERB", required=True, parser_class=Parser)
    filters = verbs.add_parser("list", help="one line a study")
    add_filters(filters)
    filters.add_argument("--design", metavar="D", help="randomised, controlled or any")
    filters.add_argument("--text", metavar="T", help="words in the citation")
    filters.set_defaults(act=_list)
    one = verbs.add_parser("show", help="one study, published pool or reference with every number")
    one.add_argument("id", metavar="ID")
    one.set_defaults(act=_show)
    pool = verbs.add_parser("pool", help="one pooled effect with its studies, interval and certainty")
    add_pooling(pool)
    pool.set_defaults(act=pooling.pool)
    review = verbs.add_parser("review", help=evidence_review.HELP)
    evidence_review.configure(review)
    network = verbs.add_parser("network", help="every treatment against every other through what trials share")
    networking.configure(network)
    check = verbs.add_parser("check", help="every error, doubt and row not used")
    check.set_defaults(act=_check)
    add = verbs.add_parser("add", help="check a new study file and see which pools it would move")
    add.add_argument("file", metavar="FILE")
    add.add_argument(
        "--keep", metavar="DIR", help="write it to your own folder; HEPATICA_STUDIES=DIR puts it in every pool"
    )
    add.set_defaults(act=_add)
    for verb in (pool, network):
        verb.add_argument("-o", "--out", metavar="DIR", help="write its pictures there (SVG)")
        verb.add_argument("--png", action="store_true", help="with -o: as PNG too (needs the extra [pdf])")
    for verb in (filters, one, pool, network, review, check, add):
        add_json(verb)


def run(arguments: argparse.Namespace) -> int:
    """Run one of the verbs of `evidence`."""
    act = arguments.act
    result: int = act(arguments)
    return result


def _list(arguments: argparse.Namespace) -> int:
    from hepatica import evidence

    names = ("condition", "intervention", "region", "design", "text")
    rows = evidence.list_rows(**{n: getattr(arguments, n) for n in names})
    if arguments.json:
        show.json_document({"studies": rows})
        return 0
    cells = [
        (r["id"], r["year"], r["condition"], r["n"], "yes" if r["randomised"] else "no", ", ".join(r["given"]))
        for r in rows
    ]
    show.table(
        ("study", "year", "condition", "n", "randomised", "given"),
        [[plain(c) for c in row] for row in cells],
        right=(1, 3),
    )
    show.line(f"\n  {len(rows)} studies. Next: hepatica evidence show {rows[0]['id'] if rows else 'ID'}")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from hepatica import evidence

    document = evidence.show(arguments.id)
    if arguments.json:
        show.json_document(document)
        return 0
    show.heading(f"{document.get('id', arguments.id)} ({document['kind']})")
    if document["kind"] != "study":
        for key, value in document.items():
            if value not in (None, "", [], {}) and key not in ("kind", "id"):
                show.paragraph(f"{key.replace('_', ' ')}: {value}")
        return 0
    show.paragraph(document["citation"])
    show.paragraph(document["source"].get("url") or "")
    show.table(("arm", "n", "given"), [(a["name"], plain(a["n"]), _given(a)) for a in document["arms"]], right=(1,))
    measured = [(m["kind"], m["arm"], m["variable"], plain(m["day"]), _summary(m)) for m in document["measures"]]
    if measured:
        show.line()
        show.table(("kind", "arm", "variable", "day", "value"), measured, right=(3,))
    alive = [(s["arm"], s["endpoint"].replace("_", " "), plain(s["day"]), _alive(s)) for s in document["survival"]]
    if alive:
        show.line()
        show.table(("arm", "survival", "day", "alive"), alive, right=(2,))
    for finding in document["findings"]:
        show.paragraph(f"{finding['level']}: {finding['where']}: {finding['what']}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from hepatica import evidence

    document = evidence.check()
    if arguments.json:
        show.json_document(document)
    else:
        show.heading(
            f"{document['studies']} studies of {document['cohorts']} cohorts; {document['references']} references"
        )
        for level in ("errors", "doubts"):
            show.line(f"  {len(document[level])} {level}")
            for row in document[level]:
                show.paragraph(f"{row['study']}: {row['where']}: {row['what']}", indent="    ")
        show.line(f"  {len(document['rows_not_used'])} rows not used")
        for row in document["rows_not_used"]:
            show.paragraph(f"{row['table']}: {row['what']}: {row['why']}", indent="    ")
    return 0 if document["ok"] else _cannot(f"the base has {len(document['errors'])} errors")


def _add(arguments: argparse.Namespace) -> int:
    from hepatica import evidence

    with expected("a study", arguments.file, "write it as those in evidence/data/studies"):
        document = evidence.add(arguments.file, arguments.keep)
    if arguments.json:
        show.json_document(document)
    else:
        show.heading(f"{document['study']}: {'accepted' if document['accepted'] else 'not accepted'}")
        for level in ("errors", "doubts"):
            for row in document[level]:
                show.paragraph(f"{level[:-1]}: {row['where']}: {row['what']}")
        for row in document["moved"]:
            show.paragraph(f"{row['question']}: {_short(row['before'])} → {_short(row['after'])} ({row['scale']})")
        show.paragraph(f"next: {document['next']}")
    return 0 if document["accepted"] else _cannot(f"{len(document['errors'])} errors keep the study out")


def _cannot(what: str) -> int:
    show.complain(f"hepatica: {what}")
    return 1


def _short(pooled: dict[str, Any] | None) -> str:
    return f"k {pooled['k']}, {show.number(pooled['estimate'])} ({span(pooled['ci'])})" if pooled else "nothing"


def _given(arm: dict[str, Any]) -> str:
    return (arm["cells"] or {}).get("type") or " + ".join(arm["treatments"]) or arm["background"] or "–"


def _summary(m: dict[str, Any]) -> str:
    if m["mean"] is not None:
        return show.number(m["mean"]) + (f" (SD {show.number(m['sd'])})" if m["sd"] is not None else "")
    if m["median"] is not None:
        return f"median {show.number(m['median'])}" + (f" ({span([m['q1'], m['q3']])})" if m["q1"] is not None else "")
    return f"{m['count']} of {m['n']}" if m["count"] is not None else "–"


def _alive(s: dict[str, Any]) -> str:
    counted = f"{s['alive']} of {s['n']}" if s["alive"] is not None else ""
    printed = f"{show.number(s['percent'])} %" if s["percent"] is not None else ""
    return ", ".join(x for x in (counted, printed) if x) or "–"
