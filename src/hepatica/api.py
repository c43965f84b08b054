"""The verbs as pure functions; each imports its room when called, so that importing hepatica stays cheap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hepatica.errors import InputError
from hepatica.language import speaking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from hepatica.eligibility import Match
    from hepatica.patient import Codes, Patient, ReadFailure
    from hepatica.planning import Session
    from hepatica.saving import Plan
    from hepatica.staging import Score, Staging
    from hepatica.therapy import Product, Regimen
    from hepatica.twin import Forecast, Option

MOST_INFUSIONS = 100
EXAMPLE = "for example uc_msc:hepatic_artery:1e8@0,28"


def read(path: str | Path, *, codes: Codes | str | Path | None = None) -> Patient:
    """Read one patient from FHIR R4, NDJSON, CSV, or hepatica's short JSON or TOML; raises InputError.

    codes: what a hospital's own codes mean, or the CSV file that says so.
    """
    from hepatica import patient

    return patient.read(path, codes=_codes(codes))


def read_many(path: str | Path, *, codes: Codes | str | Path | None = None) -> Iterator[Patient | ReadFailure]:
    """Read every patient of a file or folder, one at a time; a record that fails is a value, not an exception.

    A FHIR bulk export (NDJSON) and OMOP CDM tables are streamed. codes: as for `read`.
    """
    from hepatica import patient

    return patient.read_many(path, codes=_codes(codes))


def _codes(codes: Codes | str | Path | None) -> Codes:
    from hepatica import patient

    if codes is None:
        return patient.Codes()
    return codes if isinstance(codes, patient.Codes) else patient.read_codes(codes)


def stage(patient: Patient, at: datetime | None = None) -> Staging:
    """Stage a patient at a time (default: the newest observation)."""
    from hepatica import staging

    return staging.stage(patient, at)


def score(name: str, **inputs: object) -> Score:
    """Compute one score by hand; an input may carry its unit: `score("meld", bilirubin="2.1mg/dL", …)`."""
    from hepatica import staging

    return staging.score(name, **inputs)


def match(patient: Patient, protocol: str | None = None, today: date | None = None) -> list[Match]:
    """Match a patient to one trial protocol, or to all of them."""
    from hepatica import eligibility

    return eligibility.match(patient, protocol=protocol, today=today)


def simulate(
    patient: Patient,
    options: Sequence[str | Regimen],
    days: Sequence[float],
    *,
    draws: int = 2000,
    seed: int = 1,
    products: Sequence[str | Path | Product] = (),
) -> dict[str, Forecast]:
    """Simulate options for a patient on the same posterior draws; standard care is always among them.

    An option is a Regimen, its text (`uc_msc:hepatic_artery:1e8@0,28`) or a comparator's id (`g_csf`).
    `products`: product files of one's own (docs/how-to/define-a-product.md), whose ids a regimen may then name.
    """
    from hepatica import staging, therapy, twin

    with therapy.considering(_products(products)):
        fit = twin.fit(patient, staging.stage(patient), draws=draws, seed=seed)
        asked = [option(o, patient) for o in options if o != "standard_care"]
        return twin.forecast(fit, [option("standard_care", patient), *asked], list(days))


def _products(given: Sequence[str | Path | Product]) -> list[Product]:
    from hepatica import therapy

    return [p if isinstance(p, therapy.Product) else therapy.read_product(p) for p in given]


def option(what: str | Regimen, patient: Patient) -> Option:
    """Return what to simulate: a regimen, its text, or a comparator's id; raises InputError."""
    from hepatica import therapy, twin

    if isinstance(what, therapy.Regimen):
        return twin.Option(f"{what.product}:{what.route}", what, ())
    if what in therapy.comparators():
        return twin.Option(what, None, (what,))
    if ":" not in what:
        raise InputError(
            f"'{what}' is neither a regimen nor a treatment",
            mend=f"write product:route:dose[@days], or one of {', '.join(therapy.comparators())}",
        )
    return twin.Option(what, regimen(what, patient.weight_kg), ())


