"""Write the reference of every score and grade: `python -m hepatica.staging._page` makes docs/reference."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from . import _page_words as words
from .apasl import SOURCE as APASL_SOURCE
from .ctcae import Cut, Term, ctcae_source, ctcae_terms
from .damico import SOURCE as DAMICO_SOURCE
from .damico import STAGES
from .inputs import INPUTS
from .registry import registry
from .spec import Input, ScoreSpec
from .steatotic import ALCOHOL_G_WEEK
from .steatotic import SOURCE as STEATOTIC_SOURCE

DOCS = Path(__file__).parents[3] / "docs"
_MOST_CASES = 4


def pages() -> dict[str, str]:
    """Return every page by its path under docs."""
    return {"reference/scores.md": _scores(), "reference/ctcae.md": _grades()}


def _scores() -> str:
    specs = list(registry().values())
    rows = [f"- [{s.title}](#{_anchor(s.title)}) `{s.name}`: {s.population}" for s in specs]
    cases = _cases()
    parts = [words.SCORES, "\n".join(rows), *(_section(s, cases.get(s.name, [])) for s in specs), _definitions()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c == "-")


def _cases() -> dict[str, list[dict[str, Any]]]:
    text = resources.files("hepatica.staging").joinpath("data", "worked_cases.toml").read_text("utf-8")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tomllib.loads(text)["case"]:
        found.setdefault(row["score"], []).append(row)
    return found


def _section(spec: ScoreSpec, cases: list[dict[str, Any]]) -> str:
    facts = [
        ("Version", spec.version),
        ("Formula", spec.formula),
        ("Caps and rounding", spec.rules),
        ("Derived in", spec.population),
        ("Valid for", spec.valid_range),
        ("Computed for", "; ".join(spec.only_for) or "anyone the valid range fits"),
        ("Predicts", spec.predicts),
        ("Source", spec.source if spec.verified else f"unverified: {spec.source}"),
    ]
    if spec.classes:
        facts.insert(3, ("Classes", "; ".join(f"{label} ({span})" for label, span in spec.classes)))
    parts = [f"## {spec.title}", f"`{spec.name}`", "\n".join(f"- **{k}**: {v}" for k, v in facts)]
    head = ("input", "what", "unit", "bare number", "plausible", "needed")
    parts.append(_table(head, [_input(spec, name) for name in dict.fromkeys(spec.all_inputs)]))
    return "\n\n".join([*parts, _worked(cases)])


def _input(spec: ScoreSpec, name: str) -> tuple[str, ...]:
    kind = INPUTS[name]
    group = next((g for g in spec.one_of if name in g), ())
    needed = "yes" if name in spec.needs else f"one of {', '.join(group)}" if group else _default(spec, name)
    return name, kind.text, _unit(kind.unit), _unit(kind.customary), _plausible(kind), needed


def _default(spec: ScoreSpec, name: str) -> str:
    default = spec.optional[name]
    return "no" if default is None else f"no: {'no' if default is False else f'{default:g}'} assumed"


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _plausible(kind: Input) -> str:
    return "" if kind.kind != "number" else f"{kind.low:.4g} to {kind.high:.4g}"


def _worked(cases: list[dict[str, Any]]) -> str:
    if not cases:
        return words.NO_CASE
    rows = [(c["inputs"], f"{c['value']:g}", c["source"]) for c in cases[:_MOST_CASES]]
    more = f"\n\n{len(cases)} published cases are tested." if len(cases) > _MOST_CASES else ""
    return _table(("worked case", "value", "where"), rows) + more


def _definitions() -> str:
    stages = [(str(k), what, f"{deaths:g} %") for k, (what, deaths) in STAGES.items()]
    drink = [(x, f"below {lo:g}", f"{lo:g} to {hi:g}", f"above {hi:g}") for x, (lo, hi) in ALCOHOL_G_WEEK.items()]
    return "\n\n".join(
        [
            "## Definitions that are not scores",
            "### Clinical stages of cirrhosis (D'Amico)",
            _table(("stage", "what", "deaths in 5 years"), stages),
            words.DAMICO.format(source=DAMICO_SOURCE),
            "### Acute-on-chronic liver failure by APASL",
            words.APASL.format(source=APASL_SOURCE),
            "### The name of a fatty liver",
            "With at least one cardiometabolic criterion, by alcohol in grams a week:",
            _table(("sex", "MASLD", "MetALD", "ALD"), drink),
            words.STEATOTIC.format(source=STEATOTIC_SOURCE),
        ]
    )


def _grades() -> str:
    rows = [
        (t.name, t.analyte, _unit(t.unit), *(_cuts(t, grade) for grade in (1, 2, 3, 4)), t.ungraded or t.note)
        for t in ctcae_terms()
    ]
    table = _table(("term", "value", "unit", "1", "2", "3", "4", ""), rows)
    return f"{words.CTCAE}\n{table}\n\nSource: {ctcae_source()}.\n"


def _cuts(term: Term, grade: int) -> str:
    return "; ".join(_cut(c) for c in term.cuts if c.grade == grade) or "–"


def _cut(cut: Cut) -> str:
    name = {"uln": " × ULN", "lln": " × LLN", "baseline": " × baseline", "value": "", "uln_plus": ""}[cut.of]
    number = f"ULN + {cut.x:g}" if cut.of == "uln_plus" else f"{cut.x:g}{name}"
    when = {"": "", "no_anticoagulant": "", "anticoagulant": " (on an anticoagulant)"}
    state = when.get(cut.when, f" ({cut.when} baseline)")
    symptoms = f", {cut.at_most} with symptoms" if cut.at_most else ""
    return f"{cut.op} {number}{state}{symptoms}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in cells)


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover
    main()
