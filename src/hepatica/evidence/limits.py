"""What a reader must know before the results of a review: its limitations, said first."""

from __future__ import annotations

from typing import Any

from hepatica.evidence.absolute import Baseline
from hepatica.evidence.contrasts import Contrast
from hepatica.evidence.harm_table import stated
from hepatica.evidence.sentence import Asking, place

OUTSIDE = "newer or unread trials may exist"


def headline(answered: int, cells: int, controlled: int) -> str:
    """Return the answer in a sentence."""
    if not answered:
        return (
            f"Not estimable: none of the {cells} outcomes and times asked can be pooled from the {controlled} "
            "controlled studies in this base, because none prints, in what could be read, the numbers of both arms."
        )
    if answered == cells:
        return f"Each of the {cells} outcomes and times asked can be estimated; how surely stands beside each."
    return f"{answered} of the {cells} outcomes and times asked can be estimated; the others are not estimable."


def limitations(
    a: Asking, pairs: list[Contrast], answered: int, cells: int, outcomes: list[dict[str, Any]],
    published: list[dict[str, Any]],
    own: Baseline | None = None,
) -> list[str]:  # fmt: skip
    """Return the limitations, the gravest first."""
    said = []
    if answered < cells:
        said.append(
            f"{cells - answered} of {cells} outcomes and times have k = 0. Not estimable means unknown: neither that "
            "the treatment works nor that it does not."
        )
    said += _reading(pairs)
    said += _quality_of_life(a, outcomes)
    said += _inflammation(outcomes)
    said += _harms(pairs)
    if own:
        said.append(
            f"Deaths of 1000 take {own.who}; whether that is the risk of people like those of these studies was not "
            "checked."
        )
    said.append(
        "Directions and p values without numbers are shown with each study and not pooled; results that could be "
        "printed with a p value are more often the favourable ones."
    )
    if published:
        doubts = list(dict.fromkeys(d for p in published for d in p["doubts"] or ()))
        said.append("Published pools are not ours and were not recomputed: " + "; ".join(doubts) + ".")
    said.append(
        f"This base was not made by a systematic search with two reviewers ({OUTSIDE}); risk of bias is judged by us."
    )
    return said


def _reading(pairs: list[Contrast]) -> list[str]:
    k = len(pairs)
    if not k:
        return []
    full = sum(p.study.confidence.startswith("primary full text") for p in pairs)
    blinded = sum(p.study.blinded is True for p in pairs)
    random = sum(p.study.randomised is True for p in pairs)
    said = [
        f"{k - full} of the {k} controlled studies were read in abstracts or other reviews' tables, not in full "
        "text: their means, standard deviations and counts may exist and are not here.",
        f"{random} of {k} are stated to be randomised and {blinded} of {k} to be blinded.",
    ]
    places = sorted({(p.study.region or "").replace("_", " ") for p in pairs} - {""})
    if len(places) == 1:
        said.append(f"Every study with a stated place is from {places[0].title()}: it may not hold elsewhere.")
    overlap = sorted(p.study.id for p in pairs if p.study.may_overlap)
    if overlap:
        said.append(f"{', '.join(overlap)} may share patients with another study of this base; counted as their own.")
    return said


def _quality_of_life(a: Asking, outcomes: list[dict[str, Any]]) -> list[str]:
    life = [o for o in outcomes if o["group"] == "Quality of life"]
    used = sorted({s["study"] for o in life for c in o["slices"][0]["cells"] for s in c.get("studies", ())})
    if not life or len(used) > 1:
        return []
    if used:
        return [f"Quality of life rests on one trial, {used[0]}."]
    near = sorted({s["study"] for o in life for n in o["nearest"] for s in n["studies"]})
    rest = ""
    if near:
        wider = sorted({d for o in life for n in o["nearest"] for d in n["differs"]})
        one = "one trial" if len(near) == 1 else f"{len(near)} trials"
        rest = f"; what is known rests on {one}, {', '.join(near)}, of a wider question ({', '.join(wider)})"
    return [f"Quality of life: no trial of this question in {place(a.condition)} prints a score of both arms{rest}."]


def _inflammation(outcomes: list[dict[str, Any]]) -> list[str]:
    marks = [o for o in outcomes if o["group"] == "Inflammation"]
    if not marks or any(c["k"] for o in marks for c in o["slices"][0]["cells"]):
        return []
    return [f"Inflammation: no numbers of both arms for any of {', '.join(o['name'] for o in marks)}."]


def _harms(pairs: list[Contrast]) -> list[str]:
    told = stated(p.study.id for p in pairs)
    if len(told) == len(pairs):
        return []
    return [
        f"{len(pairs) - len(told)} of the {len(pairs)} controlled studies state no adverse event as a count in what "
        "was read. Not stated is not the same as none: harms are known less well than benefits."
    ]
