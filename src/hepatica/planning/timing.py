"""Now or later: options that differ in time alone, judged on the same day."""

from __future__ import annotations

from typing import Any

from hepatica.language import mark, say
from hepatica.planning import words
from hepatica.planning.bands import quantiles
from hepatica.planning.compare import same
from hepatica.planning.work import Workings


def timing(w: Workings) -> list[dict[str, Any]]:
    """Return a row for every pair of options that differ in time alone: net benefit of now less that of later."""
    by_id = {c.option.id: c for c in w.compared}
    rows = []
    for pair in w.screened.combined.later:
        now, later = by_id[pair["now"]], by_id[pair["later"]]
        equal = same(now, later, w.ess)
        rows.append(
            {
                **pair,
                "gain_of_now": {**quantiles(now.net - later.net), "unit": now.unit},
                "judged_on_day": w.screened.judged_day,
                "told_apart": not equal,
                "text": _text(
                    equal, float((now.net - later.net).mean()), now.unit, pair["weeks"], w.screened.judged_day
                ),
            }
        )
    return rows


def _text(equal: bool, gain: float, unit: str, weeks: int, judged_day: int) -> str:
    day = words.when(judged_day)
    if equal:
        return say(
            "Whether the cells are given at once or after {weeks} weeks cannot be told apart by {day}: "
            "the difference is within the noise of the simulation.",
            weeks=weeks, day=day,
        )  # fmt: skip
    sooner = mark(
        "By {day} the cells do more in the model if given at once: {gain} {unit} more than after {weeks} weeks."
    )
    later = mark(
        "By {day} the cells do more in the model if given after {weeks} weeks: {gain} {unit} more than at once."
    )
    text = sooner if gain > 0 else later
    return say(text, day=day, weeks=weeks, gain=words.number(float(f"{abs(gain):.2g}")), unit=say(unit))
