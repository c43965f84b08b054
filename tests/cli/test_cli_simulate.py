"""`hepatica simulate`: options beside standard care on the same draws."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "decompensated_alcohol_cirrhosis.json"
REGIMEN = "uc_msc:hepatic_artery:1e8@0,28"


def test_options_stand_beside_standard_care(hepatica) -> None:
    ended = hepatica(
        *("simulate", EXAMPLE, "--regimen", REGIMEN, "--regimen", "g_csf", "--draws", "100", "--days", "0,90", "--json")
    )
    assert ended.code == 0
    options = ended.document["options"]
    assert list(options) == ["standard_care", REGIMEN, "g_csf"]
    for option in options.values():
        for series in option["forecast"].values():
            assert [p["day"] for p in series] == [0, 90]
            for point in series:
                assert point["p05"] <= point["p50"] <= point["p95"]
    starts = {o["forecast"]["meld"][0]["p50"] for o in options.values()}
    assert len(starts) == 1, "arms differ only by what is given"


def test_the_table_names_every_option_and_day(hepatica) -> None:
    ended = hepatica("simulate", EXAMPLE, "--regimen", "g_csf", "--draws", "100", "--variable", "meld")
    assert ended.code == 0
    assert all(word in ended.out for word in ("meld", "standard_care", "g_csf", "day 0", "day 90"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "nothing to simulate"),
        (["--regimen", "g_scf"], "g_scf"),
        (["--regimen", "uc_msc:hepatic_artery:lots"], "lots"),
        (["--regimen", "g_csf", "--days", "0,-1"], "--days"),
        (["--regimen", "g_csf", "--days", "soon"], "--days"),
        (["--regimen", "g_csf", "--variable", "luck", "--draws", "50"], "luck"),
        (["--regimen", "g_csf", "--draws", "0"], "--draws"),
    ],
)
def test_wrong_options_are_refused(hepatica, more: list[str], says: str) -> None:
    ended = hepatica("simulate", EXAMPLE, *more)
    ended.refused(2)
    assert says in ended.err
