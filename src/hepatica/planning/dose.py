"""Which dose: expected net benefit and harm over a product's range of doses, on paired draws, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica import therapy
from hepatica.language import mark, say
from hepatica.planning import words
from hepatica.planning.bands import clean
from hepatica.planning.compare import NO_DIFFERENCE
from hepatica.planning.harms import harms
from hepatica.planning.option import Option
from hepatica.planning.race import LOOKS, SURE_OF_MANY, paired_parts
from hepatica.planning.weights import Parts
from hepatica.planning.work import Workings

Array = NDArray[np.float64]
DOSES, DRAWS = 10, 256
LEAST_RANGE = 1.5
QUANTILES = (("p05", 0.05), ("p25", 0.25), ("p50", 0.5), ("p75", 0.75), ("p95", 0.95))
METHOD = mark(
    "the regimen is simulated at doses spaced evenly on a log scale over the range of this product, for the same few "
    "virtual people; costs are not counted; a dose can be told from the best where their mean difference is beyond "
    "the noise of the simulation and a tenth of a day"
)


def dose_finding(w: Workings) -> list[dict[str, Any]]:
    """Return the curve of the recommended cell option, else of the best forecast one, and of products of one's own."""
    if not hasattr(w.twin, "race"):
        return []
    found = (_curve(w, o) for o in _asked(w))
    return [row for row in found if row is not None]


def _asked(w: Workings) -> list[Option]:
    ranked = sorted(w.compared, key=lambda c: -float(c.net.mean()))
    cells = [c.option for c in ranked if c.option.regimen is not None and not c.option.actions]
    own = [o for o in cells if o.notes.get("own_product")]
    first = next((o for o in (w.choice.option, *cells) if o in cells and o not in own), None)
    return [o for o in (first, *own) if o is not None]


def _curve(w: Workings, option: Option) -> dict[str, Any] | None:
    doses = _doses(option, w.facts.patient.weight_kg)
    if doses is None:
        return None
    assert option.regimen is not None
    options = [
        replace(option, id=f"dose_{k}", regimen=replace(option.regimen, dose_cells=d)) for k, d in enumerate(doses)
    ]
    day = w.screened.judged_day
    days = np.linspace(0.0, day, LOOKS)
    parts = paired_parts(w.twin, w.fit, options, days, DRAWS, w.screened.course, w.asked.seed)
    told = [parts[o.id] for o in options]
    nets = np.array([p.net(w.asked.weights) for p in told])
    best = int(nets.mean(axis=1).argmax())
    near = [not _told_apart(nets[best], net) for net in nets]
    product = therapy.products()[option.regimen.product]
    own = nets[int(np.abs(np.log(doses / option.regimen.dose_cells)).argmin())]
    gain = nets[best] - own
    return {
        "option": option.id,
        "product": product.id,
        "route": option.regimen.route,
        "schedule_days": list(option.regimen.days),
        "name": option.name,
        "draws": int(nets.shape[1]),
        "judged_on_day": day,
        "unit": next(c.unit for c in w.compared if c.option is option),
        "doses": _rows(doses, nets, told, near, product.claims is None or bool(harms(option))),
        "own_cells": option.regimen.dose_cells,
        "gain_over_own": {"mean": clean(float(gain.mean())), "se": clean(float(gain.std() / np.sqrt(gain.size)))},
        "told_apart": _told_apart(nets[best], own),
        "p_none": clean(float((nets.max(axis=0) <= 0).mean())),
        "flat": all(near),
        "text": [*_text(doses, nets, best, near), *_own(product)],
        "method": say(METHOD),
        "sources": ["method"],
    }


