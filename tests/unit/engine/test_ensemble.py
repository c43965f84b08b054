"""Blocks: the same patients as one run, few at a time, ended at once, and every mistake named."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import numpy as np
import pytest

from hepatica.engine import Dose, Interrupted, Model, blocks, simulate, summarise
from hepatica.errors import InputError

Run = dict[str, Any]


def together(found: Any) -> tuple[list[int], np.ndarray]:
    pairs = list(found)
    return [first for first, _ in pairs], np.concatenate([r["level"] for _, r in pairs], axis=1)


def whole(run: Run) -> np.ndarray:
    kept = {k: v for k, v in run.items() if k not in ("draw", "block")}
    return simulate(**kept, **run["draw"](0, run["n"]))["level"]


def test_blocks_hold_the_patients_of_one_run_in_order(run: Run) -> None:
    firsts, levels = together(blocks(**run, threads=3))
    assert firsts == list(range(0, 2500, 256))
    np.testing.assert_array_equal(levels, whole(run))


def test_arrays_are_cut_as_a_draw_is(run: Run) -> None:
    drawn = run["draw"](0, 2500)
    doses = [Dose(1.5, "amount", np.linspace(0, 1, 2500)), Dose(2.5, "amount", 0.5)]
    kept = {k: v for k, v in run.items() if k not in ("draw", "n")}
    _, cut = together(blocks(**kept, **drawn, doses=doses, threads=2))
    _, at_once = together(blocks(**(kept | {"block": 4096}), **drawn, doses=doses))
    np.testing.assert_array_equal(cut, at_once)
    assert (cut[3] > whole(run)[3]).sum() == 2495, "all but the five lost got more"


def test_forcing_tables_of_each_patient_are_cut_with_them() -> None:
    m = Model("forced")
    x = m.state("amount", 0.0)
    m.rate(x, m.forcing("inflow", [0, 1], [0, 0]))
    knots, heights = np.array([0.0, 2.0]), np.vstack([np.zeros(700), np.arange(700.0)])
    found = list(
        blocks(m, [0, 2], n=700, block=256, observables=["amount"], forcing={"inflow": (knots, heights)}, threads=2)
    )
    ends = np.concatenate([r["amount"][-1] for _, r in found])
    np.testing.assert_allclose(ends, np.arange(700.0), rtol=1e-4)
    shared = blocks(m, [0, 2], n=300, block=256, observables=["amount"], forcing={"inflow": (knots, heights[:, 5:6])})
    assert all((r["amount"][-1] > 4.99).all() for _, r in shared)


def test_what_is_drawn_comes_on_top_of_what_is_given(run: Run) -> None:
    _, both = together(blocks(**run, initial={"amount": np.full(2500, 2.0)}))
    np.testing.assert_allclose(both[0] - whole(run)[0], 100.0, rtol=1e-12)


def test_a_population_that_begins_later_has_its_own_patients(run: Run) -> None:
    firsts, levels = together(blocks(**(run | {"first": 1024, "n": 700})))
    assert firsts == [1024, 1280, 1536]
    np.testing.assert_array_equal(levels, whole(run)[:, 1024:1724])


def test_few_blocks_are_drawn_ahead_of_the_caller(run: Run) -> None:
    drawn = []

    def draw(first: int, last: int) -> Any:
        drawn.append(first)
        return run["draw"](first, last)

    found = blocks(**(run | {"draw": draw}), threads=2)
    next(found)
    time.sleep(0.1)
    assert len(drawn) <= 5
    found.close()


def test_progress_is_told_in_patients(run: Run) -> None:
    told: list[tuple[int, int]] = []
    list(blocks(**run, threads=1, progress=lambda *done: told.append(done)))
    assert told[0] == (256, 2500) and told[-1] == (2500, 2500) and len(told) == 10


def test_an_interrupt_ends_the_work_and_keeps_what_is_done(run: Run) -> None:
    drawn = []

    def draw(first: int, last: int) -> Any:
        drawn.append(first)
        return run["draw"](first, last)

    def interrupt(done: int, _: int) -> None:
        if done >= 768:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        summarise(**(run | {"draw": draw}), threads=2, progress=interrupt)
    assert caught.value.summary is not None and caught.value.summary.patients == 512
    assert len(drawn) < 10


def test_a_fault_of_the_draw_is_its_own(run: Run) -> None:
    def draw(first: int, last: int) -> Any:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(blocks(**(run | {"draw": draw})))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "0 patients"),
        ({"n": None}, r"a draw without a number[\s\S]*give n"),
        ({"observables": ["levl"]}, r"unknown observable 'levl'[\s\S]*level"),
        ({"observables": []}, "no observables"),
        ({"device": "abacus"}, r"device 'abacus'[\s\S]*patients 0 to 255"),
        ({"precison": "f32"}, r"unknown option 'precison'[\s\S]*precision"),
        ({"first": 100}, "patients from 100 in blocks of 256"),
        ({"threads": 0}, "0 threads"),
        ({"parameters": {"loss": np.ones(7)}}, "parameter loss has 7 values for 2500 patients"),
        ({"parameters": {"loss": 1.0}}, r"'loss' is given and drawn[\s\S]*draw\(0, 256\)"),
        ({"forcing": {"inflow": ([0, 1], np.ones((2, 7)))}}, "forcing inflow has 7 values for 2500"),
        ({"forcing": {"inflow": 1.0}}, "forcing inflow is no table"),
        ({"doses": [1.0]}, "1.0 is not a Dose"),
        ({"times": [1.0, 0.0]}, "output times must rise"),
        ({"draw": lambda a, b: {"parameters": {"loss": np.ones(3)}}}, r"loss has 3 values for 256[\s\S]*draw\(0, 256"),
        ({"draw": lambda a, b: {"parameters": {"los": 1.0}}}, r"unknown parameter 'los'[\s\S]*patients 0 to 255"),
        ({"draw": lambda a, b: {"parameter": {}}}, "returned 'parameter'"),
        ({"draw": lambda a, b: {"doses": Dose(0, "amount", 1)}}, "returned doses as Dose"),
        ({"draw": lambda a, b: [1.0]}, "returned list"),
    ],
)
def test_wrong_input_is_named(run: Run, change: Run, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(blocks(**(run | change)))


def test_ctrl_c_ends_a_run_of_hours_at_once(run: Run) -> None:
    before, sent = threading.active_count(), []

    def press(done: int, _: int) -> None:
        if not sent:
            sent.append(time.monotonic() + 0.2)
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(Interrupted) as caught:
        summarise(**(run | {"n": 10**8}), threads=2, progress=press)
    assert time.monotonic() - sent[0] < 3 and threading.active_count() <= before + 1
    assert caught.value.summary is not None and caught.value.summary.patients > 0
