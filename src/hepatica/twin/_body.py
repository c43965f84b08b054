"""The workbench on which organs write their equations: states and parameters by name, each with its source."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from hepatica.errors import HepaticaError


@cache
def table(name: str) -> dict[str, dict[str, Any]]:
    """Return one data file of the twin, refusing rows without a known source.

    Raises:
        HepaticaError: a row has no source, or names one that `sources.toml` lacks.
    """
    folder = resources.files("hepatica.twin") / "data"
    rows = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
    if name != "sources":
        known = table("sources")
        for key, row in rows.items():
            if row.get("source") not in known:
                raise HepaticaError(
                    f"{key} has no known source",
                    where=f"twin/data/{name}.toml",
                    mend="name a source of twin/data/sources.toml",
                )
    return rows


class Body:
    """A model under construction; `x.albumin_plasma_g` is a state, parameter or named intermediate."""

    def __init__(self) -> None:
        from hepatica.engine import Model

        self.model = Model("twin", time_unit="d", check_units=True)
        self._named: dict[str, Any] = {}
        for name, row in table("states").items():
            self._named[name] = self.model.state(
                name,
                initial=row["initial"],
                unit=row["unit"],
                source=row["source"],
                grade=row["grade"],
                text=row["text"],
                atol_scale=row["scale"],
            )
        for name, row in table("parameters").items():
            self._named[name] = self.model.parameter(
                name, row["value"], unit=row["unit"], source=row["source"], grade=row["grade"], text=row["text"]
            )

    def __getattr__(self, name: str) -> Any:
        try:
            return self._named[name]
        except KeyError:
            raise AttributeError(f"{name} is no state, parameter or earlier intermediate of the twin") from None

    def let(self, name: str, expression: Any, unit: str, text: str) -> Any:
        """Name an intermediate; return its symbol."""
        self._named[name] = self.model.assign(name, expression, unit=unit, source="form", text=text)
        return self._named[name]

    def rate(self, state: str, expression: Any) -> None:
        """Add a contribution to the rate of a state, per day."""
        self.model.rate(self._named[state], expression)

    def between(self, start: Any, end: Any) -> Any:
        """Return 1 from start until end, else 0."""
        from hepatica.engine import between

        return between(self.model.time, start, end)

    def from_day(self, start: Any) -> Any:
        """Return 1 from start on, else 0."""
        from hepatica.engine import step_on

        return step_on(self.model.time, start)

    def lasting_factor(self, factor: Any) -> Any:
        """Return the factor while a lasting treatment runs, else 1."""
        return 1 + (factor - 1) * self.lasting

    @staticmethod
    def exp(a: Any) -> Any:
        """Return the exponential."""
        import sympy

        return sympy.exp(a)

    @staticmethod
    def log(a: Any) -> Any:
        """Return the natural logarithm."""
        import sympy

        return sympy.log(a)

    @staticmethod
    def sqrt(a: Any) -> Any:
        """Return the square root."""
        import sympy

        return sympy.sqrt(a)

    @staticmethod
    def max0(a: Any) -> Any:
        """Return a where positive, else 0."""
        import sympy

        return sympy.Max(a, 0)

    @staticmethod
    def min1(a: Any) -> Any:
        """Return a where under 1, else 1."""
        import sympy

        return sympy.Min(a, 1)

    @staticmethod
    def at_least(a: Any, low: float) -> Any:
        """Return a, at least low."""
        import sympy

        return sympy.Max(a, low)

    @staticmethod
    def at_most(a: Any, high: float) -> Any:
        """Return a, at most high."""
        import sympy

        return sympy.Min(a, high)

    @staticmethod
    def clip(a: Any, low: float, high: float) -> Any:
        """Return a, held between low and high."""
        import sympy

        return sympy.Min(sympy.Max(a, low), high)
