"""The page of a review: limitations, findings and harms first, then pictures, published pools, every study."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hepatica.errors import InputError
from hepatica.output import put
from hepatica.report import palette
from hepatica.report._review import effects, forests
from hepatica.report._review.export import files
from hepatica.report._review.harms import harms
from hepatica.report._review.pictures import pictures
from hepatica.report._review.studies import studies
from hepatica.report._review.summary import summary
from hepatica.report._sheet import digest, environment, text


def review_html(review: Mapping[str, Any], version: str = "") -> str:
    """Return the self-contained page of one review (the dictionary of `evidence.review`)."""
    from markupsafe import Markup

    groups = _groups(review)
    style = _style() + _rules(groups)
    policy = f"default-src 'none'; style-src 'sha256-{digest(style)}'; base-uri 'none'; form-action 'none'"
    return str(
        _template().render(
            review=review,
            summary=summary(review),
            harms=harms(review),
            groups=groups,
            found=_found(review),
            pictures=pictures(review),
            studies=studies(review),
            cells=any(s["source_of_cells"] != "not stated" for s in review["studies"]),
            version=version,
            style=Markup(style),  # noqa: S704 (a file of ours)
            policy=policy,
        )
    )


def save_review(review: Mapping[str, Any], folder: str | Path, version: str = "", png: bool = False) -> list[Path]:
    """Write review.html, review.json and figures/*.svg (and .png) into a folder.

    Raises InputError where it cannot be written and CannotAnswer where PNG is asked and typst is not installed.
    """
    from hepatica.report._canonical import canonical

    home = Path(folder)
    content = {"review.html": review_html(review, version).encode(), "review.json": canonical(dict(review))}
    content |= {f"figures/{name}": data for name, data in files(pictures(review), png).items()}
    try:
        (home / "figures").mkdir(parents=True, exist_ok=True)
        for name, data in content.items():
            put(home / name, data)
    except OSError as error:
        raise InputError(f"cannot write the review: {error.strerror}", where=str(home)) from None
    return [home / name for name in content]


def _found(review: Mapping[str, Any]) -> list[str]:
    """Return every effect found in a line each, at most five, the most studies first."""
    rows = sorted((f for f in review["findings"] if f["k"]), key=lambda f: -f["k"])
    said = []
    for f in rows[:5]:
        ratio = f["measure"] in effects.RATIOS
        what = f"{effects.MEASURES[f['measure']]} {effects.printed(f['estimate'], f['ci'], ratio)}"
        said.append(f"{f['name']} at {f['when']}: {what}, k {f['k']}, {f['certainty']['level']} certainty.")
    return said


def _rules(groups: list[dict[str, Any]]) -> str:
    """Return the rule that lets the line of no effect run through the rows of each forest plot."""
    plots = [f for g in groups for o in g["outcomes"] for f in (*o["forests"], *o["wider"], *o["pools"])]
    line = "linear-gradient(var(--muted),var(--muted))"
    return "".join(
        f".z-{at}{{background:{line} calc({at / 160:.4f}rem*var(--z,1)) 0/1px 100% no-repeat}}"
        for at in sorted({f["zero"] for f in plots})
    )


def _groups(review: Mapping[str, Any]) -> list[dict[str, Any]]:
    css = effects.family(review["intervention"])
    groups: dict[str, dict[str, Any]] = {}
    for o in review["outcomes"]:
        group = groups.setdefault(o["group"], {"name": o["group"], "outcomes": []})
        group["outcomes"].append(_outcome(o, css))
    for group in groups.values():
        group["empty"] = not any(o["any"] for o in group["outcomes"])
    return list(groups.values())


def _outcome(o: Mapping[str, Any], css: str) -> dict[str, Any]:
    slices = [{**s, "label": _slice(s), "cells": [_cell(c) for c in s["cells"]]} for s in _gathered(o["slices"])]
    own = [c for c in o["slices"][0]["cells"] if c["k"]]
    return {
        **o,
        "any": bool(own),
        "slices": slices,
        "forests": [forests.forest(c, o, css, o["slices"]) for c in own],
        "wider": [{**forests.forest(c, o, "standard", []), "differs": c["differs"]} for c in o["nearest"]],
        "pools": forests.published(o["published"], o["better"]),
    }


def _gathered(slices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the slices with four or more of one way that have nothing at any time put together at its end."""
    out = []
    for by in dict.fromkeys(s["by"] for s in slices):
        mine = [s for s in slices if s["by"] == by]
        empty = [s for s in mine if not any(c["k"] for c in s["cells"])]
        if len(empty) < 4:
            out += mine
            continue
        out += [s for s in mine if s not in empty]
        names = "; ".join(f"{s['name']} ({s['studies']})" for s in empty)
        cells = [{**c, "could": sum(s["cells"][i]["could"] for s in empty)} for i, c in enumerate(empty[0]["cells"])]
        out.append({"by": by, "name": f"no numbers: {names}", "studies": len(empty), "cells": cells})
    return out


def _slice(s: Mapping[str, Any]) -> str:
    return "All" if s["by"] == "all" else forests.capital(str(s["name"]))


def _cell(c: Mapping[str, Any]) -> dict[str, Any]:
    if not c["k"]:
        return {"k": 0, "could": c["could"]}
    level = c["certainty"]["level"]
    return {"k": c["k"], "text": effects.effect(c)["text"], "certainty": level, "could": c["could"]}


@cache
def _template() -> Any:
    made = environment()
    made.filters["spaced"] = lambda code: effects.words(str(code))
    steps = {"very low": 1, "low": 2, "moderate": 3, "high": 4}
    made.globals["step"] = lambda word: steps.get(word or "", 0)
    return made.get_template("review.html")


@cache
def _style() -> str:
    dark = palette.tokens(palette.DARK)
    return (
        f":root{{{palette.tokens(palette.LIGHT)}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"@media print{{:root:root{{{palette.tokens(palette.LIGHT)}color-scheme:light}}}}"
        f"{palette.figure_css()}{text('page.css')}{text('review.css')}"
    )
