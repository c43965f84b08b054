"""Write the reference of questionnaires, docs/reference/questionnaires.md: `python -m hepatica.outcomes.pro._page`."""

from __future__ import annotations

from pathlib import Path

from .instruments import Difference, Instrument, differences, instruments

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "questionnaires.md"
_INTRODUCTION = """\
# Questionnaires

Written by `python -m hepatica.outcomes.pro._page` from the data. Items are known by number: the text of a questionnaire
belongs to its owner, and its use may need a licence. `hepatica score NAME FILE` reads a FHIR QuestionnaireResponse, a
JSON object or a CSV; in Python `hepatica.outcomes` has `score_pro(name, answers)`,
`answers_from_response(name, resource)` and `compare_pro(before, after)`.
"""
_EQ5D = """\
## EQ-5D-5L

`eq5d`

A utility for a state of five levels (mobility, self-care, usual activities, pain or discomfort, anxiety or
depression), from a national value set that you supply as a CSV: either a row for each of the 3,125 states, or the terms
of an additive set (`start`, `MO2` to `AD5`, and `intercept`, `N4`, `N5` where the set has them). None is built in.

`hepatica score eq5d 21232 value_set=FILE.csv`
"""
_RULES = {
    "answered": "the mean of the items answered, at least one; a blank item is left out",
    "half": "the sum of the items answered, prorated to all, where more than half are answered",
    "all": "no score while an item is blank",
}


def page() -> str:
    """Return the page."""
    parts = [_INTRODUCTION, *(_section(form) for form in instruments().values()), _EQ5D, _meaningful(differences())]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _section(form: Instrument) -> str:
    facts = [
        f"- **Direction**: {form.direction}",
        f"- **Missing answers**: {_RULES[form.missing]}",
        *([f"- **Total**: the {form.total} of the domains"] if form.total else []),
        *([f"- **T-scores**: {form.t_source}"] if form.t_source else []),
        *([f"- **Note**: {form.note}"] if form.note else []),
        f"- **Source**: {form.source}",
    ]
    rows = ["| scale | items |", "| --- | --- |"]
    rows += [f"| {scale} | {', '.join(map(str, items))} |" for scale, items in form.scales.items()]
    return "\n\n".join([f"## {form.title}", f"`{form.name}`", "\n".join(facts), "\n".join(rows)])


def _meaningful(found: tuple[Difference, ...]) -> str:
    rows = [
        "| questionnaire | scales | difference | people | method | source |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for d in found:
        span = f"{d.lo:g}" if d.lo == d.hi else f"{d.lo:g} to {d.hi:g}"
        scales = ", ".join(d.scales)
        rows.append(f"| {d.instrument} | {scales} | {span} {d.unit} | {d.population} | {d.method} | {d.source} |")
    return "## The smallest difference that matters\n\n" + "\n".join(rows)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover
    main()
