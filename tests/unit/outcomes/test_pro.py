"""Questionnaires: published scoring examples, missing answers, answers that are none, differences that matter."""

from __future__ import annotations

import pytest

from hepatica import outcomes
from hepatica.errors import InputError
from hepatica.outcomes.pro.instruments import _instrument

# tables 1 and 2 of the RAND instructions, written out a second time: recode by item, items by scale
RAND = {**dict.fromkeys((1, 2, 20, 22, 34, 36), "100 75 50 25 0"), **dict.fromkeys(range(3, 13), "0 50 100"),
        **dict.fromkeys(range(13, 20), "0 100"), **dict.fromkeys((21, 23, 26, 27, 30), "100 80 60 40 20 0"),
        **dict.fromkeys((24, 25, 28, 29, 31), "0 20 40 60 80 100"),
        **dict.fromkeys((32, 33, 35), "0 25 50 75 100")}  # fmt: skip
SCALES = {"physical_functioning": range(3, 13), "role_physical": range(13, 17), "role_emotional": range(17, 20),
          "energy_fatigue": (23, 27, 29, 31), "emotional_wellbeing": (24, 25, 26, 28, 30),
          "social_functioning": (20, 32), "pain": (21, 22), "general_health": (1, 33, 34, 35, 36),
          "health_change": (2,)}  # fmt: skip


def values(name: str, answers: dict[int, float | None]) -> dict[str, float | None]:
    return {scale: row.value for scale, row in outcomes.score_pro(name, answers).scales.items()}


def test_energy_and_fatigue_as_rand_explains_it_with_one_item_left_blank() -> None:
    # https://issuu.com/press0384/docs/how_to_score_the_sf-36: (40 + 60 + 40)/3 = 46.7
    row = outcomes.score_pro("rand36", {23: 4, 27: 3, 29: 3, 31: None}).scales["energy_fatigue"]
    assert (row.value, row.answered, row.of) == (pytest.approx(46.7, abs=0.05), 3, 4)


@pytest.mark.parametrize("item", range(1, 37))
def test_every_answer_of_rand_36_alone(item: int) -> None:
    (scale,) = [name for name, items in SCALES.items() if item in items]
    wanted = [float(x) for x in RAND[item].split()]
    found = [values("rand36", {item: code})[scale] for code in range(1, len(wanted) + 1)]
    assert found == wanted


def test_rand_36_scales_average_their_items() -> None:
    answers = dict.fromkeys(RAND, 2.0)
    recoded = {item: float(RAND[item].split()[1]) for item in RAND}
    wanted = {name: round(sum(recoded[i] for i in items) / len(items), 3) for name, items in SCALES.items()}
    assert values("rand36", answers) == wanted


def test_chronic_liver_disease_questionnaire_by_item_numbers() -> None:
    # https://bmcresnotes.biomedcentral.com/articles/10.1186/1756-0500-5-446/tables/2
    domains = {"abdominal_symptoms": (1, 5, 17), "fatigue": (2, 4, 8, 11, 13), "systemic_symptoms": (3, 6, 21, 23, 27),
               "activity": (7, 9, 14), "emotional_function": (10, 12, 15, 16, 19, 20, 24, 26),
               "worry": (18, 22, 25, 28, 29)}  # fmt: skip
    for name, items in domains.items():
        found = values("cldq", {i: 7 if i in items else 1 for i in range(1, 30)})
        assert [scale for scale, value in found.items() if value == 7] == [name]
        assert found["total"] == pytest.approx((7 + 5) / 6, abs=5e-4)


def test_the_total_of_a_cohort_is_the_mean_of_its_domains_as_published() -> None:
    # the same table: domain means 4.48, 3.85, 4.19, 4.38, 4.47, 4.78 and a mean CLDQ of 4.36
    from hepatica.outcomes.pro.score import ScaleScore, _total

    rows = {str(v): ScaleScore(v, 1, 1) for v in (4.48, 3.85, 4.19, 4.38, 4.47, 4.78)}
    assert _total(rows).value == pytest.approx(4.36, abs=0.005)


def test_a_domain_of_the_liver_questionnaire_needs_every_item() -> None:
    answers = dict.fromkeys(range(2, 30), 4.0)
    scales = outcomes.score_pro("cldq", answers).scales
    assert (scales["abdominal_symptoms"].value, scales["worry"].value) == (None, 4)
    assert scales["abdominal_symptoms"].why == "2 of 3 items answered, 3 needed"
    assert (scales["total"].value, scales["total"].why) == (None, "5 of 6 domains scored, 6 needed")


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        (dict.fromkeys(range(1, 14), 0) | {7: 4, 8: 4}, 52),
        (dict.fromkeys(range(1, 14), 4) | {7: 0, 8: 0}, 0),
        (dict.fromkeys(range(1, 14), 2), 26),
        (dict.fromkeys(range(1, 8), 1), round((6 * 3 + 1) * 13 / 7, 3)),
        (dict.fromkeys(range(1, 7), 1), None),
    ],
)
def test_facit_fatigue_reversal_and_the_rule_of_more_than_half(answers: dict[int, float], value: float | None) -> None:
    assert values("facit_f", answers)["fatigue"] == value


