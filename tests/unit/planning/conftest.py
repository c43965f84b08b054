"""Plans of short-form records made with a tiny twin."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hepatica import planning
from hepatica.patient import parse_short

sys.path.insert(0, str(Path(__file__).parent))
from fake_twin import EXAMPLES, TODAY, FakeTwin


@pytest.fixture
def make():
    """Return a function that plans a short-form record with a tiny twin."""

    def run(record: dict, twin: FakeTwin | None = None, **more):
        return planning.plan(parse_short(record), draws=200, today=TODAY, twin=twin or FakeTwin(), **more).to_json()

    return run


@pytest.fixture(scope="session", params=EXAMPLES, ids=lambda p: p.stem)
def example(request):
    """Return each example's name, record and plan."""
    record = json.loads(request.param.read_text(encoding="utf-8"))
    plan = planning.plan(parse_short(record), draws=200, today=TODAY, twin=FakeTwin(0.05)).to_json()
    return request.param.stem, record, plan
