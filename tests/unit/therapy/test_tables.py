import os
from pathlib import Path

import pytest

from hepatica import therapy
from hepatica.errors import InputError
from hepatica.therapy import tables

SHARED = Path(os.environ.get("HEPATICA_SHARED", Path(__file__).parents[4] / "shared"))


def test_all_lineages_and_tissues_are_present():
    rows = therapy.products().values()
    assert {p.lineage for p in rows} == {"embryonic", "adult", "induced pluripotent", "neighbour"}
    assert {"MSC", "CD34+", "CD133+", "BM-MNC", "hepatocyte", "ADHLSC", "macrophage", "vesicle"} <= {
        p.cell_type for p in rows
    }
    assert {"umbilical cord", "bone marrow", "adipose"} <= {p.tissue for p in rows if p.cell_type == "MSC"}


def test_five_routes_and_one_is_not_invasive():
    assert [r.id for r in therapy.routes().values() if not r.invasive] == ["peripheral_vein"]
    assert len(therapy.routes()) == 5


COMPARATORS = """standard_care g_csf plasma_exchange albumin tips antiviral abstinence steroids transplant udca
    n_acetylcysteine terlipressin beta_blocker rifaximin lactulose chelation nitrogen_scavengers weight_loss
    diuretics"""


@pytest.mark.parametrize("comparator", COMPARATORS.split())
def test_comparator_is_there_with_a_source(comparator):
    assert therapy.comparators()[comparator].sources


def test_every_regimen_lies_within_the_dose_range_of_its_product():
    for product in therapy.products().values():
        for r in product.regimens:
            low, high = product.dose_cells_per_kg if r.dose_cells_per_kg else product.dose_cells_total
            assert low <= (r.dose_cells_per_kg or r.dose_cells) <= high, r


def test_no_product_claims_a_licence_for_a_liver_indication():
    assert all(p.licensed == () for p in therapy.products().values())


def test_dose_per_kg_needs_a_weight():
    per_kg = therapy.products()["uc_msc"].regimens[0]
    assert per_kg.for_weight(None) is None
    assert per_kg.for_weight(70).dose_cells == 7e7
    fixed = therapy.products()["uc_msc"].regimens[2]
    assert fixed.for_weight(None).dose_cells == 1e8


@pytest.mark.skipif(not (SHARED / "evidence").is_dir(), reason="the shared evidence is not beside this checkout")
def test_every_study_id_names_a_study_of_the_evidence_base():
    studies = {p.stem for p in (SHARED / "evidence" / "studies").glob("*.json")}
    rows = [*therapy.products().values(), *therapy.routes().values(), *therapy.comparators().values()]
    cited = {s.id for row in rows for s in row.sources if ":" not in s.id and s.verified}
    cited |= {r.source.id for p in therapy.products().values() for r in p.regimens if ":" not in r.source.id}
    assert cited <= studies


GOOD = {
    "id": "x",
    "name": "X",
    "lineage": "adult",
    "cell_type": "MSC",
    "tissue": "t",
    "donor": "either",
    "maturity": "animal",
    "hla_matching": "none",
    "harvest": "h",
    "routes": ["portal_vein"],
    "sources": [{"id": "pmid:31591593"}],
}
BAD = [
    ({"sources": []}, "no source"),
    ({"sources": [{"id": "unverified"}]}, "no reason"),
    ({"sources": [{"id": "someone told me"}]}, "not a source id"),
    ({"lineage": "magic"}, "lineage"),
    ({"routes": ["ear"]}, "unknown route"),
    ({"name": " "}, "`name` is missing"),
    ({"tags": "one"}, "not a list"),
    ({"diameter_um": [30, 15]}, "pair"),
    ({"regimen": [{"route": "portal_vein", "days": [0], "source": "pmid:31591593"}]}, "needs one dose"),
    ({"regimen": [{"route": "portal_vein", "dose_cells": -1, "days": [0], "source": "pmid:31591593"}]}, "above zero"),
    ({"regimen": [{"route": "portal_vein", "dose_cells": 1, "days": [3, 0], "source": "pmid:31591593"}]}, "days"),
    ({"regimen": [{"route": "portal_vein", "dose_cells": 1, "days": [0]}]}, "not a source id"),
    ({"regimen": [{"route": "hepatic_artery", "dose_cells": 1, "days": [0], "source": "pmid:31591593"}]}, "route"),
]


def test_a_good_row_loads():
    assert tables.product_from_row(GOOD, "here").verified


def test_an_unverified_row_loads_when_it_says_why():
    row = GOOD | {"sources": [{"id": "unverified", "note": "no page opened"}]}
    assert not tables.product_from_row(row, "here").verified


@pytest.mark.parametrize("change, message", BAD)
def test_a_bad_row_is_refused_with_its_place(change, message):
    with pytest.raises(InputError, match=message) as caught:
        tables.product_from_row(GOOD | change, "products.toml, x")
    assert caught.value.where.startswith("products.toml, x")
    assert caught.value.mend
