"""What is known: studies, published pools, harms, costs and utilities, each number with its source; pooling."""

from hepatica.evidence.base import bibliography, findings, reference, studies, study
from hepatica.evidence.harms import harms, safety

__all__ = ["bibliography", "findings", "harms", "reference", "safety", "studies", "study"]
