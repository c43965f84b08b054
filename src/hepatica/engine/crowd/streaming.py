"""Run a population and keep its summary only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hepatica.engine.crowd.ensemble import Check, Ensemble, ensemble
from hepatica.engine.crowd.folder import open_folder
from hepatica.engine.crowd.moments import moments
from hepatica.engine.crowd.sketch import Whole, sketch
from hepatica.engine.crowd.summary import Summary, joined
from hepatica.engine.crowd.summary_files import load_summary, save
from hepatica.engine.crowd.workers import Engine, Progress, Task, chosen
from hepatica.engine.solve.problem import Floats, Result
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.generate.compiled import CompiledModel
    from hepatica.engine.language.model import Model

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run; `summary` is what was done until then, or None."""

    def __init__(self, summary: Summary | None) -> None:
        super().__init__(f"interrupted after {summary.patients if summary else 0} patients")
        self.summary = summary


def summarise(
    model: Model | CompiledModel,
    times: Any,
    *,
    thresholds: Mapping[str, Sequence[float] | float] | None = None,
    quantiles: Sequence[float] = QUANTILES,
    folder: str | Path | None = None,
    threads: int | None = None,
    engine: Engine | None = None,
    progress: Progress = None,
    **population: Any,
) -> Summary:
    """Simulate a population and return its summary; memory does not grow with the number of patients.

    `population` takes n, draw, parameters, initial, doses, observables, first and the options of `simulate` (see
    `ensemble`). `thresholds` gives levels by observable. In a `folder` the parts that are done are kept, and a second
    call goes on from there. The result has the same bytes for any threads, engine and interruptions. Raises InputError
    naming what is wrong, and Interrupted, with the summary so far, upon Ctrl-C.
    """
    crowd = ensemble(model, times, **population)
    levels = _levels(crowd, thresholds or {})
    wanted = tuple(float(q) for q in quantiles)
    if wrong := [q for q in wanted if not 0 <= q <= 1]:
        raise InputError(f"the quantile {wrong[0]:g} is not between 0 and 1", mend="0.5 is the median")
    task = Task(Summarise(levels, wanted), _joined)
    asked = {"thresholds": levels, "quantiles": wanted}
    kept = open_folder(folder, crowd, "summary", asked, ".npz") if folder else None
    done = [_part(path) for path in kept.finished()] if kept else []
    spans = kept.missing() if kept else crowd.parts()
    whole = joined(done) if done else None
    try:
        with closing(chosen(engine, threads).each(task, crowd, spans, progress)) as parts:
            for span, found in zip(spans, parts, strict=True):
                if kept:
                    save(found, kept.path(span))
                whole = whole + found if whole else found
    except KeyboardInterrupt:
        raise Interrupted(whole) from None
    if kept:
        kept.complete()
    assert whole is not None
    return whole


@dataclass(frozen=True)
class Summarise:
    """Run one block and summarise it."""

    levels: tuple[tuple[str, float], ...]
    wanted: tuple[float, ...]

    def __call__(self, part: Ensemble, check: Check) -> Summary:
        return of_block(part, part.run(check), self.levels, self.wanted)


def of_block(
    part: Ensemble, result: Result, levels: tuple[tuple[str, float], ...], wanted: tuple[float, ...]
) -> Summary:
    """Return the summary of one block's result."""
    computed = result.ok
    values = np.stack([result.values[name] for name in part.observables])
    if not computed.all():
        values = np.ascontiguousarray(values[:, :, computed])
    times, cells = result.times, values.reshape(values.shape[0] * values.shape[1], values.shape[2])
    place = {name: k for k, name in enumerate(part.observables)}
    at = [(values[place[name]], level) for name, level in levels]
    found, counted = np.unique(result.code, return_counts=True)
    return Summary(
        model=part.compiled.name,
        times=times,
        observables=part.observables,
        block=part.block,
        wanted=wanted,
        spans=((part.first, part.last),),
        tree={(0, part.first // part.block): moments(cells)},
        low=np.fmin.reduce(values, axis=2, initial=np.nan),
        high=np.fmax.reduce(values, axis=2, initial=np.nan),
        bins=sketch(cells),
        levels=levels,
        at_or_above=_firsts([v >= level for v, level in at], times.size),
        below=_firsts([v < level for v, level in at], times.size),
        events={name: _by_output(when[computed], times) for name, when in sorted(result.events.items())},
        occurrences={name: int(often[computed].sum()) for name, often in sorted(result.counts.items())},
        codes={int(code): int(count) for code, count in zip(found, counted, strict=True)},
        steps=int(result.steps.sum(dtype=np.int64)),
    )


def _firsts(sides: Sequence[NDArray[np.bool_]], size: int) -> Whole:
    """Count, for each [times, patients], the patients by the first output that is true."""
    counts = [np.bincount(np.argmax(side, axis=0)[side.any(axis=0)], minlength=size) for side in sides]
    return np.array(counts, np.int64).reshape(-1, size)


def _by_output(when: Floats, times: Floats) -> Whole:
    """Count the times that lie after the output before and not after this one."""
    places = np.searchsorted(times, when[~np.isnan(when)])
    return np.bincount(np.minimum(places, times.size - 1), minlength=times.size).astype(np.int64)


def _part(path: Path) -> Summary:
    try:
        return load_summary(path)
    except InputError as error:
        raise InputError(error.what, where=error.where, mend="remove this file: the run computes it again") from None


def _joined(part: Ensemble, summaries: Iterator[Summary]) -> Summary:
    return joined(list(summaries))


def _levels(crowd: Ensemble, thresholds: Mapping[str, Sequence[float] | float]) -> tuple[tuple[str, float], ...]:
    rows: list[tuple[str, float]] = []
    for name, levels in thresholds.items():
        if name not in crowd.observables:
            raise InputError(
                f"a threshold for {name!r}, which is not observed",
                where=f"model {crowd.compiled.name}",
                mend=f"add it to observables; there are: {', '.join(crowd.observables)}",
            )
        try:
            given = np.atleast_1d(np.asarray(levels, dtype=np.float64)).ravel()
        except (TypeError, ValueError):
            given = np.array([np.nan])
        if not np.isfinite(given).all():
            raise InputError(
                f"a threshold of {name} is not a number: {levels!r}", mend="give numbers, such as [15, 20]"
            )
        rows += [(name, float(level)) for level in given]
    return tuple(dict.fromkeys(rows))
