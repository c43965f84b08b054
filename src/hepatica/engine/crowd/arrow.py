"""Results as Arrow tables and as a folder of Parquet files, written block by block."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hepatica.engine.crowd.ensemble import Check, Ensemble, ensemble
from hepatica.engine.crowd.folder import open_folder, settle
from hepatica.engine.crowd.workers import Engine, Progress, Task, chosen
from hepatica.engine.solve.problem import CODES, FINE, Result
from hepatica.errors import CannotAnswer, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow

    from hepatica.engine.generate.compiled import CompiledModel
    from hepatica.engine.language.model import Model

FIXED = ("patient", "time", "code")
NOTE = b"hepatica.codes"


@dataclass(frozen=True)
class Courses:
    """A finished folder of Parquet files: `parts` files of `patients` patients, `failed` by reason."""

    path: Path
    parts: int
    patients: int
    failed: dict[str, int]


def to_arrow(result: Result, first: int = 0) -> pyarrow.Table:
    """Return one row for each patient and time, patients numbered from `first`.

    Columns: patient, time, the observables (null where not reached), code (0: done), and, for each event of the model,
    event_NAME (first time; null if it did not happen). Raises CannotAnswer without pyarrow.
    """
    pa = pyarrow_module()
    n, size = result.code.size, result.times.size
    columns: dict[str, Any] = {
        "patient": pa.array(np.repeat(np.arange(first, first + n, dtype=np.int64), size)),
        "time": pa.array(np.tile(result.times, n)),
    }
    for name, values in result.values.items():
        if name in FIXED:
            raise InputError(f"an observable named {name!r}", mend="observe it under another name")
        columns[name] = pa.array(np.ascontiguousarray(values.T).ravel(), from_pandas=True)
    columns["code"] = pa.array(np.repeat(result.code, size))
    for name, when in sorted(result.events.items()):
        columns[f"event_{name}"] = pa.array(np.repeat(when, size), from_pandas=True)
    return pa.table(columns)


def write_parquet(
    model: Model | CompiledModel,
    times: Any,
    *,
    path: str | Path,
    threads: int | None = None,
    engine: Engine | None = None,
    progress: Progress = None,
    **population: Any,
) -> Courses:
    """Simulate a population into PATH/part-00000.parquet, …, one row group a block; memory stays flat.

    `population` is as in `summarise`. A part gets its name when it is whole, and a second call writes only what is
    missing; a folder of another run is refused. An engine whose workers are elsewhere needs a path that all of them
    see. Raises InputError for wrong input and CannotAnswer without pyarrow.
    """
    parquet = pyarrow_module("pyarrow.parquet")
    crowd = ensemble(model, times, **population)
    if wrong := sorted(set(FIXED) & set(crowd.observables)):
        raise InputError(f"an observable named {wrong[0]!r}", mend="observe it under another name")
    folder = open_folder(path, crowd, "courses", {}, ".parquet")
    spans = folder.missing()
    task = Task(_table, WritePart({span[0]: folder.path(span).absolute() for span in spans}))
    with closing(chosen(engine, threads).each(task, crowd, spans, progress)) as parts:
        for _ in parts:
            pass
    folder.complete()
    codes: dict[int, int] = {}
    for file in folder.finished():
        for code, count in json.loads(parquet.read_metadata(file).metadata[NOTE]).items():
            codes[int(code)] = codes.get(int(code), 0) + count
    failed = {CODES.get(c, f"code {c}"): k for c, k in sorted(codes.items()) if c not in FINE}
    return Courses(folder.path_, len(folder.finished()), sum(codes.values()), failed)


@dataclass(frozen=True)
class WritePart:
    """Write the tables of one part to its file, by number of the first patient."""

    files: Mapping[int, Path]

    def __call__(self, part: Ensemble, tables: Iterator[pyarrow.Table]) -> int:
        parquet = pyarrow_module("pyarrow.parquet")
        target = self.files[part.first]
        partial = target.with_name(f".{target.name}.{socket.gethostname()}-{os.getpid()}")
        codes: dict[int, int] = {}
        first = next(tables)
        coded = {
            "compression": "zstd",
            "use_dictionary": [name for name in first.schema.names if name in FIXED[1:] or name.startswith("event_")],
            "column_encoding": {"patient": "DELTA_BINARY_PACKED"},
        }
        try:
            with parquet.ParquetWriter(partial, first.schema, **coded) as writer:
                for table in (first, *tables):
                    writer.write_table(table, row_group_size=table.num_rows)
                    found, count = np.unique(table["code"].to_numpy()[:: part.times.size], return_counts=True)
                    for code, k in zip(found.tolist(), count.tolist(), strict=True):
                        codes[code] = codes.get(code, 0) + k
                writer.add_key_value_metadata({NOTE: json.dumps(codes)})
            settle(partial, target)
        finally:
            partial.unlink(missing_ok=True)
        return part.n


def pyarrow_module(name: str = "pyarrow") -> Any:
    """Return pyarrow, or raise CannotAnswer naming the extra that brings it."""
    try:
        return import_module(name)
    except ImportError:
        raise CannotAnswer("Arrow and Parquet need pyarrow", mend='pip install "hepatica[data]"') from None


def _table(part: Ensemble, check: Check) -> pyarrow.Table:
    return to_arrow(part.run(check), part.first)
