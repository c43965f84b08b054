"""The pictures of a review, each with its name, title, drawing and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hepatica.report._review import effects, forests
from hepatica.report.figures.bubble import bubble
from hepatica.report.figures.flowchart import flowchart
from hepatica.report.figures.funnel import funnel
from hepatica.report.figures.network import network
from hepatica.report.figures.timecourse import Point, timecourse
from hepatica.report.figures.traffic import traffic
from hepatica.report.numbers import number


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file name, title, SVG, the note under it, and the table that says the same."""

    name: str
    title: str
    svg: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def pictures(review: Mapping[str, Any]) -> dict[str, list[Picture]]:
    """Return every picture a review can draw, by kind: course, forest, funnel, bubble, network, flow, bias."""
    css = effects.family(review["intervention"])
    found: dict[str, list[Picture]] = {"course": [], "forest": [], "funnel": [], "bubble": []}
    for o in review["outcomes"]:
        found["course"] += _course(o, review, css)
        for c in o["slices"][0]["cells"]:
            if c["k"]:
                found["forest"].append(_forest(c, o, css, o["slices"], review["question"]))
        for c in o["nearest"]:
            found["forest"].append(_forest(c, o, "standard", [], f"wider than {review['question']}"))
        found["funnel"] += _funnel(o, css)
        found["bubble"] += _bubbles(o, css)
    return {**found, "network": _network(review), "flow": [_flow(review)], "bias": _bias(review)}


def _forest(c: Mapping[str, Any], o: Mapping[str, Any], css: str, slices: list[Mapping[str, Any]], of: str) -> Picture:
    title = f"{o['name']} at {c['name']}: {of}"
    wider = "wider_" if css == "standard" else ""
    svg = forests.picture(c, o, css, slices, title)
    return Picture(f"forest_{wider}{o['outcome']}_day_{c['day']:g}", title, svg, "", (), ())


def _course(o: Mapping[str, Any], review: Mapping[str, Any], css: str) -> list[Picture]:
    cells = [c for c in o["slices"][0]["cells"] if c["k"]]
    measure = cells[0]["measure"] if cells else "OR" if "survival" in o["outcome"] else "MD"
    theirs = [p for p in o["published"] if p["compares"] and p["day"] is not None and p["measure"] == measure]
    theirs = [p for p in (_turned(p, o["outcome"]) for p in theirs) if p]
    if not cells and not theirs:
        return []
    ratio = measure in effects.RATIOS
    joint = o["course"] if o["course"] and o["course"]["studies"] > 1 else None
    own = [
        Point(c["day"], c["estimate"], c["ci"][0], c["ci"][1], c["k"],
              tuple(c["prediction_interval"]) if c["prediction_interval"] else None)
        for c in (joint["days"] if joint else cells)
    ]  # fmt: skip
    asked = [(d["day"], d["name"]) for d in review["days"]]
    series: dict[str, list[Point]] = {}
    rows = [(c["name"], "this base", f"{c['k']}", effects.effect(c)["text"]) for c in cells]
    names = {d["day"]: d["name"] for d in review["days"]}
    if joint:
        rows += [
            (names[c["day"]], "this base, times as one", f"{c['k']}", effects.effect(c)["text"]) for c in joint["days"]
        ]
    rows += [
        (d["name"], "this base", "0", "not estimable") for d in review["days"] if d["day"] not in {p.day for p in own}
    ]
    for p in sorted(theirs, key=lambda p: p["day"]):
        place = [effects.place(p[x], ratio) for x in ("value", "lo", "hi")]
        where = f", {p['region'].replace('_', ' ').capitalize()}" if p["region"] else ""
        if place[0] is not None:
            series.setdefault(f"{p['study']}{where}", []).append(Point(p["day"], place[0], place[1], place[2], p["k"]))
        printed = effects.printed(p["value"], (p["lo"], p["hi"]), ratio)
        rows.append((f"day {p['day']:g}", f"published: {p['study']}{where}", f"{p['k'] or '–'}", printed))
    unit = f"{effects.MEASURES[measure]}, {o['unit']}" if not ratio else o["unit"]
    said = "; ".join(f"{b} {a}: {d}, k {c}" for a, b, c, d in rows)
    svg = timecourse(own, asked, list(series.items()), ratio=ratio, unit=f"{unit}; {effects.favours(o, ratio)}",
                     title=f"{o['name']} over time", desc=said, css=css)  # fmt: skip
    note = "Each time is pooled by itself." if len(cells) > 1 else ""
    if joint:
        note = (
            f"The times are pooled as one over {joint['studies']} studies, as days of a study share patients (their "
            f"correlation: {joint['within_study_correlation']}). The summary pools each time by itself."
        )
        note += "".join(f" {forests.capital(w)}." for w in joint["warnings"])
    return [Picture(f"course_{o['outcome']}", o["name"], svg, note, ("When", "Whose", "k", "Effect"), tuple(rows))]


