"""Random numbers by name: a patient's draws depend on the seed, the purpose and the patient's number, on nothing else.

The generator is counter-based (Philox4x64-10; Salmon et al., SC 2011, doi:10.1145/2063384.2063405). The key is made of
seed and purpose, the counter of patient and row, so that any span of patients is computed at once, anywhere, in any
order, and two arms that draw for the same purpose have the same luck.
"""

from __future__ import annotations

import hashlib
from operator import index

import numpy as np
from numpy.typing import NDArray

from hepatica.errors import InputError

Floats = NDArray[np.float64]
WORDS = 4
"""Numbers of 64 bits that Philox gives for one value of its counter."""
LEAST = 2.0**-54


def uniforms(seed: int, purpose: str, first: int, last: int, size: int | None = None) -> Floats:
    """Return numbers above 0 and below 1 for patients first to last - 1: [patients], or [size, patients].

    Row j of a patient is the same for any `size`. Raises InputError for a seed or a span that is not one.
    """
    rows, patients = 1 if size is None else index(size), last - first
    if first < 0 or patients < 0 or rows < 0:
        raise InputError(f"no stream of {rows} rows for patients {first} to {last}", mend="give 0 <= first <= last")
    out = np.empty((rows, patients))
    words, skipped = key(seed, purpose), first % WORDS
    whole = np.empty(patients + skipped)
    for row in range(rows):
        counter = np.array([first // WORDS, row, 0, 0], np.uint64)
        np.random.Generator(np.random.Philox(key=words, counter=counter)).random(out=whole)
        out[row] = whole[skipped:]
    # One in 2^53 is exactly zero, which has no logarithm and no normal.
    np.maximum(out, LEAST, out=out)
    return out[0] if size is None else out


def normals(seed: int, purpose: str, first: int, last: int, size: int | None = None) -> Floats:
    """Return standard normal numbers for patients first to last - 1: [patients], or [size, patients].

    They are the normal quantiles of `uniforms` with the same arguments.
    """
    from scipy.special import ndtri

    drawn = uniforms(seed, purpose, first, last, size)
    ndtri(drawn, out=drawn)
    return drawn


def key(seed: int, purpose: str) -> NDArray[np.uint64]:
    """Return the two words of the generator's key: the head of SHA-256 over seed and purpose."""
    try:
        number = index(seed)
    except TypeError:
        raise InputError(f"the seed {seed!r} is not a whole number", mend="give an integer, such as 1") from None
    told = hashlib.sha256(f"hepatica stream\0{number}\0{purpose}".encode()).digest()
    return np.frombuffer(told[:16], "<u8").astype(np.uint64)
