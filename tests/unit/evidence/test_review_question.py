"""A question in words becomes the question that was meant, or is refused with the word that fits nothing."""

import pytest

from hepatica.errors import InputError
from hepatica.evidence import asking, read_question


@pytest.mark.parametrize(
    ("text", "what", "where", "outcomes", "days", "by"),
    [
        ("G-CSF in alcoholic hepatitis: survival", "g_csf", "alcoholic_hepatitis", 1, (30, 90, 180, 365), ("region",)),
        ("MSC vs placebo in ACLF: MELD on day 28, 90", "msc", "aclf", 1, (28, 90), ("route", "source")),
        ("mesenchymal stromal cells in aclf at 3 months by donor", "msc", "aclf", 10, (90,), ("donor",)),
        ("stem cells in cirrhosis: inflammation, qol at 4 weeks, 1 year", "stem_cells", "cirrhosis", 7, (28, 365),
         ("route", "source")),
        ("macrophages v. standard care in cirrhosis?", "macrophage", "cirrhosis", 10, (30, 90, 180, 365),
         ("route", "source")),
        ("G-CSF in aclf: deaths, IL-6 by infusions and risk of bias", "g_csf", "aclf", 2, (30, 90, 180, 365),
         ("infusions", "bias")),
    ],
)  # fmt: skip
def test_a_sentence_is_read(text, what, where, outcomes, days, by):
    a = read_question(text)
    assert (a.intervention, a.condition, len(a.outcomes), a.days, a.by) == (what, where, outcomes, days, by)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("MSC in aclf: happiness", "happiness"),
        ("MSC in aclf: MELD by moonlight", "moonlight"),
        ("MSC in Atlantis", "Atlantis"),
        ("prayer in aclf", "prayer"),
        ("MSC in aclf: MELD at 3 fortnights", "fortnights"),
        ("MSC v. TIPS in cirrhosis", "TIPS"),
        ("MSC in aclf at 99 years", "36135"),
    ],
)
def test_a_word_that_fits_nothing_is_named(text, word):
    with pytest.raises(InputError, match=word):
        read_question(text)


def test_every_way_to_divide_gives_each_study_one_place():
    from hepatica.evidence import review

    ways = ("route", "source", "donor", "infusions", "region", "bias")
    d = review("cirrhosis", "cells", design="any", outcomes=["survival"], days=[90], by=ways)
    for by in ways:
        assert sum(s["studies"] for s in d["outcomes"][0]["slices"] if s["by"] == by) == len(d["studies"])


def test_days_outside_a_life_are_refused():
    with pytest.raises(InputError):
        asking("aclf", "msc", days=[0])
