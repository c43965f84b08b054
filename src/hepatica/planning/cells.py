"""The cell regimens: product x route x dose x schedule, screened for this person, and why most are ruled out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hepatica import therapy
from hepatica.eligibility import Match
from hepatica.language import by_language, mark, say, say_many
from hepatica.planning import own, sources, words
from hepatica.planning.facts import Facts
from hepatica.planning.option import CERTAINTIES, Option
from hepatica.planning.rules import Group
from hepatica.therapy import Product, Regimen

FINALISTS = 4
A_PRODUCT = 2
OPEN_CHARACTERS = 240
SCHEDULES = ((0.0,), (0.0, 28.0), (0.0, 7.0, 14.0, 21.0))
"""Days of infusion tried for every dose and route beside those that were studied."""
RECRUITING = ("recruiting", "enrolling_by_invitation", "enrolling by invitation")
MATURITY = {
    "animal": mark("not yet given to people with liver disease: animal data only"),
    "other human": mark("given to people for other diseases, never in a liver trial known here"),
}


@dataclass(frozen=True, slots=True)
class Screen:
    """What was considered: options (finalists forecast, the rest with reasons) and how many regimens were screened."""

    options: list[Option]
    regimens: int
    contraindicated: int
    finalists: int
    passing: tuple[Option, ...] = ()


@by_language
def _never() -> list[tuple[dict[str, Any], Group]]:
    never = []
    for i, row in enumerate(_file()["never"]):
        where = f"cells.toml: never {i + 1}"
        sources.check(row["sources"], where)
        never.append((row, Group.read(row["when"], where)))
    return never


@by_language
def _file() -> dict[str, list[dict[str, Any]]]:
    raw: dict[str, list[dict[str, Any]]] = sources.read("cells.toml")
    for row in raw["certainty"]:
        if row["word"] not in CERTAINTIES:
            raise ValueError(f"cells.toml: '{row['word']}' is not a certainty")
    for row in (*raw["evidence"], *raw["bridge"]):
        sources.check([row["source"]], "cells.toml")
    return raw


def _bridge(product: Product, course: str) -> str:
    rows = [r for r in _file()["bridge"] if product.cell_type in r["cell_types"] and course in r["courses"]]
    return str(rows[0]["text"]) if rows else ""


def with_cells(facts: Facts, matches: Sequence[Match]) -> Screen:
    """Return every cell product as options: the finalists `trial only`, all others ruled out with the reason."""
    options: list[Option] = []
    passing: list[Option] = []
    screened = contraindicated = 0
    for product in therapy.products().values():
        grid = _grid(product, facts, matches)
        screened += len(grid)
        reason = _product_reason(product, facts, matches)
        if reason:
            options.append(_blank(product, facts).ruled_out(reason))
            continue
        by_route: dict[str, list[Regimen]] = {}
        for regimen in grid:
            by_route.setdefault(regimen.route, []).append(regimen)
        if not by_route:
            options.append(_blank(product, facts).ruled_out(_no_dose(product, facts)))
        for route, regimens in by_route.items():
            against = speaks_against(product, route, facts)
            absolute = [c for c in against if c.verdict == "absolute"]
            if absolute:
                contraindicated += len(regimens)
                because = "; ".join(said_against(c) for c in absolute)
                options.append(
                    replace(_blank(product, facts), id=f"{product.id}_{route}", route=route).ruled_out(because)
                )
                continue
            cautions = tuple(said_against(c) for c in against if c.verdict == "relative")
            ask_first = tuple(_first(c.text) for c in against if c.verdict == "unknown" and c.if_present == "absolute")
            passing += [_trial(product, r, facts, matches, cautions, ask_first) for r in regimens]
    finalists, rest = _race(passing)
    raced = tuple(o for o in passing if not o.notes.get("own_product"))
    return Screen([*finalists, *rest, *options], screened, contraindicated, len(finalists), raced)


def regimen_id(r: Regimen) -> str:
    """Return a readable id of a regimen.

    >>> regimen_id(Regimen("uc_msc", "peripheral_vein", 7.0e7, (0.0, 28.0)))
    'uc_msc_peripheral_vein_7e7_x2'
    """
    power = math.floor(math.log10(r.dose_cells))
    return f"{r.product}_{r.route}_{r.dose_cells / 10**power:.3g}e{power}_x{len(r.days)}".replace(".", "p")


def _grid(product: Product, facts: Facts, matches: Sequence[Match]) -> list[Regimen]:
    """Return the studied regimens of a product at this weight, then the same at the ends of its dose range."""
    weight = facts.patient.weight_kg
    found = [r for s in product.regimens if (r := s.for_weight(weight)) is not None]
    for match in matches:
        for arm in match.arms:
            if arm.product == product.id and arm.route and arm.days:
                dose = arm.dose_cells or (arm.dose_cells_per_kg * weight if arm.dose_cells_per_kg and weight else None)
                if dose:
                    found.append(Regimen(product.id, arm.route, dose, tuple(arm.days)))
    studied = list(found)
    for r in studied:
        if product.dose_cells_total:
            found += [replace(r, dose_cells=d) for d in product.dose_cells_total]
        if product.dose_cells_per_kg and weight:
            found += [replace(r, dose_cells=d * weight) for d in product.dose_cells_per_kg]
    for route in product.routes:
        found += [replace(r, route=route) for r in studied if r.route != route]
    found += [replace(r, days=days) for r in list(found) for days in SCHEDULES]
    unique: dict[str, Regimen] = {}
    for r in found:
        unique.setdefault(regimen_id(r), r)
    return list(unique.values())


def _product_reason(product: Product, facts: Facts, matches: Sequence[Match]) -> str:
    for row, group in _never():
        if group.ask(facts).value is True:
            return str(row["text"])
    course = facts.staging.course
    if product.claims and course in product.studied_courses:
        return ""
    if product.claims:
        meant = words.listed([words.name(c) for c in product.studied_courses])
        return say("its file is not for {here}; it is for {meant}", here=facts.staging.label, meant=meant)
    if product.maturity in MATURITY:
        return say(MATURITY[product.maturity])
    if course not in product.studied_courses:
        studied = words.listed([words.name(c) for c in product.studied_courses])
        return say(
            "not studied in {staging_label}; studied in {studied}", staging_label=facts.staging.label, studied=studied
        )
    mine = _matches_of(product.id, matches)
    open_ones = [m for m in mine if m.verdict != "not eligible"]
    if not mine and not _bridge(product, course):
        return say("studied in this disease, but no protocol in this program's library gives it")
    if mine and not open_ones:
        nearest = min(mine, key=lambda m: sum(c.verdict == "not met" for c in m.criteria))
        names = words.listed([m.protocol for m in mine])
        unmet = words.mended(nearest.because).removeprefix(say("not met: {missed}", missed=""))
        if len(mine) == 1:
            return say("the criteria of {names} are not met: {unmet}", names=names, unmet=unmet)
        return say(
            "the criteria of {names} are not met; nearest is {protocol}, with these not met: {unmet}",
            names=names,
            protocol=nearest.protocol,
            unmet=unmet,
        )
    return ""


def _matches_of(product: str, matches: Sequence[Match]) -> list[Match]:
    return [m for m in matches if any(a.product == product for a in m.arms)]


def _trial(
    product: Product,
    r: Regimen,
    facts: Facts,
    matches: Sequence[Match],
    cautions: tuple[str, ...],
    ask: tuple[str, ...],
) -> Option:
    if product.claims:
        made = own.option(_blank(product, facts), product, r, regimen_id(r), cautions, ask)
        return replace(made, procedure=_procedure(product, r))
    mine = [m for m in _matches_of(product.id, matches) if m.verdict != "not eligible"]
    best = next((m for m in mine if _fresh(m) and m.verdict == "eligible"), mine[0] if mine else None)
    ready = best is not None and best.verdict == "eligible" and _fresh(best)
    if best is None:
        because = _bridge(product, facts.staging.course)
    elif ready:
        because = say(
            "Only inside trial {protocol}: recruiting when checked on {status_as_of}, criteria met.",
            protocol=best.protocol,
            status_as_of=best.status_as_of,
        )
    else:
        open_ones = _some([words.mended(c.text) for c in best.criteria if c.verdict == "unknown"])
        if open_ones:
            text = mark(
                "Only inside a trial. {protocol}: {recruitment_status}; not ruled out by its criteria, "
                "still open: {open_ones}."
            )
        else:
            text = mark("Only inside a trial. {protocol}: {recruitment_status}; not ruled out by its criteria.")
        because = say(
            text, protocol=best.protocol, recruitment_status=say(best.recruitment_status), open_ones=open_ones
        )
    if cautions:
        because += " " + say("Caution: {cautions}.", cautions="; ".join(cautions))
    base = _blank(product, facts)
    return replace(
        base,
        id=regimen_id(r),
        route=r.route,
        regimen=r,
        status="trial only",
        because=because,
        cautions=(*cautions, *ask),
        procedure=_procedure(product, r),
        invasive_procedures=len(r.days) * int(therapy.routes()[r.route].invasive),
        recommendable=ready,
        trial=None
        if best is None
        else {
            "protocol": best.protocol,
            "verdict": best.verdict,
            "recruitment_status": best.recruitment_status,
            "status_as_of": best.status_as_of.isoformat() if best.status_as_of else None,
            "criteria_complete": best.criteria_complete,
        },
    )


def _blank(product: Product, facts: Facts) -> Option:
    course = facts.staging.course
    word = next(
        r
        for r in _file()["certainty"]
        if r.get("cell_type", product.cell_type) == product.cell_type and course in r.get("courses", [course])
    )
    evidence = tuple(
        {"text": r["text"], "source": r["source"], "certainty": word["word"]}
        for r in _file()["evidence"]
        if product.cell_type in r["cell_types"] and course in r["courses"]
    )
    found = Option(
        id=product.id,
        name=product.name,
        treatment=product.name,
        family="cells",
        status="ruled out",
        because="",
        product=product.id,
        certainty=word["word"],
        certainty_why=word["why"],
        evidence=evidence,
        sources=tuple(s.id for s in product.sources if s.verified),
        notes={"weight_kg": facts.patient.weight_kg},
    )
    return own.blank(found, product) if product.claims else found


def _race(passing: list[Option]) -> tuple[list[Option], list[Option]]:
    """Return the finalists (best studied, least invasive first, product by product) and rows for the rest."""

    def key(o: Option) -> tuple[int, int, int, int]:
        return (
            0 if o.recommendable else 1,
            0 if o.trial else 1,
            -CERTAINTIES.index(o.certainty),
            o.invasive_procedures,
        )

    firsts: dict[tuple[str | None, str | None], Option] = {}
    for o in passing:
        firsts.setdefault((o.product, o.route), o)
    by_product: dict[str | None, list[Option]] = {}
    for o in sorted(firsts.values(), key=key):
        by_product.setdefault(o.product, []).append(o)
    order = sorted((rows[:A_PRODUCT] for rows in by_product.values()), key=lambda rows: key(rows[0]))
    ranked = [
        row for depth in range(max(map(len, order), default=0)) for rows in order for row in rows[depth : depth + 1]
    ]
    mine = [o for rows in order for o in rows[:1] if o.notes.get("own_product")]
    finalists = [*[o for o in ranked if not o.notes.get("own_product")][:FINALISTS], *mine]
    kept = {o.id for o in finalists}
    products = {o.product: o for o in reversed(finalists)}
    groups: dict[tuple[str | None, str | None], list[Option]] = {}
    for o in passing:
        if o.id not in kept:
            groups.setdefault((o.product, o.route), []).append(o)
    return finalists, [_not_forecast(rows, products.get(rows[0].product)) for rows in groups.values()]


def _not_forecast(rows: list[Option], other: Option | None) -> Option:
    """Return one row for the regimens of a product and route that passed and were not forecast."""
    count = say_many(
        "{n} more regimen by this route passed and was not forecast",
        "{n} more regimens by this route passed and were not forecast",
        len(rows),
    )
    if other is not None:
        why = say(
            "{count}: the same product is forecast as {other}, and these are not studied better",
            count=count,
            other=_short(other),
        )
    else:
        why = say(
            "{count}: {finalists} others have as good evidence or are less invasive", count=count, finalists=FINALISTS
        )
    first = rows[0]
    return replace(first.ruled_out(why), id=f"{first.product}_{first.route}_other", regimen=None, trial=None)


def _no_dose(product: Product, facts: Facts) -> str:
    if facts.patient.weight_kg is None:
        return say("no dose can be worked out: the weight is not in the record")
    return say(
        "no dose of {product_name} for the liver is known to this program", product_name=words.lower(product.name)
    )


def speaks_against(product: Product, route: str, facts: Facts) -> list[therapy.Contraindication]:
    """Return what speaks against a product by a route; that one of your own is new is said as a caution instead."""
    found = therapy.contraindications(facts.patient, facts.staging, product.id, route)
    return [c for c in found if not (product.claims and c.id in own.SAID_INSTEAD)]


def said_against(c: therapy.Contraindication) -> str:
    """Return a contraindication with what in this record shows it."""
    return words.mended(say("{text_}; here {because}", text_=c.text, because=c.because) if c.because else c.text)


def _first(text: str) -> str:
    what, _, why = text.partition(": ")
    return say("first rule out {what}", what=words.lower(words.mended(what))) + (f" ({why})" if why else "")


def _some(criteria: list[str]) -> str:
    """Return whole criteria as far as they fit, and how many more there are."""
    kept: list[str] = []
    for text in criteria:
        if kept and sum(map(len, kept)) + len(text) > OPEN_CHARACTERS:
            return say("{kept}; and {criteria} more", kept="; ".join(kept), criteria=len(criteria) - len(kept))
        kept.append(text)
    return "; ".join(kept)


def _fresh(match: Match) -> bool:
    return match.recruitment_status.lower() in RECRUITING


def _procedure(product: Product, r: Regimen) -> str:
    times = say_many("once", "{n} times", len(r.days))
    way = therapy.routes()[r.route].name
    return say(
        "{product_name}, {dose_cells} cells {times}, by {way}; {harvest}",
        product_name=words.lower(product.name),
        dose_cells=words.power(r.dose_cells),
        times=times,
        way=way,
        harvest=product.harvest,
    )


def _short(o: Option | None) -> str:
    if o is None or o.regimen is None:
        return say("another regimen")
    times = "once" if len(o.regimen.days) == 1 else say("{days} times", days=len(o.regimen.days))
    return say(
        "{dose_cells} cells {times} by {routes_name}",
        dose_cells=words.power(o.regimen.dose_cells),
        times=times,
        routes_name=therapy.routes()[o.regimen.route].name,
    )
