"""Texts are said in the language spoken, numbers and dates with its signs; an unknown language is refused."""

from __future__ import annotations

import pytest

from hepatica.errors import InputError
from hepatica.language import date_text, decimal, languages, say, say_many, speaking, spoken


def test_english_is_spoken_unless_another_language_is_asked_for() -> None:
    assert spoken() == "en"
    with speaking("es"):
        assert spoken() == "es"
    assert spoken() == "en"


def test_a_text_without_translation_stays_english() -> None:
    with speaking("es"):
        assert say("no catalogue holds {this}", this="text") == "no catalogue holds text"


def test_an_unknown_language_names_those_that_exist() -> None:
    with pytest.raises(InputError, match="xx") as caught, speaking("xx"):
        pass
    assert "en, es" in str(caught.value)


def test_a_language_is_left_when_its_block_fails() -> None:
    with pytest.raises(ValueError, match="inside"), speaking("es"):
        raise ValueError("inside")
    assert spoken() == "en"


@pytest.mark.parametrize(("language", "number", "day"), [("en", "1.5", "2026-03-01"), ("es", "1,5", "01/03/2026")])
def test_numbers_and_dates_follow_the_language(language: str, number: str, day: str) -> None:
    with speaking(language):
        assert (say("{x:.1f}", x=1.5), decimal("1.5"), date_text("2026-03-01T10:00")) == (number, number, day)


@pytest.mark.parametrize(
    ("last", "said"),
    [("insuficiencia", "a e insuficiencia"), ("INR", "a e INR"), ("hierro", "a y hierro"), ("fiebre", "a y fiebre")],
)
def test_spanish_joins_words_by_their_sound(last: str, said: str) -> None:
    with speaking("es"):
        assert say("{first} and {last}", first="a", last=last) == said


@pytest.mark.parametrize(("n", "said"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1.5, "1.5 days")])
def test_plural_forms(n: float, said: str) -> None:
    assert say_many("{n} day", "{n} days", n) == said


def test_braces_in_a_text_without_values_are_kept() -> None:
    assert say("a {curly} text") == "a {curly} text"


def test_english_comes_first() -> None:
    assert languages()[0] == "en"
