"""Calibrate: natural history first, by course; then the potency of cells, against pools, nulls and their bias."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.therapy import Regimen

from ._body import table
from ._build import twin
from ._population import draw_labs, stream
from ._virtual import COURSE_KEYS, Context, assemble, bounded, doses, draw_latent

Array = NDArray[np.float64]
PEOPLE = 64
KEPT = 400
FITTED = ("fitted", "p05", "p95")


def data_hash() -> str:
    """Return the hash of the data files the posterior depends on."""
    folder = resources.files("hepatica.twin") / "data"
    names = ("parameters", "population", "course", "targets", "pools", "states", "kinds", "causes", "cohort")
    return hashlib.sha256(b"".join((folder / f"{n}.toml").read_bytes() for n in names)).hexdigest()[:16]


def cohort(target: dict[str, Any], hyper: dict[str, Array], people: int, seed: int, horizon_d: float) -> Any:
    """Return virtual patients of a published cohort: `people` for each draw of the calibrated quantities."""
    m = len(hyper[COURSE_KEYS[0]])
    n = m * people
    wide = {k: np.repeat(v, people) for k, v in hyper.items()}
    rng = stream("cohort", seed)
    labs = draw_labs(target["course"], {}, people, seed)
    labs = {k: np.tile(v, m) for k, v in labs.items()}
    for name, (median, log_sd) in target["baseline"].items():
        labs[name] = np.tile(median * np.exp(log_sd * rng.standard_normal(people)), m)
    context = Context(age_y=float(target["age_y"]), organ_chances=target.get("organs"))
    latent = draw_latent(target["course"], wide, context, n, seed)
    return assemble(target["course"], labs, latent, wide, context, seed, horizon_d)


def observe(target: dict[str, Any], hyper: dict[str, Array], seed: int, people: int = PEOPLE) -> Array:
    """Return what a cohort shows at the target's times, one row a draw (NaN where the engine failed)."""
    from hepatica.engine import simulate

    m = len(hyper[COURSE_KEYS[0]])
    times = sorted({0.0, *(float(s["day"]) for s in target["seen"])})
    virtual = cohort(target, hyper, people, seed, times[-1])
    result = simulate(
        twin(),
        times,
        n=virtual.n,
        parameters=virtual.parameters,
        initial=virtual.initial,
        doses=doses(virtual),
        observables=["meld_unrounded", "bilirubin_umol_l", "inr", "alive_untransplanted"],
        precision="f32",
    )
    lost = (np.asarray(result.code) != 0).reshape(m, people).any(axis=1)
    value = {k: np.asarray(v, float).reshape(len(times), m, people) for k, v in result.values.items()}
    alive = np.clip(value["alive_untransplanted"], 0, 1)
    columns = []
    for seen in target["seen"]:
        i, w = times.index(float(seen["day"])), alive[times.index(float(seen["day"]))]
        total = np.maximum(w.sum(axis=1), 1e-9)
        meld, bilirubin = np.maximum(value["meld_unrounded"], 6), value["bilirubin_umol_l"]
        pick = {
            "survival": lambda w=w: w.mean(axis=1),
            "inr": lambda i=i, w=w, t=total: (w * value["inr"][i]).sum(axis=1) / t,
            "meld_change": lambda i=i, w=w, t=total, x=meld: (w * (x[i] - x[0])).sum(axis=1) / t,
            "bilirubin_change": lambda i=i, w=w, t=total, x=bilirubin: (w * (x[i] - x[0])).sum(axis=1) / t,
            "log_bilirubin_change": lambda i=i, w=w, t=total, x=bilirubin: (w * np.log(x[i] / x[0])).sum(axis=1) / t,
        }
        columns.append(pick[seen["what"]]())
    seen = np.array(columns).T
    seen[lost] = np.nan
    return seen


