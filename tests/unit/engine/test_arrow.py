"""Results as Arrow tables and Parquet folders: every value, flat, whole files only, resumed, never mixed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.dataset
import pyarrow.parquet as parquet
import pytest

from hepatica.engine import Dask, Model, blocks, simulate, to_arrow, write_parquet
from hepatica.errors import CannotAnswer, InputError

Run = dict[str, Any]


def test_a_table_has_a_row_for_each_patient_and_time(run: Run) -> None:
    first, r = list(blocks(**(run | {"n": 300})))[1]
    rows = to_arrow(r, first).to_pylist()
    assert len(rows) == 44 * 5
    assert rows[7] == {
        "patient": 257, "time": 2.0, "level": r["level"][2, 1], "amount": r["amount"][2, 1], "code": 0
    }  # fmt: skip


def test_what_was_not_reached_is_null_and_has_its_code(run: Run) -> None:
    kept = {k: v for k, v in run.items() if k not in ("draw", "block")}
    table = to_arrow(simulate(**kept, **run["draw"](0, 2500)))
    lost = table.filter(pyarrow.compute.field("patient") == 17).to_pydict()
    assert lost["amount"][1:] == [None] * 4 and lost["code"] == [2] * 5


def test_events_have_a_column_of_first_times() -> None:
    m = Model("ending")
    x = m.state("amount", 1.0)
    m.rate(x, -x)
    m.event("spent", x <= 0.5, stop=True)
    r = simulate(m, [0, 0.1, 2], n=2, initial={"amount": [1.0, 0.1]}, observables=["amount"])
    rows = to_arrow(r).to_pylist()
    assert [row["code"] for row in rows] == [6] * 3 + [0] * 3 and rows[2]["amount"] is None
    assert rows[0]["event_spent"] == pytest.approx(np.log(2), rel=1e-3) and rows[3]["event_spent"] is None


def test_the_folder_holds_what_the_blocks_hold(run: Run, tmp_path: Path) -> None:
    written = write_parquet(**run, path=tmp_path / "courses", threads=2)
    assert (written.parts, written.patients, written.failed) == (10, 2500, {"not finite": 5})
    table = pyarrow.dataset.dataset(tmp_path / "courses").to_table()
    expected = pyarrow.concat_tables([to_arrow(r, first) for first, r in blocks(**run)])
    assert table.equals(expected)
    asked = f"select avg(amount), count(*) from '{tmp_path}/courses/*.parquet' where time = 4"
    ((mean, rows),) = duckdb.sql(asked).fetchall()
    amounts = expected.filter(pyarrow.compute.field("time") == 4)["amount"].to_numpy()
    assert rows == 2500 and mean == pytest.approx(np.nanmean(amounts), rel=1e-12)


def test_a_block_is_a_row_group(run: Run, tmp_path: Path) -> None:
    write_parquet(**(run | {"n": 2500, "block": 16}), path=tmp_path / "courses")
    file = parquet.ParquetFile(tmp_path / "courses" / "part-00001.parquet")
    assert file.metadata.num_row_groups == 3 and file.metadata.row_group(0).num_rows == 16 * 5
    assert file.read_row_group(0)["patient"][0].as_py() == 48


def test_a_broken_run_goes_on_and_ends_with_the_same_bytes(run: Run, tmp_path: Path) -> None:
    def interrupt(done: int, _: int) -> None:
        if done > 1000:
            raise KeyboardInterrupt

    broken, clean = tmp_path / "broken", tmp_path / "clean"
    with pytest.raises(KeyboardInterrupt):
        write_parquet(**run, path=broken, progress=interrupt)
    before = {p: p.stat().st_mtime_ns for p in broken.glob("part-*")}
    assert 0 < len(before) < 10
    (broken / ".part-00007.parquet.left").write_bytes(b"half")
    write_parquet(**run, path=broken, threads=1)
    write_parquet(**run, path=clean)
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert {p.name: p.read_bytes() for p in broken.iterdir()} == {p.name: p.read_bytes() for p in clean.iterdir()}


def test_a_folder_of_another_run_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    write_parquet(**(run | {"n": 256}), path=tmp_path / "courses")
    with pytest.raises(InputError, match=r"another run: other options"):
        write_parquet(**(run | {"n": 256, "precision": "f32"}), path=tmp_path / "courses")


def test_wrong_input_leaves_no_part(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown observable"):
        write_parquet(**(run | {"observables": ["levl"]}), path=tmp_path / "courses")
    assert not (tmp_path / "courses").exists()


@pytest.mark.parametrize(("module", "extra"), [("pyarrow", "data"), ("distributed", "cluster")])
def test_a_missing_package_is_named_with_its_extra(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, f"{module}.parquet", None)
    with pytest.raises(CannotAnswer, match=rf"hepatica\[{extra}\]"):
        if extra == "data":
            write_parquet(**run, path=tmp_path / "courses")
        else:
            list(blocks(**run, engine=Dask(None)))
