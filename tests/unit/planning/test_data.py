"""The room's data files: every row has a source that is described, every term can be read."""

from __future__ import annotations

import pytest

from hepatica import therapy
from hepatica.planning import cells, choose, first, harms, lineage, sources, treatments
from hepatica.planning.rules import Group


def test_every_file_loads():
    assert len(first._rules()) >= 15 and len(first._items()) >= 15
    assert choose._pathways() and treatments.rows() and cells._never() and harms._file() and lineage._file()


def test_every_treatment_of_therapy_is_known_here():
    assert set(therapy.comparators()) <= set(treatments.rows())


def test_every_source_has_a_citation_and_says_what_was_seen():
    for key, row in sources.own().items():
        assert row["citation"] and row["seen"] in ("text", "citation", "unverified"), key


@pytest.mark.parametrize(
    "name",
    ["do_now.toml", "audit.toml", "treatments.toml", "harms.toml", "cells.toml", "pathways.toml", "combinations.toml"],
)
def test_named_sources_can_be_described(name):
    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "source":
                    yield value
                elif key == "sources":
                    yield from value
                else:
                    yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    for key in walk(sources.read(name)):
        row = sources.describe(key)
        assert row["citation"] and (
            row["url"] or row["doi"] or "unverified" in row["note"] or key in ("record", "method", "easl_aih_2015")
        ), key


@pytest.mark.parametrize("ids", [(), ("never_heard_of",)])
def test_a_row_without_a_known_source_does_not_load(ids):
    with pytest.raises(ValueError, match="source"):
        sources.check(ids, "here")


@pytest.mark.parametrize("term", ["lab.sodium=>3", "has:x", "nonsense", "age<"])
def test_an_unreadable_term_does_not_load(term):
    with pytest.raises(ValueError, match="cannot read"):
        Group.read({"all": [term]}, "here")
