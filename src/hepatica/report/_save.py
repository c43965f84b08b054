"""Write a plan's four files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hepatica.errors import InputError
from hepatica.output import put
from hepatica.report._canonical import canonical, plain_json
from hepatica.report._fhir import fhir_bundle
from hepatica.report._html import html
from hepatica.report.view import document


def save(plan: Any, folder: str | Path) -> list[Path]:
    """Write plan.json, plan.html, plan.pdf and plan.fhir.json into a folder; return the paths written.

    `plan` is a Plan or its JSON as a dictionary. Where typst is not installed the PDF is left out and stderr says so.
    Raises InputError where the folder cannot be written.
    """
    plain = plain_json(plan)
    shown = document(plain)
    home = Path(folder)
    files = {
        "plan.html": html(plain, shown).encode(),
        "plan.json": canonical(plain),
        "plan.fhir.json": canonical(fhir_bundle(plain)),
    }
    printed = _pdf(plain, shown)
    if printed is not None:
        files["plan.pdf"] = printed
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            put(home / name, content)
    except OSError as error:
        raise InputError(
            f"cannot write the report: {error.strerror}", where=str(home), mend="choose another folder"
        ) from None
    return [home / name for name in ("plan.html", "plan.pdf", "plan.json", "plan.fhir.json") if name in files]


def _pdf(plain: dict[str, Any], shown: dict[str, Any]) -> bytes | None:
    try:
        import typst  # noqa: F401
    except ImportError:
        print("plan.pdf left out: typst is not installed (pip install 'hepatica[pdf]')", file=sys.stderr)
        return None
    from hepatica.report._pdf import pdf

    return pdf(plain, shown)
