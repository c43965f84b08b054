from __future__ import annotations

import pytest

from hepatica import governance, therapy
from hepatica.errors import InputError

FACTS = {
    "option": "uc_msc", "treatment": "stem cells", "research": True, "stage": "scarring", "procedure": "a drip",
    "follow_up": "1 year", "risks": "fever", "benefit": "none known", "certainty": "very low",
    "alternatives": "usual care",
    "unknown": "Nobody knows.", "cost": "No price.", "participants": "30 people.", "registry": "On a register.",
}  # fmt: skip
BASIC = [f"50.25(a)({i})" for i in range(1, 9)] + [f"50.25(b)({i})" for i in range(1, 7)] + ["50.25(c)"]


@pytest.mark.parametrize("name", ["US", "EU", "UK", "Japan", "korea", "CN"])
def test_six_jurisdictions_with_a_source_on_every_rule(name):
    found = governance.regulation(name, therapy.products()["uc_msc"])
    assert found["pathway"] and len(found["items"]) >= 3 and found["gaps"]
    for item in found["items"]:
        assert governance.bibliography()[item["source"]]["citation"]
        assert item["status"] in ("required", "advised", "unverified")
        assert (item["source"] == "unverified") == (item["status"] == "unverified")


def test_unlicensed_is_said_first():
    assert "no licence" in governance.regulation("EU", therapy.products()["uc_msc"])["gaps"][0]


def test_no_cells_no_pathway():
    assert governance.regulation("EU", None)["items"] == []


def test_unknown_jurisdiction_names_the_known_ones():
    with pytest.raises(InputError, match="EU"):
        governance.regulation("Narnia", None)


def test_every_element_is_there_and_filled():
    found = governance.consent(governance.ConsentFacts(**FACTS))
    assert [e["id"] for e in found["elements"]][: len(BASIC)] == BASIC
    assert all(e["text"] and "{" not in e["text"] for e in found["elements"])
    text = " ".join(e["text"] for e in found["elements"])
    for word in ("fever", "Nobody knows", "No price", "usual care"):
        assert word in text
    assert any("50.25(a)(7)" in g for g in found["gaps"])


def test_usual_care_is_not_called_research():
    found = governance.consent(governance.ConsentFacts(**FACTS | {"research": False}))
    assert "usual care, not research" in found["elements"][0]["text"] and found["gaps"] == []


def test_the_version_follows_the_words():
    one = governance.consent(governance.ConsentFacts(**FACTS))
    same = governance.consent(governance.ConsentFacts(**FACTS))
    other = governance.consent(governance.ConsentFacts(**FACTS | {"risks": "bleeding"}))
    assert one["version"] == same["version"] != other["version"]
