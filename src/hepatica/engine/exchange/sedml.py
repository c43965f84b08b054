"""The run of an SBML file as SED-ML, and both files in a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from hepatica.engine.exchange.sbml import to_sbml
from hepatica.engine.language.model import Model
from hepatica.engine.solve.problem import Dose
from hepatica.errors import InputError


def to_sedml(
    model: Model,
    model_file: str,
    end: float,
    points: int,
    observables: Sequence[str],
    start: float = 0.0,
    *,
    rtol: float = 1e-8,
    atol: float = 1e-10,
) -> str:
    """Return the run of an SBML file as SED-ML Level 1 Version 4: CVODE, a uniform time course of `points` steps.

    Its report holds time and the observables at `start` and after each step. Raises InputError for an observable the
    model has not, or a course that has no length.
    """
    if not (end > start and points >= 1):
        raise InputError(f"no course from {start:g} to {end:g} in {points} steps", where=f"model {model.name}")
    for name in observables:
        model.layout.find(name, model.layout.observable_index, "observable")

    def variable(name: str) -> str:
        where = f"/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='{name}']"
        source = f"target={quoteattr(where)}" if name != "time" else 'symbol="urn:sedml:symbol:time"'
        return f"""    <dataGenerator id="data_{name}"><listOfVariables>
      <variable id="variable_{name}" taskReference="task" {source}/>
    </listOfVariables>
      <math xmlns="http://www.w3.org/1998/Math/MathML"><ci> variable_{name} </ci></math>
    </dataGenerator>"""

    names = ["time", *observables]
    data = "\n".join(variable(name) for name in names)
    sets = "\n".join(f'      <dataSet id="set_{n}" label="{n}" dataReference="data_{n}"/>' for n in names)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" xmlns:sbml="http://www.sbml.org/sbml/level3/version2/core"
    level="1" version="4">
  <listOfModels>
    <model id="model" language="urn:sedml:language:sbml.level-3.version-2" source={quoteattr(model_file)}/>
  </listOfModels>
  <listOfSimulations>
    <uniformTimeCourse id="course" initialTime="{start!r}" outputStartTime="{start!r}" outputEndTime="{end!r}"
        numberOfSteps="{points}"><algorithm kisaoID="KISAO:0000019"><listOfAlgorithmParameters>
      <algorithmParameter kisaoID="KISAO:0000209" value="{rtol!r}"/>
      <algorithmParameter kisaoID="KISAO:0000211" value="{atol!r}"/>
    </listOfAlgorithmParameters></algorithm></uniformTimeCourse>
  </listOfSimulations>
  <listOfTasks><task id="task" modelReference="model" simulationReference="course"/></listOfTasks>
  <listOfDataGenerators>
{data}
  </listOfDataGenerators>
  <listOfOutputs>
    <report id="report"><listOfDataSets>
{sets}
    </listOfDataSets></report>
  </listOfOutputs>
</sedML>
"""


def write_exchange(
    model: Model,
    folder: str | Path,
    end: float,
    points: int,
    observables: Sequence[str],
    doses: Sequence[Dose] = (),
    *,
    start: float = 0.0,
    parameters: Mapping[str, float] | None = None,
    initial: Mapping[str, float] | None = None,
    breakpoints: Sequence[float] = (),
) -> tuple[Path, Path]:
    """Write NAME.xml (SBML, one patient with doses) and NAME.sedml (its run) into a folder; return their paths."""
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    name = model.layout.name
    sbml, sedml = where / f"{name}.xml", where / f"{name}.sedml"
    text = to_sbml(model, doses, parameters=parameters, initial=initial, breakpoints=breakpoints)
    sbml.write_text(text, encoding="utf-8")
    sedml.write_text(to_sedml(model, sbml.name, end, points, observables, start), encoding="utf-8")
    return sbml, sedml
