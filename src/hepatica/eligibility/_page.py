"""Write the reference of protocols: `python -m hepatica.eligibility._page` makes docs/reference/protocols.md."""

from __future__ import annotations

import sys
from pathlib import Path

from hepatica.eligibility.fhirpath import fhirpath
from hepatica.eligibility.protocols import Arm, Protocol, protocols

HEAD = """# Protocols

The registered trials whose criteria hepatica can ask of a record. This page is made by
`python -m hepatica.eligibility._page` from `src/hepatica/eligibility/data/protocols`.
[How to add one](../how-to/add-a-protocol.md).

A criterion is worded so that *met* is good. *Rule* is what is asked, in the criteria language. A protocol whose list is
incomplete can never say "eligible". Recruitment is shown only where it was looked up within 90 days; without a date it
is "historical criteria only". *FHIRPath*: whether the rule can be exported as an expression.
"""


def page() -> str:
    """Return the page as Markdown."""
    rows = list(protocols().values())
    n, cases = sum(len(p.criteria) for p in rows), sum(len(p.assurance) for p in rows)
    said = sum(fhirpath(c.rule) is not None for p in rows for c in p.criteria)
    complete = sum(p.criteria_complete for p in rows)
    counts = (
        f"{len(rows)} protocols ({complete} with a complete list), {n} criteria of which {said} have an expression, "
        f"{cases} assurance patients with the verdicts their authors expect."
    )
    head = (
        "| protocol | condition | phase | status in the registry | looked up | list | criteria | assurance patients |"
    )
    lines = [HEAD, counts, "", head, "|---|---|---|---|---|---|---|---|"]
    for p in rows:
        looked_up = p.status_as_of.isoformat() if p.status_as_of else "not known"
        whole = "complete" if p.criteria_complete else "incomplete"
        cells = (f"[{p.id}](#{p.id.lower()})", p.condition, p.phase or "–", p.registry_status, looked_up, whole)
        lines.append(_row(*cells, len(p.criteria), len(p.assurance)))
    return "\n".join([*lines, *(line for p in rows for line in _protocol(p))]) + "\n"


def _protocol(p: Protocol) -> list[str]:
    lines = ["", f"## {p.id}", "", f"{p.title}.{f' {p.note[0].upper()}{p.note[1:]}.' if p.note else ''}", ""]
    lines += [f"- arm: {_arm(a)}" for a in p.arms]
    lines += [f"- source: {s.id}" for s in p.sources]
    lines += ["", "| criterion | rule | FHIRPath |", "|---|---|---|"]
    for c in p.criteria:
        note = f" ({c.note})" if c.note else ""
        lines.append(_row(f"{c.text}{note}", f"`{c.said}`", "yes" if fhirpath(c.rule) else "no"))
    lines += ["", "| assurance patient | verdict |", "|---|---|"]
    return lines + [_row(a.name, a.expect) for a in p.assurance]


def _arm(a: Arm) -> str:
    dose = (
        f"{a.dose_cells:g} cells"
        if a.dose_cells
        else f"{a.dose_cells_per_kg:g} cells/kg"
        if a.dose_cells_per_kg
        else ""
    )
    days = f"day {', '.join(f'{d:g}' for d in a.days)}" if a.days else ""
    words = [w.replace("_", " ") for w in (a.product, a.route, dose, days, *a.comparators) if w]
    return f"{a.name} ({'; '.join(words)})" if words else a.name


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(c).replace('|', chr(92) + '|') for c in cells)} |"


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference/protocols.md")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(), encoding="utf-8")
