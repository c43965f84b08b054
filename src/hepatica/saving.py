"""A plan that knows how to write its own report (planning is a floor below report and cannot)."""

from __future__ import annotations

from pathlib import Path

from hepatica import planning, report


class Plan(planning.Plan):
    """One patient's plan; `document` is its JSON."""

    __slots__ = ()

    def save(self, folder: str | Path) -> list[Path]:
        """Write plan.html, plan.pdf, plan.json and plan.fhir.json into a folder; return the paths written."""
        paths: list[Path] = report.save(self, folder)
        return paths
