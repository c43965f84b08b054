"""Assemble the twin from its organs, and load the compiled one that the package ships."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from ._body import Body


def build() -> Any:
    """Return the twin as an engine model, built from its equations (needs sympy; about a second)."""
    from .organs import cells, events, function, hepatocytes, inflammation, injury, outcome, portal, scar, treatment

    x = Body()
    treatment.windows(x)
    injury.levels(x)
    inflammation.levels(x)
    cells.signals(x)
    hepatocytes.mass(x)
    scar.total(x)
    function.readouts(x)
    portal.pressure(x)
    cells.equations(x)
    hepatocytes.equations(x)
    injury.equations(x)
    inflammation.equations(x)
    scar.equations(x)
    function.equations(x)
    portal.equations(x)
    outcome.equations(x)
    events.equations(x)
    return x.model.freeze() or x.model


@cache
def twin() -> Any:
    """Return the twin from the generated C in the package; nothing is derived at run time."""
    from hepatica.engine import load_model

    with resources.as_file(resources.files("hepatica.twin") / "generated") as folder:
        return load_model(folder)


def regenerate() -> None:
    """Write the generated C of the twin into the package (for developers, after an equation changed)."""
    from pathlib import Path

    from hepatica.engine import write_generated

    write_generated(build(), Path(__file__).parent / "generated")
