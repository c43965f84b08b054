"""What differs between studies besides their results: columns for meta-regression, and the regression itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hepatica.errors import CannotAnswer, InputError
from hepatica.evidence.bias import risk_of_bias
from hepatica.evidence.extract import Row
from hepatica.evidence.model import Arm, Study
from hepatica.evidence.regression import METHODS, Regression, regress

Value = float | str | None


def _cells(r: Row) -> list[Any]:
    return [a.cells for a in r.contrast.treated if a.cells]


def _one(values: Sequence[Any]) -> Value:
    """Return the value that all treated arms share; several are joined, none is None."""
    kept = sorted({str(v) for v in values if v not in (None, "")})
    return " + ".join(kept) or None


def _yes(value: bool | None) -> Value:
    return None if value is None else "yes" if value else "no"


def _dose(r: Row) -> Value:
    found = []
    for a in r.contrast.treated:
        if a.cells is None:
            continue
        if a.cells.dose_cells_per_kg:
            found.append(a.cells.dose_cells_per_kg)
        elif a.cells.dose_cells_total and (weight := _baseline(r.study, a, "weight_kg")):
            found.append(a.cells.dose_cells_total / weight)
    return math.log10(sum(found) / len(found)) if found else None


def _total(r: Row) -> Value:
    found = [c.dose_cells_total for c in _cells(r) if c.dose_cells_total]
    return math.log10(sum(found) / len(found)) if found else None


def _infusions(r: Row) -> Value:
    found = [float(c.infusions) for c in _cells(r) if c.infusions]
    return sum(found) / len(found) if found else None


def _cause(r: Row) -> Value:
    known = sorted(r.study.etiology, key=lambda e: -e[1])
    if not known:
        return None
    return known[0][0] if known[0][1] >= 0.5 else "mixed"


def _meld(r: Row) -> Value:
    values = [(a.n or 1, _baseline(r.study, a, "meld")) for a in (*r.contrast.treated, *r.contrast.control)]
    kept = [(n, v) for n, v in values if v is not None]
    return sum(n * v for n, v in kept) / sum(n for n, _ in kept) if kept else None


def _baseline(s: Study, arm: Arm, variable: str) -> float | None:
    rows = [m for m in s.measures if m.kind == "baseline" and m.variable == variable and m.arm == arm.name]
    return next((v for m in rows for v in (m.mean, m.median) if v is not None), None)


MODERATORS: dict[str, tuple[str, Callable[[Row], Value]]] = {
    "dose_per_kg": ("log10 of cells per kg; a total is divided by the arm's printed mean weight", _dose),
    "dose_total": ("log10 of cells", _total),
    "route": ("route of the cells", lambda r: _one([c.route for c in _cells(r)])),
    "source": ("class of the cells", lambda r: _one([c.cell_class for c in _cells(r)])),
    "donor": ("donor of the cells", lambda r: _one([c.donor for c in _cells(r)])),
    "infusions": ("number of infusions", _infusions),
    "cause": ("commonest cause where it is half or more, else mixed", _cause),
    "baseline_meld": ("mean or median MELD before treatment, both sides", _meld),
    "risk_of_bias": ("overall judgement, ours", lambda r: risk_of_bias(r.study.id)["overall"]),
    "region": ("region", lambda r: r.study.region),
    "year": ("year of publication", lambda r: float(r.study.year) if r.study.year else None),
    "condition": ("condition", lambda r: r.study.condition),
    "blinded": ("blinded or not", lambda r: _yes(r.study.blinded)),
    "randomised": ("randomised or not", lambda r: _yes(r.study.randomised)),
    "age": ("mean age, years", lambda r: r.study.age_mean_years),
}  # fmt: skip


def values(rows: Sequence[Row], name: str, outcome: str = "survival") -> list[Value]:
    """Return one moderator of each row, None where the base does not know it; raises InputError for another word."""
    if name not in MODERATORS:
        raise InputError(f"moderator {name!r} is not known", mend=f"one of: {', '.join(MODERATORS)}")
    if name == "risk_of_bias":
        return [risk_of_bias(r.study.id, outcome)["overall"] for r in rows]
    return [MODERATORS[name][1](r) for r in rows]


def explain(
    studies: Sequence[str], yi: Sequence[float], vi: Sequence[float], columns: dict[str, list[Value]],
    method: str = "REML", permutations: int = 0, level: float = 0.95, knapp_hartung: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Return the meta-regression of effects on columns of numbers or words; studies with a gap are named and left out.

    Words become one column a level against the commonest. Raises CannotAnswer where too few studies are left or a
    column does not vary.
    """
    gaps = {s: [n for n, c in columns.items() if c[i] is None] for i, s in enumerate(studies)}
    keep = [i for i, s in enumerate(studies) if not gaps[s]]
    out = [{"study": s, "reason": f"{', '.join(g)} not known"} for s, g in gaps.items() if g]
    told = "; ".join(f"{x['study']}: {x['reason']}" for x in out[:4])
    if not keep:
        raise CannotAnswer("no study has every moderator asked", where=told)
    names: list[str] = []
    design: list[list[float]] = []
    levels: dict[str, str] = {}
    for name, column in columns.items():
        kept = [column[i] for i in keep]
        if all(isinstance(v, int | float) for v in kept):
            names.append(name)
            design.append([float(v or 0.0) for v in kept])
            continue
        words = [str(v) for v in kept]
        order = [w for w, _ in Counter(sorted(words)).most_common()]
        levels[name] = order[0]
        for w in order[1:]:
            names.append(f"{name}: {w}")
            design.append([float(v == w) for v in words])
    if not design:
        raise CannotAnswer(f"{', '.join(columns)} is the same in all {len(keep)} studies that state it", where=told)
    try:
        fit = regress([yi[i] for i in keep], [vi[i] for i in keep], np.array(design).T, tuple(names),
                      method if method in METHODS else "REML", knapp_hartung, level, permutations)  # fmt: skip
    except InputError as error:
        raise CannotAnswer(f"{', '.join(columns)} cannot be told apart in {len(keep)} studies", where=told) from error
    return {**_plain(fit), "reference": levels, "studies": [studies[i] for i in keep], "left_out": out,
            "what": {n: MODERATORS[n][0] if n in MODERATORS else "a column of the file" for n in columns}}  # fmt: skip


def _plain(f: Regression) -> dict[str, Any]:
    permuted = f.p_permuted or [None] * len(f.names)
    rows = [
        {"name": n, "estimate": b, "se": s, "ci": list(c), "p": p, "p_permuted": q}
        for n, b, s, c, p, q in zip(f.names, f.estimate, f.se, f.ci, f.p, permuted, strict=True)
    ]
    df = [None if math.isinf(d) else d for d in f.qm_df]
    return {"coefficients": rows, "k": f.k, "method": f.method, "tau2": f.tau2, "i2_left": f.i2, "r2": f.r2,
            "test_of_all": {"q": f.qm, "df": df, "p": f.qm_p, "p_permuted": f.qm_p_permuted},
            "permuted": f.permuted, "warnings": list(f.warnings)}  # fmt: skip
