"""Pictures of one pool or one network, outside a review: the answer of `evidence pool` or `evidence network`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hepatica.errors import InputError
from hepatica.output import put
from hepatica.report._review import effects, forests
from hepatica.report._review.export import files
from hepatica.report._review.pictures import Picture, funnel_picture, network_picture


def save_pool(pool: Mapping[str, Any], folder: str | Path, png: bool = False) -> list[Path]:
    """Write forest.svg and, from 3 studies on, funnel.svg (and .png) of a pool into a folder.

    Raises InputError where it cannot be written and CannotAnswer where PNG is asked and typst is not installed.
    """
    from hepatica.evidence import funnel

    title = effects.words(str(pool.get("question") or ""))
    title = title or (f"Pooled effects of {pool['k']} studies" if pool["k"] > 1 else "The effect of one study")
    measure = str(pool.get("measure") or "")
    ratio = measure in effects.RATIOS
    unit = str((pool["back_transformed"] or pool)["scale"] or "effect")
    o = {"outcome": "", "unit": unit, "better": pool.get("better") or "lower"}
    name = "Pool" if pool["day"] is None else f"day {pool['day']:g}"
    svg = forests.picture(
        {**pool, "measure": measure, "name": name}, o, "cells", [], title, named=bool(pool.get("better"))
    )
    found = {"forest": [Picture("forest", title, svg, "", (), ())], "funnel": []}
    spread = funnel(pool["studies"], pool["estimate"], measure)
    if spread:
        found["funnel"].append(funnel_picture(spread, title, unit, ratio))
    return _write(files(found, png), folder)


def save_network(net: Mapping[str, Any], folder: str | Path, png: bool = False) -> list[Path]:
    """Write network.svg (and .png) of the answer of `evidence.network_question` into a folder; raises as save_pool."""
    from hepatica.evidence import drawn_network

    return _write(files({"network": [network_picture(drawn_network(dict(net)))]}, png), folder)


def _write(content: Mapping[str, bytes], folder: str | Path) -> list[Path]:
    home = Path(folder)
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, data in content.items():
            put(home / name, data)
    except OSError as error:
        raise InputError(f"cannot write the pictures: {error.strerror}", where=str(home)) from None
    return [home / name for name in content]
