"""The options and the printing of `evidence network`."""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import show
from hepatica.cli.pooling import pictures, span


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evidence network`."""
    parser.add_argument("--outcome", metavar="O", required=True, help="survival, mortality, meld, albumin, …")
    parser.add_argument("--day", type=float, metavar="D", required=True, help="days from the start of treatment")
    parser.add_argument("--condition", metavar="C", help="aclf, alcoholic_hepatitis, decompensated, …")
    parser.add_argument("--design", metavar="D", default="randomised", help="randomised (default) or any")
    parser.add_argument("--method", metavar="M", default="REML", help="REML (default), DL or FE")
    parser.add_argument("--detail", metavar="D", default="cell", help="cell (default), cell+route or cell+route+dose")
    parser.add_argument("--parts", action="store_true", help="also what each part adds: cell, route, dose, companions")
    parser.set_defaults(act=network)


def network(arguments: argparse.Namespace) -> int:
    """Answer `evidence network`."""
    from hepatica import evidence

    a = arguments
    d = evidence.network_question(a.outcome, a.day, a.condition, a.design, a.method, a.detail, a.parts)
    paths = pictures(arguments, "save_network", d)
    if arguments.json:
        show.json_document(d)
        return 0
    show.heading(f"{d['question']}: {d['studies']} trials of {len(d['treatments'])} treatments")
    _league(d)
    _consistency(d)
    if d.get("parts"):
        _parts(d["parts"])
    _transitivity(d["transitivity"])
    for warning in d["warnings"]:
        show.paragraph(f"note: {warning}")
    for names in d["apart"]:
        show.paragraph(f"not linked: {', '.join(names)}")
    reasons: dict[str, list[str]] = {}
    for left in d["left_out"]:
        reasons.setdefault(left["reason"], []).append(left["study"])
    for reason, studies in reasons.items():
        show.paragraph(f"left out, {reason}: {', '.join(studies)}")
    for path in paths:
        show.paragraph(f"written: {path}")
    return 0


def _league(d: dict[str, Any]) -> None:
    ranked = list(d["p_scores"] or d["treatments"])
    scale = "odds ratio" if d["measure"] == "OR" else "difference of means"
    show.paragraph(f"{scale}, row against column; k trials head to head; best P-score first")
    told = {(e["treatment"], e["against"]): e for e in d["league"]}
    show.table(("", *ranked), [[a, *("" if a == b else _compared(told[a, b]) for b in ranked)] for a in ranked])
    for name, score in (d["p_scores"] or {}).items():
        show.line(f"  P-score {score:.2f}  {name}")


def _consistency(d: dict[str, Any]) -> None:
    apart = f", p {show.number(d['q_between_p'])}" if d["q_between_p"] is not None else ""
    within = f"Q within designs {show.number(d['q_within'])} (df {d['q_within_df']})"
    between = f"between {show.number(d['q_between'])} (df {d['q_between_df']}{apart})"
    show.paragraph(f"tau² {show.number(d['tau2'])}, {within}, {between}, {d['method']}")
    whole = d["design_by_treatment"]
    if whole["p"] is not None:
        test = f"Q {show.number(whole['q'])} (df {whole['df']}), p {show.number(whole['p'])}"
        show.paragraph(f"all designs at once: {test}, tau² within designs {show.number(whole['tau2'])}")
    if d["node_splits"]:
        rows = [(f"{s['treatment']} v. {s['against']}", s["direct"], s["indirect"], s["difference"], s["p"])
                for s in d["node_splits"]]  # fmt: skip
        scale = " (log odds ratios)" if d["measure"] == "OR" else ""
        show.line()
        show.paragraph(f"direct against indirect evidence{scale}")
        show.table(("", "direct", "indirect", "difference", "p"), rows, right=(1, 2, 3, 4))


def _parts(p: dict[str, Any]) -> None:
    show.line()
    if "none" in p:
        show.paragraph(f"no part estimable: {p['none']} ({p['where']})")
        return
    show.paragraph(f"what each part adds ({p['studies']} trials, tau² {show.number(p['tau2'])})")
    rows = [(c["name"], (c["ratio"] or c)["estimate"], span((c["ratio"] or c)["ci"]), c["p"], c["k"])
            for c in p["components"]]  # fmt: skip
    show.table(("part", "effect", "interval", "p", "k"), rows, right=(1, 3, 4))
    if p["additivity_p"] is not None:
        q = show.number(p["q_additivity"])
        show.paragraph(f"do parts add up? Q {q} (df {p['additivity_df']}), p {show.number(p['additivity_p'])}")
    for said in (*p["not_estimable"], *p["warnings"]):
        show.paragraph(f"note: {said}")


def _transitivity(rows: list[dict[str, Any]]) -> None:
    show.line()
    show.paragraph("what could differ between trials besides the treatments")
    cells = [
        (r["design"], r["k"], ", ".join(x.replace("_", " ") for x in r["regions"]), f"{r['blinded']} of {r['k']}",
         _years(r["years"]), _range(r["baseline_meld"]), _range(r["age"]))
        for r in rows
    ]  # fmt: skip
    show.table(("trials of", "k", "region", "blinded", "years", "MELD before", "mean age"), cells, right=(1,))


def _years(ends: list[int]) -> str:
    return f"{ends[0]}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _range(ends: list[float] | None) -> str:
    return show.number(ends[0]) if ends and ends[0] == ends[1] else span(ends)


def _compared(e: dict[str, Any]) -> str:
    shown = e["ratio"] or e
    return f"{show.number(shown['estimate'])} ({span(shown['ci'])}), k {e['direct_k']}"
