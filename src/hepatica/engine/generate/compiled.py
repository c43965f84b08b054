"""A model ready to run: its layout and its C, from a symbolic model or from the files of a package."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.engine.language.layout import Layout
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.language.model import Model


@dataclass(frozen=True)
class CompiledModel:
    """What `simulate` runs; loading one needs no sympy."""

    layout: Layout
    source: str = field(repr=False)

    @property
    def name(self) -> str:
        return self.layout.name


def compile_model(model: Model | CompiledModel) -> CompiledModel:
    """Return the model with its generated C; the same object for the same model."""
    if isinstance(model, CompiledModel):
        return model
    kept: CompiledModel | None = getattr(model, "_compiled", None)
    if kept is None:
        from hepatica.engine.generate.emit import generate_c

        kept = CompiledModel(model.layout, generate_c(model))
        model._compiled = kept  # type: ignore[attr-defined]
    return kept


def write_generated(model: Model | CompiledModel, folder: str | Path, name: str | None = None) -> tuple[Path, Path]:
    """Write NAME.c and NAME.json into a folder; return their paths. The same model gives the same bytes."""
    compiled = compile_model(model)
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    c, table = where / f"{name or compiled.name}.c", where / f"{name or compiled.name}.json"
    c.write_text(compiled.source, encoding="utf-8")
    table.write_text(json.dumps(compiled.layout.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return c, table


def load_model(folder: str | Path, name: str | None = None) -> CompiledModel:
    """Read NAME.c and NAME.json from a folder; without a name, the only pair there."""
    where = Path(folder)
    names = [name] if name else sorted(p.stem for p in where.glob("*.c") if p.with_suffix(".json").exists())
    if len(names) != 1:
        raise InputError(f"{len(names)} generated models", where=str(where), mend="name one, or write one there")
    try:
        data: dict[str, Any] = json.loads((where / f"{names[0]}.json").read_text(encoding="utf-8"))
        return CompiledModel(Layout.from_json(data), (where / f"{names[0]}.c").read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot load the model {names[0]}: {error}", where=str(where)) from None
