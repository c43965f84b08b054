"""Turn a regimen into doses: where cells lodge, and what cells of that type can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import CannotAnswer
from hepatica.therapy import Claims, Multiple, Regimen, products

from ._body import table
from ._population import stream

Array = NDArray[np.float64]
Z_95 = 1.6448536
CLAIMED = {
    "potency": "potency_factor",
    "survival": "life_factor",
    "engraftment": "engraftment_1_d",
    "function": "engrafted_function",
    "half_dose": "half_factor",
}
"""The trait that each multiple of a product file scales."""


def traits(product_id: str, n: int, seed: int) -> dict[str, Array]:
    """Return n draws of what cells of a product do: engraftment, function, factors on MSC potency and life.

    Raises:
        CannotAnswer: the product, or its cell type, is not in the twin's data.
    """
    product = products().get(product_id)
    row = table("delivery").get(product.cell_type) if product else None
    if product is None or row is None:
        raise CannotAnswer(f"the twin knows no product {product_id!r}", mend="see hepatica.therapy.products()")
    rng = stream("product", seed)

    def draw(name: str) -> Array:
        median, log_sd = row[name]
        return np.asarray(median * np.exp(log_sd * rng.standard_normal(n)))

    made = {} if not row.get("small") else {"liver_release_1_d": np.full(n, _small_release())}
    low, high = product.viability_fraction or (0.7, 0.95)
    made |= {
        "engraftment_1_d": draw("engraftment_1_d"),
        "engrafted_function": np.minimum(draw("engrafted_function"), 1.0),
        "potency_factor": draw("potency"),
        "viability": rng.uniform(low, high, n),
        "half_factor": np.full(n, float(row.get("half_factor", 1.0))),
        "life_factor": np.ones(n),
    }
    return _claimed(made, product.claims, n, seed) if product.claims else made


def _claimed(made: dict[str, Array], claims: Claims, n: int, seed: int) -> dict[str, Array]:
    """Return what cells do by the multiples of a product file: median at the value, 5 % and 95 % at lo and hi."""
    for name, key in CLAIMED.items():
        made[key] = made[key] * _drawn(claims.multiples[name], name, n, seed)
    if claims.cells_per_unit:
        known = claims.cells_per_unit
        made["half_factor"] *= known.value / _drawn(known, "cells_per_unit", n, seed)
    made["engrafted_function"] = np.minimum(made["engrafted_function"], 1.0)
    return made


def _drawn(m: Multiple, name: str, n: int, seed: int) -> Array:
    z = stream(f"product file, {name}", seed).standard_normal(n)
    width = np.where(z < 0, np.log(m.value / m.lo), np.log(m.hi / m.value)) / Z_95
    return np.asarray(m.value * np.exp(width * z))


def potency_of(potency: Array, factor: Array) -> Array:
    """Return the potency of a product's cells: that of MSC times its factor, held to what inflammation can do."""
    most = float(table("parameters")["potency"]["most"])
    return np.clip(potency * factor, -most, most)


def prepare(
    regimens: Sequence[Regimen],
    which: NDArray[np.int64],
    potency: Mapping[str, Array],
    parameters: Mapping[str, Array],
    shunt: Array,
    seed: int,
) -> tuple[dict[str, Array], list[Any]]:
    """Return the parameters that cells set and their doses, for patients of whom each gets one of the regimens.

    Args:
        regimens: what is given.
        which: index of each patient's regimen [n].
        potency: of MSC and how long restoration lasts, [n] each.
        parameters: of the patients, read for what cells scale or leave alone.
        shunt: share of portal blood that bypasses the liver [n].
        seed: keyed by purpose.
    """
    n = len(which)
    scaled = {k: np.ones(n) for k in ("potency_factor", "half_factor", "life_factor")}
    scaled["engraftment_1_d"] = np.zeros(n)
    kept = {k: np.asarray(parameters[k], float) for k in ("engrafted_function", "liver_release_1_d")}
    made, cells = scaled | kept, []
    for i, regimen in enumerate(regimens):
        mine = which == i
        what = traits(regimen.product, n, seed)
        made = {k: np.where(mine, what[k], v) if k in what else v for k, v in made.items()}
        cells += cell_doses(regimen, what["viability"] * mine, shunt, seed, mine)
    given = {k: made[k] for k in (*kept, "engraftment_1_d")}
    given["potency"] = potency_of(potency["potency"], made["potency_factor"])
    given["restorative_off_1_d"] = potency["restorative_off_1_d"]
    given["paracrine_half_mcell"] = parameters["paracrine_half_mcell"] * made["half_factor"]
    given["cell_death_1_d"] = np.asarray(parameters["cell_death_1_d"], float) / made["life_factor"]
    return given, cells


def _small_release() -> float:
    return float(table("delivery")["hepatic_artery"]["release_small_1_d"])


def cell_doses(
    regimen: Regimen, viability: Array, shunt: Array, seed: int, who: NDArray[np.bool_] | None = None
) -> list[Any]:
    """Return engine doses of a regimen, in million cells; dead cells of the dose carry label only; `who` gets it (all).

    Raises:
        CannotAnswer: the route is not one of the five.
    """
    from hepatica.engine import Dose

    route = table("delivery").get(regimen.route)
    if route is None or "potency" in route:
        raise CannotAnswer(f"the twin knows no route {regimen.route!r}", mend="see hepatica.therapy.routes()")
    small = bool(table("delivery")[products()[regimen.product].cell_type].get("small"))
    rng = stream("lodging", seed)
    n = len(viability)
    shares: dict[str, Array] = {}
    direct = route.get("lodged_small") if small and "lodged_small" in route else route.get("lodged", {})
    for organ, (median, log_sd) in direct.items():
        shares[organ] = np.minimum(median * np.exp(log_sd * rng.standard_normal(n)), 0.98)
    left = 1 - sum(shares.values(), np.zeros(n))
    for organ, (median, log_sd) in route.get("portal", {}).items():
        lodging = np.minimum(median * np.exp(log_sd * rng.standard_normal(n)), 0.98)
        shares[organ] = shares.get(organ, np.zeros(n)) + left * (1 - shunt) * lodging
    shares["venous"] = np.maximum(1 - sum(shares.values(), np.zeros(n)), 0)
    million = regimen.dose_cells / 1e6 * (np.ones(n) if who is None else who)
    rows = []
    for day in regimen.days:
        for organ, share in shares.items():
            rows.append(Dose(day, f"cells_{organ}", million * viability * share))
            dead = "rest" if organ == "venous" else organ
            rows.append(Dose(day, f"label_{dead}", million * (1 - viability) * share))
    return rows
