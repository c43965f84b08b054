"""Write the page about the twin: `python -m hepatica.twin._page` makes docs/twin.md and its pictures."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

from ._body import table
from ._build import build
from ._cohort_data import groups, sources
from ._page_graph import ORGANS, Organ, organs, picture
from ._page_math import equation
from ._page_words import (
    BOUNDS,
    CALIBRATION,
    COHORT_LIMITS,
    COHORTS,
    EXPLAINED,
    FITTED_TO,
    INTRODUCTION,
    LEARNED,
    LIMITS,
    POTENCY,
    SOURCES,
    TITLES,
)
from ._population import CORRELATED, COURSES, FREE
from ._posterior import posterior
from ._virtual import COURSE_KEYS

ROOT = Path(__file__).parents[3]
SECTION_OF = {
    "body": "function",
    "cells in the body": "cells",
    "portal system and kidney": "portal",
    "what is given (neutral unless an option sets it)": "treatment",
}
POOR = 1.0
SPELT = {w.lower(): w for w in ("ACLF", "CD133", "ELAD", "HBV", "INR", "MELD", "mmHg", "MSC", "PBC", "REALISTIC")}


def pages() -> dict[str, str]:
    """Return every file of the page by its path under docs."""
    model = build()
    found = organs(model)
    parts = [_introduction(), _contents(), *(_organ(found[name], model) for name in ORGANS)]
    parts += [_populations(), _calibration(), _potency(), _bounds(), _limits(), _sources()]
    files = {"twin.md": "\n".join(parts)}
    return files | {f"img/twin-{name}.svg": picture(found[name]) for name in ORGANS}


def _introduction() -> str:
    states, parameters = table("states"), table("parameters")
    return INTRODUCTION.format(
        states=len(states),
        parameters=len(parameters),
        state_grades=_grades(states),
        parameter_grades=_grades(parameters),
        assumed=sum(r["source"] == "assumption" for r in parameters.values()),
    )


def _grades(rows: dict[str, dict[str, Any]]) -> str:
    count = Counter(r["grade"] for r in rows.values())
    return ", ".join(f"{count[g]} are {g}" for g in "ABC")


def _contents() -> str:
    rows = [
        *TITLES.values(),
        "Populations",
        "Calibration",
        "Bounds that are tests",
        "What this model cannot tell",
        "Sources",
    ]
    return " · ".join(f"[{r}](#{r.lower().replace(' ', '-')})" for r in rows) + "\n"


def _organ(organ: Organ, model: Any) -> str:
    title = TITLES[organ.name]
    told = "; ".join(f"{a} flows to {b}" for a, b in organ.flows) or "no flow between states"
    written = [equation(n, [model.definitions[n]]) for n in organ.intermediates]
    written += [equation(f"d {n} / dt", model.rates[n]) for n in organ.states]
    states = [(f"`{n}`", r["text"], r["unit"], f"{r['initial']:g}", r["grade"], _cite(r["source"]))
              for n, r in ((n, table("states")[n]) for n in organ.states)]  # fmt: skip
    parameters = [
        (f"`{n}`", r["text"], _value(r["value"], r["unit"]),
         f"{r['spread']:g}" if "spread" in r else "", r["kind"], r["grade"], _cite(r["source"]))
        for n, r in table("parameters").items() if _section(n) == organ.name
    ]  # fmt: skip
    parts = [f"## {title}\n", EXPLAINED[organ.name] + "\n", f"![{title}: {told}](img/twin-{organ.name}.svg)\n"]
    parts += ["```text", "\n\n".join(written), "```\n"]
    if states:
        parts.append(_markdown(("state", "what it is", "unit", "in health", "grade", "source"), states))
    head = ("parameter", "what it is", "value", "spread", "kind", "grade", "source")
    return "\n".join([*parts, _markdown(head, parameters)])


def _section(parameter: str) -> str:
    return _sections()[parameter]


def _sections() -> dict[str, str]:
    """Return the organ of each parameter: the heading it stands under in its file."""
    path = Path(__file__).parent / "data" / "parameters.toml"
    found, organ = {}, ""
    for line in path.read_text("utf-8").splitlines():
        if heading := re.fullmatch(r"# --- (.*) ---", line):
            organ = SECTION_OF.get(heading[1], heading[1])
        elif name := re.match(r"(\w+) = ", line):
            found[name[1]] = organ
    return found


def _value(number: float, unit: str) -> str:
    if number >= 1e9:
        return "never"
    return f"{number:g} {unit}".replace("-", "−").removesuffix(" 1")


def _populations() -> str:
    names = (*CORRELATED, *FREE)
    rows = []
    for course in COURSES:
        row = table("population")[course]
        rows.append((course, *(f"{row[n][0]:g} ({row[n][1]:g})" for n in names), _cite(row["source"])))
    people = [
        (g.name, g.course, g.population, f"{g.share:.0%}", f"{g.age_y[0]:g} ± {g.age_y[1]:g}", f"{g.female:.0%}",
         ", ".join(f"{c} {p:.0%}" for c, p in g.causes.items()) or "none")
        for g in groups()
    ]  # fmt: skip
    head = ("group", "course", "population", "share", "age, years", "women", "causes")
    notes = [f"- {course}: {table('population')[course]['note']}." for course in COURSES]
    medians = _markdown(("population", *(f"`{n}`" for n in names), "source"), rows)
    return "\n".join([COHORTS, medians, *notes, "", _markdown(head, people), COHORT_LIMITS])


def _calibration() -> str:
    stored = posterior()
    parts = [
        CALIBRATION.format(command=stored["command"], data=stored["data"], uncalibrated=", ".join(_uncalibrated()))
    ]
    rows = []
    for course, fit in stored["courses"].items():
        for t in fit["targets"]:
            cohort, what = t["target"].split(": ")
            source = _cite(table("targets")[cohort]["source"])
            seen = f"{t['seen']:g} ± {t['sd']:g}"
            fitted = f"{t['fitted']:.3g} ({t['p05']:.3g} to {t['p95']:.3g})".replace("-", "−")
            rows.append((course, _name(cohort), _name(what), seen.replace("-", "−"), fitted, _apart(t), source))
    parts.append(_markdown(("course", "cohort", "what", "seen ± SD", "fitted (90 %)", "apart", "source"), rows))
    sizes = [(c, f"{f['effective_sample_size']:.0f}") for c, f in stored["courses"].items()]
    parts.append(_markdown(("course", "effective sample size"), sizes))
    parts.append(LEARNED)
    parts.append(_markdown(("course", "quantity", "prior", "posterior"), _learned()))
    return "\n".join([*parts, "</details>\n"])


def _apart(target: dict[str, Any]) -> str:
    return f"{(target['fitted'] - target['seen']) / target['sd']:+.1f}".replace("-", "−")


def _learned() -> list[tuple[str, ...]]:
    import numpy as np

    rows = []
    for course, fit in posterior()["courses"].items():
        for name in COURSE_KEYS:
            mean, sd = table("course")[course][name]
            low, middle, high = np.quantile(fit["draws"][name], (0.05, 0.5, 0.95))
            after = f"{middle:.3g} ({low:.3g} to {high:.3g})".replace("-", "−")
            rows.append((course, f"`{name}`", f"{mean:g} ± {sd:g}".replace("-", "−"), after))
    return rows


def _uncalibrated() -> list[str]:
    return [c for c in COURSES if c not in posterior()["courses"]]


def _potency() -> str:
    fit = posterior()["potency"]
    rows = [
        (day.removeprefix("day_"), *(f"{band[k]:+.2f}".replace("-", "−") for k in ("p05", "p50", "p95")))
        for day, band in fit["meld_difference"].items()
    ]
    known = [
        (_name(n), r["risk_of_bias"], "; ".join(f"day {s['day']}: {s['md']:+.2f} (SE {s['se']:g})" for s in r["seen"])
         .replace("-", "−"), f"{r['bias_mean']:+g} ± {r['bias_sd']:g}".replace("-", "−"), _cite(r["source"]))
        for n, r in table("pools").items() if n != "reference"
    ]  # fmt: skip
    text = POTENCY.format(
        no_benefit=100 * fit["p_no_benefit"],
        careful=100 * fit["p_no_benefit_without_high_risk_of_bias"],
        ess=fit["effective_sample_size"],
    )
    evidence = _markdown(("evidence", "risk of bias", "MELD difference", "bias allowed for", "source"), known)
    return "\n".join([text, _markdown(("day", "5 %", "median", "95 %"), rows), FITTED_TO, evidence])


def _name(key: str) -> str:
    """Return a key of the data or of a test as words, abbreviations as they are written."""
    return " ".join(SPELT.get(word.lower(), word) for word in key.replace("_", " ").split())


def _bounds() -> str:
    paths = [ROOT / "tests" / "credibility" / f"test_{name}.py" for name in ("bounds", "causes")]
    trees = [ast.parse(p.read_text("utf-8")) for p in paths]
    tests = [n for tree in trees for n in tree.body if isinstance(n, ast.FunctionDef)]
    rows = []
    for test in tests:
        if test.name.startswith("test_"):
            told = " ".join((ast.get_docstring(test) or "").split())
            rows.append(f"- {_name(test.name.removeprefix('test_').capitalize())}." + (f" {told}" if told else ""))
    return "\n".join([BOUNDS, *rows, ""])


def _limits() -> str:
    states, parameters = table("states"), table("parameters")
    rows = [(t, (t["fitted"] - t["seen"]) / t["sd"]) for f in posterior()["courses"].values() for t in f["targets"]]
    poor = sorted((r for r in rows if abs(r[1]) > POOR), key=lambda r: -abs(r[1]))
    worst = "; ".join(
        f"{_name(t['target'])}: {t['fitted']:.3g} for {t['seen']:g} ({abs(z):.1f} SD {'high' if z > 0 else 'low'})"
        for t, z in poor
    ).replace("-", "−")
    bands = posterior()["potency"]["meld_difference"].values()
    return LIMITS.format(
        days=len(bands),
        days_with_nothing=sum(b["p05"] <= 0 <= b["p95"] for b in bands),
        states=len(states),
        parameters=len(parameters),
        c_states=sum(r["grade"] == "C" for r in states.values()),
        c_parameters=sum(r["grade"] == "C" for r in parameters.values()),
        worst=f"More than one SD off: {worst}" if worst else "No target is more than one SD off",
        uncalibrated_long=_name(", ".join(_uncalibrated())).capitalize(),
    )


def _sources() -> str:
    rows = [(f"`{n}`", r["citation"], r["seen"], f"[link][{n}]" if _address(r) else "") for n, r in sources().items()]
    links = [f"[{n}]: {_address(r) or '#sources'}" for n, r in sources().items()]
    return "\n".join([SOURCES, _markdown(("source", "citation", "seen", ""), rows), *links, ""])


def _cite(name: str) -> str:
    return f"[{name}]" if name in sources() else name


def _address(row: dict[str, Any]) -> str:
    address = f"https://doi.org/{row['doi']}" if "doi" in row else row.get("url", "")
    return address.replace("(", "%28").replace(")", "%29") if address.startswith("http") else ""


def _markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_escaped(c) for c in row) + " |" for row in lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the page and its pictures into docs."""
    for name, text in pages().items():
        path = ROOT / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