def searched(curves: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return of each curve of a built-in product which dose does most, as a row of the race."""
    return [_searched(c) for c in curves if therapy.products()[c["product"]].claims is None]


def _searched(curve: Mapping[str, Any]) -> dict[str, Any]:
    rows = curve["doses"]
    best = max(rows, key=lambda r: r["net"]["mean"])["dose_cells"]
    doses = {"from_cells": rows[0]["dose_cells"], "to_cells": rows[-1]["dose_cells"], "best_cells": best}
    most = mark(
        "{name} by {route}, infusions: {times}. Between {low} and {high} cells each, {best} does most in the model."
    )
    none = mark(
        "{name} by {route}, infusions: {times}. Between {low} and {high} cells each, no dose can be told from {own}."
    )
    text = most if curve["told_apart"] else none
    said = say(
        text, name=curve["name"], route=therapy.routes()[curve["route"]].name, times=len(curve["schedule_days"]),
        low=words.power(doses["from_cells"]), high=words.power(doses["to_cells"]), best=words.power(best),
        own=words.power(curve["own_cells"]),
    )  # fmt: skip
    shared = {k: curve[k] for k in ("own_cells", "gain_over_own", "told_apart")}
    return {"id": curve["option"], **doses, **shared, "text": said}


def _doses(option: Option, weight_kg: float | None) -> Array | None:
    """Return doses in cells over all that is stated or studied of the product, its own dose among them.

    None where that is no range.
    """
    assert option.regimen is not None
    given = option.regimen.dose_cells
    product = therapy.products()[option.regimen.product]
    ends = [option.regimen.dose_cells, *(product.dose_cells_total or ())]
    ends += [d * weight_kg for d in product.dose_cells_per_kg or () if weight_kg]
    ends += [r.dose_cells for s in product.regimens if (r := s.for_weight(weight_kg)) is not None]
    low, high = min(ends), max(ends)
    if high / low < LEAST_RANGE:
        return None
    doses = np.array([float(f"{d:.3g}") for d in np.geomspace(low, high, DOSES)])
    inner = slice(None) if given in (low, high) else slice(1, -1)
    doses[inner][np.abs(np.log(doses[inner] / given)).argmin()] = given
    return doses


def _told_apart(best: Array, other: Array) -> bool:
    gap = best - other
    noise = SURE_OF_MANY * float(gap.std()) / np.sqrt(gap.size)
    return bool(gap.mean() > max(noise, NO_DIFFERENCE))


def _rows(
    doses: Array, nets: Array, parts: Sequence[Parts], near: Sequence[bool], counted: bool
) -> list[dict[str, Any]]:
    chances = p_best(nets)
    return [
        {
            "dose_cells": clean(float(dose)),
            "net": _spread(net),
            "harm": _spread(part.harms) if counted else None,
            "p_best": clean(float(chance)),
            "like_best": alike,
        }
        for dose, net, part, chance, alike in zip(doses, nets, parts, chances, near, strict=True)
    ]


def p_best(nets: Array) -> Array:
    """Return the share of draws in which each row is the greatest; equals share a draw.

    >>> p_best(np.array([[1.0, 0.0, 2.0, 5.0], [0.0, 0.0, 3.0, 4.0]]))
    array([0.625, 0.375])
    """
    top = nets >= nets.max(axis=0) - 1e-9
    return np.asarray((top / top.sum(axis=0)).mean(axis=1))


def _spread(x: Array) -> Mapping[str, float]:
    return {"mean": clean(float(x.mean()))} | {k: clean(float(np.quantile(x, q))) for k, q in QUANTILES}


def _text(doses: Array, nets: Array, best: int, near: Sequence[bool]) -> list[str]:
    rows = [_which(doses, best, near)]
    if float(nets.mean(axis=1).max()) <= NO_DIFFERENCE:
        rows.append(say("At no dose is the expected net benefit above that of standard care."))
    text = mark("The curve is the model's, in which the dose of half the effect is an assumption. It advises no dose.")
    rows.append(say(text))
    return rows


def _own(product: therapy.Product) -> list[str]:
    """Return what must be said of the doses of a product of one's own."""
    if product.claims is None:
        return []
    rows = [say("The harms of this product itself are not known, so a high dose looks better here than it may be.")]
    per = product.claims.cells_per_unit
    if per is not None:
        text = mark("Doses are counted in cells: by its file one of its {unit} acts as {n} cells.")
        rows.append(say(text, unit=say(product.claims.dose_unit), n=words.number(per.value)))
    return rows


def _which(doses: Array, best: int, near: Sequence[bool]) -> str:
    if all(near):
        return say(
            "No dose can be told from another: from {low} to {high} cells the expected net benefit differs by less "
            "than the noise of the simulation.",
            low=words.power(doses[0]), high=words.power(doses[-1]),
        )  # fmt: skip
    alike = [d for d, n in zip(doses, near, strict=True) if n]
    if len(alike) == 1:
        text = mark("In the model the expected net benefit is greatest at {best} cells an infusion.")
        return say(text, best=words.power(doses[best]))
    return say(
        "In the model the expected net benefit is greatest at {best} cells an infusion; from {low} to {high} it "
        "cannot be told from that.",
        best=words.power(doses[best]), low=words.power(min(alike)), high=words.power(max(alike)),
    )  # fmt: skip
