"""What flows into what and what reads what, found in the equations, and a picture of it for each organ."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any

from ._body import table

ORGANS = (
    "cells", "hepatocytes", "injury", "inflammation", "scar", "function", "portal", "outcome", "events", "treatment",
)  # fmt: skip
_FILE_OF = {"kidney": "portal"}
_GRID: dict[str, tuple[tuple[str, ...], ...]] = {
    "cells": (
        ("cells_venous", "cells_arterial"),
        ("cells_lung", "cells_liver", "cells_spleen", "cells_rest"),
        ("label_lung", "label_liver", "label_spleen", "label_rest"),
        ("licensing", "hepatocyte_like", "paracrine_signal", "engrafted_mass"),
    ),
    "hepatocytes": (
        ("hepatocytes_quiescent", "hepatocytes_replicating"),
        ("hepatocytes_dying", "hepatocytes_senescent"),
        ("hepatocyte_death_1_d", "hepatocytes_fraction", "hepatic_mass", "hepatic_function"),
    ),
    "injury": (
        ("viral_load", "alcohol_load", "fat_load", "immune_attack"),
        ("bile_injury", "metal_load", "acute_insult"),
        ("cause_inflaming", "cause_killing", "cholestasis"),
        ("paracetamol_fmol", "napqi_fmol", "adducts_fmol"),
        ("sulphation_fmol", "glutathione_fmol"),
    ),
    "inflammation": (
        ("macrophages_inflammatory", "macrophages_restorative"),
        ("excess_inflammation", "restorative_excess"),
    ),
    "scar": (("myofibroblasts", "collagen_soluble_percent", "collagen_crosslinked_percent"), ("", "collagen_percent")),
    "function": (
        ("albumin_synthesis_g_d", "albumin_plasma_g", "albumin_tissue_g", "albumin_g_l"),
        ("bilirubin_unconjugated_umol", "bilirubin_conjugated_umol", "bilirubin_umol_l"),
        ("factor_vii", "factor_ii", "pt_percent", "inr"),
        ("alt_u_l", "ast_u_l", "ammonia_umol_l"),
        ("icg_k_1_min", "icg_r15_percent"),
        ("glycogen_g", "glucose_made_mmol_d", "glucose_mmol_l"),
    ),
    "portal": (
        ("hvpg_undrugged_mmhg", "hvpg_mmhg", "bypass"),
        ("vasodilatation", "collateral_share", "ascites_l", "platelets_e9_l"),
        ("filtration_l_d", "creatinine_umol_l", "sodium_mmol_l"),
    ),
    "outcome": (
        ("meld_unrounded", "death_1_d", "transplant_hazard_1_d"),
        ("alive_untransplanted", "alive_transplanted_recent", "alive_transplanted"),
    ),
    "events": (
        ("ascites_hazard_1_d", "bleeding_hazard_1_d", "encephalopathy_hazard_1_d"),
        ("ascites_incidence", "bleeding_incidence", "encephalopathy_incidence"),
        ("decompensation_hazard_1_d", "alive_event_free", "decompensation_incidence"),
        ("infection_hazard_1_d", "aclf_hazard_1_d", "hcc_hazard_1_d"),
        ("infection_incidence", "aclf_incidence", "hcc_incidence"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Organ:
    """One organ: its states, intermediates, flows between states, and who reads what."""

    name: str
    states: tuple[str, ...]
    intermediates: tuple[str, ...]
    flows: tuple[tuple[str, str], ...]
    reads: tuple[tuple[str, str], ...]
    outside: tuple[str, ...]


def organs(model: Any) -> dict[str, Organ]:
    """Return every organ of the model, as its files and equations have it."""
    home = {name: _FILE_OF.get(row["organ"], row["organ"]) for name, row in table("states").items()}
    for organ in ORGANS:
        home |= dict.fromkeys(_lets(organ), organ)
    found = {}
    for organ in ORGANS:
        states = tuple(n for n in table("states") if home[n] == organ)
        intermediates = tuple(n for n in model.definitions if home.get(n) == organ)
        mine = {*states, *intermediates}
        reads, outside = [], []
        for name in (*intermediates, *states):
            for other in sorted(_names(model, name) & set(home) - {name}):
                (reads if other in mine else outside).append((other, name))
        flows = tuple((b, a) for a in states for b in states if a != b and _flows(model, b, a))
        kept = tuple(r for r in reads if r not in flows)
        found[organ] = Organ(organ, states, intermediates, flows, kept, tuple(sorted({o for o, _ in outside})))
    return found


def _lets(organ: str) -> list[str]:
    """Return the names that an organ's file defines, read from its source."""
    path = resources.files("hepatica.twin") / "organs" / f"{organ}.py"
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    named = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "let" and c.args]
    return [c.args[0].value for c in named if isinstance(c.args[0], ast.Constant)]


