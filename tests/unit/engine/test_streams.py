"""Random streams: known answers, the same numbers for any span, and nothing shared between purposes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hepatica.engine import normals, uniforms
from hepatica.engine.crowd.streams import key
from hepatica.errors import InputError

MASK = 2**64 - 1
KNOWN = "e829a1bb65adbd3f821c8a6064e4d83f755928b24df7e13f"


def philox(counter: list[int], words: list[int]) -> list[int]:
    """Philox4x64-10 after Salmon et al. 2011, table 2 and section 3.3."""
    x, k = list(counter), list(words)
    for _ in range(10):
        a, b = 0xD2E7470EE14C6C93 * x[0], 0xCA5A826395121157 * x[2]
        x = [(b >> 64) ^ x[1] ^ k[0], b & MASK, (a >> 64) ^ x[3] ^ k[1], a & MASK]
        k = [(k[0] + 0x9E3779B97F4A7C15) & MASK, (k[1] + 0xBB67AE8584CAA73B) & MASK]
    return x


def test_the_generator_here_gives_the_published_answer() -> None:
    # Random123's kat_vectors: "philox4x64 10", counter and key zero.
    zero = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert philox([0] * 4, [0, 0]) == zero


@pytest.mark.parametrize("patient", [0, 1, 6, 4096, 10**12 + 3])
def test_every_number_is_the_counter_cipher_of_patient_and_row(patient: int) -> None:
    words = [int(w) for w in key(7, "weights")]
    found = uniforms(7, "weights", patient, patient + 1, 3)
    # numpy raises the counter before it uses it.
    expected = [philox([patient // 4 + 1, row, 0, 0], words)[patient % 4] >> 11 for row in range(3)]
    assert [v * 2**53 for v in found[:, 0]] == expected


def test_known_bytes() -> None:
    assert uniforms(1, "parameters", 0, 3).tobytes().hex() == KNOWN


def test_any_span_and_any_number_of_rows_give_the_same_numbers() -> None:
    whole = normals(3, "age", 0, 1000, 5)
    for first, last in ((0, 1), (1, 4), (7, 511), (998, 1000)):
        assert (normals(3, "age", first, last, 5) == whole[:, first:last]).all()
        assert (normals(3, "age", first, last, 2) == whole[:2, first:last]).all()
        assert (normals(3, "age", first, last) == whole[0, first:last]).all()
    assert uniforms(3, "age", 5, 5, 2).shape == (2, 0)


def test_they_are_uniform_and_normal_and_never_at_the_ends() -> None:
    drawn = uniforms(11, "u", 0, 200_000)
    assert drawn.min() > 0 and drawn.max() < 1
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert stats.kstest(normals(12, "n", 0, 200_000), "norm").pvalue > 1e-3


def test_purposes_seeds_and_rows_are_not_correlated() -> None:
    n = 100_000
    rows = np.vstack(
        [normals(1, "a", 0, n, 2), normals(1, "b", 0, n), normals(2, "a", 0, n), normals(1, "a", n, 2 * n)]
    )
    apart = np.corrcoef(rows)[np.triu_indices(len(rows), 1)]
    assert np.abs(apart).max() < 4.5 / np.sqrt(n)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0.5, "a", 0, 1), "the seed 0.5 is not a whole number"), ((1, "a", 3, 2), "patients 3 to 2")],
)
def test_wrong_input_is_named(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        uniforms(*arguments)
