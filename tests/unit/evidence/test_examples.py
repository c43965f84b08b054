"""The worked examples in the room's docstrings are true."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import hepatica.evidence

MODULES = [m.name for m in pkgutil.walk_packages(hepatica.evidence.__path__, "hepatica.evidence.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, _ = doctest.testmod(import_module(name))
    assert failed == 0


def test_there_are_examples():
    assert sum(doctest.testmod(import_module(name)).attempted for name in MODULES) > 20
