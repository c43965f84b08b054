from __future__ import annotations

import json

import pytest
from conftest_examples import EXAMPLES
from fake_twin import TODAY, FakeTwin

from hepatica import planning
from hepatica.patient import parse_short


@pytest.fixture
def make():
    """Return a function that plans a short-form record with a tiny twin."""

    def run(record: dict, twin: FakeTwin | None = None, **more):
        return planning.plan(parse_short(record), draws=200, today=TODAY, twin=twin or FakeTwin(), **more).to_json()

    return run


@pytest.fixture(scope="session", params=EXAMPLES, ids=lambda p: p.stem)
def example(request):
    """Return each example's record and plan."""
    record = json.loads(request.param.read_text(encoding="utf-8"))
    plan = planning.plan(parse_short(record), draws=200, today=TODAY, twin=FakeTwin(0.05)).to_json()
    return request.param.stem, record, plan