def _turned(p: Mapping[str, Any], outcome: str) -> Mapping[str, Any] | None:
    """Return a published pool as it counts the outcome drawn: an odds ratio of death is turned over and says so."""
    if p["outcome"] == outcome:
        return p
    if p["measure"] == "OR" and {p["outcome"], outcome} == {"survival", "mortality"} and p["value"]:
        ends = [1 / b if b else None for b in (p["hi"], p["lo"])]
        return {**p, "value": 1 / p["value"], "lo": ends[0], "hi": ends[1], "study": f"{p['study']} (1/OR of death)"}
    return None


def _funnel(o: Mapping[str, Any], css: str) -> list[Picture]:
    found = (o["leading"] or {}).get("funnel")
    if not found:
        return []
    ratio = o["leading"]["measure"] in effects.RATIOS
    return [funnel_picture(found, f"{o['name']} at {_when(o)}", str(o["unit"]), ratio, css, f"funnel_{o['outcome']}")]


def funnel_picture(
    found: Mapping[str, Any], title: str, unit: str, ratio: bool, css: str = "cells", name: str = "funnel"
) -> Picture:
    """Return the picture of a funnel (see `evidence.funnel`)."""
    tests = [f"{called} p = {number(found[key]['p'], digits=2)}" for called, key in
             (("Egger's test", "egger"), ("Peters' test", "peters")) if found[key]]  # fmt: skip
    if found["missing"] is not None:
        tests.append(f"trim and fill adds {found['missing']}")
    points = [(p["yi"], p["se"]) for p in found["points"]]
    rows = tuple((p["study"], number(p["yi"], signed=True), number(p["se"])) for p in found["points"])
    svg = funnel(points, found["estimate"], ratio=ratio, unit=f"{unit}, log scale" if ratio else unit, css=css,
                 filled=[(a, b) for a, b in found["filled"]], title=f"Funnel: {title}",
                 desc=f"{len(points)} studies; " + "; ".join(tests))  # fmt: skip
    note = ". ".join(t for t in ("; ".join(tests), found["why"]) if t) + "."
    scale = "Log ratio" if ratio else "Effect"
    return Picture(name, title, svg, note, ("Study", scale, "Standard error"), rows)


def _bubbles(o: Mapping[str, Any], css: str) -> list[Picture]:
    out = []
    for e in (o["leading"] or {}).get("explained", []):
        ratio = o["leading"]["measure"] in effects.RATIOS
        across = f"{e['name']}, {e['unit']}" if e["unit"] else e["name"]
        slope = f"slope {number(e['slope'], signed=True)} ({effects.between(e['ci'], False)})"
        slope += f", p = {number(e['p'], digits=2)}"
        rows = tuple(
            (p["study"], f"{p['x']:g}", number(p["yi"], signed=True), f"{100 * p['weight']:.0f} %") for p in e["points"]
        )
        svg = bubble(e["points"], e["line"], ratio=ratio, across=across, unit=str(o["unit"]), css=css,
                     title=f"{o['name']} at {_when(o)} by {e['name']}", desc=slope)  # fmt: skip
        out.append(Picture(f"bubble_{o['outcome']}_{e['name'].replace(' ', '_').lower()}",
                           f"{o['name']} at {_when(o)} by {e['name']}", svg,
                           ". ".join(t for t in (forests.capital(slope), e["why"]) if t) + ".",
                           ("Study", forests.capital(e["name"]), "Effect", "Weight"), rows))  # fmt: skip
    return out


