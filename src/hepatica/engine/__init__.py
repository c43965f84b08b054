"""How it is computed: a declarative model of ordinary differential equations, run for one patient or millions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.engine.compare.speed import bench as bench
    from hepatica.engine.crowd.arrow import to_arrow as to_arrow
    from hepatica.engine.crowd.arrow import write_parquet as write_parquet
    from hepatica.engine.crowd.cluster import Dask as Dask
    from hepatica.engine.crowd.ensemble import blocks as blocks
    from hepatica.engine.crowd.streaming import Interrupted as Interrupted
    from hepatica.engine.crowd.streaming import summarise as summarise
    from hepatica.engine.crowd.streams import normals as normals
    from hepatica.engine.crowd.streams import uniforms as uniforms
    from hepatica.engine.crowd.summary import Summary as Summary
    from hepatica.engine.crowd.summary_files import load_summary as load_summary
    from hepatica.engine.exchange.sbml import to_sbml as to_sbml
    from hepatica.engine.exchange.sedml import to_sedml as to_sedml
    from hepatica.engine.exchange.sedml import write_exchange as write_exchange
    from hepatica.engine.generate.compiled import CompiledModel as CompiledModel
    from hepatica.engine.generate.compiled import compile_model as compile_model
    from hepatica.engine.generate.compiled import load_model as load_model
    from hepatica.engine.generate.compiled import write_generated as write_generated
    from hepatica.engine.generate.emit import generate_c as generate_c
    from hepatica.engine.generate.sensitivity import with_sensitivities as with_sensitivities
    from hepatica.engine.language.model import Model as Model
    from hepatica.engine.language.model import between as between
    from hepatica.engine.language.model import hill as hill
    from hepatica.engine.language.model import step_on as step_on
    from hepatica.engine.language.units import check_units as check_units
    from hepatica.engine.language.units import unit_faults as unit_faults
    from hepatica.engine.solve.machine import doctor as doctor
    from hepatica.engine.solve.problem import Dose as Dose
    from hepatica.engine.solve.problem import Result as Result
    from hepatica.engine.solve.run import simulate as simulate
    from hepatica.engine.solve.scipy_path import reference as reference

_HOME = {
    "Model": "language.model",
    "hill": "language.model",
    "step_on": "language.model",
    "between": "language.model",
    "Dose": "solve.problem",
    "Result": "solve.problem",
    "simulate": "solve.run",
    "reference": "solve.scipy_path",
    "CompiledModel": "generate.compiled",
    "compile_model": "generate.compiled",
    "load_model": "generate.compiled",
    "write_generated": "generate.compiled",
    "generate_c": "generate.emit",
    "doctor": "solve.machine",
    "check_units": "language.units",
    "unit_faults": "language.units",
    "with_sensitivities": "generate.sensitivity",
    "bench": "compare.speed",
    "to_sbml": "exchange.sbml",
    "to_sedml": "exchange.sedml",
    "write_exchange": "exchange.sedml",
    "uniforms": "crowd.streams",
    "normals": "crowd.streams",
    "blocks": "crowd.ensemble",
    "summarise": "crowd.streaming",
    "Interrupted": "crowd.streaming",
    "Summary": "crowd.summary",
    "load_summary": "crowd.summary_files",
    "to_arrow": "crowd.arrow",
    "write_parquet": "crowd.arrow",
    "Dask": "crowd.cluster",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
