"""Pattern and danger of an acute injury: R factor and Hy's law."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .spec import ScoreSpec, yes_no
from .units import Floats, floats, plain


def r_factor(alt_u_l: ArrayLike, alp_u_l: ArrayLike, alt_uln_u_l: ArrayLike, alp_uln_u_l: ArrayLike) -> Floats:
    """Compute R = (ALT/upper limit)/(ALP/upper limit), all in U/L.

    >>> r_factor(400, 120, 40, 120)
    10.0
    """
    alt = floats(alt_u_l) / floats(alt_uln_u_l)
    return plain(alt / (floats(alp_u_l) / floats(alp_uln_u_l)))


def hys_law(
    alt_u_l: ArrayLike,
    bilirubin_umol_l: ArrayLike,
    alp_u_l: ArrayLike,
    alt_uln_u_l: ArrayLike,
    bilirubin_uln_umol_l: ArrayLike,
    alp_uln_u_l: ArrayLike,
    ast_u_l: ArrayLike | None = None,
    ast_uln_u_l: ArrayLike | None = None,
) -> Floats:
    """Return 1 where the laboratory part of Hy's law holds, else 0; enzymes U/L, bilirubin umol/L.

    ALT or AST at least 3 times, bilirubin more than 2 times and ALP less than 2 times the upper limit.

    >>> hys_law(200, 60, 100, 40, 21, 120)
    1.0
    """
    raised = floats(alt_u_l) >= 3.0 * floats(alt_uln_u_l)
    if ast_u_l is not None and ast_uln_u_l is not None:
        raised = raised | (floats(ast_u_l) >= 3.0 * floats(ast_uln_u_l))
    jaundice = floats(bilirubin_umol_l) > 2.0 * floats(bilirubin_uln_umol_l)
    no_bile = floats(alp_u_l) < 2.0 * floats(alp_uln_u_l)
    return plain((raised & jaundice & no_bile).astype(float))


def hys_law_baseline(
    alt_u_l: ArrayLike,
    bilirubin_umol_l: ArrayLike,
    alt_baseline_u_l: ArrayLike,
    bilirubin_baseline_umol_l: ArrayLike,
    alt_uln_u_l: ArrayLike,
    bilirubin_uln_umol_l: ArrayLike,
) -> Floats:
    """Return 1 where Hy's law holds against the person's own baseline (cirrhosis, chronic hepatitis), else 0.

    ALT U/L, bilirubin umol/L. From a baseline ALT of 1.5 times the upper limit on, ALT counts from 2 times the
    baseline or from 300 U/L, whichever comes first (the baseline itself may be above 300: then 2 times); below it
    from 3 times the upper limit. Bilirubin counts from 2 times the baseline where that was raised, else from 2
    times the upper limit.

    >>> hys_law_baseline(130, 90, 60, 40, 40, 21)
    1.0
    >>> hys_law_baseline(110, 90, 60, 40, 40, 21)
    0.0
    """
    start, limit = floats(alt_baseline_u_l), floats(alt_uln_u_l)
    first = np.where(start < 300.0, np.minimum(2.0 * start, 300.0), 2.0 * start)
    alt = floats(alt_u_l) >= np.where(start >= 1.5 * limit, first, 3.0 * limit)
    normal = np.maximum(floats(bilirubin_baseline_umol_l), floats(bilirubin_uln_umol_l))
    return plain((alt & (floats(bilirubin_umol_l) >= 2.0 * normal)).astype(float))


SCORES = (
    ScoreSpec(
        "r_factor", "R factor", "R value of drug-induced injury", ("alt", "alp", "alt_uln", "alp_uln"),
        "(ALT/upper limit of normal)/(ALP/upper limit of normal)",
        "hepatocellular from 5, cholestatic up to 2, mixed between; limits of the record's own laboratory",
        "http://wjgnet.com/2150-5349/full/v3/i2/21-T3.htm, doi:10.4292/wjgpt.v3.i2.21",
        "drug-induced liver injury", "acute injury; not settled in PBC and PSC", "pattern of injury", r_factor,
        classes=(("cholestatic", "<=2"), ("mixed", ">2 to <5"), ("hepatocellular", ">=5")),
        classify=lambda value, inputs: (
            "cholestatic" if value <= 2 else "mixed" if value < 5 else "hepatocellular"
        ),
        digits=2,
    ),
    ScoreSpec(
        "hys_law", "Hy's law (laboratory part)", "FDA",
        ("alt", "bilirubin", "alp", "alt_uln", "bilirubin_uln", "alp_uln"),
        "ALT or AST >= 3x, bilirubin > 2x, ALP < 2x the upper limit of normal",
        "another cause must be ruled out; a raised baseline (cirrhosis) needs its own limits",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC8359338/table/bcp14708-tbl-0001, doi:10.1111/bcp.14708",
        "drug trials", "normal tests before the drug",
        "at least 10 % severe liver failure or transplant where it holds for a drug", hys_law,
        optional={"ast": None, "ast_uln": None}, classes=(("not met", "0"), ("met", "1")), classify=yes_no,
        digits=0, criteria=True,
    ),
    ScoreSpec(
        "hys_law_baseline", "Hy's law from an abnormal baseline", "consensus of the IQ DILI initiative",
        ("alt", "bilirubin", "alt_baseline", "bilirubin_baseline", "alt_uln", "bilirubin_uln"),
        "baseline ALT >= 1.5x the upper limit: ALT >= 2x baseline or >= 300 U/L, whichever comes first; else ALT >= 3x"
        " the limit; and bilirubin >= 2x the baseline, or 2x the limit where the baseline was normal",
        "the baseline is the mean of two values before treatment; in a record the first value stands for it;"
        " another cause must be ruled out",
        "baseline multiples instead of multiples of the limit: doi:10.1007/s40264-020-01014-2, key points at"
        " https://pmc.ncbi.nlm.nih.gov/articles/PMC7847464/table/Taba; the multiples as in"
        " https://www.droracle.ai/articles/560601/what-is-the-threshold-for-diagnosing-drug-induced-liver-injury"
        " (secondary)",
        "drug trials in chronic liver disease", "raised or normal tests before the drug",
        "a signal to stop the drug and look for its injury", hys_law_baseline,
        classes=(("not met", "0"), ("met", "1")), classify=yes_no, digits=0, criteria=True,
    ),
)  # fmt: skip
