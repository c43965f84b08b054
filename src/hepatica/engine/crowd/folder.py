"""A run kept in a folder, part by part: what is done stays done, and a folder never mixes two runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hepatica import __version__
from hepatica.engine.crowd.ensemble import NOBODY, Ensemble, Span
from hepatica.engine.solve.compiler import KERNEL
from hepatica.errors import InputError

MANIFEST = "_manifest.json"


@dataclass(frozen=True)
class Folder:
    """Parts of a run as files; a file with the name of a part is whole."""

    path_: Path
    crowd: Ensemble
    suffix: str

    def path(self, span: Span) -> Path:
        """Return the file of a part."""
        parts = self.crowd.parts()
        size = parts[0][1] - parts[0][0]
        return self.path_ / f"part-{(span[0] - self.crowd.first) // size:05d}{self.suffix}"

    def finished(self) -> list[Path]:
        """Return the files that are there, in order."""
        return [path for path in map(self.path, self.crowd.parts()) if path.exists()]

    def missing(self) -> list[Span]:
        """Return the parts that are still to be computed."""
        return [span for span in self.crowd.parts() if not self.path(span).exists()]

    def complete(self) -> None:
        """Note that every part is there, and remove what broken runs left."""
        for left in self.path_.glob(".part-*"):
            left.unlink(missing_ok=True)
        manifest = json.loads((self.path_ / MANIFEST).read_text(encoding="utf-8"))
        _write(self.path_ / MANIFEST, manifest | {"complete": True})


def open_folder(path: str | Path, crowd: Ensemble, kind: str, more: Mapping[str, Any], suffix: str) -> Folder:
    """Return the folder of a run, made new or found; raise InputError if another run lives there."""
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise InputError("not a folder", where=str(folder), mend="name a folder that is new, or holds this run")
    mine = {"kind": kind} | {name: _digest(value) for name, value in _facts(crowd, more).items()}
    manifest = folder / MANIFEST
    # A run that failed before its first part has left nothing to protect.
    if manifest.exists() and any(folder.glob("part-*")):
        _refuse_another(manifest, mine)
    elif folder.exists() and any(p for p in folder.iterdir() if p != manifest):
        raise InputError("the folder holds other files", where=str(folder), mend="name a new folder")
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make the folder: {error.strerror}", where=str(folder)) from None
        about = {"model": crowd.compiled.name, "patients": crowd.n, "first": crowd.first, "parts": len(crowd.parts())}
        about |= {"times": crowd.times.tolist(), "observables": list(crowd.observables), "hepatica": __version__}
        _write(manifest, about | {"run": mine, "complete": False})
    return Folder(folder, crowd, suffix)


def _refuse_another(manifest: Path, mine: Mapping[str, str]) -> None:
    try:
        theirs = dict(json.loads(manifest.read_text(encoding="utf-8"))["run"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot read the manifest: {error}", where=str(manifest)) from None
    if differs := [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)]:
        raise InputError(
            f"the folder holds another run: other {', '.join(differs)}",
            where=str(manifest),
            mend="give the same arguments to go on, or name another folder",
        )


def _facts(crowd: Ensemble, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that decides a run's numbers, by name.

    A function that draws cannot be compared; what it draws for the first and the last block can.
    """
    kernel = "".join(p.read_text(encoding="utf-8") for p in sorted(KERNEL.glob("*.h")))
    ends = [replace(crowd.cut(span), given=NOBODY) for span in (crowd.blocks()[0], crowd.blocks()[-1])]
    return {
        "model": [crowd.compiled.source, crowd.compiled.layout.to_json(), kernel, __version__],
        "times": crowd.times,
        "patients": [crowd.first, crowd.n, crowd.block],
        "observables": crowd.observables,
        "population": [crowd.given, [end.population() for end in ends] if crowd.draw else None],
        "options": crowd.options,
        **more,
    }


def _digest(value: Any) -> str:
    told = hashlib.sha256()

    def tell(item: Any) -> None:
        match item:
            case np.ndarray():
                told.update(f"array {item.shape}".encode() + np.ascontiguousarray(item, np.float64).tobytes())
            case Mapping():
                told.update(b"{")
                for name in sorted(item):
                    tell(name)
                    tell(item[name])
                told.update(b"}")
            case list() | tuple():
                told.update(b"[")
                for each in item:
                    tell(each)
                told.update(b"]")
            case _ if hasattr(item, "__dataclass_fields__"):
                tell([getattr(item, name) for name in item.__dataclass_fields__])
            case _:
                told.update(f"{item!r};".encode())

    tell(value)
    return told.hexdigest()[:32]


def _write(path: Path, data: Mapping[str, Any]) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    settle(partial, path)


def settle(partial: Path, target: Path) -> None:
    """Give a file its name once its content is safely on the disk."""
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, target)
