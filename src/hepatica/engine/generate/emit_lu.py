"""Straight-line C for the LU factors of shift * I - J and for solving with them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hepatica.engine.generate.sparse import Plan


def factorise_c(plan: Plan, jacobian: Collection[tuple[int, int]], entry: Callable[[int, int], str]) -> str:
    """Return the C function that factorises; `entry(i, j)` is the text of a Jacobian entry.

    The function returns how much of a pivot elimination cancelled at most: 1 is none, 1/epsilon is all digits.
    """
    place = {ij: k for k, ij in enumerate(plan.entries)}
    started: set[tuple[int, int]] = set()
    lines = ["  (void)J; (void)p; (void)c;", "  T growth = K(1.0);"]

    def begin(i: int, j: int) -> str:
        shift = "shift " if i == j else ""
        return (shift + (f"- {entry(i, j)}" if (i, j) in jacobian else "")).strip()

    def current(i: int, j: int) -> str:
        if (i, j) not in started:
            started.add((i, j))
            lines.append(f"  T w{place[i, j]} = {begin(i, j)};")
        return f"w{place[i, j]}"

    updated = {j for k in plan.order for j in plan.right[k] if j in plan.below[k]}
    for k in plan.order:
        here = place[k, k]
        lines.append(f"  const T d{here} = v_recip({current(k, k)}); lu[{here}] = d{here};")
        if k in updated:
            lines.append(f"  growth = v_max(growth, v_abs(({begin(k, k)}) * d{here}));")
        lines += [f"  lu[{place[k, j]}] = {current(k, j)};" for j in plan.right[k]]
        for i in plan.below[k]:
            lower = f"l{place[i, k]}"
            lines.append(f"  const T {lower} = {current(i, k)} * d{here}; lu[{place[i, k]}] = {lower};")
            for j in plan.right[k]:
                product = f"{lower} * w{place[k, j]}"
                if (i, j) in started:
                    lines.append(f"  w{place[i, j]} -= {product};")
                else:
                    started.add((i, j))
                    first = begin(i, j)
                    lines.append(
                        f"  T w{place[i, j]} = {first} - {product};" if first else f"  T w{place[i, j]} = -({product});"
                    )
    takes = "const T *RESTRICT J, const T *RESTRICT p, const T *RESTRICT c, T shift, T *RESTRICT lu"
    return f"KERNEL T factorise({takes})\n{{\n" + "\n".join([*lines, "  return growth;"]) + "\n}"


def solve_c(plan: Plan) -> str:
    """Return the C function that puts the solution for f + by b in place of b."""
    place = {ij: k for k, ij in enumerate(plan.entries)}
    lines = [f"  T b{i} = f[{i}] + by * b[{i}];" for i in range(len(plan.order))]
    for k in plan.order:
        lines += [f"  b{i} -= lu[{place[i, k]}] * b{k};" for i in plan.below[k]]
    for k in reversed(plan.order):
        terms = "".join(f" - lu[{place[k, j]}] * b{j}" for j in plan.right[k])
        inner = f"(b{k}{terms})" if terms else f"b{k}"
        lines.append(f"  b{k} = {inner} * lu[{place[k, k]}]; b[{k}] = b{k};")
    takes = "const T *RESTRICT lu, const T *RESTRICT f, T by, T *RESTRICT b"
    return f"KERNEL void solve({takes})\n{{\n" + "\n".join(lines) + "\n}"
