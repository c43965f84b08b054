"""What is known: studies, published pools, harms, costs and utilities, each number with its source; pooling.

from hepatica import evidence
evidence.pool("survival", day=90, condition="aclf", intervention="g_csf").to_json()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.evidence.absolute import survival_baseline
    from hepatica.evidence.adverse import harms, safety
    from hepatica.evidence.answer import Answer, pool
    from hepatica.evidence.base import bibliography, findings, reference, studies, study
    from hepatica.evidence.bias import risk_of_bias
    from hepatica.evidence.catalogue import (
        check,
        comparator_facts,
        costs,
        list_rows,
        natural_history,
        ongoing,
        patient_reported,
        show,
        standard_care_arms,
        transitions,
        utilities,
    )
    from hepatica.evidence.courses import Course, pool_course
    from hepatica.evidence.handing_on import prior
    from hepatica.evidence.living import add
    from hepatica.evidence.network_answer import network_question
    from hepatica.evidence.network_picture import drawn_network
    from hepatica.evidence.networks import ArmEffect, Network, network
    from hepatica.evidence.own_data import pool_file
    from hepatica.evidence.pooling import Pooled, pool_effects
    from hepatica.evidence.proportions import Proportion, pool_proportions
    from hepatica.evidence.published import published_pools
    from hepatica.evidence.regression import egger, regress
    from hepatica.evidence.reviewing import answer_review, review, review_question
    from hepatica.evidence.sentence import asking, read_question
    from hepatica.evidence.small_studies import peters, trim_and_fill
    from hepatica.evidence.spread import funnel
    from hepatica.evidence.verbs import pool_question

_WHERE = {
    "adverse": ("harms", "safety"),
    "answer": ("Answer", "pool"),
    "base": ("bibliography", "findings", "reference", "studies", "study"),
    "catalogue": (
        "check",
        "comparator_facts",
        "costs",
        "list_rows",
        "natural_history",
        "ongoing",
        "patient_reported",
        "show",
        "standard_care_arms",
        "transitions",
        "utilities",
    ),
    "courses": ("Course", "pool_course"),
    "bias": ("risk_of_bias",),
    "handing_on": ("prior",),
    "living": ("add",),
    "network_picture": ("drawn_network",),
    "network_answer": ("network_question",),
    "networks": ("ArmEffect", "Network", "network"),
    "own_data": ("pool_file",),
    "pooling": ("Pooled", "pool_effects"),
    "proportions": ("Proportion", "pool_proportions"),
    "published": ("published_pools",),
    "regression": ("egger", "regress"),
    "absolute": ("survival_baseline",),
    "sentence": ("asking", "read_question"),
    "reviewing": ("answer_review", "review", "review_question"),
    "small_studies": ("peters", "trim_and_fill"),
    "spread": ("funnel",),
    "verbs": ("pool_question",),
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names}
__all__ = [
    "Answer",
    "ArmEffect",
    "Course",
    "Network",
    "Pooled",
    "Proportion",
    "add",
    "answer_review",
    "asking",
    "bibliography",
    "check",
    "comparator_facts",
    "costs",
    "drawn_network",
    "egger",
    "findings",
    "funnel",
    "harms",
    "list_rows",
    "natural_history",
    "network",
    "network_question",
    "ongoing",
    "patient_reported",
    "peters",
    "pool",
    "pool_course",
    "pool_effects",
    "pool_file",
    "pool_proportions",
    "pool_question",
    "prior",
    "published_pools",
    "read_question",
    "reference",
    "regress",
    "review",
    "review_question",
    "risk_of_bias",
    "safety",
    "show",
    "standard_care_arms",
    "studies",
    "study",
    "survival_baseline",
    "transitions",
    "trim_and_fill",
    "utilities",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
