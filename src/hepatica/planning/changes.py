"""What a what-if changes, read from NAME=VALUE: the record, a product, an assumption of the model, or what counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from hepatica import governance, therapy
from hepatica.errors import InputError
from hepatica.patient import (
    ANALYTES,
    Patient,
    condition_names,
    find_analyte,
    parse_quantity,
    parse_short,
    to_canonical,
    to_short,
    treatment_kinds,
)  # fmt: skip
from hepatica.planning import sources
from hepatica.planning.option import Option
from hepatica.planning.weights import Weights

EXAMPLE = "such as bilirubin=40umol/L, alcohol_active=false, takes.beta_blocker=true, uc_msc.dose=2x or weights.harms=2"
PERSON = ("sex", "age", "weight_kg", "height_cm", "ascites", "encephalopathy_grade", "alcohol_active")
REGIMEN = ("dose", "days", "route", "cost")
_FACTOR = re.compile(r"^\s*([0-9.eE+-]+)\s*[x×]\s*$")


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes of one what-if, by what has to be done again for them.

    `record`: the record is staged, matched, fitted and simulated anew. `products`: the options of a product, or the
    one option named, are simulated anew. `parameters`: all options are. `weights` and `region`: nothing is simulated.
    """

    record: Patient | None = None
    products: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parameters: tuple[tuple[str, float], ...] = ()
    weights: Weights | None = None
    region: str | None = None
    told: tuple[dict[str, str], ...] = ()

    def asked_of(self, option: Option) -> dict[str, str]:
        """Return what changes of an option: what was asked of its product, then what was asked of itself."""
        return {**self.products.get(option.product or "", {}), **self.products.get(option.id, {})}


@lru_cache(maxsize=1)
def properties() -> dict[str, dict[str, Any]]:
    """Return what may be asked of a product beside its regimen, with the parameters of the twin that it scales."""
    rows: dict[str, dict[str, Any]] = sources.read("what_if.toml")["property"]
    for name, row in rows.items():
        sources.check([row["source"]], f"what_if.toml: {name}")
    return rows


def read(
    given: Sequence[str] | Mapping[str, Any],
    patient: Patient,
    weights: Weights,
    known: Iterable[str],
    options: Sequence[Option] = (),
) -> Changes:
    """Return the changes named; raises InputError naming the one at fault.

    `known` are the parameters of the twin, `options` those that are forecast and may be named by their id.
    """
    pairs = [(k, _text(v)) for k, v in given.items()] if isinstance(given, Mapping) else [_pair(text) for text in given]
    if not pairs:
        raise InputError("nothing to change", where="what-if", mend=f"name what changes, {EXAMPLE}")
    found = Changes()
    for name, value in pairs:
        found = _one(found, name, value, patient, weights, tuple(known), {o.id: o for o in options})
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise InputError(f"{text!r} names no change", where="what-if", mend=f"write NAME=VALUE, {EXAMPLE}")
    return name.strip(), value.strip()


def _one(
    so_far: Changes,
    name: str,
    value: str,
    patient: Patient,
    weights: Weights,
    known: tuple[str, ...],
    options: Mapping[str, Option],
) -> Changes:
    head, dot, rest = name.partition(".")
    told = (*so_far.told, {"name": name, "to": value})
    if not dot and (find_analyte(name) or name in PERSON):
        record = so_far.record or patient
        return replace(so_far, record=_person(record, name, value), told=told)
    if head in ("condition", "takes") and dot:
        return replace(so_far, record=_listed(so_far.record or patient, head, rest, value), told=told)
    if head == "weights" and dot:
        return replace(so_far, weights=_weighed(so_far.weights or weights, rest, value), told=told)
    if name == "jurisdiction":
        return replace(so_far, region=governance.jurisdiction_id(value), told=told)
    if head == "twin" and dot:
        return replace(so_far, parameters=(*so_far.parameters, (_known(rest, known), _factor(name, value))), told=told)
    if dot and (head in therapy.products() or head in options):
        _check_option(options.get(head), rest)
        _check_product(head, rest, value)
        changed = {**so_far.products.get(head, {}), rest: value}
        return replace(so_far, products={**so_far.products, head: changed}, told=told)
    raise InputError(f"there is no {name!r} to change", where="what-if", mend=_near(name, known, options))


def _person(patient: Patient, name: str, value: str) -> Patient:
    """Return the record with one value in place of the newest of its kind, read as any record is."""
    short = to_short(patient)
    analyte = find_analyte(name)
    if analyte is None:
        short.pop("birth_date" if name == "age" else name, None)
        number = {"true": True, "false": False}.get(value.lower(), value)
        short[name] = _number(value) if isinstance(number, str) and _number(value) is not None else number
        return _parsed(short, name, patient)
    quantity = parse_quantity(value)
    to_canonical(analyte, quantity.value, quantity.unit)
    newest = patient.latest(analyte)
    time = newest.time if newest and newest.time == patient.index_time else patient.index_time
    rows = [r for r in short["observations"] if r["analyte"] != analyte or r.get("time") != _written(short, newest)]
    row = {"analyte": analyte, "value": quantity.value, "unit": quantity.unit or ANALYTES[analyte].bare[0]}
    row |= {"time": time.isoformat()} if time else {}
    return _parsed({**short, "observations": [*rows, row]}, name, patient)


def _written(short: dict[str, Any], newest: Any) -> Any:
    """Return how the short form writes the time of an observation."""
    if newest is None:
        return ""
    own = [r.get("time") for r in short["observations"] if r["analyte"] == newest.analyte]
    return own[-1] if own else ""


