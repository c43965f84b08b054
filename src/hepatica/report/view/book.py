"""The open plan: gives numbers by path, each with its lineage, and numbers its sources in order of use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hepatica.language import say
from hepatica.report import lineage, numbers, words

Option = Mapping[str, Any]
LEADING = 5


@dataclass(frozen=True, slots=True)
class Num:
    """A number as shown, with the path where it stands in plan.json and the lineage pattern that covers it."""

    text: str
    unit: str
    value: float
    path: str
    why: int | None

    def __str__(self) -> str:
        return f"{self.text}{numbers.NARROW}{self.unit}" if self.unit else self.text


@dataclass(frozen=True, slots=True)
class Cite:
    """A reference to a numbered source."""

    number: int
    id: str
    where: str = ""


class Book:
    """One plan, opened for reading."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.plan = plan
        self.options = _told_apart([(i, o) for i, o in enumerate(plan.get("options") or []) if isinstance(o, Mapping)])
        self.lineage = lineage.Lineage(list((plan.get("lineage") or {}).get("patterns") or []))
        self.sources: Mapping[str, Any] = plan.get("sources") or {}
        self._cited: dict[str, int] = {}
        self.asked: set[int] = set()
        self.created = plan.get("created")
        self.horizons = sorted(float(d) for d in plan.get("horizon_days") or [] if isinstance(d, int | float))

    def num(
        self, path: str, style: str = "", *, unit: str = "", decimals: int | None = None, signed: bool = False
    ) -> Num | None:
        """Return the number at a path, written in a style: "", percent, dose, exact, day; None where none stands."""
        value = lineage.value_at(self.plan, path)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        match style:
            case "percent":
                text, unit = numbers.percent(value, signed=signed), unit or "%"
            case "dose":
                text, unit = numbers.dose(value), unit or say("cells")
            case "exact":
                text = numbers.exact(value)
            case "day":
                text = numbers.span(value)
            case _:
                text = numbers.number(value, decimals=decimals, signed=signed)
        why = self.lineage.find(path)
        if why is not None:
            self.asked.add(why)
        return Num(text, say(unit), float(value), path, why)

    def of(self, name: str, path: str, *, signed: bool = False) -> Num | None:
        """Return the number at a path, written as its variable is."""
        known = words.variable(name)
        if name in words.names.FRACTIONS:
            return self.num(path, "percent", unit=say("% points") if signed else known.unit, signed=signed)
        return self.num(path, unit=known.unit, decimals=known.decimals, signed=signed)

    def cite(self, source: Any) -> list[Cite]:
        """Return numbered references for a source id, several ids, or an object with an id."""
        if not source:
            return []
        if isinstance(source, list | tuple):
            return [c for one in source for c in self.cite(one)]
        where = ""
        if isinstance(source, Mapping):
            where, source = str(source.get("where") or ""), source.get("id") or source.get("source") or ""
        found = [s for s in re.split(r"[;,]\s*", str(source)) if s in self.sources] or (
            [str(source)] if str(source) in self.sources else []
        )
        return [Cite(self._cited.setdefault(s, len(self._cited) + 1), s, where) for s in found]

    def named(self, source: Any) -> str:
        """Return a source's own text where it is not an id of the bibliography."""
        if isinstance(source, list | tuple):
            return "; ".join(filter(None, (self.named(s) for s in source)))
        if isinstance(source, Mapping):
            source = source.get("id") or source.get("note") or ""
        if str(source).startswith("see "):
            return ""
        return "" if not source or self.cite(source) else str(source)

    def cited(self) -> list[tuple[int, str, Mapping[str, Any]]]:
        """Return every cited source as (number, id, entry), then those the plan lists without using them here."""
        for identifier in self.sources:
            self._cited.setdefault(identifier, len(self._cited) + 1)
        rows = sorted((n, s) for s, n in self._cited.items())
        return [
            (n, s, self.sources[s] if isinstance(self.sources[s], Mapping) else {"citation": str(self.sources[s])})
            for n, s in rows
        ]

    @property
    def live(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Return the options that may be taken, standard care first, then by rank."""
        rows = [(i, o) for i, o in self.options if o.get("status") != "ruled out"]
        return sorted(rows, key=lambda r: (r[1].get("id") != "standard_care", r[1].get("rank") or 99))

    @cached_property
    def leading(self) -> set[int]:
        """Return at most five options to draw first: the reference, the advised one, cells, the best of each family."""
        ranked = sorted(self.live, key=lambda r: r[1].get("rank") or 99)
        first = [r for r in (self.standard, self.chosen) if r and r[1].get("status") != "ruled out"]
        firsts: dict[Any, tuple[int, Option]] = {}
        for row in ranked:
            firsts.setdefault(row[1].get("family"), row)
        cells = [r for r in ranked if r[1].get("family") == "cells"][:2]
        order = [*first, *cells, *firsts.values(), *ranked]
        return set(list(dict.fromkeys(i for i, _ in order))[:LEADING])

    @property
    def ruled_out(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Return the options that were considered and ruled out."""
        return [(i, o) for i, o in self.options if o.get("status") == "ruled out"]

    @property
    def standard(self) -> tuple[int, Mapping[str, Any]] | None:
        """Return standard care, where the plan holds it."""
        return next(((i, o) for i, o in self.options if o.get("id") == "standard_care"), None)

    @property
    def chosen(self) -> tuple[int, Mapping[str, Any]] | None:
        """Return the recommended option."""
        wanted = (self.plan.get("recommendation") or {}).get("option")
        return next(((i, o) for i, o in self.options if o.get("id") == wanted), None)

    @cached_property
    def main_day(self) -> float:
        """Return the forecast day at which options are compared: nearest to the judged day or the last horizon."""
        days = [float(p["day"]) for _, o in self.live for p in (o.get("forecast") or {}).get("survival") or []]
        wanted = self.plan.get("judged_on_day")
        if not isinstance(wanted, int | float):
            wanted = self.horizons[-1] if self.horizons else max(days, default=90.0)
        return min(days, key=lambda d: abs(d - wanted), default=float(wanted))


def _told_apart(rows: list[tuple[int, Option]]) -> list[tuple[int, Option]]:
    """Add the route, then the dose, to names that several options that may be taken share."""
    for key in ("route", "dose_cells"):
        count: dict[str, int] = {}
        for _, o in rows:
            if o.get("status") != "ruled out":
                count[name_of(o)] = count.get(name_of(o), 0) + 1
        rows = [(i, {**o, "name": _longer(o, key)} if count.get(name_of(o), 0) > 1 else o) for i, o in rows]
    return rows


def _longer(option: Option, key: str) -> str:
    value = option.get(key)
    if value is None:
        return name_of(option)
    return f"{name_of(option)}, {words.plain(str(value)) if key == 'route' else numbers.dose(value)}"


def name_of(option: Mapping[str, Any]) -> str:
    """Return what an option is called."""
    return str(option.get("name") or option.get("treatment") or words.plain(str(option.get("id", ""))))


def nearest(points: list[Mapping[str, Any]] | None, day: float) -> int | None:
    """Return the index of the point at (or nearest to) a day."""
    if not points:
        return None
    return min(range(len(points)), key=lambda i: abs(points[i]["day"] - day))
