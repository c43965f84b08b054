"""Worked cases that others published, each with where it was read."""

from __future__ import annotations

import pytest

from hepatica import staging

# ameld: tests/testthat/test_meld.R of github.com/ampel-leipzig/ameld (commit 0570b80)
# livertracker: packages/clinical-scores/__tests__/meld3.test.ts and validation/test-cases/child-pugh-cases.csv
#   of github.com/priyamjyotsna/MELD-CHILD-PUGH (commit c5204f2); its cases CP018 and CP019 expect 9
#   and 11 where the five items add to 11 and 9, and are left out
# droracle: https://www.droracle.ai/articles/<number>
TABLES = {
    "published": """
score      | inputs                                                                                | value | source
meld       | bilirubin=4.2mg/dL inr=1.2 creatinine=1.9mg/dL                                        | 20    | ameld
meld_na    | bilirubin=4.2mg/dL inr=1.2 creatinine=1.9mg/dL sodium=125                             | 28    | ameld
meld_3     | bilirubin=3.5mg/dL inr=1.5 creatinine=1.8mg/dL sodium=131 albumin=2.8g/dL sex=female  | 27    | livertracker M3001
meld_3     | bilirubin=3.5mg/dL inr=1.5 creatinine=1.8mg/dL sodium=131 albumin=2.8g/dL sex=male    | 26    | livertracker M3002
child_pugh | bilirubin=2.5mg/dL albumin=3.0g/dL inr=2.0 ascites=mild encephalopathy=2              | 10    | livertracker CP002
child_pugh | bilirubin=2.5mg/dL albumin=3.0g/dL inr=1.2 ascites=mild encephalopathy=0              | 8     | livertracker CP006
child_pugh | bilirubin=4mg/dL albumin=2.5g/dL inr=2.5 ascites=moderate encephalopathy=3            | 15    | livertracker CP003
maddrey_df | bilirubin=7mg/dL pt_s=13.7 pt_control_s=12.5                                          | 12.5  | droracle 860150
fib4       | age=50 ast=40 alt=36 platelets=200                                                    | 1.667 | droracle 190983
"""  # noqa: E501
}


def test_published_worked_case(table: str, row: dict[str, str]) -> None:
    inputs = dict(word.split("=") for word in row["inputs"].split())
    assert staging.score_from_text(row["score"], inputs).value == pytest.approx(float(row["value"]), abs=1e-9)


def test_unrounded_meld_agrees_with_ameld_to_seven_places() -> None:
    assert staging.meld(4.2 * 17.1, 1.2, 1.9 * 88.4, rounded=False) == pytest.approx(20.0391626, abs=5e-8)
