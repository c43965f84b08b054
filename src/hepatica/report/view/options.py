"""The options side by side: survival, difference, response, cost on shared axes; and what was ruled out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hepatica.language import say
from hepatica.report import numbers, words
from hepatica.report.figures import Scale, axis_row, interval_row, quantile_dots
from hepatica.report.figures.dots import COUNT, quantiles
from hepatica.report.lineage import value_at
from hepatica.report.view.book import Book, Num, name_of, nearest
from hepatica.report.view.decision import at_day, said_interval

_DIFFERENT = ("meld_3", "meld_na", "meld", "child_pugh", "ammonia_umol_l", "bilirubin_umol_l")


def comparison(book: Book) -> dict[str, Any]:
    """Return the rows and shared axes of the comparison, and the ruled-out options with their reasons."""
    day = book.main_day
    live = book.live
    column = next((n for n in _DIFFERENT if any((o.get("difference") or {}).get(n) for _, o in live)), None)
    level = _scale(book, "forecast", "survival", day)
    gain = _scale(book, "difference", "survival", day, zero=True)
    change = _scale(book, "difference", column, day, zero=True) if column else None
    standard = book.standard
    reference = None
    if standard:
        points = (standard[1].get("forecast") or {}).get("survival")
        at = nearest(points, day)
        reference = _middle("survival", points[at]) if points and at is not None else None
    horizon = _longest(live)
    rows = []
    for i, option in live:
        rows.append(
            {
                **option_head(book, i, option),
                "survival": _cell(book, i, option, "forecast", "survival", day, level, reference),
                "gain": _cell(book, i, option, "difference", "survival", day, gain, 0.0),
                "change": _cell(book, i, option, "difference", column, day, change, 0.0) if column else None,
                "better": book.num(f"$.options[{i}].benefit.p_survival_better", "percent"),
                "qaly": _amount(book, f"$.options[{i}].qaly", decimals=2),
                "cost": _amount(book, f"$.options[{i}].cost"),
                "avoided": _amount(book, f"$.options[{i}].procedures_avoided", decimals=2),
                "net": _amount(book, f"$.options[{i}].net_benefit", decimals=3, signed=True),
                "response": response(book, i, option, horizon),
                "because": option.get("because") or "",
                "cautions": [t for t in texts(option.get("cautions")) if t.lower() not in _because(option)],
                "certainty_why": str(option.get("certainty_why") or ""),
                "note": str(option.get("forecast_note") or ""),
            }
        )
    known = words.variable(column) if column else None
    standing = standard[1] if standard else {}
    return {
        "when": at_day(day),
        "unpriced": _worth_notes(standing),
        "screened": _screened(book),
        "rows": rows,
        "change_label": say("{score} difference", score=known.label) if known else "",
        "change_better": _better(known.better) if known else "",
        "axes": {
            "survival": axis_row(level, percent=True, title=say("Axis: alive, percent")),
            "gain": axis_row(
                gain, percent=True, signed=True, title=say("Axis: difference in survival, percentage points")
            ),
            "change": axis_row(change, signed=True, title=say("Axis: difference in {score}", score=known.label))
            if known and change
            else "",
        },
        "ruled_out": [
            option_head(book, i, o)
            | {"because": o.get("because") or say("no reason given"), "cites": book.cite(o.get("sources"))}
            for i, o in book.ruled_out
        ],
    }


def _because(option: Mapping[str, Any]) -> str:
    return str(option.get("because") or "").lower()


def _screened(book: Book) -> str:
    """Return in a sentence how many options and cell regimens were looked at."""
    found = book.plan.get("screened")
    if not isinstance(found, Mapping) or not isinstance(found.get("options"), int):
        return ""
    text = say(
        "{options} options were considered and {forecast} forecast.",
        options=found["options"],
        forecast=found.get("forecast", len(book.live)),
    )
    if found.get("regimens"):
        text += " " + say(
            "{regimens} ways of giving cells (product, route, dose, days) were screened, "
            "{contraindicated} of them contraindicated.",
            regimens=found["regimens"],
            contraindicated=found.get("contraindicated", 0),
        )
    return text


def option_head(book: Book, index: int, option: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names an option everywhere: name, family, status, certainty, regimen."""
    kind = words.family(option.get("family"))
    regimen = []
    route = option.get("route")
    if route and not name_of(option).endswith(words.plain(str(route))):
        regimen.append(words.plain(str(route)))
    amount = book.num(f"$.options[{index}].dose_cells", "dose")
    days = [d for d in option.get("schedule_days") or [] if isinstance(d, int | float)]
    if amount and days:
        said = ", ".join(numbers.number(d) for d in days)
        regimen.append(say("day {day}", day=said) if any(days) else say("once"))
    return {
        "index": index,
        "id": str(option.get("id", "")),
        "name": name_of(option),
        "css": kind.css,
        "marker": kind.marker,
        "family": kind.name if option.get("family") else "",
        "status": str(option.get("status") or ""),
        "dose": amount,
        "regimen": ", ".join(regimen),
        "certainty": option.get("certainty"),
        "basis": option.get("basis") or "",
        "rank": option.get("rank"),
        "standard": option.get("id") == "standard_care",
        "lead": index in book.leading,
    }


