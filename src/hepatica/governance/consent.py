"""The consent document of one option, element by element, with what only the treating site can fill in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from hepatica.governance.library import rows
from hepatica.language import say


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What the plan knows and the consent must say; sentences without a closing stop except `unknown`, `cost`."""

    option: str
    treatment: str
    research: bool
    stage: str
    procedure: str
    follow_up: str
    risks: str
    benefit: str
    certainty: str
    alternatives: str
    unknown: str
    cost: str
    participants: str
    registry: str


def consent(facts: ConsentFacts) -> dict[str, Any]:
    """Return the numbered elements of 21 CFR 50.25 filled for one option, a version and the gaps."""
    words = {name: getattr(facts, name) for name in facts.__slots__}
    words["treatment_capital"] = facts.treatment[:1].upper() + facts.treatment[1:]
    elements, gaps = [], []
    for row in rows("consent.toml", "element"):
        template = row["text"] if facts.research else row["usual"]
        text = " ".join(template.format(**words).split())
        elements.append({"id": row["id"], "title": row["title"], "text": text, "source": row["source"]})
        if facts.research and "gap" in row:
            gaps.append(say("{id}: the site must add {gap}", id=row["id"], gap=row["gap"]))
    digest = hashlib.sha256("\n".join(e["text"] for e in elements).encode()).hexdigest()[:10]
    return {"version": f"1-{digest}", "option": facts.option, "elements": elements, "gaps": gaps}
