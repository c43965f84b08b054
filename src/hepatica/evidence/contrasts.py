"""Which arms of a study answer a question: the pair that differs by the intervention and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hepatica.evidence.model import Arm, Study

CELL_QUESTIONS = {
    "cells": None,
    "stem_cells": {"msc", "mnc", "hsc", "progenitor", "cord_stem_cell", "adipose_regenerative"},
    "msc": {"msc"},
    "bm_mnc": {"mnc"},
    "hsc": {"hsc"},
    "progenitor": {"progenitor"},
    "hepatocyte": {"hepatocyte"},
    "macrophage": {"macrophage"},
}
NOT_GIVEN = {"pericyte", "hsct_after_conditioning"}


@dataclass(frozen=True, slots=True)
class Contrast:
    """Arms that got the intervention against arms that did not; `with_` is what the treated got besides."""

    study: Study
    treated: tuple[Arm, ...]
    control: tuple[Arm, ...]
    with_: tuple[str, ...] = ()
    background: tuple[str, ...] = ()

    @property
    def comparator(self) -> str:
        """Return what both arms had, or "standard care"."""
        return " + ".join(self.background) or "standard care"


_USUAL = ("g_csf", *CELL_QUESTIONS, "plasma_exchange", "artificial_liver", "tips", "steroids", "antiviral", "elad",
          "n_acetylcysteine")  # fmt: skip


def interventions(studies: Iterable[Study] = ()) -> tuple[str, ...]:
    """Return the words a question may use for an intervention besides product ids.

    With studies: also every other treatment that an arm of theirs got.
    """
    given = {t for s in studies for a in s.arms for t in a.treatments}
    return (*_USUAL, *sorted(given - {"cells", *_USUAL}))


def is_cells(intervention: str) -> bool:
    """Return whether the intervention is a cell product or a class of them."""
    from hepatica.evidence.adverse import CLASS_OF

    return intervention in CELL_QUESTIONS or (intervention in CLASS_OF and intervention != "g_csf")


def has(arm: Arm, intervention: str) -> bool:
    """Return whether the arm got the intervention."""
    if not is_cells(intervention):
        return intervention in arm.treatments
    if arm.cells is None or arm.cells.cell_class in NOT_GIVEN or "cells" not in arm.treatments:
        return False
    if intervention not in CELL_QUESTIONS:
        return arm.cells.product == intervention
    classes = CELL_QUESTIONS[intervention]
    return classes is None or arm.cells.cell_class in classes


def contrast(study: Study, intervention: str) -> tuple[Contrast | None, str]:
    """Return the contrast of a study for an intervention, or None with the reason.

    A pair counts where the treated arms have what the controls have plus the intervention. Cells that were mobilised
    with G-CSF count against plain care too (the package is what patients get), marked in `with_`. Several arms on
    one side are joined, so that no patient counts twice (Cochrane Handbook 6, chapter 23.3.4).
    """
    treated = [a for a in study.arms if has(a, intervention)]
    if not treated:
        return None, "no arm got it"
    word = "cells" if is_cells(intervention) else intervention
    options: list[tuple[int, Arm, tuple[Arm, ...], tuple[str, ...]]] = []
    for arm in treated:
        rest = set(arm.treatments) - {word}
        besides: tuple[tuple[str, ...], ...] = ((), ("g_csf",)) if word == "cells" else ((),)
        for extra in besides:
            if not set(extra) <= rest:
                continue
            same = tuple(a for a in study.arms if not has(a, intervention) and set(a.treatments) == rest - set(extra))
            if same:
                options.append((len(extra), arm, same, extra))
    if not options:
        others = sorted({t for a in treated for t in a.treatments} - {word})
        if others:
            return None, f"given with {', '.join(others)}; no arm differs by {word} alone"
        return None, "no control arm"
    least = min(o[0] for o in options)
    _, first, control, extra = next(o for o in options if o[0] == least)
    joined = tuple(o[1] for o in options if o[0] == least and o[2] == control)
    background = tuple(t for t in control[0].treatments)
    return Contrast(study, joined or (first,), control, extra, background), ""
