"""The network of a condition's treatments as a picture needs it: patients at each node, studies along each edge."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hepatica.errors import CannotAnswer
from hepatica.evidence.base import studies
from hepatica.evidence.network_answer import network_question
from hepatica.evidence.nodes import node
from hepatica.evidence.sentence import Asking


def network_picture(a: Asking, outcome: str = "survival") -> dict[str, Any]:
    """Return the largest network among the days asked: nodes, edges, scores and warnings; or `why` there is none."""
    best: dict[str, Any] | None = None
    why = ""
    for day in a.days:
        try:
            found = network_question(outcome, day, a.condition, a.design)
        except CannotAnswer as error:
            why = why or str(error).splitlines()[0]
            continue
        if best is None or (len(found["treatments"]), found["studies"]) > (len(best["treatments"]), best["studies"]):
            best = found
    if best is None:
        return {"why": why, "nodes": [], "edges": []}
    return {"why": "", **drawn_network(best)}


def drawn_network(net: dict[str, Any]) -> dict[str, Any]:
    """Return what a picture of a network (the answer of `network_question`) needs."""
    keys = ("day", "outcome", "measure", "question", "studies", "warnings", "apart")
    return {**{k: net[k] for k in keys}, "nodes": _nodes(net), "edges": _edges(net)}


def _nodes(net: dict[str, Any]) -> list[dict[str, Any]]:
    base = studies()
    patients = dict.fromkeys(net["treatments"], 0)
    for used in net["used"]:
        held = {arm["treatment"] for arm in used["arms"]}
        for arm in base[used["study"]].arms:
            if node(arm, net["detail"]) in held:
                patients[node(arm, net["detail"])] += arm.n or 0
    scores = net["p_scores"] or {}
    effects = {e["treatment"]: e for e in net["league"] if e["against"] == "standard care"}
    return [
        {"name": name, "patients": n, "p_score": scores.get(name),
         "against_standard": _short(effects[name]) if name in effects else None}
        for name, n in patients.items()
    ]  # fmt: skip


def _short(e: dict[str, Any]) -> dict[str, Any]:
    shown = e["ratio"] or e
    return {"estimate": shown["estimate"], "ci": list(shown["ci"]), "direct_k": e["direct_k"]}


def _edges(net: dict[str, Any]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[str]] = {}
    for used in net["used"]:
        for pair in combinations(sorted({arm["treatment"] for arm in used["arms"]}), 2):
            found.setdefault(pair, []).append(used["study"])
    return [{"between": list(pair), "studies": len(ids), "ids": ids} for pair, ids in found.items()]
