"""Where every number of a plan comes from, as patterns over paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hepatica.language import by_language
from hepatica.planning import sources

Chain = list[dict[str, Any]]
UNITS = {
    "meld": "points",
    "meld_na": "points",
    "meld_3": "points",
    "child_pugh": "points",
    "albumin_g_l": "g/L",
    "bilirubin_umol_l": "µmol/L",
    "inr": "1",
    "creatinine_umol_l": "µmol/L",
    "sodium_mmol_l": "mmol/L",
    "alt_u_l": "U/L",
    "ast_u_l": "U/L",
    "platelets_e9_l": "10⁹/L",
    "ammonia_umol_l": "µmol/L",
    "hvpg_mmhg": "mmHg",
    "ascites_l": "L",
    "hepatocytes_fraction": "fraction of a healthy liver",
    "collagen_percent": "percent of tissue",
    "icg_r15_percent": "percent",
    "survival": "probability",
    "transplant_free_survival": "probability",
    "decompensation": "probability",
    "ascites_incidence": "probability",
    "bleeding_incidence": "probability",
    "encephalopathy_incidence": "probability",
    "infection_incidence": "probability",
    "aclf_incidence": "probability",
    "hcc_incidence": "probability",
    "glycogen_g": "g",
    "glucose_mmol_l": "mmol/L",
}


@by_language
def _file() -> dict[str, Any]:
    raw = sources.read("lineage.toml")
    for row in raw["pattern"]:
        for step in row["steps"]:
            if step not in raw["step"]:
                raise ValueError(f"lineage.toml: {row['path']} names the unknown step '{step}'")
    return raw


def patterns(options: Sequence[dict[str, Any]], twin: Any) -> list[dict[str, Any]]:
    """Return lineage patterns; together they cover every number under `options`, and the plan's other numbers."""
    rows = []
    for name in dict.fromkeys(v for o in options for v in o.get("forecast") or {}):
        unit, chain = UNITS.get(name, "1"), [*_from_twin(twin, name), *_steps(["draws"])]
        rows.append(_pattern(f"options[*].forecast.{name}[*].*", unit, chain))
        rows.append(_pattern(f"options[*].forecast.{name}[*].at_risk", "probability", [*chain, *_steps(["at_risk"])]))
        rows.append(_pattern(f"options[*].difference.{name}[*].*", unit, [*chain, *_steps(["difference"])]))
        rows.append(_pattern(f"options[*].difference.{name}[*].at_risk", "probability", [*chain, *_steps(["at_risk"])]))
        rows += [_pattern(f"options[*].{p}.{name}[*].day", "days", _steps(["day"])) for p in ("forecast", "difference")]
    return rows + [_pattern(r["path"], r["unit"], _steps(r["steps"])) for r in _file()["pattern"]]


def _steps(names: Iterable[str]) -> Chain:
    return [{"step": n.replace("_", " "), **_file()["step"][n]} for n in names]


def _from_twin(twin: Any, name: str) -> Chain:
    keys = ("step", "text", "source", "grade")
    return [{k: str(r.get(k, "")) for k in keys} for r in twin.lineage(name)]


def _pattern(path: str, unit: str, chain: Chain) -> dict[str, Any]:
    return {"path": path, "unit": unit, "chain": chain, "sources": list(dict.fromkeys(s["source"] for s in chain))}