def fit_course(course: str, seed: int, draws: int = 1500, rounds: int = 3) -> dict[str, Any]:
    """Return the posterior of one course by adaptive importance sampling, with its diagnostics."""
    targets = {k: t for k, t in table("targets").items() if t["course"] == course}
    rows = table("course")[course]
    mean, sd = (np.array([rows[k][i] for k in COURSE_KEYS], float) for i in (0, 1))
    sd = np.maximum(sd, 1e-6)
    center, cov = mean.copy(), np.diag(sd**2)
    rng = stream(f"calibrate:{course}", seed)
    theta, weight, seen = np.empty(0), np.empty(0), np.empty(0)
    for step in range(rounds):
        theta = rng.multivariate_normal(center, cov, draws)
        hyper = _floor({k: theta[:, i] for i, k in enumerate(COURSE_KEYS)})
        seen = np.concatenate([observe(t, hyper, seed + 17 * step) for t in targets.values()], axis=1)
        want = np.array([s["value"] for t in targets.values() for s in t["seen"]])
        error = np.array([s["sd"] for t in targets.values() for s in t["seen"]])
        log_w = -0.5 * (((seen - want) / error) ** 2).sum(axis=1)
        log_w += -0.5 * (((theta - mean) / sd) ** 2).sum(axis=1) - _log_density(theta, center, cov)
        log_w[~np.isfinite(log_w)] = -np.inf
        weight = np.exp(log_w - log_w.max())
        weight /= weight.sum()
        tempered = weight ** (0.5 if step < rounds - 1 else 1.0)
        tempered /= tempered.sum()
        center = tempered @ theta
        cov = 1.3 * np.cov(theta.T, aweights=tempered) + 1e-4 * np.diag(sd**2)
    pick = rng.choice(draws, KEPT, p=weight)
    kept = _floor({k: theta[pick, i] for i, k in enumerate(COURSE_KEYS)})
    names = [f"{k}: {s['what']} day {s['day']}" for k, t in targets.items() for s in t["seen"]]
    shown = seen[pick]
    fitted, low, high = weight @ np.nan_to_num(seen), *np.quantile(shown, (0.05, 0.95), axis=0)
    return {
        "draws": {k: [float(f"{x:.5g}") for x in v] for k, v in kept.items()},
        "effective_sample_size": float(1 / (weight**2).sum()),
        "targets": [
            {
                "target": n,
                "seen": float(w),
                "sd": float(e),
                **{k: float(f"{v:.4g}") for k, v in zip(FITTED, f, strict=True)},
            }
            for n, w, e, *f in zip(names, want, error, fitted, low, high, strict=True)
        ],
    }


def _floor(hyper: dict[str, Array]) -> dict[str, Array]:
    return {k: bounded(k, v) for k, v in hyper.items()}


def _log_density(theta: Array, center: Array, cov: Array) -> Array:
    solved = np.linalg.solve(cov, (theta - center).T)
    return np.asarray(-0.5 * ((theta - center).T * solved).sum(axis=0) - 0.5 * np.linalg.slogdet(cov)[1])


OFF_GRID = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
LEAST_TAU = 0.6


def effect_per_potency(days: tuple[float, ...], seed: int, course_draws: dict[str, Array]) -> Array:
    """Return the MELD difference that one unit of potency makes in the reference cohort, [rates of return, days]."""
    from hepatica.engine import simulate

    from ._delivery import cell_doses

    reference = table("pools")["reference"]
    virtual = cohort(reference, course_draws, 4, seed, max(days))
    regimen = Regimen(reference["product"], reference["route"], reference["dose_cells"], tuple(reference["days"]))
    cells = cell_doses(regimen, np.full(virtual.n, 0.9), virtual.initial["collateral_share"], seed)
    rows = []
    for off in OFF_GRID:
        runs = []
        for potency in (-0.25, 0.25):
            given = {"potency": np.full(virtual.n, potency), "restorative_off_1_d": np.full(virtual.n, off)}
            result = simulate(
                twin(),
                [0.0, *days],
                n=virtual.n,
                parameters={**virtual.parameters, **given},
                initial=virtual.initial,
                doses=doses(virtual, cells),
                observables=["meld_unrounded", "alive_untransplanted"],
            )
            runs.append((result.code == 0, result.values["alive_untransplanted"], result.values["meld_unrounded"]))
        good = runs[0][0] & runs[1][0]
        means = [(a[:, good] * np.maximum(m[:, good], 6)).sum(axis=1) / a[:, good].sum(axis=1) for _, a, m in runs]
        rows.append((means[1] - means[0])[1:] / 0.5)
    return np.array(rows)


