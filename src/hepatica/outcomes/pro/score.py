"""Score a questionnaire from its answers by item number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hepatica.errors import InputError

from .instruments import Instrument, instrument, meaningful_difference


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """One scale: its value (None where too little was answered), how much was answered, T-score where there is one."""

    value: float | None
    answered: int
    of: int
    why: str = ""
    t_score: float | None = None
    t_se: float | None = None


@dataclass(frozen=True, slots=True)
class ProScore:
    """Every scale of a questionnaire with its direction and source."""

    instrument: str
    title: str
    direction: str
    scales: dict[str, ScaleScore]
    source: str
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the scores as plain values."""
        return {**asdict(self), "name": self.instrument}


@dataclass(frozen=True, slots=True)
class ProChange:
    """A scale at two times: the difference, and whether it reaches the smallest one that matters (None: unknown)."""

    scale: str
    before: float
    after: float
    delta: float
    matters: bool | None
    smallest: tuple[float, float] | None
    source: str


def score_pro(name: str, answers: Mapping[int, float | None]) -> ProScore:
    """Score one questionnaire from answers by item number; None or absent means not answered.

    Missing answers follow the instrument's own rule and are never guessed. Raises InputError naming an item or an
    answer that the form does not have.

    >>> score_pro("rand36", {23: 4, 27: 3, 29: 3}).scales["energy_fatigue"].value
    46.667
    """
    form = instrument(name)
    given: dict[int, float] = {}
    for item, answer in answers.items():
        if item not in form.values:
            raise InputError(f"{form.title} has no item {item}", mend=f"items are 1 to {len(form.values)}")
        if answer is None:
            continue
        if answer not in form.values[item]:
            codes = form.values[item]
            raise InputError(
                f"item {item} cannot be answered {answer:g}", mend=f"answers are {min(codes)} to {max(codes)}"
            )
        given[item] = form.values[item][int(answer)]
    scales = {scale: _scale(form, scale, given) for scale in form.scales}
    if form.total:
        scales["total"] = _total(scales)
    source = "; ".join(filter(None, (form.source, form.t_source)))
    return ProScore(form.name, form.title, form.direction, scales, source, form.note)


def _scale(form: Instrument, scale: str, given: Mapping[int, float]) -> ScaleScore:
    items = form.scales[scale]
    known = [given[item] for item in items if item in given]
    n, of = len(known), len(items)
    least = {"answered": 1, "half": of // 2 + 1, "all": of}[form.missing]
    if n < least:
        why = f"{n} of {of} items answered, {least} needed"
        return ScaleScore(None, n, of, f"{why}; T-score not available" if scale in form.t_scores else why)
    mean = sum(known) / n
    value = round(mean if form.how == "mean" else mean * of, 3)
    if scale not in form.t_scores:
        return ScaleScore(value, n, of)
    t, se = form.t_scores[scale]
    place = round(value) - of
    return ScaleScore(value, n, of, t_score=t[place], t_se=se[place])


def _total(scales: Mapping[str, ScaleScore]) -> ScaleScore:
    known = [row.value for row in scales.values() if row.value is not None]
    n, of = len(known), len(scales)
    if n < of:
        return ScaleScore(None, n, of, f"{n} of {of} domains scored, {of} needed")
    return ScaleScore(round(sum(known) / n, 3), n, of)


def compare_pro(before: ProScore, after: ProScore) -> tuple[ProChange, ...]:
    """Return the change of every scale scored at both times; T-scores where there are, else scores.

    Raises InputError where the two are of different questionnaires.
    """
    if before.instrument != after.instrument:
        raise InputError(
            f"{before.instrument} and {after.instrument} cannot be compared", mend="give one questionnaire"
        )
    rows = []
    for scale, then in before.scales.items():
        now = after.scales[scale]
        a, b = (then.value, now.value) if then.t_score is None or now.t_score is None else (then.t_score, now.t_score)
        if a is None or b is None:
            continue
        delta = round(b - a, 3)
        known = meaningful_difference(before.instrument, scale)
        matters = None if known is None or known.lo <= abs(delta) < known.hi else abs(delta) >= known.hi
        span = (known.lo, known.hi) if known else None
        rows.append(ProChange(scale, a, b, delta, matters, span, known.source if known else ""))
    return tuple(rows)
