"""A review by one question: what is known, how surely, at what risk, with a page and pictures where -o says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hepatica.cli import show
from hepatica.errors import InputError

HELP = "a whole review of one question, with a page for reviewers and its pictures"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `evidence review`."""
    parser.add_argument(
        "question", metavar="QUESTION", nargs="?",
        help='in words: "MSC v. standard care in cirrhosis: MELD, survival at 1, 3 months, by route"',
    )  # fmt: skip
    parser.add_argument("--condition", metavar="C", help="instead of words: decompensated_cirrhosis, aclf, …")
    parser.add_argument("--intervention", metavar="I", help="instead of words: msc, g_csf, stem_cells, …")
    parser.add_argument("--design", metavar="D", default="randomised", help="randomised (default) or any")
    parser.add_argument("--baseline-risk", metavar="R", help="deaths without it, DAY:RISK,… as 90:0.3 (0 to 1)")
    parser.add_argument("--patient", metavar="FILE", help="take that risk from a plan.json or a record's forecast")
    parser.add_argument("-o", "--out", metavar="DIR", help="write review.html, review.json and figures/*.svg there")
    parser.add_argument("--png", action="store_true", help="with -o: every figure as PNG too (needs the extra [pdf])")
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question and print it, limitations first."""
    from hepatica import __version__, evidence

    if arguments.baseline_risk and arguments.patient:
        raise InputError("--baseline-risk and --patient both say the risk", mend="leave one out")
    if arguments.png and not arguments.out:
        raise InputError("--png without a folder to write to", mend="add -o DIR")
    asked = _asked(arguments)
    risk = _risk_of(arguments.patient, asked.days) if arguments.patient else arguments.baseline_risk
    document = evidence.answer_review(asked, baseline_risk=risk)
    paths = []
    if arguments.out:
        from hepatica.report import save_review

        paths = save_review(document, arguments.out, __version__, png=arguments.png)
    if arguments.json:
        show.json_document(document)
    else:
        _print(document, paths)
    return 0


def _asked(arguments: argparse.Namespace) -> Any:
    from hepatica import evidence

    words, flags = arguments.question, (arguments.condition, arguments.intervention)
    if words and any(flags):
        raise InputError("the question stands in words and in flags", mend="leave --condition and --intervention out")
    if words:
        return evidence.read_question(words, arguments.design)
    return evidence.asking(*flags, design=arguments.design)


def _risk_of(file: str, days: tuple[float, ...]) -> Any:
    """Return a person's risk of death without the treatment: from a plan's standard care, or forecast from a record."""
    from hepatica import evidence

    name, points = _plan_survival(file) or _forecast(file, days)
    found = evidence.survival_baseline(points, days, f"{name} under standard care (calibrated model)")
    if not found.risks:
        last = max((p["day"] for p in points), default=0)
        raise InputError(f"the forecast of {name} ends on day {last:g}, before any time asked", where=file,
                         mend="give the record instead of the plan, or --baseline-risk")  # fmt: skip
    return found


def _plan_survival(file: str) -> tuple[str, list[dict[str, Any]]] | None:
    import orjson

    try:
        plan = orjson.loads(Path(file).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    if not isinstance(plan, dict) or not isinstance(plan.get("options"), list):
        return None
    standard = next((o for o in plan["options"] if isinstance(o, dict) and o.get("id") == "standard_care"), None)
    points = ((standard or {}).get("forecast") or {}).get("survival")
    if not points:
        raise InputError("the plan holds no survival under standard care", where=file, mend="give the record instead")
    return str(plan.get("patient", {}).get("id") if isinstance(plan.get("patient"), dict) else plan["patient"]), points


def _forecast(file: str, days: tuple[float, ...]) -> tuple[str, list[dict[str, Any]]]:
    import hepatica

    patient = hepatica.read(file)
    course = hepatica.simulate(patient, ["standard_care"], days=[0.0, *days])["standard_care"]
    return str(patient.id), list(course.survival)


def _print(d: dict[str, Any], paths: list[Path]) -> None:
    show.heading(d["question"])
    show.paragraph(d["headline"])
    show.line("\n  Limitations")
    for said in d["limitations"]:
        show.paragraph(f"- {said}", indent="    ")
    show.line("\n  Findings (odds ratio or difference of means, 95 % interval; k of the controlled studies)")
    _table(d)
    for f in d["findings"]:
        if f["k"]:
            show.paragraph(f"{f['name']}, {f['when']}: {f['says']} Certainty {f['certainty']['level']}.")
            if f["people"]:
                risk = f["baseline"]
                span = f" ({100 * risk['lo']:.0f} to {100 * risk['hi']:.0f})" if risk["lo"] is not None else ""
                show.paragraph(f"at a risk of {100 * risk['risk']:.0f}{span} %: {risk['who']}", indent="    ")
    _published(d)
    _harms(d)
    show.line()
    for path in (p for p in paths if p.suffix in (".html", ".json")):
        show.paragraph(f"written: {path}")
    pictures = [p for p in paths if p.suffix in (".svg", ".png")]
    if pictures:
        show.paragraph(f"written: {len(pictures)} pictures in {pictures[0].parent}")
    if not paths:
        show.paragraph("next: add -o DIR for the page with every study, picture and published pool")


def _table(d: dict[str, Any]) -> None:
    rows, empty = [], []
    for o in d["outcomes"]:
        held = [s for s in o["slices"] if any(c["k"] for c in s["cells"])]
        if not held:
            empty.append(o["name"])
        for s in held:
            name = o["name"] if s["by"] == "all" else f"  {s['by']}: {s['name']}"
            rows.append([name, *(_cell(c) for c in s["cells"])])
    if rows:
        show.table(("", *(day["name"] for day in d["days"])), rows)
    if empty:
        could = d["outcomes"][0]["slices"][0]["cells"][0]["could"]
        times = ", ".join(day["name"] for day in d["days"])
        show.paragraph(f"not estimable, k 0 of {could} at {times}: {', '.join(empty)}")
    for by in d["by"]:
        held = [s for s in d["outcomes"][0]["slices"] if s["by"] == by]
        show.paragraph(f"by {by}: " + ", ".join(f"{s['name']} ({s['studies']})" for s in held))


def _cell(c: dict[str, Any]) -> str:
    if not c["k"]:
        return f"k 0 of {c['could']}, not estimable"
    shown = c["back_transformed"] or c
    return f"{show.number(shown['estimate'])} ({_span(shown['ci'])}), k {c['k']}"


def _published(d: dict[str, Any]) -> None:
    for o in d["outcomes"]:
        for p in o["published"]:
            if p["compares"]:
                when = f"day {p['day']:g}" if p["day"] is not None else p["time"] or "time not stated"
                name = {"mortality": "Death", "survival": "Survival"}.get(p["outcome"], o["name"])
                what = f"{p['measure']} {show.number(p['value'])} ({_span([p['lo'], p['hi']])})"
                where = f", {p['region'].replace('_', ' ').capitalize()}" if p["region"] else ""
                show.paragraph(f"published, not ours: {name}, {when}: {what}, {p['study']}{where}")


def _harms(d: dict[str, Any]) -> None:
    rows = []
    for e in d["harms"]["events"]:
        for where, name in (("here", "this disease"), ("elsewhere", "other diseases")):
            if e[where]:
                control = e[where]["control"]
                other = f"{control['events']} of {control['n']}" if control else "not stated"
                side = e[where]["treated"]
                span = f"{show.percent(side['lo'])} to {show.percent(side['hi'])}"
                rows.append((e["event"].replace("_", " "), name, f"{side['events']} of {side['n']} ({span})", other))
                if alone := e[where]["alone"]:
                    rows.append(("", name, f"{alone['events']} of {alone['n']}", "not stated"))
    show.line("\n  Harms counted (95 % interval)")
    if rows:
        show.table(("event", "in", "treated", "controls"), sorted(rows, key=lambda r: r[1] != "this disease")[:10])
        if len(rows) > 10:
            show.paragraph(f"and {len(rows) - 10} more on the page")
    else:
        show.paragraph("none is stated as a count in this base; not stated is not none")
    for p in d["harms"]["published"]:
        if (p["lo"] or 0) > 1:
            what = f"{p['measure']} {show.number(p['value'])} ({_span([p['lo'], p['hi']])})"
            show.paragraph(
                f"published, more with the treatment: {p['event'].replace('_', ' ')} {what}, {p['population']}"
            )


def _span(bounds: list[float]) -> str:
    return " to ".join("no end" if b is None else show.number(b) for b in bounds)