def fit_potency(seed: int, course_draws: dict[str, Array], without: str = "", draws: int = 40000) -> dict[str, Any]:
    """Return the posterior predictive of potency and its duration: hierarchical over evidence, bias allowed for.

    Trials of cells conflict more than chance, so the SD between them (on the scale of potency) is at least `LEAST_TAU`.
    """
    rows = [r for k, r in table("pools").items() if k != "reference" and r["risk_of_bias"] != without]
    days = tuple(sorted({float(s["day"]) for r in table("pools").values() for s in r.get("seen", [])}))
    grid = effect_per_potency(days, seed, course_draws)
    rng = stream("potency", seed)
    row = table("parameters")["restorative_off_1_d"]
    off = np.clip(row["value"] * np.exp(row["spread"] * rng.standard_normal(draws)), OFF_GRID[0], OFF_GRID[-1])
    slope = {d: np.interp(np.log(off), np.log(OFF_GRID), grid[:, i]) for i, d in enumerate(days)}
    mu, tau = 1.0 * rng.standard_normal(draws), LEAST_TAU + np.abs(0.35 * rng.standard_normal(draws))
    log_w = np.zeros(draws)
    for r in rows:
        s = np.array([slope[float(x["day"])] for x in r["seen"]]).T
        gap = np.array([x["md"] for x in r["seen"]]) - s * mu[:, None] - r["bias_mean"]
        se = np.array([x["se"] for x in r["seen"]])
        within = 0.5 * np.outer(se, se) + 0.5 * np.diag(se**2) + r["bias_sd"] ** 2
        cov = tau[:, None, None] ** 2 * s[:, :, None] * s[:, None, :] + within
        log_w += -0.5 * (gap * np.linalg.solve(cov, gap[..., None])[..., 0]).sum(axis=1)
        log_w -= 0.5 * np.linalg.slogdet(cov)[1]
    weight = np.exp(log_w - log_w.max())
    weight /= weight.sum()
    pick = rng.choice(draws, 1000, p=weight)
    predictive = mu[pick] + tau[pick] * rng.standard_normal(1000)
    at = {f"day_{d:g}": slope[d][pick] * predictive for d in days}
    return {
        "draws": {
            "potency": [float(f"{x:.4g}") for x in predictive],
            "restorative_off_1_d": [float(f"{x:.4g}") for x in off[pick]],
        },
        "effective_sample_size": float(1 / (weight**2).sum()),
        "mean_potency": float(weight @ mu),
        "p_no_benefit": float((predictive <= 0).mean()),
        "meld_difference": {
            k: {"p05": float(np.quantile(v, 0.05)), "p50": float(np.median(v)), "p95": float(np.quantile(v, 0.95))}
            for k, v in at.items()
        },
    }


def calibrate(seed: int = 20261123, progress: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Return the whole posterior: courses, then potency with and without evidence at high risk of bias."""
    tell = progress or (lambda _: None)
    courses = {}
    for course in sorted({t["course"] for t in table("targets").values()}):
        tell(course)
        courses[course] = fit_course(course, seed)
    reference = {k: np.asarray(v, float) for k, v in courses["decompensated"]["draws"].items()}
    tell("potency")
    potency = fit_potency(seed, reference)
    tell("potency without evidence at high risk of bias")
    careful = fit_potency(seed, reference, without="high")
    potency["p_no_benefit_without_high_risk_of_bias"] = careful["p_no_benefit"]
    return {
        "command": f"python -m hepatica.twin.calibrate {seed}",
        "seed": seed,
        "data": data_hash(),
        "courses": courses,
        "potency": potency,
    }


def main(arguments: list[str]) -> None:
    """Calibrate and store the posterior beside the data it came from."""
    import sys

    seed = int(arguments[0]) if arguments else 20261123
    posterior = calibrate(seed, progress=lambda step: print(f"calibrating {step}", file=sys.stderr))
    path = Path(__file__).parent / "data" / "posterior.json"
    path.write_text(json.dumps(posterior, separators=(",", ":")) + "\n", "utf-8")
    for course, fit in posterior["courses"].items():
        print(f"{course}: effective sample size {fit['effective_sample_size']:.0f}")
        for row in fit["targets"]:
            print(
                f"  {row['target']:<55} seen {row['seen']:8.3f} ± {row['sd']:.3f}  fitted {row['fitted']:8.3f} "
                f"({row['p05']:.3f} to {row['p95']:.3f})"
            )
    potency = posterior["potency"]
    print(f"potency: P(no benefit) {potency['p_no_benefit']:.2f}, without evidence at high risk of bias "
          f"{potency['p_no_benefit_without_high_risk_of_bias']:.2f}")  # fmt: skip
    for day, band in potency["meld_difference"].items():
        print(f"  MELD difference {day:<8} {band['p50']:+.2f} ({band['p05']:+.2f} to {band['p95']:+.2f})")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
