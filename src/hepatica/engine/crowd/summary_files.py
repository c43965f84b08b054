"""A summary as plain data, as an Arrow table, and as a file that can be merged again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hepatica.engine.crowd.folder import settle
from hepatica.engine.crowd.moments import Moments
from hepatica.engine.crowd.sketch import RELATIVE_ERROR, Sketch
from hepatica.engine.crowd.summary import Summary
from hepatica.errors import InputError

if TYPE_CHECKING:
    import pyarrow

FORMAT = 1


def to_json(summary: Summary) -> dict[str, Any]:
    """Return the numbers of a summary as plain data; what is not known is None."""
    courses: dict[str, Any] = {}
    for name in summary.observables:
        c = summary[name]
        courses[name] = {
            "count": c.count.tolist(),
            "mean": _plain(c.mean),
            "variance": _plain(c.variance),
            "min": _plain(c.low),
            "max": _plain(c.high),
            "quantiles": {f"{q:g}": _plain(values) for q, values in c.quantiles.items()},
        }
    return {
        "model": summary.model,
        "patients": summary.patients,
        "computed": summary.computed,
        "failures": summary.failures(),
        "steps": summary.steps,
        "times": summary.times.tolist(),
        "observables": courses,
        "thresholds": [
            {
                "observable": name,
                "level": level,
                "share_at_or_above": _plain(summary.share_at_or_above(name, level)),
                "share_below": _plain(summary.share_below(name, level)),
                "first_at_or_above": summary.at_or_above[k].tolist(),
                "first_below": summary.below[k].tolist(),
            }
            for k, (name, level) in enumerate(summary.levels)
        ],
        "events": {
            name: {
                "number": np.cumsum(new).tolist(),
                "incidence": _plain(summary.incidence(name)),
                "occurrences": summary.occurrences[name],
            }
            for name, new in summary.events.items()
        },
        "quantile_error": RELATIVE_ERROR,
    }


def to_arrow(summary: Summary) -> pyarrow.Table:
    """Return one row for each observable and time, in that order."""
    from hepatica.engine.crowd.arrow import pyarrow_module

    pa = pyarrow_module()
    courses = [summary[name] for name in summary.observables]
    size = summary.times.size
    columns: dict[str, Any] = {
        "observable": pa.array(np.repeat(np.array(summary.observables, dtype=object), size), pa.string()),
        "time": pa.array(np.tile(summary.times, len(courses))),
        "count": pa.array(np.concatenate([c.count for c in courses])),
    }
    kinds = {"mean": "mean", "variance": "variance", "min": "low", "max": "high"}
    floats = {name: [getattr(c, field) for c in courses] for name, field in kinds.items()}
    floats |= {f"q{q:g}": [c.quantiles[q] for c in courses] for q in summary.wanted}
    columns |= {name: pa.array(np.concatenate(parts), from_pandas=True) for name, parts in floats.items()}
    return pa.table(columns)


def save(summary: Summary, path: str | Path) -> Path:
    """Write a summary to a file, whole or not at all; the same summary gives the same bytes."""
    target = Path(path)
    about = {
        "format": FORMAT, "model": summary.model, "observables": summary.observables, "block": summary.block,
        "wanted": summary.wanted, "spans": summary.spans, "levels": summary.levels, "events": dict(summary.occurrences),
        "codes": [[int(c), int(k)] for c, k in summary.codes.items()], "steps": summary.steps,
    }  # fmt: skip
    nodes = list(summary.tree)
    arrays = {
        "about": np.array(json.dumps(about)), "times": summary.times, "low": summary.low, "high": summary.high,
        "at_or_above": summary.at_or_above, "below": summary.below, "bin_code": summary.bins.code,
        "bin_count": summary.bins.count, "nodes": np.array(nodes, np.int64),
        "events": np.array(list(summary.events.values()), np.int64).reshape(-1, summary.times.size),
        "tree_count": np.stack([summary.tree[n].count for n in nodes]),
        "tree_mean": np.stack([summary.tree[n].mean for n in nodes]),
        "tree_squares": np.stack([summary.tree[n].squares for n in nodes]),
    }  # fmt: skip
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    settle(partial, target)
    return target


def load_summary(path: str | Path) -> Summary:
    """Read a summary written by `Summary.save`; raise InputError naming the file if it is not one."""
    try:
        with np.load(path, allow_pickle=False) as file:
            found = dict(file)
        about = json.loads(str(found["about"]))
        if about["format"] != FORMAT:
            raise InputError(f"a summary of format {about['format']}, not {FORMAT}", where=str(path))
        tree = zip(found["nodes"].tolist(), found["tree_count"], found["tree_mean"], found["tree_squares"], strict=True)
        return Summary(
            model=about["model"],
            times=found["times"],
            observables=tuple(about["observables"]),
            block=about["block"],
            wanted=tuple(about["wanted"]),
            spans=tuple((a, b) for a, b in about["spans"]),
            tree={(level, i): Moments(count, mean, squares) for (level, i), count, mean, squares in tree},
            low=found["low"],
            high=found["high"],
            bins=Sketch(found["bin_code"], found["bin_count"]),
            levels=tuple((name, level) for name, level in about["levels"]),
            at_or_above=found["at_or_above"],
            below=found["below"],
            events=dict(zip(about["events"], found["events"], strict=True)),
            occurrences=about["events"],
            codes=dict(about["codes"]),
            steps=about["steps"],
        )
    except InputError:
        raise
    except Exception as error:  # a broken file can fail in many ways
        raise InputError(f"not a summary: {error}", where=str(path), mend="write it by Summary.save") from None


def _plain(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]
