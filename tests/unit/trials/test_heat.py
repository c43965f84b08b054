"""The picture of shares: well-formed, every number in its place."""

from __future__ import annotations

from xml.etree import ElementTree

from hepatica.trials._heat import heat


def test_a_share_is_printed_in_its_cell_and_small_ones_are_not():
    svg = heat({"a < b": [0.5, 0.04], "c": [1.2, 0.0]}, [("one", [("x", "1")]), ("two", [("y", "2")])], "title")
    words = [t.text for t in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["one", "two", "x", "1", "y", "2", "a < b", "50", "c", "100"]
