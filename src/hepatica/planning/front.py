"""The Pareto front: the options that no other beats in everything that counts."""

from __future__ import annotations

from collections.abc import Mapping

from hepatica.planning.weights import Parts

MORE_IS_BETTER = {"survival": True, "quality": True, "harms": False, "burden": False, "cost": False}


def front(options: Mapping[str, Parts], *, least: float = 1e-9, cost: bool = True) -> dict[str, tuple[str, ...]]:
    """Return, by option, the options that are at least as good in every part and better in one; none: on the front.

    Parts are compared by their means; a part that is not known of both is left out of their comparison, and so is a
    difference of `least` or less. `cost`: whether money counts: an early death makes care cheaper, and prices that are
    not known count as none.

    >>> import numpy as np
    >>> a = Parts(np.array([5.0]), None, np.array([1.0]), 0.0)
    >>> b = Parts(np.array([4.0]), None, np.array([2.0]), 0.0)
    >>> front({"a": a, "b": b})
    {'a': (), 'b': ('a',)}
    """
    means = {name: parts.means() for name, parts in options.items()}

    def beats(a: dict[str, float], b: dict[str, float]) -> bool:
        names = [k for k in MORE_IS_BETTER if k in a and k in b and (cost or k != "cost")]
        gaps = [(a[k] - b[k]) * (1 if MORE_IS_BETTER[k] else -1) for k in names]
        return min(gaps) >= -least and max(gaps) > least

    return {name: tuple(o for o in means if o != name and beats(means[o], means[name])) for name in means}
