"""The language of what people read: English in the code, every other language a message catalogue (data).

`say("Text with {name}", name=value)` finds the English text in the catalogue of the language now spoken and fills in
its values; numbers get that language's decimal sign. A text that is data or stands at module level is marked with
`mark` and said where it is used. How to add a language: docs/how-to/add-a-language.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING, Any, TypeVar

from hepatica.errors import InputError

if TYPE_CHECKING:
    from gettext import NullTranslations

T = TypeVar("T")
DEFAULT = "en"
DOMAIN = "hepatica"
NARROW = "\u202f"
_DECIMAL = {"en": "."}
_DATE = {"en": "{year:04}-{month:02}-{day:02}", "es": "{day:02}/{month:02}/{year:04}"}
_spoken: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages there are, English first."""
    home = resources.files("hepatica").joinpath("locale")
    found = [d.name for d in home.iterdir() if d.joinpath("LC_MESSAGES", f"{DOMAIN}.mo").is_file()]
    return (DEFAULT, *sorted(found))


def known(code: str | None) -> str:
    """Return a language's code (None: English); raises InputError for a language without a catalogue."""
    if code is None:
        return DEFAULT
    if code not in languages():
        raise InputError(
            f"there is no text in the language {code!r}", where="language", mend=f"one of {', '.join(languages())}"
        )
    return code


def spoken() -> str:
    """Return the code of the language now spoken."""
    return _spoken.get()


@contextmanager
def speaking(code: str | None) -> Iterator[str]:
    """Speak a language within the block; raises InputError for one that has no catalogue."""
    token = _spoken.set(known(code))
    try:
        yield _spoken.get()
    finally:
        _spoken.reset(token)


def say(text: str, **values: Any) -> str:
    """Return an English text in the language now spoken, with its named values in place.

    >>> say("{count} of 100 people", count=3.5)
    '3.5 of 100 people'
    """
    return _filled(translated(text), values)


def say_as(meaning: str, text: str, **values: Any) -> str:
    """Return a text that means different things in different places; `meaning` tells translators which."""
    found = _catalogue(_spoken.get()).pgettext(meaning, text) if text else text
    return _filled(found, values)


def say_many(one: str, many: str, n: float, **values: Any) -> str:
    """Return the form of a text that fits `n`, which is also the value named n.

    >>> say_many("{n} day", "{n} days", 1), say_many("{n} day", "{n} days", 3)
    ('1 day', '3 days')
    """
    return _filled(translated_many(one, many, n), {"n": n, **values})


def either(parts: Sequence[str]) -> str:
    """Return several things as alternatives.

    >>> either(["a", "b", "c"]), either([])
    ('a or b or c', '')
    """
    text = parts[-1] if parts else ""
    for part in reversed(parts[:-1]):
        text = say("{first} or {last}", first=part, last=text)
    return text


def translated(text: str) -> str:
    """Return a text in the language now spoken, its placeholders still open."""
    language = _spoken.get()
    return text if language == DEFAULT or not text else _catalogue(language).gettext(text)


def translated_many(one: str, many: str, n: float) -> str:
    """Return the form of a text that fits `n` in the language now spoken, its placeholders still open."""
    return _catalogue(_spoken.get()).ngettext(one, many, n if isinstance(n, int) else 2)


def mark(text: str) -> str:
    """Return a text as it is, noted for the catalogues: it is said where it is used."""
    return text


def decimal(text: str) -> str:
    """Return a written number with the decimal sign of the language now spoken.

    >>> decimal("3.5")
    '3.5'
    """
    return text.replace(".", _DECIMAL.get(_spoken.get(), ","))


def grouped(text: str) -> str:
    """Return a number written with commas between its thousands in the way of the language now spoken.

    >>> grouped("12,300")
    '12,300'
    """
    return text if _spoken.get() == DEFAULT else text.replace(",", NARROW)


def date_text(iso: str) -> str:
    """Return an ISO date (YYYY-MM-DD) as it is written in the language now spoken.

    >>> date_text("2026-03-01")
    '2026-03-01'
    """
    year, month, day = (int(part) for part in iso[:10].split("-"))
    return _DATE.get(_spoken.get(), _DATE[DEFAULT]).format(year=year, month=month, day=day)


def by_language(function: Callable[..., T]) -> Callable[..., T]:
    """Cache a function's results, each language's apart: for readers of data files whose texts are said on load."""
    kept: dict[tuple[Any, ...], T] = {}

    @wraps(function)
    def remembered(*args: Any) -> T:
        key = (_spoken.get(), *args)
        if key not in kept:
            kept[key] = function(*args)
        return kept[key]

    remembered.cache_clear = kept.clear  # type: ignore[attr-defined]
    return remembered


def said_data(place: str, data: Any) -> Any:
    """Return a data file's content with the texts that people read said; `place` is its path below the package.

    Which keys hold such texts stands in locale/texts.toml.
    """
    if _spoken.get() == DEFAULT:
        return data
    return _said_under(data, text_keys().get(place, ()), False)


@cache
def text_keys() -> dict[str, tuple[str, ...]]:
    """Return, by data file, the keys whose texts people read."""
    import tomllib

    rows = tomllib.loads(resources.files("hepatica").joinpath("locale", "texts.toml").read_text(encoding="utf-8"))
    return {place: tuple(keys) for place, keys in rows.items()}


def _said_under(node: Any, keys: tuple[str, ...], asked: bool) -> Any:
    if isinstance(node, dict):
        return {k: _said_under(v, keys, asked or k in keys) for k, v in node.items()}
    if isinstance(node, list):
        return [_said_under(v, keys, asked and isinstance(v, str)) for v in node]
    return translated(node) if asked and isinstance(node, str) else node


@cache
def _catalogue(language: str) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations

    if language == DEFAULT:
        return NullTranslations()
    path = resources.files("hepatica").joinpath("locale", language, "LC_MESSAGES", f"{DOMAIN}.mo")
    with path.open("rb") as file:
        return GNUTranslations(file)


class _Writer(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return decimal(text) if isinstance(value, float) else text

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs[str(key)]


_WRITER = _Writer()


def _filled(text: str, values: dict[str, Any]) -> str:
    if not values:
        return text
    found = _WRITER.vformat(text, (), values)
    return _euphonic(found) if _spoken.get() == "es" else found


def _euphonic(text: str) -> str:
    """Return Spanish with y and o as they are before their own sound: `e insuficiencia`, `u ocho`."""
    if " y " not in text and " o " not in text:
        return text
    import re

    return re.sub(r" o (?=h?[oó])", " u ", re.sub(r" y (?=h?[ií](?!e))", " e ", text, flags=re.I), flags=re.I)
