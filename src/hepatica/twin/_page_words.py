"""The sentences of the page about the twin that no table gives."""

from __future__ import annotations

INTRODUCTION = """\
# The twin: every equation, parameter and source

One liver and the body around it, as {states} ordinary differential equations in days. The page is written by
`python -m hepatica.twin._page` from the equations, the data files and the stored posterior; a test fails where it
is out of date.

Grades: **A** equation, parameter and data have a source; **B** the parts have sources, the form is ours; **C**
free, calibrated or assumed. Of {states} states {state_grades}; of {parameters} parameters {parameter_grades}.
{assumed} parameters rest on an assumption of this project, and say so in their row.

Kinds of parameters: *fixed* is the same for everybody; *individual* is drawn or solved for each virtual patient
(spread: SD of its logarithm; none where it is solved from laboratory values); *course* is calibrated by course of
disease; *therapy* is the posterior of what cells do; *treatment* is neutral until an option sets it.
"""

TITLES = {
    "cells": "Cells in the body",
    "hepatocytes": "Hepatocytes",
    "injury": "Injury by cause",
    "inflammation": "Inflammation",
    "scar": "Scar",
    "function": "Function",
    "portal": "Portal system and kidney",
    "outcome": "Outcome",
    "events": "Events by kind",
    "treatment": "What is given",
}

EXPLAINED = {
    "cells": """\
A dose enters where its route leads: venous blood for a peripheral vein, the liver (less the shunted share) for the
portal vein and the hepatic artery, the spleen for an injection into it. Each pass arrests a share of the cells.
Dead cells leave their label behind, which is what a camera sees. What the liver feels of living cells is one
saturating signal; what engrafts adds mass.""",
    "hepatocytes": """\
Mass grows back the faster the more of it is missing, unless the remnant is too small to carry its load: then
overload kills what is left. A chronic patient's capacity to regenerate is solved so that the disease stands still
but for its calibrated progression.""",
    "injury": """\
Six drivers, each with its own pace and treatment: virus, drink, fat, immune attack, bile, metal; what nothing removes
(alpha-1, unknown causes) stays at 1. A person's causes share the chronic injury (`twin/data/causes.toml`: driver, pace
of scarring, cancer). Injured hepatocytes that live leak enzymes, so that ALT falls when the cause is gone. Paracetamol
is sulphated, glucuronidated or oxidised; what glutathione does not take up binds to protein and adds to the acute
insult, which else resolves or worsens.""",
    "inflammation": """\
Inflammatory macrophages answer the cause, the insult, and the gut products that bypass the liver. Cells act by turning
macrophages to restoration; `potency` says how much that calms, and may be zero or harm.""",
    "scar": "Myofibroblasts follow inflammation. Soluble collagen is degraded or cross-linked; the linked goes slowly.",
    "function": """\
What the laboratory sees, and the store of sugar. Synthesis saturates in function, each function at its own point;
personal factors make a virtual patient show the measured values on day 0.""",
    "portal": """\
Pressure follows scar and inflammation and is relieved by collaterals. Pressure and inflammation dilate the vessels,
which costs the kidney its filtration and dilutes sodium. A drug that lowers pressure does not spare the kidney. In
acute-on-chronic failure most of the filtration lacking goes with the precipitant, and comes back as that resolves.""",
    "outcome": """\
Death and transplantation are competing hazards, integrated as states, so that no random draw is needed. The hazard of
death rises with MELD and age; everything else a person brings is frailty. Brain, circulation and lungs, which MELD does
not hold, raise it in acute-on-chronic failure and alcoholic hepatitis while the precipitant lasts; in cholestatic
disease bilirubin weighs more and counts within its normal range, as in the Mayo score. MELD uses
17.1 and 88.4 umol/L a mg/dL.""",
    "events": """\
A decompensation is ascites, bleeding or encephalopathy, whichever comes first; the shares are those of first
decompensations, bent by pressure, albumin and ammonia. Infection needs ascites, acute-on-chronic failure a
precipitant, cancer cirrhosis. What an event does to the liver is in the calibrated flares and hazards, not here.""",
    "treatment": "Windows in which a treatment acts. What each sets, and on what evidence: `twin/data/actions.toml`.",
}

