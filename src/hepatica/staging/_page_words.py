"""The words of the reference pages that no data holds."""

SCORES = """\
# Scores

Written by `python -m hepatica.staging._page` from the code; a test fails where the two differ. `hepatica score NAME`
computes one by hand, `hepatica stage PATIENT` all that a record allows. A bare number has the unit in the column "bare
number"; any other unit can be written with it. Worked cases are those that others published, and tests hold us to them.
"""
CTCAE = """\
# CTCAE v5.0 laboratory grades

Written by `python -m hepatica.staging._page` from `src/hepatica/staging/data/ctcae_v5.toml`. A grade counts from its
cut on; the highest that is passed counts. A baseline is abnormal beyond the limit of normal. Where a limit or the
baseline is not known and matters, there is no grade but the range it can have. A laboratory value cannot show symptoms:
they can raise a grade to the second number. `worse_by` is the rise over the grade of the baseline itself.

`hepatica score ctcae alt=300 baseline=80 uln=40`; `hepatica stage PATIENT --json` grades under `ctcae` every value that
has an earlier one.
"""
NO_CASE = "No worked case by others was found; the tests hold every cut and cap, and the formula written a second time."
DAMICO = "Jaundice counts from a bilirubin above 3 mg/dL (our assumption; not in PBC and PSC). Source: {source}."
APASL = """\
Bilirubin of 5 mg/dL or more, INR of 1.5 or more, ascites or encephalopathy within 4 weeks, in chronic liver disease
that had not decompensated before. Met, not met or unknown; the EASL-CLIF grade stands beside it. Source: {source}."""
STEATOTIC = """\
Criteria of adults: BMI of 25 kg/m2 or more; fasting glucose of 5.6 mmol/L or HbA1c of 5.7 % or more, or diabetes or its
treatment; 130/85 mmHg or more, or hypertension; triglycerides of 1.70 mmol/L or more; HDL cholesterol up to 1.0 (men)
or 1.3 mmol/L (women); the last two also by a lipid-lowering drug. Another cause names the disease; without a criterion
and without alcohol it is cryptogenic. Source: {source}."""
