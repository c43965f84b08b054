"""How it is computed: a declarative model of ordinary differential equations, run for one patient or millions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepatica.engine.arrow import to_arrow as to_arrow
    from hepatica.engine.arrow import write_parquet as write_parquet
    from hepatica.engine.cluster import Dask as Dask
    from hepatica.engine.compiled import CompiledModel as CompiledModel
    from hepatica.engine.compiled import compile_model as compile_model
    from hepatica.engine.compiled import load_model as load_model
    from hepatica.engine.compiled import write_generated as write_generated
    from hepatica.engine.emit import generate_c as generate_c
    from hepatica.engine.ensemble import blocks as blocks
    from hepatica.engine.machine import doctor as doctor
    from hepatica.engine.model import Model as Model
    from hepatica.engine.model import between as between
    from hepatica.engine.model import hill as hill
    from hepatica.engine.model import step_on as step_on
    from hepatica.engine.problem import Dose as Dose
    from hepatica.engine.problem import Result as Result
    from hepatica.engine.run import simulate as simulate
    from hepatica.engine.sbml import to_sbml as to_sbml
    from hepatica.engine.scipy_path import reference as reference
    from hepatica.engine.sedml import to_sedml as to_sedml
    from hepatica.engine.sedml import write_exchange as write_exchange
    from hepatica.engine.sensitivity import with_sensitivities as with_sensitivities
    from hepatica.engine.speed import bench as bench
    from hepatica.engine.streaming import Interrupted as Interrupted
    from hepatica.engine.streaming import summarise as summarise
    from hepatica.engine.streams import normals as normals
    from hepatica.engine.streams import uniforms as uniforms
    from hepatica.engine.summary import Summary as Summary
    from hepatica.engine.summary_files import load_summary as load_summary
    from hepatica.engine.units import check_units as check_units
    from hepatica.engine.units import unit_faults as unit_faults

_HOME = {
    "Model": "model",
    "hill": "model",
    "step_on": "model",
    "between": "model",
    "Dose": "problem",
    "Result": "problem",
    "simulate": "run",
    "reference": "scipy_path",
    "CompiledModel": "compiled",
    "compile_model": "compiled",
    "load_model": "compiled",
    "write_generated": "compiled",
    "generate_c": "emit",
    "doctor": "machine",
    "check_units": "units",
    "unit_faults": "units",
    "with_sensitivities": "sensitivity",
    "bench": "speed",
    "to_sbml": "sbml",
    "to_sedml": "sedml",
    "write_exchange": "sedml",
    "uniforms": "streams",
    "normals": "streams",
    "blocks": "ensemble",
    "summarise": "streaming",
    "Interrupted": "streaming",
    "Summary": "summary",
    "load_summary": "summary_files",
    "to_arrow": "arrow",
    "write_parquet": "arrow",
    "Dask": "cluster",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
