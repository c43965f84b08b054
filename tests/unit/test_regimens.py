"""A regimen as text: product:route:dose[@days]."""

from __future__ import annotations

import pytest

from hepatica.api import regimen
from hepatica.errors import InputError
from hepatica.therapy import Regimen


@pytest.mark.parametrize(
    ("text", "dose_cells", "days"),
    [
        ("uc_msc:hepatic_artery:1e8", 1e8, (0.0,)),
        ("uc_msc:hepatic_artery:1e8@0,28", 1e8, (0.0, 28.0)),
        ("uc_msc:hepatic_artery:1e8@28,0,28", 1e8, (0.0, 28.0)),
        ("uc_msc:hepatic_artery:1.5e6/kg@7", 1.05e8, (7.0,)),
    ],
)
def test_reads_dose_and_days(text: str, dose_cells: float, days: tuple[float, ...]) -> None:
    assert regimen(text, weight_kg=70) == Regimen("uc_msc", "hepatic_artery", dose_cells, days)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("uc_msc:hepatic_artery", "product:route:dose"),
        ("uc_msk:hepatic_artery:1e8", "uc_msk"),
        ("uc_msc:ear:1e8", "ear"),
        ("uc_msc:hepatic_artery:-1e8", "above 0"),
        ("uc_msc:hepatic_artery:0", "above 0"),
        ("uc_msc:hepatic_artery:nan", "above 0"),
        ("uc_msc:hepatic_artery:many", "above 0"),
        ("uc_msc:hepatic_artery:1e8@-1", "from 0 on"),
        ("uc_msc:hepatic_artery:1e8@soon", "from 0 on"),
        ("uc_msc:hepatic_artery:1e8/m2", "unit"),
    ],
)
def test_refuses_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        regimen(text, weight_kg=70)


def test_a_dose_per_kilogram_needs_a_weight() -> None:
    with pytest.raises(InputError, match="weight"):
        regimen("uc_msc:hepatic_artery:1e6/kg", weight_kg=None)
