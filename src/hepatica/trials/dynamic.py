"""Write the page of dynamic prediction on pbcseq (`python -m hepatica.trials.dynamic docs/dynamic-prediction.md`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._compare import Comparison, Interval, calibration, compare, part
from ._landmark import JUDGED, LABS, LANDMARKS_Y, LAST, LAYERS, Case, Predicted, observe, predict
from ._pbcseq import MEAN_NORMAL_S, Person, people
from ._visits import table

COMMAND = "python -m hepatica.trials.dynamic docs/dynamic-prediction.md"
MODELS = (*LAYERS, "chosen", "last values", "shipped", "cox by landmark")
_SIDES = ("twin", "Cox", "difference")
AUC_MARGIN, BRIER_MARGIN = -0.02, 0.003
NAMES = {
    "cox": "Cox on the newest values, one over all landmarks",
    JUDGED: "**twin, survival part on labs, age, oedema (judged above)**",
    "own hazard": "twin, its own hazard recalibrated: level and slope",
    "labs and liver mass": "twin, survival part on labs, liver mass, age, oedema",
    "labs, liver mass, pressure": "… and pressure",
    "labs, liver mass, platelets": "… and platelets",
    "chosen": "twin, the layer that the training people choose among these",
    "last values": "control: the judged regression on the newest values, no twin",
    "shipped": "twin, nothing refitted: its hazard from the prior",
    "cox by landmark": "Cox, one for each landmark",
}
HEAD = f"""# Dynamic prediction: the twin and a Cox model on the same people

At 0, 1, 2 and 3 years from entry into the Mayo trial of primary biliary cholangitis, everybody still alive, not
transplanted and under observation is asked about: how likely is death within one and two years? The twin reads the
record so far; the Cox model reads its newest values. This page is written by
`{COMMAND}`; nothing in it is typed by hand.

**Data.** `pbcseq` as shipped by greenwood (MIT; `pip install 'hepatica[credibility]'`): 312 people, dated bilirubin,
albumin, protime, AST, platelets, ascites, oedema. No creatinine, no sodium. INR is protime over {MEAN_NORMAL_S:g} s
with a sensitivity index of 1, ascites "yes" is read as moderate: both assumed. Values that look like errors (an albumin
of 80 g/L, a protime of 36 s) are left as they are, for both models.

**Twin.** The fit of `hepatica plan` (`twin.fit`), on the whole record up to the landmark; the draws live on from the
newest visit, and who would have died before the landmark counts for less. What the fit takes from the population are
priors here, not the stored posterior, because the cohorts behind the posterior hold these people; the noise and drift
of a laboratory value were set on the people of folds 1 to 4 (last table), without their outcomes. Its survival part is
then refitted without the test fold: the log rate of death is linear in the course the twin expects over the next two
years, by Poisson regression over intervals of 73 days, transplantation competing. The survival part that is judged
reads the five quantities Cox reads (bilirubin, albumin, INR, age, and oedema as last seen, which the twin has no state
for), so that only the reading of the record differs. Others were tried, and all of them are shown below.

**Cox.** Death and transplantation each by a Cox model on log bilirubin, albumin, log protime, age and oedema at the
landmark; one supermodel over the four landmarks, follow-up cut at two years. A Cox model for each landmark alone is
shown too, further down.

**Judged** out of fold, in five folds by person (fold = id modulo 5), with inverse-probability-of-censoring weights;
the transplanted count as not dead. Differences are paired; intervals (95 %) come from 2000 bootstrap draws of people,
who bring all their landmarks, predictions held fixed.
"""
VISITS = """
## Noise and drift

SD of the difference in logs between two visits of one person: seen (robust, people whose id is not divisible by five) /
as the fit of a cholestatic disease makes it by noise and drift alone (`twin/data/population.toml`, `fit.toml`). The
model's own trends add to the second; where it is larger all the same, the fit trusts a value less than it could.
"""


def observed(everybody: Sequence[Person]) -> list[Case]:
    """Return every person at every landmark, with a line of progress on standard error."""
    from tqdm import tqdm

    asked = [(p, landmark) for landmark in LANDMARKS_Y for p in everybody]
    cases = [observe(p, landmark) for p, landmark in tqdm(asked, desc="fitting", unit="record")]
    return [c for c in cases if c is not None]


def page(found: Predicted, compared: Comparison, everybody: Sequence[Person]) -> str:
    """Return the page as Markdown."""
    text = [HEAD, _verdict(compared), _cells(compared), _models(compared), _parts(found), _calibration(found)]
    return "\n".join([*text, _layers(found), _fits(found), VISITS, table(everybody)]) + "\n"


def met(compared: Comparison) -> tuple[bool, bool]:
    """Return whether the twin's AUC and Brier score are within the margins of Cox (95 % bounds)."""
    return compared.auc_gain[JUDGED].low > AUC_MARGIN, compared.brier_gain[JUDGED].high < BRIER_MARGIN


