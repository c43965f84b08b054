"""The front: what is beaten in everything, and which differences count."""

from __future__ import annotations

import numpy as np

from hepatica.planning.front import front
from hepatica.planning.weights import Parts


def parts(survival, harms, cost=None):
    return Parts(np.array([survival]), None, np.array([harms]), 0.0, None if cost is None else np.array([cost]))


def test_an_early_death_that_saves_money_is_on_the_front_only_where_money_counts():
    options = {"usual": parts(0.0, 0.0, 0.0), "cells": parts(-4.0, 2.0, -86.0)}
    assert front(options)["cells"] == ()
    assert front(options, cost=False)["cells"] == ("usual",)


def test_a_difference_too_small_to_count_saves_no_option():
    options = {"a": parts(10.0, 0.05), "b": parts(4.0, 0.0)}
    assert front(options)["b"] == ()
    assert front(options, least=0.1)["b"] == ("a",)


def test_equal_options_do_not_beat_each_other():
    options = {"a": parts(1.0, 0.0), "b": parts(1.0, 0.0)}
    assert front(options) == {"a": (), "b": ()}
