"""The twin: what would happen to this liver, with and without cells."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._actions import apart as apart
    from ._actions import applies as applies
    from ._ahead import ahead as ahead
    from ._between import disagreement as disagreement
    from ._between import disagreement_prior as disagreement_prior
    from ._between import disagreement_shown as disagreement_shown
    from ._between import survival_cohorts as survival_cohorts
    from ._build import build as build
    from ._build import twin as twin
    from ._cohort import Drawn as Drawn
    from ._cohort import cohort as cohort
    from ._cohort_fhir import bundle as bundle
    from ._fit import Fit as Fit
    from ._fit import fit as fit
    from ._forecast import SCORES as SCORES
    from ._forecast import VARIABLES as VARIABLES
    from ._forecast import Forecast as Forecast
    from ._forecast import Option as Option
    from ._forecast import forecast as forecast
    from ._groups import Group as Group
    from ._groups import draw_group as draw_group
    from ._groups import fates as fates
    from ._groups import run_group as run_group
    from ._history import between_dates as between_dates
    from ._identify import identifiability as identifiability
    from ._lineage import lineage as lineage
    from ._lineage import sources as sources
    from ._population import population_sd as population_sd
    from ._posterior import fitted_studies as fitted_studies
    from ._posterior import posterior as posterior
    from ._race import race as race
    from ._sensitivity import meaning as meaning
    from ._sensitivity import screen as screen
    from ._sensitivity import sensitivity as sensitivity

_HOME = {
    "Fit": ("_fit", "Fit"),
    "ahead": ("_ahead", "ahead"),
    "fit": ("_fit", "fit"),
    "Option": ("_forecast", "Option"),
    "Forecast": ("_forecast", "Forecast"),
    "forecast": ("_forecast", "forecast"),
    "VARIABLES": ("_forecast", "VARIABLES"),
    "SCORES": ("_forecast", "SCORES"),
    "apart": ("_actions", "apart"),
    "applies": ("_actions", "applies"),
    "disagreement": ("_between", "disagreement"),
    "disagreement_shown": ("_between", "disagreement_shown"),
    "disagreement_prior": ("_between", "disagreement_prior"),
    "build": ("_build", "build"),
    "twin": ("_build", "twin"),
    "Drawn": ("_cohort", "Drawn"),
    "cohort": ("_cohort", "cohort"),
    "bundle": ("_cohort_fhir", "bundle"),
    "between_dates": ("_history", "between_dates"),
    "identifiability": ("_identify", "identifiability"),
    "meaning": ("_sensitivity", "meaning"),
    "screen": ("_sensitivity", "screen"),
    "sensitivity": ("_sensitivity", "sensitivity"),
    "race": ("_race", "race"),
    "lineage": ("_lineage", "lineage"),
    "sources": ("_lineage", "sources"),
    "Group": ("_groups", "Group"),
    "survival_cohorts": ("_between", "survival_cohorts"),
    "draw_group": ("_groups", "draw_group"),
    "run_group": ("_groups", "run_group"),
    "fates": ("_groups", "fates"),
    "fitted_studies": ("_posterior", "fitted_studies"),
    "posterior": ("_posterior", "posterior"),
    "population_sd": ("_population", "population_sd"),
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOME[name]
    return getattr(import_module(f"{__name__}.{module}"), attribute)