def _names(model: Any, name: str) -> set[str]:
    written = [model.definitions[name]] if name in model.definitions else model.rates[name]
    return {s.name for e in written for s in e.free_symbols}


def _flows(model: Any, source: str, target: str) -> bool:
    """Return whether some of what the source loses arrives in the target: the same product of factors, or a share."""
    import sympy

    here = model.symbols[source]

    def factors(term: Any) -> set[Any]:
        return {f for f in sympy.Mul.make_args(term) if not f.is_Number}

    lost = [factors(t) for t in _terms(model, source) if t.could_extract_minus_sign() and here in factors(t)]
    gained = [factors(t) for t in _terms(model, target) if not t.could_extract_minus_sign() and here in factors(t)]
    return any(small <= big for small in lost for big in gained)


def _terms(model: Any, state: str) -> list[Any]:
    import sympy

    return [t for e in model.rates[state] for t in sympy.Add.make_args(sympy.expand_mul(e))]


_W, _H, _GAP_X, _GAP_Y, _PAD = 208, 40, 34, 62, 28
_LEAST = 4 * _W + 3 * _GAP_X + 2 * _PAD
_LEGEND = (
    "box: state · dashed box: intermediate · dark arrow: what leaves one arrives in the other · grey arrow: is read by"
)


def picture(organ: Organ) -> str:
    """Return the organ as SVG: boxes for states, dashed boxes for intermediates, flows dark, influences grey."""
    rows = _rows(organ)
    place = {
        n: (_PAD + i * (_W + _GAP_X), _PAD + j * (_H + _GAP_Y))
        for j, r in enumerate(rows)
        for i, n in enumerate(r)
        if n
    }
    notes = [*_wrapped("reads from elsewhere: " + (", ".join(organ.outside) or "nothing")), _LEGEND]
    below = _PAD + len(rows) * (_H + _GAP_Y) - _GAP_Y + 44
    height = below + 17 * len(notes)
    told = "; ".join(f"{a} flows to {b}" for a, b in organ.flows) or "no flows between states"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEAST} {height}" width="{_LEAST}" '
        f'height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{organ.name}: states and flows</title><desc>{escape(told)}</desc>",
        "<defs>",
        *(_arrow_head(name, colour) for name, colour in (("flow", "#1a365d"), ("read", "#8a9097"))),
        "</defs>",
        f'<rect width="{_LEAST}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [_arrow(place[a], place[b], "read") for a, b in organ.reads]
    parts += [_arrow(place[a], place[b], "flow") for a, b in organ.flows]
    parts += [_box(n, xy, n in organ.states) for n, xy in place.items()]
    for i, note in enumerate(notes):
        parts.append(f'<text x="{_PAD}" y="{below + 17 * i}" fill="#5f6368" font-size="12">{escape(note)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 140)


def _rows(organ: Organ) -> list[tuple[str, ...]]:
    names = {*organ.states, *organ.intermediates}
    rows = [tuple(n if n in names else "" for n in row) for row in _GRID.get(organ.name, ())]
    rows = [r for r in rows if any(r)]
    rest = [n for n in (*organ.states, *organ.intermediates) if not any(n in r for r in rows)]
    return rows + [tuple(rest[i : i + 4]) for i in range(0, len(rest), 4)]


def _arrow_head(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
    )


def _arrow(a: tuple[float, float], b: tuple[float, float], kind: str) -> str:
    (ax, ay), (bx, by) = a, b
    shift = 7 if kind == "flow" else -7
    style = 'stroke="#1a365d" stroke-width="1.8"' if kind == "flow" else 'stroke="#a9afb6" stroke-width="1.2"'
    if ay == by:
        right = bx > ax
        y = ay + _H / 2 + (shift if right else -shift)
        if abs(bx - ax) <= _W + _GAP_X:
            ends = (ax + _W if right else ax, y, bx if right else bx + _W, y)
        else:
            mid = ay - 18 if right else ay + _H + 18
            edge = ay if right else ay + _H
            path = f"M{ax + _W / 2 + shift} {edge}V{mid}H{bx + _W / 2 - shift}V{edge}"
            return f'<path d="{path}" fill="none" {style} marker-end="url(#{kind})"/>'
    else:
        down = by > ay
        ends = (ax + _W / 2 + shift, ay + _H if down else ay, bx + _W / 2 + shift, by if down else by + _H)
    x1, y1, x2, y2 = ends
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" fill="none" {style} marker-end="url(#{kind})"/>'


def _box(name: str, xy: tuple[float, float], state: bool) -> str:
    x, y = xy
    look = 'fill="#e8f1fb" stroke="#2b6cb0"' if state else 'fill="#fafafa" stroke="#80868b" stroke-dasharray="4 3"'
    return (
        f'<rect x="{x}" y="{y}" width="{_W}" height="{_H}" rx="5" {look}/>'
        f'<text x="{x + _W / 2:g}" y="{y + _H / 2 + 4:g}" text-anchor="middle" fill="#202124">{name}</text>'
    )