def regimen(text: str, weight_kg: float | None = None) -> Regimen:
    """Read `product:route:dose[@days]`; the dose is in cells, or in cells a kilogram with `/kg`; raises InputError."""
    from hepatica import therapy

    body, _, days = text.partition("@")
    parts = body.split(":")
    if len(parts) != 3:
        raise InputError(f"'{text}' is not product:route:dose[@days]", mend=EXAMPLE)
    product, route, dose = (part.strip() for part in parts)
    if product not in therapy.products():
        raise InputError(f"there is no product '{product}'", mend=f"one of {', '.join(therapy.products())}")
    if route not in therapy.routes():
        raise InputError(f"there is no route '{route}'", mend=f"one of {', '.join(therapy.routes())}")
    return therapy.Regimen(product, route, _dose_cells(dose, weight_kg), _days(days))


def _dose_cells(text: str, weight_kg: float | None) -> float:
    number, per, unit = text.partition("/")
    if per and unit.strip() != "kg":
        raise InputError(f"the dose '{text}' has no known unit", mend="cells (1e8) or cells a kilogram (1e6/kg)")
    cells = _positive(number, f"the dose '{text}'")
    if not per:
        return cells
    if weight_kg is None:
        raise InputError(f"the dose '{text}' needs a weight and the record has none", mend="give the dose in cells")
    return cells * weight_kg


def _days(text: str) -> tuple[float, ...]:
    if not text:
        return (0.0,)
    days = sorted({_positive(day, f"the day '{day}'", zero=True) for day in text.split(",")})
    if len(days) > MOST_INFUSIONS:
        raise InputError(f"{len(days)} infusions", mend=f"give at most {MOST_INFUSIONS}")
    return tuple(days)


def _positive(text: str, what: str, *, zero: bool = False) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise InputError(f"{what} is not a {'day from 0 on' if zero else 'number above 0'}", mend=EXAMPLE)
    return number


def plan(
    patient: Patient,
    *,
    draws: int = 2000,
    seed: int = 1,
    today: date | None = None,
    jurisdiction: str = "EU",
    weights: Mapping[str, float] | str | None = None,
    country: str | None = None,
    payer: str | None = None,
    prices: str | Path | None = None,
    people: int | None = None,
    language: str | None = None,
    products: Sequence[str | Path | Product] = (),
) -> Plan:
    """Plan one patient: simulate the options, compare them, recommend; `.save(folder)` writes the report.

    `weights` says what counts for the person, as "survival=1,quality=2" or a mapping (see planning.Weights).
    `country` and `payer` say whose costs count (default: the jurisdiction, and the first view a source gives there),
    `prices` is a TOML file of your own prices, `people` asks for a budget for so many (see planning.Payment).
    `language` is the code of the language of every sentence (default English; raises InputError for one without a
    catalogue); keys, ids and the enumerated words of the JSON stay as they are.
    `products`: product files of one's own (docs/how-to/define-a-product.md), considered and never recommended.
    """
    from hepatica import planning
    from hepatica.saving import Plan

    with speaking(language):
        payment = planning.Payment.read(jurisdiction, country, payer, prices, people)
        made = planning.plan(
            patient, draws=draws, seed=seed, today=today, jurisdiction=jurisdiction, weights=weights, payment=payment,
            products=_products(products),
        )  # fmt: skip
    return Plan(made.document)


def what_if(patient: Patient, changes: Sequence[str] | Mapping[str, object], **options: Any) -> dict[str, object]:
    """Return what changes in a plan if something were different; for many questions of one record see `session`.

    `changes` are texts such as "bilirubin=40umol/L", "takes.beta_blocker=true", "uc_msc.dose=2x" or
    "twin.cell_death_1_d=0.5x", or a mapping; `options` are those of `session`. Raises InputError naming the change that
    cannot be made.
    """
    return session(patient, **options).what_if(changes)


def session(
    patient: Patient,
    *,
    draws: int = 400,
    seed: int = 1,
    today: date | None = None,
    jurisdiction: str = "EU",
    weights: Mapping[str, float] | str | None = None,
    country: str | None = None,
    payer: str | None = None,
    prices: str | Path | None = None,
    language: str | None = None,
    products: Sequence[str | Path | Product] = (),
) -> Session:
    """Return a record with its answer at hand, whose `what_if(changes)` does again only what they touch.

    The keywords are those of `plan` that a what-if can answer for (it makes no budget).
    """
    from hepatica import governance, planning

    named = any(x is not None for x in (country, payer, prices))
    with speaking(language):
        asked = planning.Asked(
            draws, seed, today, governance.jurisdiction_id(jurisdiction), planning.Weights.read(weights),
            payment=planning.Payment.read(jurisdiction, country, payer, prices) if named else None,
            products=tuple(_products(products)),
        )  # fmt: skip
        return planning.session(patient, asked)
