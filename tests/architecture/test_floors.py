"""Rooms import only from the floors below them, and only what a room's public face offers."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "hepatica"
GROUND: set[str] = set()
ALL_BELOW_PLANNING = {
    "patient",
    "engine",
    "staging",
    "therapy",
    "evidence",
    "twin",
    "eligibility",
    "outcomes",
    "governance",
}
MAY_IMPORT = {
    "patient": GROUND,
    "engine": GROUND,
    "staging": {"patient"},
    "therapy": {"patient"},
    "evidence": {"patient", "staging", "therapy"},
    "twin": {"engine", "patient", "staging", "therapy", "evidence"},
    "eligibility": {"patient", "staging", "therapy"},
    "outcomes": {"patient", "staging", "therapy", "twin", "evidence"},
    "governance": {"patient", "staging", "therapy", "evidence"},
    "planning": ALL_BELOW_PLANNING,
    "trials": ALL_BELOW_PLANNING - {"governance"},
    "oversight": ALL_BELOW_PLANNING | {"planning", "trials"},
}
TOP_FLOOR = {"report", "cli", "web"}
FREE = {"errors", "language", "output", "__version__"}


def rooms() -> list[str]:
    return sorted(p.name for p in SOURCE.iterdir() if p.is_dir() and any(p.rglob("*.py")))


def imports(path: Path) -> list[tuple[int, str, tuple[str, ...]]]:
    """Return every import of hepatica in a file, those inside functions too: line, module, names."""
    package = ["hepatica", *path.relative_to(SOURCE).parent.parts]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, ()) for alias in node.names if alias.name.split(".")[0] == "hepatica"]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module.split(".")[0] == "hepatica":
                found.append((node.lineno, module, tuple(alias.name for alias in node.names)))
    return found


def crossings(room: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return what a room's files import of other rooms: place, other room, module, names."""
    rows = []
    for path in sorted((SOURCE / room).rglob("*.py")):
        for line, module, names in imports(path):
            place = f"{path.relative_to(SOURCE)}:{line}"
            parts = module.split(".")
            targets = [(n, f"hepatica.{n}", ()) for n in names] if len(parts) == 1 else [(parts[1], module, names)]
            rows += [(place, other, full, taken) for other, full, taken in targets if other not in {room, *FREE}]
    return rows


def public_names(room: str) -> set[str]:
    """Return what a room's `__init__` offers: its __all__, or what it imports as itself (`from x import y as y`)."""
    listed = getattr(importlib.import_module(f"hepatica.{room}"), "__all__", None)
    if listed is not None:
        return set(listed)
    tree = ast.parse((SOURCE / room / "__init__.py").read_text(encoding="utf-8"))
    rows = [alias for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    return {alias.name for alias in rows if alias.asname == alias.name}


def test_every_room_has_a_floor() -> None:
    assert set(rooms()) <= set(MAY_IMPORT) | TOP_FLOOR


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_room_imports_only_from_below(room: str) -> None:
    upward = [f"{place} imports {other}" for place, other, _, _ in crossings(room) if other not in MAY_IMPORT[room]]
    assert upward == []


@pytest.mark.parametrize("room", rooms())
def test_room_uses_only_the_public_face_of_others(room: str) -> None:
    wrong = []
    for place, other, module, names in crossings(room):
        if other not in rooms():
            continue
        if module != f"hepatica.{other}":
            wrong.append(f"{place} reaches into {module}")
            continue
        public = public_names(other)
        wrong += [f"{place} takes {name}, which {module} does not offer" for name in names if name not in public]
    assert wrong == []


def test_top_level_files_hold_no_room_of_their_own() -> None:
    names = {"__init__", "__main__", "api", "errors", "language", "output", "saving"}
    assert {p.stem for p in SOURCE.glob("*.py")} == names


def test_the_scan_sees_lazy_and_relative_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    room = tmp_path / "patient"
    room.mkdir()
    (room / "here.py").write_text("def f():\n    from hepatica.twin.body import fit\n    from ..cli import main\n")
    assert crossings("patient") == [
        ("patient/here.py:2", "twin", "hepatica.twin.body", ("fit",)),
        ("patient/here.py:3", "cli", "hepatica.cli", ("main",)),
    ]