def _when(o: Mapping[str, Any]) -> str:
    day = o["leading"]["day"]
    return next((str(c["name"]) for c in o["slices"][0]["cells"] if c["day"] == day), f"day {day:g}")


def _network(review: Mapping[str, Any]) -> list[Picture]:
    net = review["network"]
    return [network_picture(net)] if net["nodes"] else []


def network_picture(net: Mapping[str, Any]) -> Picture:
    """Return the picture of a network: patients at the nodes, studies on the edges, each against standard care."""
    nodes = [(effects.words(n["name"]), n["patients"], _hue(n["name"])) for n in net["nodes"]]
    edges = {(effects.words(a), effects.words(b)): e["studies"] for e in net["edges"] for a, b in [e["between"]]}
    title = f"Treatments compared: {effects.words(net['question'])}"
    desc = "; ".join(f"{n} {k} patients" for n, k, _ in nodes)
    desc += "; " + "; ".join(f"{a} with {b}: {k}" for (a, b), k in edges.items())
    ratio = net["measure"] == "OR"
    rows = []
    for n in net["nodes"]:
        e = n["against_standard"]
        score = number(n["p_score"], decimals=2) if n["p_score"] is not None else "–"
        text = effects.printed(e["estimate"], e["ci"], ratio) if e else "–"
        rows.append((effects.words(n["name"]), str(n["patients"]), text, str(e["direct_k"]) if e else "–", score))
    head = ("Treatment", "Patients", f"{forests.capital(effects.MEASURES[net['measure']])} v. standard care",
            "Studies head to head", "P-score")  # fmt: skip
    note = ". ".join(forests.capital(w) for w in net["warnings"]).replace("`", "") + "."
    return Picture("network", title, network(nodes, edges, title=title, desc=desc), note, head, tuple(rows))


def _hue(name: str) -> str:
    low = name.lower()
    if name == "standard care":
        return "standard"
    if "cells" in low or "msc" in low or "hepatocyte" in low:
        return "cells"
    for word, css in (("g-csf", "growth"), ("elad", "apheresis"), ("plasma", "apheresis"), ("liver", "apheresis"),
                      ("tips", "procedure")):  # fmt: skip
        if word in low:
            return css
    return "drug"


def _flow(review: Mapping[str, Any]) -> Picture:
    rows, steps = [], []
    for s in review["flow"]:
        out = [{**o, "reason": effects.words(o["reason"])} for o in s["out"]]
        steps.append({**s, "out": out})
        rows.append((s["step"], str(s["n"]), "; ".join(f"{o['n']} {o['reason']}" for o in out) or "–"))
    svg = flowchart(steps, title="How many reports remain at each step")
    return Picture("flow", "From the base to the numbers", svg, "", ("Step", "Reports", "Left before it"), tuple(rows))


def _bias(review: Mapping[str, Any]) -> list[Picture]:
    held = [s["risk_of_bias"] for s in review["studies"]]
    if not held:
        return []
    names = ("allocation", "deviations", "missing", "measurement", "reporting", "overall")
    rows = [(b["study"], [*(d["judgement"] for d in b["domains"]), b["overall"]]) for b in held]
    table = tuple((b["study"], *(f"{d['judgement']}: {d['why']}" for d in b["domains"]), b["overall"]) for b in held)
    svg = traffic(names, rows, title="Risk of bias by study and domain")
    note = (
        "Judged by us from what the base holds, after the domains of RoB 2 and ROBINS-I; not by the trials' reviewers."
    )
    return [Picture("bias", "Risk of bias", svg, note, ("Study", *(forests.capital(n) for n in names)), table)]