def _parsed(short: dict[str, Any], name: str, before: Patient) -> Patient:
    after = parse_short(short)
    lost = [s for s in after.set_aside if s not in before.set_aside]
    if len(after.set_aside) > len(before.set_aside) and lost:
        raise InputError(f"{lost[-1].what}: {lost[-1].why}", where=f"what-if {name}", mend=EXAMPLE)
    return after


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _listed(patient: Patient, kind: str, name: str, value: str) -> Patient:
    """Return the record with a condition or a treatment present or absent."""
    if value.lower() not in ("true", "false"):
        raise InputError(f"{kind}.{name} is {value!r}", where="what-if", mend="write true or false")
    present = value.lower() == "true"
    short = to_short(patient)
    key = "conditions" if kind == "condition" else "treatments"
    names = ("name",) if kind == "condition" else ("name", "kind")
    rows = [r for r in short.get(key, ()) if name not in [r.get(n) for n in names]]
    if kind == "condition" and name not in condition_names():
        close = get_close_matches(name, condition_names(), 3, 0.5)
        raise InputError(f"there is no condition {name!r}", where="what-if", mend=_did(close))
    row = {"name": name, "active": True} if kind == "condition" else {"name": name, "text": name}
    with_it = _parsed({**short, key: [*rows, row]}, f"{kind}.{name}", patient)
    if kind == "takes" and not with_it.takes(name):
        close = get_close_matches(name, sorted(treatment_kinds() - {""}), 3, 0.5)
        raise InputError(f"there is no treatment {name!r}", where="what-if", mend=_did(close))
    return with_it if present else _parsed({**short, key: rows}, f"{kind}.{name}", patient)


def _weighed(weights: Weights, name: str, value: str) -> Weights:
    number = _number(value)
    if number is None:
        raise InputError(f"the weight {name} is {value!r}", where="what-if", mend="give a number of 0 or more")
    current = {k: v for k, v in weights.to_json().items() if isinstance(v, float | int)}
    return Weights.read({**current, name: number})


def _factor(name: str, value: str) -> float:
    match = _FACTOR.match(value)
    number = _number(match[1]) if match else None
    if number is None or not 0 <= number <= 1e6:
        raise InputError(f"{name} is {value!r}", where="what-if", mend=f"write a factor, such as {name}=2x or 0.5x")
    return number


def _check_option(option: Option | None, name: str) -> None:
    """Raise InputError where an option has no such thing to change; a product has all of them."""
    if option is None:
        return
    if name == "cost" and option.parts:
        raise InputError(
            f"{option.id} is {len(option.parts)} treatments together", where="what-if",
            mend=f"give the price of a part: {', '.join(f'{p}.cost' for p in option.parts)}",
        )  # fmt: skip
    if name != "cost" and option.regimen is None:
        raise InputError(f"{option.id} gives no cells: it has no {name!r}", where="what-if", mend="there is: cost")


def _check_product(product: str, name: str, value: str) -> None:
    if name in properties():
        _factor(f"{product}.{name}", value)
    elif name == "route":
        if value not in therapy.routes():
            raise InputError(f"there is no route {value!r}", where="what-if", mend=_did(list(therapy.routes())))
    elif name == "dose":
        if not _FACTOR.match(value) and not (_number(value) or 0) > 0:
            raise InputError(f"the dose of {product} is {value!r}", where="what-if", mend="write 2x, or cells: 1e8")
    elif name == "cost":
        if (number := _number(value)) is None or number < 0:
            raise InputError(
                f"the cost of {product} is {value!r}", where="what-if",
                mend="give the price of a whole course in the currency of the plan, such as 20000",
            )  # fmt: skip
    elif name == "days":
        days_of(value)
    else:
        choices = [*REGIMEN, *properties()]
        raise InputError(
            f"{product} has no {name!r} to change", where="what-if", mend=f"there are: {', '.join(choices)}"
        )


def days_of(text: str) -> tuple[float, ...]:
    """Return days of infusion from text such as 0+14+28; raises InputError."""
    days = [_number(part) for part in re.split(r"[+, ]+", text) if part]
    if not days or any(d is None or not 0 <= d <= 3650 for d in days):
        raise InputError(f"the days {text!r} are none", where="what-if", mend="write days joined by +, such as 0+14+28")
    return tuple(sorted({float(d) for d in days if d is not None}))


def dose_of(text: str, current: float) -> float:
    """Return a dose in cells: a factor of the current one, or a number of cells."""
    match = _FACTOR.match(text)
    return current * float(match[1]) if match else float(text)


def _known(name: str, known: tuple[str, ...]) -> str:
    if name not in known:
        raise InputError(
            f"the twin has no parameter {name!r}", where="what-if", mend=_did(get_close_matches(name, known, 3, 0.4))
        )
    return name


def _near(name: str, known: tuple[str, ...], options: Iterable[str]) -> str:
    products = [f"{p}.{q}" for p in (*therapy.products(), *options) for q in (*REGIMEN, *properties())]
    choices = [*ANALYTES, *PERSON, "jurisdiction", *products, *(f"twin.{k}" for k in known)]
    close = get_close_matches(name, choices, 3, 0.6)
    return _did(close) if close else f"name what changes, {EXAMPLE}"


def _did(close: list[str]) -> str:
    return f"did you mean {' or '.join(close)}?" if close else f"name what changes, {EXAMPLE}"