def _verdict(c: Comparison) -> str:
    a, b = c.auc_gain[JUDGED], c.brier_gain[JUDGED]
    words = ["met" if ok else "**not met**" for ok in met(c)]
    return (
        "\n## Result\n\n"
        f"Over the eight cells the twin's mean AUC is {c.auc[JUDGED]:.3f}, that of Cox {c.auc['cox']:.3f}: difference "
        f"{_signed(a, 3)}. Mean Brier score {c.brier[JUDGED]:.4f} against {c.brier['cox']:.4f}: difference "
        f"{_signed(b, 4)} (less is better).\n\n"
        f"- AUC no worse than Cox by {-AUC_MARGIN:g} (lower bound above {AUC_MARGIN:+g}): {words[0]}.\n"
        f"- Brier score no worse by {BRIER_MARGIN:g} (upper bound under {BRIER_MARGIN:+g}): {words[1]}.\n"
    )


def _signed(x: Interval, digits: int) -> str:
    return f"{x.value:+.{digits}f} ({x.low:+.{digits}f} to {x.high:+.{digits}f})"


def _cells(c: Comparison) -> str:
    heads = ["landmark", "horizon", "people", "deaths", *(f"{k} {w}" for k in ("AUC", "Brier") for w in _SIDES)]
    lines = ["", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for x in c.cells:
        lines.append(
            f"| {x.landmark} y | {x.horizon} y | {x.people} | {x.deaths} | {x.auc[JUDGED]:.3f} | {x.auc['cox']:.3f} | "
            f"{_signed(x.auc_gain[JUDGED], 3)} | {x.brier[JUDGED]:.4f} | {x.brier['cox']:.4f} | "
            f"{_signed(x.brier_gain[JUDGED], 4)} |"
        )
    return "\n".join(lines)


def _models(c: Comparison) -> str:
    lines = [
        "\n## What each step adds\n",
        "Means over the eight cells, all out of fold. The layers differ in what the survival part reads.\n",
        "| model | AUC | difference from Cox | Brier | difference from Cox |",
        "|---|---|---|---|---|",
        f"| {NAMES['cox']} | {c.auc['cox']:.3f} | | {c.brier['cox']:.4f} | |",
    ]
    for m in MODELS:
        lines.append(
            f"| {NAMES[m]} | {c.auc[m]:.3f} | {_signed(c.auc_gain[m], 3)} | {c.brier[m]:.4f} | "
            f"{_signed(c.brier_gain[m], 4)} |"
        )
    a, b = c.auc, c.brier
    lines += [
        "",
        f"- What the twin makes of the history: AUC {a[JUDGED] - a['last values']:+.3f}, Brier "
        f"{b[JUDGED] - b['last values']:+.4f} against the same regression on the newest values.",
        f"- What a survival part of Cox's quantities adds to the twin's own hazard, recalibrated: AUC "
        f"{a[JUDGED] - a['own hazard']:+.3f}, Brier {b[JUDGED] - b['own hazard']:+.4f}.",
        f"- What the twin's liver mass adds: AUC {a['labs and liver mass'] - a[JUDGED]:+.3f}, Brier "
        f"{b['labs and liver mass'] - b[JUDGED]:+.4f}. No laboratory measures it.",
    ]
    return "\n".join(lines)


def _parts(found: Predicted) -> str:
    bilirubin = np.exp(found.column(lambda c: c.covariates[0]))
    oedema, age = found.column(lambda c: c.covariates[4]), found.column(lambda c: c.covariates[3])
    visits, torn = found.column(lambda c: c.visits), found.column(lambda c: c.torn)
    groups = {
        "bilirubin under 2 mg/dL": bilirubin < 2,
        "bilirubin 2 to 6 mg/dL": (bilirubin >= 2) & (bilirubin < 6),
        "bilirubin from 6 mg/dL": bilirubin >= 6,
        "no oedema": oedema == 0,
        "oedema, or under diuretics": oedema > 0,
        "age under 50": age < 50,
        "age from 50": age >= 50,
        "one visit so far": visits == 1,
        "two or three visits": (visits == 2) | (visits == 3),
        "four visits or more": visits >= 4,
        "the fit names a contradiction": torn,
    }
    rows = {name: part(found, JUDGED, inside) for name, inside in groups.items()}
    better = [name for name, x in rows.items() if x.high < 0]
    worse = [name for name, x in rows.items() if x.low > 0]
    lines = [
        "\n## Where the twin is better, where worse\n",
        "Brier score less that of Cox, mean of both horizons over all landmarks; below zero the twin is better. "
        f"Clearly better (interval under zero): {', '.join(better) or 'nowhere'}. "
        f"Clearly worse: {', '.join(worse) or 'nowhere'}.\n",
        "| people | people at landmarks | difference |",
        "|---|---|---|",
        *(f"| {name} | {int(groups[name].sum())} | {_signed(x, 4)} |" for name, x in rows.items()),
        "\nWhy: the fit pulls a value towards its population and its past by the noise assumed for a laboratory, and a "
        "difference between people that is pulled in can no longer rank them. Of a difference in the log of the newest "
        "value, the twin keeps on the landmark:\n",
        "| | bilirubin | albumin | INR |",
        "|---|---|---|---|",
        _kept(found, "one visit so far", visits == 1),
        _kept(found, "two visits or more", visits > 1),
    ]
    return "\n".join(lines)


def _kept(found: Predicted, name: str, inside: NDArray[np.bool_]) -> str:
    """Return a row: the slope of the twin's log value on the landmark on the log of the newest value."""
    cases = [c for c, yes in zip(found.cases, inside, strict=True) if yes]
    shares = []
    for state, last in zip(LABS, LAST, strict=False):
        newest, own = (np.array([c.ahead[k][0] for c in cases]) for k in (last, state))
        shares.append(100 * float(np.polyfit(newest, own, 1)[0]))
    return f"| {name} | {' | '.join(f'{x:.0f} %' for x in shares)} |"


def _calibration(found: Predicted) -> str:
    lines = [
        "\n## Calibration\n",
        "Death within two years by fifths of predicted risk, all landmarks together.\n",
        "| fifth | people | twin predicts | seen | Cox predicts | seen |",
        "|---|---|---|---|---|---|",
    ]
    for i, (ours, theirs) in enumerate(zip(calibration(found, JUDGED), calibration(found, "cox"), strict=True)):
        lines.append(
            f"| {i + 1} | {ours[0]} | {100 * ours[1]:.1f} % | {100 * ours[2]:.1f} % | {100 * theirs[1]:.1f} % | "
            f"{100 * theirs[2]:.1f} % |"
        )
    _, said, seen = calibration(found, "shipped", 1)[0]
    lines.append(
        f"\nWith nothing refitted, its hazard from the prior, the twin predicts {100 * said:.1f} % where "
        f"{100 * seen:.1f} % died within two years."
    )
    return "\n".join(lines)


def _layers(found: Predicted) -> str:
    picks = ", ".join(f"{k} in {n} folds" for k, n in Counter(found.chosen).items())
    lines = [
        "\n## The survival part\n",
        "Log rate ratios on all people (for reading, not for the scores above), per unit of the log of a state, per "
        f"year, per grade of oedema, per mmHg. The training people would choose: {picks}.\n",
        "| layer | coefficients |",
        "|---|---|",
    ]
    for name, columns in LAYERS.items():
        beta = found.coefficients[name][1:]
        lines.append(f"| {name} | {', '.join(f'{c} {b:+.2f}' for c, b in zip(columns, beta, strict=True))} |")
    return "\n".join(lines)


def _fits(found: Predicted) -> str:
    status = Counter(c.fit for c in found.cases)
    ess = np.array([c.ess for c in found.cases if c.visits > 1])
    return (
        f"\n## The fits\n\n{len(found.cases)} records: {', '.join(f'{n} {k}' for k, n in status.items())}. "
        f"Effective sample size of those with several visits: median {np.median(ess):.0f}, least {ess.min():.0f}. "
        f"In {sum(c.torn for c in found.cases)} records the fit names a value that contradicts its neighbours, or "
        "values the model does not reproduce."
    )


def main(arguments: list[str]) -> None:
    """Write the page to a file, or print it."""
    from pathlib import Path

    everybody = people()
    found = predict(observed(everybody))
    text = page(found, compare(found, MODELS), everybody)
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
