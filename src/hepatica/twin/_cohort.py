"""A cohort of virtual patients as records: drawn by course, followed under standard care, one patient at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import HepaticaError, InputError
from hepatica.patient import ANALYTES, Condition, Observation, Patient, Provenance, condition_names

from ._build import twin
from ._cohort_data import Group, groups, record
from ._cohort_people import People, draw_people
from ._initial import value
from ._population import noise, stream
from ._virtual import doses

Array = NDArray[np.float64]
DAY_0 = datetime(2016, 1, 1)
BLOCK = 1024
LANES = 64
LONGEST_D = 3653.0
SURVIVAL_D = (
    1,
    2,
    3,
    5,
    7,
    10,
    14,
    21,
    28,
    42,
    60,
    90,
    135,
    180,
    270,
    365,
    548,
    730,
    1096,
    1461,
    1826,
    2557,
    3287,
    3653,
)
SEEN = (
    "bilirubin_umol_l", "bilirubin_conjugated_umol", "albumin_g_l", "inr", "pt_percent", "creatinine_umol_l",
    "sodium_mmol_l", "platelets_e9_l", "alt_u_l", "ast_u_l", "ammonia_umol_l", "ascites_l", "alive_untransplanted",
    "decompensation_incidence",
)  # fmt: skip
ACUTE = ("acute_liver_failure", "aclf", "alcoholic_hepatitis", "paracetamol_overdose", "drug_induced_liver_injury")
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One virtual patient of a cohort: the record, and what it was drawn as; findings hold (day, name, value).

    `chances` hold the truth that no record tells: (day, chance of being alive, of having decompensated so far).
    """

    patient: Patient
    group: str
    course: str
    cause: str
    died: date | None
    findings: tuple[tuple[datetime, str, str | int], ...]
    chances: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """People of one group, what is seen of them at the times ([time, person]) and the day each dies (inf: later)."""

    people: People
    values: dict[str, Array]
    died: Array


