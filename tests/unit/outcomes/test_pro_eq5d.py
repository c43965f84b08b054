"""EQ-5D-5L: utilities of published value sets, and files that are none."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from hepatica import outcomes
from hepatica.errors import InputError

# Terms and expected utilities of England (Devlin 2018): data-raw/VT.csv and tests/testthat/test-eq5d5l.R of
# github.com/fragla/eq5d at commit bfdc7ca; -0.285 and 0.950 also in the abstract at
# https://opus.lib.uts.edu.au/handle/10453/124278
ENGLAND = Path(__file__).parent / "data" / "eq5d5l_england.csv"


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ("11111", 1), ("23245", 0.247), ("11112", 0.922), ("11121", 0.937), ("11211", 0.950), ("12111", 0.950),
        ("21111", 0.942), ("55555", -0.285),
    ],
)  # fmt: skip
def test_utilities_of_england(state: str, value: float) -> None:
    found = outcomes.eq5d_utility(state, outcomes.read_value_set(ENGLAND))
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.lowest == pytest.approx(-0.285)


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "set.csv"
    file.write_text(text)
    return file


def test_a_table_of_all_states_is_read_as_it_is(tmp_path: Path) -> None:
    states = ["".join(s) for s in product("12345", repeat=5)]
    text = "state,value\n" + "".join(f"{s},{k / 10000}\n" for k, s in enumerate(states))
    values = outcomes.read_value_set(write(tmp_path, text))
    found = outcomes.eq5d_utility("55555", values)
    assert (found.value, found.lowest, found.source) == (0.3124, 0, "value set set.csv")
    assert found.to_json() == {"name": "eq5d", "state": "55555", "value": 0.3124, "lowest": 0.0, "source": found.source}


def test_terms_of_a_set_with_steps_for_any_problem(tmp_path: Path) -> None:
    extra = "intercept,-0.1\nN4,-0.02\nN5,-0.003\nMO1,0\n"
    values = outcomes.read_value_set(write(tmp_path, ENGLAND.read_text() + extra))
    got = [values.values[s] for s in ("11111", "11112", "11114", "11115")]
    assert got == [1, pytest.approx(0.822), pytest.approx(0.595), pytest.approx(0.588)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lacks start, MO2, MO3"),
        ("start,1\n11111,1\n", "lacks MO2"),
        ("term,value\nstart,one\n", "row 2 of set.csv is not a name and a number"),
        ("start\nMO2\n", "row 2 of set.csv"),
        ("EXTRA", "has a term this sum does not know: Num45sq"),
    ],
)
def test_a_file_that_is_no_value_set(tmp_path: Path, text: str, words: str) -> None:
    text = ENGLAND.read_text() + "Num45sq,0.0085\n" if text == "EXTRA" else text
    with pytest.raises(InputError, match=words):
        outcomes.read_value_set(write(tmp_path, text))


def test_a_file_that_is_not_there_and_a_state_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as a value set"):
        outcomes.read_value_set(tmp_path / "no.csv")
    for state in ("1111", "11116", "01111", "2,1,2,3,2"):
        with pytest.raises(InputError, match="no state of EQ-5D-5L"):
            outcomes.eq5d_utility(state, outcomes.read_value_set(ENGLAND))
