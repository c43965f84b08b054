"""The sentences of the credibility page that no number gives."""

from __future__ import annotations

HEAD = """# How sure are we?

Every study of the base that reports an outcome is predicted from its population, baseline and arms, and held against
what it then saw. This page is written by `python -m hepatica.trials.credibility docs/credibility.md`; no number in it
is typed by hand but those of earlier looks.

Studies whose outcomes were fitted (natural history, potency of cells, disagreement between studies) are named in
`src/hepatica/twin/data/targets.toml`, `pools.toml` and `between.toml`; all others are validation, and those of the
blind holdout stand apart. The interval is for the mean of an arm of that size: parameters, disagreement between
studies, drift of single persons, sampling. The interval score adds a penalty for misses to the width (smaller is
better) and is divided by the baseline value, so that variables can be averaged. Two simpler rules are there to be
beaten: the baseline carried forward with its sampling interval, and a meta-regression on standard care. An interval is
narrow enough where its median half-width, baseline told, is at most twice the SD between cohorts of the mean change
from baseline; for ALT that SD is set by one study of acute-on-chronic failure, and passing says little.
"""

NOT_JUDGED = "Too few cohorts to say why."

WHY = {
    "albumin_g_l": "The studies not fitted are small (8 to 10 patients), and single persons drift; between the few "
    "studies albumin differed less than such arms can show by chance.",
    "alt_u_l": "Enzymes follow the cause of the disease, and how active that was in a study is not reported; a diet is "
    "taken to act on fat alone.",
    "ammonia_umol_l": "One study took people on the day of overt encephalopathy, whose ammonia halved overnight; the "
    "twin has no episode of encephalopathy, and lactulose given to all counts as usual care.",
    "ast_u_l": "As ALT: what the few studies disagreed about is less than the drift of single persons allows.",
    "bilirubin_umol_l": "The small arms that were not fitted hardly moved, and a band that allows for the drift of "
    "single persons is wider than they needed; among the fitted, a printed mean contradicts the change beside it.",
    "child_pugh": "The grade of encephalopathy does not move in the twin, and one fitted study is of people in the "
    "week after a paracentesis of eight litres.",
    "creatinine_umol_l": "The kidney after a paracentesis of eight litres is no state of the twin; and one "
    "uncontrolled study of eight patients started with a high creatinine that fell.",
    "inr": "An uncontrolled study of eight patients saw more change than any controlled one.",
    "meld": "One trial without a baseline gives more than half of the cases and is predicted from its words; two arms "
    "of another ended thirty points apart, one above the cap of 40 that the score has here; and an uncontrolled study "
    "of eight patients fell by seven points.",
    "meld_na": "As creatinine after a paracentesis: three arms of one study.",
    "platelets_e9_l": "One study only.",
    "sodium_mmol_l": "Two studies, whose means hardly moved: any band of single persons' sodium is wider.",
    "survival": "The hazard is that of waiting lists and registries; trials of decompensated cirrhosis lost more or "
    "fewer than their words say.",
    "transplant_free_survival": "As survival.",
}

TAIL = """
## What this model cannot tell

- Whether cells help: the posterior of their potency holds the published pools and no effect at all, because the trials
  disagree more than chance and most are open.
- What a single person will do: the bands of a plan are wide because people are; a narrow one would be a bug.
- Fits of acute liver failure rest on one registry's survival and on assumed INR.
- Trials that do not report a baseline are predicted from the population of their words, which may be another one:
  alcoholic hepatitis and non-viral cirrhosis without a baseline MELD are the largest misses.
- Published lists disagree about the hazard at one MELD (a death in ninety days three times as likely on one list at
  MELD 15 to 20): the fit stands between them, and the disagreement is in the width.
- Kidney injury after large-volume paracentesis, sepsis and bleeding are chances here; they do not change a forecast.
- The baseline of Child-Pugh is anchored to what a trial reports; its encephalopathy does not move.
- The SDs between studies of laboratory values rest on five studies; two of them were also fitted, which flatters them.
"""

BLIND = """
## Blind holdout

The studies of the next sections were looked at while the twin was changed. These were not when they were first
predicted: their files (`src/hepatica/trials/data/holdout.toml`) were written from published pages and committed before
any was predicted, and the way to judge them was committed before the first prediction (both in the git history). No
outcome of theirs may be fitted, which a test keeps. Only abstracts and a few tables could be read, so most cases are
survival and few studies give a baseline: a holdout of what a reader has who knows a disease by its name, harder than a
person with a record.
"""

_AIH = "Acute severe autoimmune hepatitis ends in death or transplantation far more than acute liver injury does here."
_FEWER = "Fewer died than in the older trials that the twin was fitted to."
_B_FAILURE = (
    "Hepatitis B failure without a baseline dies faster in the twin than in trials, which enrol whom they can treat."
)
BLIND_MISSES = {
    "shiffman2025": _FEWER,
    "gawrieh2024": _FEWER,
    "tellez2022": _AIH,
    "surfasa2021": _AIH,
    "pmid38848002_plex": "Very severe and not given steroids, with no number to say how ill: predicted as the average.",
    "yip2020": "A MELD of 15 or more is a rule of entry here, and rules of entry are not read.",
    "china2021": "In hospital for an acute illness; predicted as stable decompensated cirrhosis.",
    "pande2023": "A MELD of 17 beside a discriminant function of 65 cannot both be; the twin believed the MELD.",
    "fernandez2007": "Chosen for a liver or a kidney that failed already; predicted as the average decompensated.",
    "de2009ptx": "MELD of those alive on day 28 fell by eight points; the twin has no pentoxifylline.",
    "jia2020mp": _B_FAILURE,
    "lin2017": _B_FAILURE,
    "chen2022ta1": _B_FAILURE,
    "pmid37831182_daa": "Mostly Child-Pugh B and cured of the virus; predicted as the average decompensated.",
}

BLIND_CONCLUSION = """
### What to conclude

- What held on the studies that were looked at did not hold on those that were not: blind, 58 % for 90 %, and a curve
  through the survival of other studies beat the twin.
- Most of that was reading, not physiology. The reader of trials then learnt the newer names of the hepatitis of
  alcohol, the acute hepatitis of immune attack, the names of antivirals, and that "no cirrhosis" is none; but for one
  file's words nothing else changed between the last two predictions. These studies no longer test what was mended.
- Not all of it was: the interval still holds too few, transplant-free survival fewest. Acute severe autoimmune
  hepatitis and people in hospital with a low albumin die more than the twin says, hepatitis B failure that trials
  enrol dies less. Rules of entry ("a MELD of 15 or more") are not read.
- For survival of a group known by name alone the twin and a curve through the other published studies cannot be told
  apart.
- On laboratory values with a baseline the twin scores better than both rules, in few cohorts.
- The one arm with cells did better than predicted, and so did the patients it was compared with: that says how ill
  they were, not whether cells help.
- Acute liver failure, biliary cholangitis and the course of most laboratory values stay untested: no page with their
  numbers could be read.
"""
