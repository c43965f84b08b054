"""Summaries: the numbers of the whole population, the same bytes whoever computed, merges, files, and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hepatica.engine import Model, Result, Summary, load_summary, simulate, summarise
from hepatica.engine.crowd.ensemble import ensemble
from hepatica.engine.crowd.moments import grown, moments, total
from hepatica.engine.crowd.sketch import RELATIVE_ERROR, merged, sketch
from hepatica.engine.crowd.streaming import of_block
from hepatica.errors import InputError

Run = dict[str, Any]
LEVELS = {"level": [40, 0], "amount": 0.5}


def whole(run: Run) -> Any:
    kept = {k: v for k, v in run.items() if k not in ("draw", "block")}
    return simulate(**kept, **run["draw"](0, run["n"]))


def data(summary: Summary, folder: Path) -> bytes:
    return summary.save(folder / "summary.npz").read_bytes()


def test_the_numbers_are_those_of_the_whole_population(run: Run) -> None:
    s, r = summarise(**run, quantiles=(0.0, 0.1, 0.5, 1.0)), whole(run)
    assert s.patients == 2500 and s.computed == 2495 and s.failures() == {"not finite": 5} == r.failures()
    assert s.steps == r.steps.sum()
    for name in ("level", "amount"):
        values, course = r[name][:, r.ok], s[name]
        assert (course.count == 2495).all()
        np.testing.assert_allclose(course.mean, values.mean(axis=1), rtol=1e-13)
        np.testing.assert_allclose(course.variance, values.var(axis=1, ddof=1), rtol=1e-11, atol=1e-25)
        np.testing.assert_array_equal(course.low, values.min(axis=1))
        np.testing.assert_array_equal(course.high, values.max(axis=1))
        for q, found in course.quantiles.items():
            exact = np.quantile(values, q, axis=1, method="inverted_cdf")
            np.testing.assert_allclose(found, exact, rtol=RELATIVE_ERROR)


def test_thresholds_count_the_first_output_on_either_side(run: Run) -> None:
    s, r = summarise(**run, thresholds=LEVELS), whole(run)
    for name, level in (("level", 40.0), ("level", 0.0), ("amount", 0.5)):
        values = r[name][:, r.ok]
        for found, side in ((s.share_at_or_above, values >= level), (s.share_below, values < level)):
            np.testing.assert_allclose(found(name, level), np.logical_or.accumulate(side).mean(axis=1), rtol=1e-14)
    assert 0 < s.share_below("level", 0.0)[1] < s.share_below("level", 0.0)[-1] <= 1


def test_any_threads_and_any_order_of_merging_give_the_same_bytes(run: Run, tmp_path: Path) -> None:
    expected = data(summarise(**run, thresholds=LEVELS, threads=1), tmp_path)
    assert data(summarise(**run, thresholds=LEVELS, threads=3), tmp_path) == expected
    spans = [(0, 512), (512, 768), (768, 2048), (2048, 2500)]
    parts = [summarise(**(run | {"first": a, "n": b - a}), thresholds=LEVELS) for a, b in spans]
    a, b, c, d = parts
    assert data(((d + b) + c) + a, tmp_path) == expected
    assert data((a + b) + (c + d), tmp_path) == expected
    assert (d + b).spans == ((512, 768), (2048, 2500))


def test_a_saved_summary_still_merges(run: Run, tmp_path: Path) -> None:
    a, b = (summarise(**(run | {"first": k, "n": 256}), thresholds=LEVELS) for k in (0, 256))
    again = load_summary(a.save(tmp_path / "a.npz")) + load_summary(b.save(tmp_path / "b.npz"))
    assert data(again, tmp_path) == data(a + b, tmp_path)
    with pytest.raises(InputError, match="not a summary"):
        load_summary(Path(__file__))


def test_patients_are_never_counted_twice_nor_runs_mixed(run: Run) -> None:
    s = summarise(**(run | {"n": 512}))
    with pytest.raises(InputError, match="patients from 256 are in two summaries"):
        s + summarise(**(run | {"n": 300, "first": 256}))
    with pytest.raises(InputError, match="other observables"):
        s + summarise(**(run | {"n": 300, "first": 512, "observables": ["level"]}))


def test_json_and_arrow_say_the_same(run: Run) -> None:
    s = summarise(**run, thresholds=LEVELS)
    told = json.loads(json.dumps(s.to_json(), allow_nan=False))
    table = s.to_arrow().to_pylist()
    assert len(table) == 10 and table[7]["observable"] == "amount" and table[7]["time"] == 2.0
    assert table[7]["q0.95"] == told["observables"]["amount"]["quantiles"]["0.95"][2]
    assert table[7]["count"] == told["observables"]["amount"]["count"][2] == told["computed"] == 2495
    assert told["failures"] == {"not finite": 5} and told["thresholds"][1]["level"] == 0


def test_events_and_patients_they_stop(run: Run) -> None:
    part = ensemble(**(run | {"n": 4, "times": [0.0, 1.0, 2.0], "observables": ["level"]}))
    values = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, np.nan, 3.0, 5.0], [1.0, np.nan, 3.0, np.nan]])
    result = Result(
        part.times, {"level": values}, np.array([0, 6, 2, 0], np.int8), np.ones(4, np.int32), np.array([2, 0.5, 1, 2]),
        {"death": np.array([np.nan, 0.5, 0.1, np.nan]), "flare": np.full(4, 2.0)},
        {"death": np.array([0, 1, 1, 0], np.int32), "flare": np.full(4, 3, np.int32)},
    )  # fmt: skip
    s = of_block(part, result, (), (0.5,))
    assert s.computed == 3 and sum(s.failures().values()) == 1
    assert s["level"].count.tolist() == [3, 2, 1] and s["level"].mean.tolist() == [7 / 3, 3.0, 1.0]
    assert s.incidence("death").tolist() == [0.0, 1 / 3, 1 / 3]
    assert s.to_json()["events"]["flare"] == {"number": [0, 0, 3], "incidence": [0, 0, 1], "occurrences": 9}
    with pytest.raises(InputError, match="unknown event 'deth'"):
        s.incidence("deth")


def test_deaths_by_chance_are_the_same_in_any_block_and_follow_their_hazard(tmp_path: Path) -> None:
    m = Model("mortal")
    rate = m.parameter("rate", 0.3)
    x = m.state("amount", 1.0)
    m.rate(x, -0.1 * x)
    m.hazard("death", rate, stop=True)
    asked: Run = {"model": m, "times": [0.0, 1.0, 4.0], "n": 5000, "observables": ["amount"], "seed": 9}
    rates = np.linspace(0.1, 0.5, 5000)
    s = summarise(**asked, parameters={"rate": rates}, block=64)
    r = simulate(**asked, parameters={"rate": rates})
    assert s.codes == {0: int((r.code == 0).sum()), 6: int((r.code == 6).sum())}
    assert s.events["death"].tolist() == [0, int((r.events["death"] <= 1).sum()), int((r.events["death"] > 1).sum())]
    assert s["amount"].count.tolist() == (~np.isnan(r["amount"])).sum(axis=1).tolist()
    expected = (1 - np.exp(-np.outer([0, 1, 4], rates))).mean(axis=1)
    np.testing.assert_allclose(s.incidence("death"), expected, atol=4 * 0.5 / np.sqrt(5000))
    assert load_summary(s.save(tmp_path / "s.npz")).to_json() == s.to_json()


def test_nobody_computed_is_told_as_unknown(run: Run) -> None:
    s = summarise(**(run | {"n": 3, "draw": None}), parameters={"sound": -1.0})
    told = s.to_json()
    assert told["computed"] == 0 and told["failures"] == {"not finite": 3}
    assert told["observables"]["level"]["mean"] == told["observables"]["level"]["quantiles"]["0.5"] == [None] * 5


def test_a_run_goes_on_from_its_folder_to_the_same_bytes(run: Run, tmp_path: Path) -> None:
    def interrupt(done: int, _: int) -> None:
        if done > 1000:
            raise KeyboardInterrupt

    folder = tmp_path / "kept"
    with pytest.raises(KeyboardInterrupt):
        summarise(**run, folder=folder, progress=interrupt)
    assert 0 < len(list(folder.glob("part-*.npz"))) < 10
    drawn = []

    def draw(first: int, last: int) -> Any:
        drawn.append(first)
        return run["draw"](first, last)

    s = summarise(**(run | {"draw": draw}), folder=folder)
    assert 512 not in drawn and 1280 in drawn
    assert data(s, tmp_path) == data(summarise(**run), tmp_path)
    assert json.loads((folder / "_manifest.json").read_text())["complete"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n": 2501}, "patients"),
        ({"times": [0, 1]}, "times"),
        ({"rtol": 1e-5}, "options"),
        ({"draw": lambda a, b: {"parameters": {"loss": 1.0}}}, "population"),
        ({"observables": ["level"]}, "observables"),
        ({"quantiles": (0.5,)}, "quantiles"),
    ],
)
def test_a_folder_of_another_run_is_refused_by_name(run: Run, tmp_path: Path, change: Run, named: str) -> None:
    short = run | {"n": 256}
    summarise(**short, folder=tmp_path / "kept")
    with pytest.raises(InputError, match=rf"another run: other (\w+, )*{named}"):
        summarise(**(short | change), folder=tmp_path / "kept")


def test_a_broken_part_is_named_with_its_cure(run: Run, tmp_path: Path) -> None:
    summarise(**(run | {"n": 512}), folder=tmp_path / "kept")
    (tmp_path / "kept" / "part-00001.npz").write_bytes(b"half")
    with pytest.raises(InputError, match=r"not a summary[\s\S]*part-00001[\s\S]*remove this file"):
        summarise(**(run | {"n": 512}), folder=tmp_path / "kept")


def test_a_run_that_failed_at_once_leaves_its_folder_free(run: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown parameter 'los'"):
        summarise(**(run | {"draw": lambda a, b: {"parameters": {"los": 1.0}}}), folder=tmp_path / "kept")
    assert summarise(**run, folder=tmp_path / "kept").patients == 2500


def test_a_manifest_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    summarise(**(run | {"n": 256}), folder=tmp_path / "kept")
    (tmp_path / "kept" / "_manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"cannot read the manifest[\s\S]*_manifest.json"):
        summarise(**(run | {"n": 256}), folder=tmp_path / "kept")


def test_a_folder_of_other_files_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        summarise(**run, folder=tmp_path)
    with pytest.raises(InputError, match="not a folder"):
        summarise(**run, folder=tmp_path / "mine.txt")
    with pytest.raises(InputError, match="cannot make the folder"):
        summarise(**run, folder=tmp_path / "mine.txt" / "below")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"thresholds": {"levl": [1]}}, r"a threshold for 'levl', which is not observed[\s\S]*level, amount"),
        ({"thresholds": {"level": ["high"]}}, "a threshold of level is"),
        ({"quantiles": [1.5]}, "the quantile 1.5 is not between"),
    ],
)
def test_wrong_input_is_named(run: Run, change: Run, message: str) -> None:
    with pytest.raises(InputError, match=message):
        summarise(**run, **change)


def test_asking_a_summary_for_what_it_lacks_is_named(run: Run) -> None:
    s = summarise(**(run | {"n": 5}), thresholds=LEVELS)
    for ask, message in (
        (lambda: s["levl"], "unknown observable 'levl'"),
        (lambda: s.quantile("level", 2), "the quantile 2"),
        (lambda: s.share_below("level", 3), r"no threshold 3 of level[\s\S]*level 40"),
    ):
        with pytest.raises(InputError, match=message):
            ask()


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 40)), elements=st.floats(allow_nan=True)))
def test_the_sketch_holds_its_error_for_any_numbers(values: np.ndarray) -> None:
    half = values.shape[1] // 2
    both = merged([sketch(np.ascontiguousarray(values[:, half:])), sketch(np.ascontiguousarray(values[:, :half]))])
    once = sketch(values)
    assert (both.code == once.code).all() and (both.count == once.count).all()
    found = once.quantiles([0, 0.3, 0.5, 1], 0, len(values))
    for row, quantiles in zip(values, found.T, strict=True):
        known = np.sort(row[~np.isnan(row)])
        assert once.count.sum() == (~np.isnan(values)).sum()
        if known.size:
            exact = known[[0, int(np.ceil(0.3 * known.size)) - 1, int(np.ceil(0.5 * known.size)) - 1, -1]]
            np.testing.assert_allclose(quantiles, exact, rtol=RELATIVE_ERROR, atol=2.0**-1022)
            assert (quantiles[exact == 0] == 0).all()
        else:
            assert np.isnan(quantiles).all()


def test_the_variance_of_small_differences_of_large_numbers_is_kept() -> None:
    values = 1e9 + np.random.default_rng(3).standard_normal((1, 10_000))
    nodes: dict = {}
    for i in reversed(range(10)):
        nodes = grown(nodes, {(0, i): moments(values[:, 1000 * i : 1000 * (i + 1)])})
    assert list(nodes) == [(3, 0), (1, 4)]
    # numpy's two-pass variance of the numbers less 1e9, which are exact.
    np.testing.assert_allclose(total(nodes).variance, (values - 1e9).var(ddof=1), rtol=1e-7)