def cohort(
    n: int,
    *,
    course: str | None = None,
    cause: str | None = None,
    seed: int = 1,
    days: Sequence[float] = (0.0,),
) -> Iterator[Drawn]:
    """Yield n virtual patients under standard care, the same for a seed whatever n is.

    Args:
        n: how many.
        course: only this course (as `staging` names it); default: the mix of `data/cohort.toml`.
        cause: only this cause of liver disease.
        seed: keyed by purpose and block of patients.
        days: days on which laboratory values are reported, day 0 always among them; nothing after death.

    Raises:
        InputError: n, course, cause or days that cannot be drawn.
    """
    chosen = _chosen(course, cause)
    times = _times(days)
    if n < 1:
        raise InputError(f"a cohort of {n} patients cannot be drawn", mend="give a number from 1 on")
    for block in range(-(-n // BLOCK)):
        yield from _block(chosen, cause, seed, block, min(BLOCK, n - block * BLOCK), times)


def _chosen(course: str | None, cause: str | None) -> tuple[Group, ...]:
    courses = sorted({g.course for g in groups()})
    if course is not None and course not in courses:
        raise InputError(f"no course {course!r} can be drawn", mend="one of " + ", ".join(courses))
    rows = [g for g in groups() if course in (None, g.course)]
    causes = sorted({c for g in rows for c in g.causes})
    if cause is not None and cause not in causes:
        where = f"in {course}" if course else "in any course"
        raise InputError(f"no cause {cause!r} {where}", mend="one of " + ", ".join(causes or ["(none)"]))
    return tuple(g for g in rows if cause is None or cause in g.causes)


def _times(days: Sequence[float]) -> tuple[float, ...]:
    times = sorted({0.0, *(float(d) for d in days)})
    if not all(float(t).is_integer() and 0 <= t <= LONGEST_D for t in times):
        raise InputError("the days of a cohort are whole days from 0 to 3653", mend="for example 0,90,365")
    return tuple(times)


def _block(
    chosen: Sequence[Group], cause: str | None, seed: int, block: int, wanted: int, times: tuple[float, ...]
) -> Iterator[Drawn]:
    key = _key(seed, f"block:{block}")
    share = np.array([g.share * (g.causes[cause] if cause else 1.0) for g in chosen])
    which = stream("cohort:group", key).choice(len(chosen), BLOCK, p=share / share.sum())
    made: dict[int, Followed] = {}
    place: dict[int, int] = {}
    for g, group in enumerate(chosen):
        rows = np.flatnonzero(which == g)
        needed = int((rows < wanted).sum())
        if needed:
            made[g] = _followed(group, cause, len(rows), needed, _key(key, group.name), times)
            place |= {int(i): k for k, i in enumerate(rows)}
    for i in range(wanted):
        yield _drawn(f"synthetic-{seed}-{block * BLOCK + i:06d}", made[int(which[i])], place[i], times)


def _key(seed: int, name: str) -> int:
    return int(np.random.SeedSequence([seed, zlib.crc32(name.encode())]).generate_state(1)[0])


def _followed(group: Group, cause: str | None, n: int, needed: int, key: int, times: tuple[float, ...]) -> Followed:
    """Return n people drawn and at least the first `needed` of them followed, in whole groups of lanes."""
    people = draw_people(group, n, key, times[-1], cause)
    return Followed(people, *_follow(people, min(n, -(-needed // LANES) * LANES), key, times))


def _follow(people: People, n: int, key: int, times: tuple[float, ...]) -> tuple[dict[str, Array], Array]:
    """Return what is seen of the first n people at the times ([time, person]), and the day of each death (or inf)."""
    from hepatica.engine import simulate

    virtual = people.virtual.take(np.arange(n))
    grid = sorted({*times, *(float(d) for d in SURVIVAL_D if d < times[-1])})
    result = simulate(
        twin(),
        grid,
        n=n,
        parameters=virtual.parameters,
        initial=virtual.initial,
        doses=doses(virtual),
        observables=SEEN,
        precision="f64",
        rtol=1e-4,
    )
    if result.code.any():
        raise HepaticaError(f"{int((result.code != 0).sum())} virtual patients of {people.group.name} failed to run")
    died = _deaths(np.asarray(grid), np.asarray(result.values["alive_untransplanted"]), key)
    at = [grid.index(t) for t in times]
    seen = {k: np.asarray(v)[at] for k, v in result.values.items()}
    seen["bilirubin_direct_umol_l"] = seen.pop("bilirubin_conjugated_umol") / (
        people.virtual.parameters["weight_kg"][:n] * value("bilirubin_space_l_kg")
    )
    return _measured(seen, key), died


def _deaths(grid: Array, alive: Array, key: int) -> Array:
    """Return the day each person dies, where a uniform draw meets the curve of being alive (inf: after the end)."""
    n = alive.shape[1]
    draw = np.log(stream("cohort:death", key).random(BLOCK)[:n])
    curve = np.log(np.clip(np.minimum.accumulate(alive, axis=0), 1e-12, 1.0))
    died = np.full(n, np.inf)
    for i in range(len(grid) - 1, 0, -1):
        inside = (curve[i] <= draw) & (draw < curve[i - 1])
        share = (curve[i - 1] - draw) / np.maximum(curve[i - 1] - curve[i], 1e-12)
        died = np.where(inside, grid[i - 1] + share * (grid[i] - grid[i - 1]), died)
    return np.asarray(np.ceil(np.maximum(died, 0.5)))


def _measured(seen: dict[str, Array], key: int) -> dict[str, Array]:
    """Return values as a laboratory reports them after day 0: with the noise of assay and of the day (Student-t)."""
    rng = stream("cohort:noise", key)
    out = dict(seen)
    for name in sorted(seen):
        times, n = seen[name].shape
        draws = np.clip(rng.standard_t(4, (BLOCK, times)), -4, 4)[:n].T
        if name in ("inr", "albumin_g_l", "bilirubin_umol_l", "creatinine_umol_l", "sodium_mmol_l", "platelets_e9_l",
                    "alt_u_l", "ast_u_l"):  # fmt: skip
            out[name] = seen[name] * np.exp(np.where(np.arange(times)[:, None] > 0, noise(name) * draws, 0.0))
    ratio = out["bilirubin_umol_l"] / seen["bilirubin_umol_l"]
    out["bilirubin_direct_umol_l"] = seen["bilirubin_direct_umol_l"] * ratio
    lost = (100 / np.maximum(seen["pt_percent"], 1) - 1) * (out["inr"] / seen["inr"])
    out["pt_percent"] = 100 / np.maximum(1 + lost, 0.8)
    control = record("prothrombin")["control_s"]
    out["pt_control_s"] = np.full_like(out["inr"], control)
    out["pt_s"] = control * out["inr"]
    out["ammonia_relative"] = seen["ammonia_umol_l"] / seen["ammonia_umol_l"][0]
    return out


def _drawn(name: str, followed: Followed, k: int, times: tuple[float, ...]) -> Drawn:
    people, values, died = followed.people, followed.values, float(followed.died[k])
    visits = [i for i, t in enumerate(times) if t < died]
    when = [DAY_0 + timedelta(days=times[i]) for i in visits]
    ascites = [str(people.ascites[k]) if i == 0 else _grade(values["ascites_l"][i, k]) for i in visits]
    first = int(people.encephalopathy[k])
    brain = [min(4, round(first * float(values["ammonia_relative"][i, k]))) for i in visits]
    seen: list[tuple[datetime, str, str | int]] = []
    for moment, fluid, grade in zip(when, ascites, brain, strict=True):
        seen += [(moment, "ascites", fluid), (moment, "encephalopathy", grade)]
    cause = str(people.cause[k])
    end = DAY_0 + timedelta(days=died) if np.isfinite(died) else None
    patient = Patient(
        id=name,
        sex="female" if people.female[k] else "male",
        birth_date=(DAY_0 - timedelta(days=float(people.age_y[k]) * 365.25)).date(),
        weight_kg=round(float(people.weight_kg[k]), 1),
        height_cm=round(float(people.height_cm[k]), 0),
        etiology=(cause,) if cause else (),
        ascites=ascites[-1],  # type: ignore[arg-type]
        encephalopathy_grade=brain[-1],
        deceased=True if end else None,
        conditions=_conditions(people.group, cause, when, ascites, brain),
        observations=_observations(people, k, values, visits, when),
    )
    truth = zip(times, values["alive_untransplanted"][:, k], values["decompensation_incidence"][:, k], strict=True)
    chances = tuple((t, float(alive), float(ill)) for t, alive, ill in truth)
    ended = end.date() if end else None
    return Drawn(patient, people.group.name, people.group.course, cause, ended, tuple(seen), chances)


def _grade(litres: float) -> str:
    limits = record("ascites")
    return ("none", *limits)[int(np.digitize(litres, list(limits.values())))]


def _conditions(
    group: Group, cause: str, when: Sequence[datetime], ascites: Sequence[str], brain: Sequence[int]
) -> tuple[Condition, ...]:
    known = [*group.conditions, record("condition_of_cause").get(cause, "")]
    bled = group.course == "decompensated" and ascites[0] == "none" and brain[0] < 2
    rows = [_coded(n, cause, group, when[0] if n in ACUTE else None) for n in dict.fromkeys(known) if n]
    if bled:
        rows.append(_coded("variceal_bleeding", cause, group, when[0] - timedelta(days=60)))
    for name, states in (("ascites", [a != "none" for a in ascites]), ("encephalopathy", [g > 0 for g in brain])):
        if any(states):
            row = _coded(name, cause, group, when[states.index(True)])
            gone = None if states[-1] else when[len(states) - states[::-1].index(True)]
            rows.append(Condition(name, row.text, row.onset, gone, gone is None, row.source))
    return tuple(rows)


def _coded(name: str, cause: str, group: Group, onset: datetime | None) -> Condition:
    codes = record("codes")
    acute = "acute" if group.course in ("alf", "ali") else ""
    code = next((codes[k] for k in (f"{name}:{acute}", f"{name}:{cause}", name) if k in codes), "")
    source = Provenance(system=ICD, code=code) if code else Provenance()
    return Condition(name, condition_names()[name], onset, source=source)


def _observations(
    people: People, k: int, values: dict[str, Array], visits: Sequence[int], when: Sequence[datetime]
) -> tuple[Observation, ...]:
    rows = [
        Observation("weight", round(float(people.weight_kg[k]), 1), "kg", when[0]),
        Observation("height", round(float(people.height_cm[k]), 0), "cm", when[0]),
    ]
    rows += [_value(a, float(x[k]), record("measured_once")[a], when[0]) for a, x in people.once.items()]
    for i, moment in zip(visits, when, strict=True):
        rows += [_value(a, float(values[how["variable"]][i, k]), how, moment) for a, how in record("reported").items()]
    return tuple(rows)


def _value(analyte: str, value: float, how: dict[str, Any], moment: datetime) -> Observation:
    known = ANALYTES[analyte]
    top = 100.0 if known.unit == "%" and analyte == "spo2" else known.high
    shown = min(max(round(value, how["decimals"]), known.low), top)
    return Observation(analyte, shown, known.unit, moment, ref_low=how.get("low"), ref_high=how.get("high"))