def response(book: Book, index: int, option: Mapping[str, Any], horizon: float) -> dict[str, Any] | None:
    """Return the time to response as twenty dots on an axis of `horizon` days, or as the one number given."""
    spread = option.get("time_to_response_days")
    base = f"$.options[{index}].time_to_response_days"
    kind = words.family(option.get("family"))
    if isinstance(spread, bool) or spread is None:
        return None
    if isinstance(spread, int | float):
        value = book.num(base, unit="days")
        return {"value": value, "low": None, "high": None, "means": "", "share": None, "svg": ""}
    if isinstance(spread, list):
        values, share = quantiles([float(v) for v in spread if isinstance(v, int | float)]), 1.0
        middle = low = high = None
    else:
        share = next(
            (float(spread[k]) for k in ("p_response", "p_any", "share") if isinstance(spread.get(k), int | float)), 1.0
        )
        values = quantiles(spread, max(round(COUNT * share), 1)) if share > 0 else []
        middle = book.num(f"{base}.p50", unit="days") or book.num(f"{base}.mean", unit="days")
        low, high = book.num(f"{base}.p05", unit="days"), book.num(f"{base}.p95", unit="days")
    known = {"value": middle, "low": low, "high": high, "means": "", "share": None, "svg": ""}
    if isinstance(spread, Mapping):
        known |= {"means": str(spread.get("means") or ""), "share": book.num(f"{base}.p_response", "percent")}
    if not values:
        return known if middle or known["share"] else None
    said = say(
        "Time to response, {option}: half by {middle}, 90 % {interval}",
        option=name_of(option),
        middle=middle or say("an unknown day"),
        interval=said_interval(low, high),
    )
    return known | {
        "svg": quantile_dots(values, horizon, css=kind.css, title=said, never=COUNT - len(values)),
    }


def _longest(live: list[tuple[int, Mapping[str, Any]]]) -> float:
    """Return the axis that every option's time to response shares: 5 % beyond the latest time shown."""
    spreads = [o.get("time_to_response_days") for _, o in live]
    values = [v for s in spreads if isinstance(s, Mapping) for v in quantiles(s)]
    values += [float(v) for s in spreads if isinstance(s, list) for v in s if isinstance(v, int | float)]
    return max([v * 1.05 for v in values] + [7.0])


def _cell(
    book: Book,
    index: int,
    option: Mapping[str, Any],
    part: str,
    name: str,
    day: float,
    scale: Scale | None,
    reference: float | None,
) -> dict[str, Any] | None:
    points = (option.get(part) or {}).get(name)
    at = nearest(points, day)
    if points is None or at is None or scale is None:
        return None
    base = f"$.options[{index}].{part}.{name}[{at}]"
    signed = part == "difference"
    middle = words.middle(str(name), points[at])
    value = book.of(name, f"{base}.{middle}", signed=signed)
    low, high = book.of(name, f"{base}.p05", signed=signed), book.of(name, f"{base}.p95", signed=signed)
    kind = words.family(option.get("family"))
    said = say(
        "{option}: {value}, 90 % interval {interval}",
        option=name_of(option),
        value=value,
        interval=said_interval(low, high),
    )
    return {
        "value": value,
        "low": low,
        "high": high,
        "svg": interval_row(
            words.drawn(str(name), points[at]), scale, css=kind.css, marker=kind.marker, reference=reference, title=said
        ),
    }


def _scale(book: Book, part: str, name: str | None, day: float, *, zero: bool = False) -> Scale:
    seen = []
    for _, option in book.live:
        points = (option.get(part) or {}).get(name) if name else None
        at = nearest(points, day)
        if points and at is not None:
            seen += [points[at].get(k) for k in ("p05", "p95", "p50", "mean")]
    values = [float(v) for v in seen if isinstance(v, int | float)]
    return Scale.over(values, include=0.0 if zero else None, pad=0.06)


def _middle(name: str, point: Mapping[str, Any]) -> float | None:
    value = point.get(words.middle(name, point))
    return float(value) if value is not None else None


def _amount(book: Book, path: str, *, decimals: int | None = None, signed: bool = False) -> dict[str, Any] | None:
    found = value_at(book.plan, path)
    if not isinstance(found, Mapping):
        value = book.num(path, decimals=decimals, signed=signed)
        return {"value": value, "unit": "", "low": None, "high": None, "reason": "", "gain": None} if value else None

    def at(key: str, sign: bool = signed) -> Num | None:
        return book.num(f"{path}.{key}", decimals=decimals, signed=sign)

    gain = {"value": at("gain.mean", True), "low": at("gain.p05", True), "high": at("gain.p95", True)}
    return {
        "value": at("mean") or at("p50"),
        "low": at("p05"),
        "high": at("p95"),
        "unit": str(found.get("unit") or found.get("currency") or ""),
        "reason": str(found.get("reason") or ""),
        "gain": gain if gain["value"] else None,
    }


def texts(value: Any) -> list[str]:
    """Return one text or several as a list."""
    return [value] if isinstance(value, str) and value else [str(v) for v in value or []]


def _worth_notes(standing: Mapping[str, Any]) -> list[str]:
    """Say what the worth and the cost leave out, or why there is none."""
    rows = []
    for name, key, note in ((say("quality-adjusted life years"), "qaly", "note"), (say("cost"), "cost", "covers")):
        found = standing.get(key)
        if reason := _said(found, "reason"):
            rows.append(f"{name}: {reason}")
        elif text := _said(found, note):
            rows.append(text)
    return rows


def _said(found: Any, key: str) -> str:
    return str(found.get(key) or "") if isinstance(found, Mapping) else ""


def _better(direction: int) -> str:
    return {1: say("higher is better"), -1: say("lower is better")}.get(direction, "")