@pytest.mark.parametrize(
    ("scale", "first", "low", "high"),
    [
        ("physical_function", 1, (22.5, 4.0), (57.0, 6.6)),
        ("anxiety", 5, (40.3, 6.1), (81.6, 3.7)),
        ("depression", 9, (41.0, 6.2), (79.4, 2.6)),
        ("fatigue", 13, (33.7, 4.9), (75.8, 3.9)),
        ("sleep_disturbance", 17, (32.0, 5.2), (73.3, 4.6)),
        ("social_participation", 21, (27.5, 4.1), (64.2, 5.1)),
        ("pain_interference", 25, (41.6, 6.1), (75.6, 3.7)),
    ],
)
def test_t_scores_at_both_ends_and_nothing_without_every_answer(
    scale: str, first: int, low: tuple[float, float], high: tuple[float, float]
) -> None:
    for code, wanted in ((1, low), (5, high)):
        row = outcomes.score_pro("promis29", dict.fromkeys(range(first, first + 4), code)).scales[scale]
        assert (row.value, row.t_score, row.t_se) == (4 * code, *wanted)
    short = outcomes.score_pro("promis29", dict.fromkeys(range(first, first + 3), 3)).scales[scale]
    assert (short.value, short.t_score) == (None, None)
    assert short.why == "3 of 4 items answered, 4 needed; T-score not available"


def test_every_t_table_has_a_score_for_each_sum_and_rises() -> None:
    for t, se in outcomes.instrument("promis29").t_scores.values():
        assert (len(t), len(se)) == (17, 17)
        assert sorted(t) == list(t)


def test_pain_intensity_has_no_t_score() -> None:
    row = outcomes.score_pro("promis29", {29: 0}).scales["pain_intensity"]
    assert (row.value, row.t_score) == (0, None)
    assert values("promis29", {29: 10})["pain_intensity"] == 10


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("moon", {1: 1}, "no questionnaire named 'moon'"),
        ("rand36", {37: 1}, "has no item 37"),
        ("rand36", {1: 6}, "item 1 cannot be answered 6"),
        ("rand36", {1: 0}, "item 1 cannot be answered 0"),
        ("rand36", {1: 2.5}, "item 1 cannot be answered 2.5"),
        ("facit_f", {1: 5}, "item 1 cannot be answered 5"),
        ("promis29", {29: 11}, "item 29 cannot be answered 11"),
    ],
)
def test_what_the_form_does_not_have_is_refused(name: str, answers: dict[int, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        outcomes.score_pro(name, answers)


def test_a_change_is_held_against_the_smallest_that_matters() -> None:
    def fatigue(code: int) -> outcomes.ProScore:
        return outcomes.score_pro("promis29", dict.fromkeys(range(13, 17), code))

    (row,) = outcomes.compare_pro(fatigue(3), fatigue(2))
    assert (row.scale, row.before, row.after, row.delta) == ("fatigue", 57.0, 48.6, -8.4)
    assert (row.matters, row.smallest) == (True, (3, 4)) and "HC9" in row.source
    assert [r.matters for r in outcomes.compare_pro(fatigue(3), fatigue(3))] == [False]


@pytest.mark.parametrize(("energy", "matters"), [((4, 4), False), ((4, 5), None), ((4, 6), True)])
def test_between_the_two_ends_of_a_range_it_is_unknown(energy: tuple[int, int], matters: bool | None) -> None:
    # four items of 20 points a step: one step of one item moves the scale by 5, two by 10, three by 15
    steps = {(4, 4): 1, (4, 5): 2, (4, 6): 3}[energy]
    before = outcomes.score_pro("rand36", {23: 1, 27: 1, 29: 6, 31: 6})
    after = outcomes.score_pro("rand36", {23: 1 + steps, 27: 1, 29: 6, 31: 6})
    (row,) = outcomes.compare_pro(before, after)
    assert (row.delta, row.matters) == (-5.0 * steps, matters)


def test_what_no_source_values_is_unknown_and_unlike_forms_are_refused() -> None:
    (row,) = outcomes.compare_pro(outcomes.score_pro("rand36", {2: 1}), outcomes.score_pro("rand36", {2: 2}))
    assert (row.scale, row.matters, row.smallest, row.source) == ("health_change", None, None, "")
    with pytest.raises(InputError, match="cannot be compared"):
        outcomes.compare_pro(outcomes.score_pro("rand36", {2: 1}), outcomes.score_pro("cldq", {2: 2}))


def test_every_difference_names_scales_that_exist() -> None:
    for row in outcomes.differences():
        assert 0 < row.lo <= row.hi
        if row.instrument != "eq5d":
            assert set(row.scales) <= {*outcomes.instrument(row.instrument).scales, "total"}
    assert outcomes.meaningful_difference("eq5d", "utility") is not None


def test_scores_as_json() -> None:
    row = outcomes.score_pro("cldq", dict.fromkeys(range(1, 30), 5)).to_json()
    assert (row["name"], row["scales"]["total"]["value"], bool(row["source"])) == ("cldq", 5, True)


@pytest.mark.parametrize(
    "change", [{"count": 2}, {"scales": {"a": [1, 2]}}, {"recode": [{"items": [1, 2], "values": [1]}]}]
)
def test_an_instrument_that_leaves_an_item_out_does_not_load(change: dict[str, object]) -> None:
    row = {"title": "x", "count": 1, "direction": "", "missing": "all", "how": "sum", "source": "x",
           "recode": [{"items": [1], "values": [1, 2]}], "scales": {"a": [1]}}  # fmt: skip
    assert _instrument("x", row).values == {1: {1: 1.0, 2: 2.0}}
    with pytest.raises(ValueError, match="one scale and one recode"):
        _instrument("x", row | change)