CALIBRATION = """\
## Calibration

Natural history first, by course, under standard care; then the potency of cells. `{command}` draws the posterior
again (data `{data}`). *Fitted* has the 90 % interval of the parameters; *apart* is the distance of fitted from seen in
SDs; the SD carries sampling and the disagreement between cohorts. A course without targets keeps
its prior, wide: {uncalibrated}.
"""

POTENCY = """\
### What cells do

One number, the potency of mesenchymal stromal cells, is fitted to published differences in MELD against control,
those that found nothing included (listed below). Trials disagree more than chance, and the spread between them is
kept.

**The probability that cells of a new trial do nothing or harm is {no_benefit:.0f} %, and {careful:.0f} % without
the evidence at high risk of bias.** Effective sample size {ess:.0f}. MELD against standard care after 1e8 cells by
vein in decompensated cirrhosis (negative is better):
"""

LIMITS = """\
## What this model cannot tell

- **Whether cells work.** The band above contains zero on {days_with_nothing} of {days} days. A forecast under
  cells restates that band for one person; it adds no evidence.
- **Anything by the grade of its weakest part.** {c_parameters} of {parameters} parameters and {c_states} of
  {states} states are grade C. No forecast is better than the C in its chain (`hepatica why` shows it).
- **Causes in one liver.** Each cause has its driver, but how it kills and inflames is told by assumed factors; two
  causes share the injury evenly. Viral load, copper and bile are on a scale of 0 to 1, not in the laboratory's units.
- **Events.** Ascites is a volume; bleeding, encephalopathy, infection, acute-on-chronic failure and cancer are
  chances that raise no other number here. The grade of encephalopathy is taken from the record and kept.
- **Infection and intensive care.** A new precipitant may strike at set days with calibrated frequency; which one,
  and what care answers it, is left out. There is no breathing, heart or blood pressure.
- **Sugar and immunity.** Glycogen and glucose are means of a day without insulin, meals or diabetes. HLA mismatch
  and clearance by an immune answer to a second dose are not modelled.
- **Where the fit is poor.** {worst}.
- **Courses without data.** {uncalibrated_long} run on priors alone.
- **Children, pregnancy, and people unlike those in tertiary centres.** The populations are adults but for
  urea-cycle disorders, whose rows are assumptions.
- **Which parameter matters.** No sensitivity analysis stands behind this page: a free parameter may be harmless or
  decisive, and the table does not tell which.

See also [what this model cannot tell, for readers of a plan](what-this-model-cannot-tell.md).
"""

COHORTS = """\
## Populations

Medians of laboratory values by population, with the SD of the logarithm; those of albumin, bilirubin, INR,
creatinine, sodium and platelets are correlated as in 654 people evaluated for transplantation. `hepatica cohort N
-o DIR` draws people from them, adds body, signs and diagnoses (`twin/data/cohort.toml`, a source on every field) and
writes one FHIR R4 Bundle each, marked HTEST.
"""

COHORT_LIMITS = """\
The shares are an assumption, there to give every course: they are no epidemiology. Draws that the definition of a
course rules out are drawn again. Deaths are those without transplantation. Encephalopathy at a later visit is its
first grade times the ratio of ammonia (assumed). A value without a state of the twin and without a published
distribution is left out: lactate, arterial pH, oedema, diabetes.
"""

LEARNED = (
    "<details><summary>What was calibrated: prior (mean ± SD) and posterior (median, 5 to 95 %) by course</summary>\n"
)
FITTED_TO = "What it was fitted to (bias: assumed, in MELD points):\n"
BOUNDS = """\
## Bounds that are tests

Whatever the parameters are fitted to, these must hold (`test_bounds.py` and `test_causes.py` in
`tests/credibility`):
"""
SOURCES = """\
## Sources

*Seen* says what was read: paper, abstract, table, code, derived (our arithmetic on it), or none.
"""
