"""A population in blocks: arrays, or a function that draws any span of patients, and the run of one span.

A block is a fixed number of patients by index. Everything that a block needs can be had from its numbers alone, so that
memory does not grow with the population and any block can be computed anywhere, again, or not at all.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hepatica.engine.generate.compiled import CompiledModel, compile_model
from hepatica.engine.solve.problem import Dose, Floats, Result
from hepatica.engine.solve.run import simulate
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.engine.crowd.workers import Engine, Progress
    from hepatica.engine.language.model import Model

BLOCK, GPU_BLOCK = 4096, 65536
MOST_BLOCKS, PARTS = 16, 64
KINDS: Mapping[str, Any] = {"parameters": Mapping, "initial": Mapping, "doses": Sequence, "forcing": Mapping}
"""What may differ between patients: values by name, values by name, a list of `Dose`, (times, values) by name."""
NOBODY: Mapping[str, Any] = {"parameters": {}, "initial": {}, "doses": [], "forcing": {}}
Draw = Callable[[int, int], Mapping[str, Any]]
Span = tuple[int, int]
Check = Callable[[int, int], None]


@dataclass(frozen=True)
class Ensemble:
    """Patients first to first + n - 1 of a population, and the run that all of them get.

    `given` holds arrays of n or numbers under KINDS; `draw(first, last)` returns the same kinds for any span.
    """

    compiled: CompiledModel
    times: Floats
    first: int
    n: int
    block: int
    observables: tuple[str, ...]
    given: Mapping[str, Any]
    draw: Draw | None
    options: Mapping[str, Any]

    @property
    def last(self) -> int:
        return self.first + self.n

    def cut(self, span: Span) -> Ensemble:
        """Return the patients of a span of these."""
        first, last = span
        here = slice(first - self.first, last - self.first)
        given = {
            "parameters": {k: _taken(v, here) for k, v in self.given["parameters"].items()},
            "initial": {k: _taken(v, here) for k, v in self.given["initial"].items()},
            "doses": [replace(d, amount=_taken(d.amount, here)) for d in self.given["doses"]],
            "forcing": {
                k: (t, v[:, here] if v.ndim == 2 and v.shape[1] > 1 else v)
                for k, (t, v) in self.given["forcing"].items()
            },
        }
        return replace(self, first=first, n=last - first, given=given)

    def blocks(self) -> list[Span]:
        """Return the spans of the blocks."""
        return self.spans(1)

    def parts(self) -> list[Span]:
        """Return the spans of the parts in which a run is stored and sent out: whole blocks, by n alone."""
        blocks = -(-self.n // self.block)
        return self.spans(min(MOST_BLOCKS, -(-blocks // PARTS)))

    def spans(self, blocks: int) -> list[Span]:
        """Return the spans of so many blocks each."""
        size = self.block * blocks
        return [(a, min(a + size, self.last)) for a in range(self.first, self.last, size)]

    def population(self) -> dict[str, Any]:
        """Return what is given and drawn for all of these patients, by kind."""
        found = {kind: self.given[kind] for kind in KINDS}
        if self.draw is None:
            return found
        where = f"draw({self.first}, {self.last})"
        drawn = self.draw(self.first, self.last)
        if not isinstance(drawn, Mapping):
            raise InputError(f"{where} returned {type(drawn).__name__}", mend='return {"parameters": {…}, …}')
        for kind, value in drawn.items():
            if kind not in KINDS:
                raise InputError(f"{where} returned {kind!r}", mend=f"return a dict of {', '.join(KINDS)}")
            if not isinstance(value, KINDS[kind]):
                raise InputError(
                    f"{where} returned {kind} as {type(value).__name__}", mend="a list of Dose, else a dict"
                )
        for kind in ("parameters", "initial", "forcing"):
            if twice := sorted(set(found[kind]) & set(drawn.get(kind, ()))):
                raise InputError(f"{twice[0]!r} is given and drawn", where=where, mend="leave one of them out")
            found[kind] = {**found[kind], **drawn.get(kind, {})}
        found["doses"] = [*found["doses"], *drawn.get("doses", ())]
        _same_length(found, self.n, where)
        return found

    def run(self, check: Check | None = None) -> Result:
        """Simulate these patients; `check` is called along the way and may raise to end it."""
        try:
            return simulate(
                self.compiled, self.times, n=self.n, observables=self.observables, threads=1, progress=check,
                first_patient=self.first, **self.population(), **self.options,
            )  # fmt: skip
        except InputError as error:
            here = f"patients {self.first} to {self.last - 1}"
            raise InputError(error.what, where=", ".join(filter(None, (here, error.where))), mend=error.mend) from None


def ensemble(
    model: Model | CompiledModel,
    times: Any,
    *,
    observables: Sequence[str] = (),
    n: int | None = None,
    draw: Draw | None = None,
    parameters: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    doses: Sequence[Dose] = (),
    forcing: Mapping[str, tuple[Any, Any]] | None = None,
    first: int = 0,
    block: int | None = None,
    **options: Any,
) -> Ensemble:
    """Return a checked ensemble; options are those of `simulate` (precision, rtol, breakpoints, …).

    `block` is 4,096 patients, 65,536 on a GPU. Raises InputError for no patients, arrays of other lengths, an unknown
    observable or option, a cut block.
    """
    compiled = compile_model(model)
    where = f"model {compiled.name}"
    taken = set(inspect.signature(Ensemble).parameters) | {"model", "times", "threads", "progress", "first_patient"}
    known = set(inspect.signature(simulate).parameters) - taken - set(KINDS)
    if unknown := sorted(set(options) - known):
        raise InputError(f"unknown option {unknown[0]!r}", where=where, mend=f"there are: {', '.join(sorted(known))}")
    for name in observables:
        compiled.layout.find(name, compiled.layout.observable_index, "observable")
    if not observables:
        raise InputError("no observables asked for", where=where, mend="give observables=[…]")
    size = (GPU_BLOCK if options.get("device") == "gpu" else BLOCK) if block is None else block
    if size < 1 or first < 0 or first % size:
        raise InputError(
            f"patients from {first} in blocks of {size}", where=where, mend="start at a multiple of the block"
        )
    given = {
        "parameters": {k: _held(v) for k, v in (parameters or {}).items()},
        "initial": {k: _held(v) for k, v in (initial or {}).items()},
        "doses": [replace(d, amount=_held(d.amount)) if isinstance(d, Dose) else d for d in doses],
        "forcing": {k: _table(k, v, where) for k, v in (forcing or {}).items()},
    }
    if n is None and draw is not None:
        raise InputError("a draw without a number of patients", where=where, mend="give n")
    patients = n if n is not None else max(map(np.size, _arrays(given, where).values()), default=1)
    if patients < 1:
        raise InputError("0 patients", where=where, mend="give n, at least one")
    _same_length(given, patients, where)
    when = np.atleast_1d(np.asarray(times, dtype=np.float64))
    return Ensemble(
        compiled, when, first, patients, size, tuple(dict.fromkeys(observables)), given, draw, options
    )  # fmt: skip


def blocks(
    model: Model | CompiledModel,
    times: Any,
    *,
    threads: int | None = None,
    engine: Engine | None = None,
    progress: Progress = None,
    **population: Any,
) -> Iterator[tuple[int, Result]]:
    """Yield (number of the first patient, Result) block after block, a few ahead of the caller.

    Arguments are those of `ensemble`; `threads` (default: all) or an `engine` such as Dask compute. `progress` is True
    for a bar, or called with (patients done, patients). Ending the loop, or Ctrl-C, ends the work.
    """
    from hepatica.engine.crowd.workers import chosen

    return _in_turn(ensemble(model, times, **population), chosen(engine, threads), progress)


def _in_turn(crowd: Ensemble, engine: Engine, progress: Progress) -> Iterator[tuple[int, Result]]:
    from hepatica.engine.crowd.workers import Task

    spans = crowd.blocks()
    with closing(engine.each(Task(_run, _only), crowd, spans, progress)) as found:
        for (number, _), result in zip(spans, found, strict=True):
            yield number, result


def _run(part: Ensemble, check: Check) -> Result:
    return part.run(check)


def _only(part: Ensemble, results: Iterator[Result]) -> Result:
    (result,) = results
    return result


def _held(value: Any) -> Any:
    return value if np.size(value) == 1 else np.asarray(value)


def _table(name: str, value: Any, where: str) -> tuple[Any, Any]:
    try:
        times, values = value
        return times, np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"forcing {name} is no table", where=where, mend="give (times, values)") from None


def _taken(value: Any, here: slice) -> Any:
    return value if np.size(value) == 1 else value[here]


def _arrays(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return everything that may be one number or one for each patient, by its name."""
    if strange := [d for d in given["doses"] if not isinstance(d, Dose)]:
        raise InputError(f"{strange[0]!r} is not a Dose", where=where, mend="give Dose(time, state, amount)")
    named = {f"{kind.removesuffix('s')} {k}": v for kind in ("parameters", "initial") for k, v in given[kind].items()}
    tables = {k: _table(k, v, where)[1] for k, v in given["forcing"].items()}
    named |= {f"forcing {k}": v[0] for k, v in tables.items() if v.ndim == 2 and v.size}
    return named | {f"dose {i} amount": dose.amount for i, dose in enumerate(given["doses"])}


def _same_length(given: Mapping[str, Any], n: int, where: str) -> None:
    for name, value in _arrays(given, where).items():
        if np.size(value) not in (1, n):
            raise InputError(
                f"{name} has {np.size(value)} values for {n} patients", where=where, mend="give one, or one for each"
            )
