"""Files of a shape that only hepatica or its user writes: one of another shape is refused where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hepatica.cli.show import debugging
from hepatica.errors import InputError

ODD = (AttributeError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


@contextmanager
def expected(what: str, where: str, mend: str) -> Iterator[None]:
    """Refuse a file whose fields are not what their readers expect; HEPATICA_DEBUG shows where."""
    try:
        yield
    except ODD as error:
        if debugging():
            raise
        raise InputError(f"this is not {what}: {type(error).__name__}: {error}", where=where, mend=mend) from None
