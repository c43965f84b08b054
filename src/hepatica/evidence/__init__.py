"""What is known: studies, published pools, harms, costs and utilities, each number with its source; pooling.

from hepatica import evidence
evidence.pool("survival", day=90, condition="aclf", intervention="g_csf").to_json()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.evidence.absolute import survival_baseline
    from hepatica.evidence.additive import ComponentNetwork, component_network
    from hepatica.evidence.adverse import harms, safety
    from hepatica.evidence.answer import Answer, pool
    from hepatica.evidence.base import bibliography, findings, reference, studies, study
    from hepatica.evidence.bayes import Posterior, posterior
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
    from hepatica.evidence.contrasts import is_cells
    from hepatica.evidence.courses import Course, pool_course
    from hepatica.evidence.handing_on import CoursePrior, course_prior, prior
    from hepatica.evidence.inconsistency import design_by_treatment, node_splits
    from hepatica.evidence.kaplan_meier import Curve, log_hazard_ratio
    from hepatica.evidence.living import add
    from hepatica.evidence.moderators import explain
    from hepatica.evidence.network_answer import network_question
    from hepatica.evidence.network_picture import drawn_network
    from hepatica.evidence.networks import ArmEffect, Network, network
    from hepatica.evidence.own_data import pool_file
    from hepatica.evidence.pooling import Pooled, pool_effects
    from hepatica.evidence.proportions import Proportion, freeman_tukey, pool_proportions
    from hepatica.evidence.published import published_pools
    from hepatica.evidence.rare import pool_counts, pool_rates
    from hepatica.evidence.regression import egger, regress
    from hepatica.evidence.reviewing import answer_review, review, review_question
    from hepatica.evidence.sentence import asking, read_question
    from hepatica.evidence.small_studies import peters, trim_and_fill
    from hepatica.evidence.spread import funnel
    from hepatica.evidence.statistics.influence import cumulative, influence, leave_one_out
    from hepatica.evidence.statistics.multilevel import Multilevel, multilevel, sampling_covariance
    from hepatica.evidence.statistics.rare_events import odds_ratio, rate, rate_ratio, unconditional
    from hepatica.evidence.statistics.selection import beta_model, pet_peese, step_model
    from hepatica.evidence.statistics.subgroups import subgroups
    from hepatica.evidence.verbs import pool_question

_WHERE = {
    "additive": ("ComponentNetwork", "component_network"),
    "bayes": ("Posterior", "posterior"),
    "inconsistency": ("design_by_treatment", "node_splits"),
    "kaplan_meier": ("Curve", "log_hazard_ratio"),
    "moderators": ("explain",),
    "rare": ("pool_counts", "pool_rates"),
    "statistics.influence": ("cumulative", "influence", "leave_one_out"),
    "statistics.multilevel": ("Multilevel", "multilevel", "sampling_covariance"),
    "statistics.rare_events": ("odds_ratio", "rate", "rate_ratio", "unconditional"),
    "statistics.selection": ("beta_model", "pet_peese", "step_model"),
    "statistics.subgroups": ("subgroups",),
    "adverse": ("harms", "safety"),
    "answer": ("Answer", "pool"),
    "base": ("bibliography", "findings", "reference", "studies", "study"),
    "catalogue": (
        "check",
        "comparator_facts",
        "costs",
        "course_prior",
        "list_rows",
        "natural_history",
        "ongoing",
        "patient_reported",
        "show",
        "standard_care_arms",
        "transitions",
        "utilities",
    ),
    "contrasts": ("is_cells",),
    "courses": ("Course", "pool_course"),
    "bias": ("risk_of_bias",),
    "handing_on": ("CoursePrior", "course_prior", "prior"),
    "living": ("add",),
    "network_picture": ("drawn_network",),
    "network_answer": ("network_question",),
    "networks": ("ArmEffect", "Network", "network"),
    "own_data": ("pool_file",),
    "pooling": ("Pooled", "pool_effects"),
    "proportions": ("Proportion", "freeman_tukey", "pool_proportions"),
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
    "ComponentNetwork",
    "Course",
    "CoursePrior",
    "Curve",
    "Multilevel",
    "Network",
    "Pooled",
    "Posterior",
    "Proportion",
    "add",
    "answer_review",
    "asking",
    "beta_model",
    "bibliography",
    "check",
    "comparator_facts",
    "component_network",
    "costs",
    "course_prior",
    "cumulative",
    "design_by_treatment",
    "drawn_network",
    "egger",
    "explain",
    "findings",
    "freeman_tukey",
    "funnel",
    "harms",
    "influence",
    "is_cells",
    "leave_one_out",
    "list_rows",
    "log_hazard_ratio",
    "multilevel",
    "natural_history",
    "network",
    "network_question",
    "node_splits",
    "odds_ratio",
    "ongoing",
    "patient_reported",
    "pet_peese",
    "peters",
    "pool",
    "pool_counts",
    "pool_course",
    "pool_effects",
    "pool_file",
    "pool_proportions",
    "pool_question",
    "pool_rates",
    "posterior",
    "prior",
    "published_pools",
    "rate",
    "rate_ratio",
    "read_question",
    "reference",
    "regress",
    "review",
    "review_question",
    "risk_of_bias",
    "safety",
    "sampling_covariance",
    "show",
    "standard_care_arms",
    "step_model",
    "studies",
    "study",
    "subgroups",
    "survival_baseline",
    "transitions",
    "trim_and_fill",
    "unconditional",
    "utilities",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
