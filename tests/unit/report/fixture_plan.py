"""A complete plan made of synthetic numbers, for tests of the report only: no number here is a finding."""

from __future__ import annotations

import copy
import math
from functools import cache
from typing import Any

NOTE = "Synthetic number made for tests of the report."
DAYS = [0, 1, 3, 7, 14, 21, 28, 45, 60, 75, 90, 120, 150, 182, 240, 300, 365]
QUANTILES = {"p05": -1.645, "p25": -0.674, "p50": 0.0, "p75": 0.674, "p95": 1.645}
BASE = {
    # variable: (start, drift a year on standard care, spread at one year, effect scale)
    "meld_3": (18.2, 1.6, 3.1, -1.9),
    "meld_na": (17.4, 1.5, 3.0, -1.8),
    "child_pugh": (8.3, 0.4, 1.1, -0.7),
    "bilirubin_umol_l": (58.0, 9.0, 16.0, -9.0),
    "albumin_g_l": (29.0, -1.1, 2.6, 1.9),
    "inr": (1.62, 0.08, 0.17, -0.09),
    "creatinine_umol_l": (92.0, 7.0, 15.0, -3.0),
    "sodium_mmol_l": (133.0, -0.6, 2.1, 0.7),
    "platelets_e9_l": (88.0, -4.0, 12.0, 3.0),
    "hvpg_mmhg": (17.5, 0.5, 1.9, -0.8),
    "hepatocytes_fraction": (0.43, -0.04, 0.07, 0.04),
    "collagen_percent": (21.0, 1.1, 2.9, -1.2),
}
COMMON = {
    "because": "",
    "forecast": {},
    "difference": {},
    "harms": [],
    "evidence": [],
    "cells": None,
    "share_paracrine": None,
}


def _band(middle: float, sd: float) -> dict[str, float]:
    return {"mean": round(middle, 4), **{k: round(middle + z * sd, 4) for k, z in QUANTILES.items()}}


def _course(name: str, effect: float) -> list[dict[str, float]]:
    start, drift, spread, scale = BASE[name]
    rows = []
    for day in DAYS:
        t = day / 365
        gain = effect * scale * (1 - math.exp(-day / 40)) * math.exp(-day / 400)
        rows.append(
            {
                "day": day,
                **_band(start + drift * t + gain, 0.02 * spread + spread * t**0.5),
                "at_risk": round(1 - 0.24 * t, 4),
            }
        )
    return rows


def _difference(name: str, effect: float) -> list[dict[str, float]]:
    scale = BASE[name][3]
    rows = []
    for day in DAYS:
        gain = effect * scale * (1 - math.exp(-day / 40)) * math.exp(-day / 400)
        rows.append({"day": day, **_band(gain, abs(scale) * 0.8 * (1 - math.exp(-day / 60)))})
    return rows


def _survival(hazard: float) -> list[dict[str, float]]:
    rows = []
    for day in DAYS:
        middle = math.exp(-hazard * day / 365)
        sd = (1 - middle) * 0.22
        rows.append({"day": day, **{k: min(max(v, 0.0), 1.0) for k, v in _band(middle, sd).items()}})
    return rows


def _survival_gain(hazard: float) -> list[dict[str, float]]:
    return [
        {"day": d, **_band(math.exp(-hazard * d / 365) - math.exp(-0.27 * d / 365), 0.05 * (d / 365) ** 0.7)}
        for d in DAYS
    ]


def _cells(lung: float, liver: float) -> list[dict[str, float]]:
    return [
        {"day": 0.125, "blood": 6.0, "lung": lung, "liver": liver * 0.2, "spleen": 3.1, "rest": 11.0},
        {"day": 1, "blood": 2.2, "lung": lung * 0.55, "liver": liver * 0.6, "spleen": 14.0, "rest": 9.0},
        {"day": 3, "blood": 0.7, "lung": lung * 0.25, "liver": liver, "spleen": 22.0, "rest": 6.5},
        {"day": 10, "blood": 0.1, "lung": lung * 0.08, "liver": liver * 0.5, "spleen": 12.0, "rest": 2.0},
    ]


def _option(
    identifier: str, name: str, family: str, rank: int, effect: float, hazard: float, **more: Any
) -> dict[str, Any]:
    lasting = [
        {"event": "fever", "probability": 0.07, "lo": 0.04, "hi": 0.12, "source": "fixture_safety"},
        {"event": "infection", "probability": 0.021, "lo": 0.006, "hi": 0.05, "source": "fixture_safety"},
    ]
    gain = _survival_gain(hazard)[-1]
    return {
        **copy.deepcopy(COMMON),
        "id": identifier,
        "name": name,
        "treatment": name,
        "family": family,
        "rank": rank,
        "product": None,
        "route": None,
        "dose_cells": None,
        "schedule_days": [0],
        "status": "offered",
        "forecast": {
            **{v: _course(v, effect) for v in BASE},
            "survival": _survival(hazard),
            "transplant_free_survival": _survival(hazard * 1.15),
        },
        "difference": {}
        if identifier == "standard_care"
        else {**{v: _difference(v, effect) for v in BASE}, "survival": _survival_gain(hazard)},
        "benefit": {
            "p_survival_better": 0.5 + effect * 0.2,
            "p_meld_lower_2": 0.2 + effect * 0.3,
            "survival_gain": {"day": 365, "mean": gain["mean"], "p05": gain["p05"], "p95": gain["p95"]},
        },
        "harms": [] if identifier == "standard_care" else lasting,
        "time_to_response_days": {"p05": 9.0, "p25": 20.0, "p50": 34.0, "p75": 61.0, "p95": 150.0} if effect else None,
        "qaly": {"mean": 0.61 + 0.03 * effect, "p05": 0.5, "p95": 0.7},
        "cost": {"mean": 4200 + 9000 * effect, "p05": 3100, "p95": 21000, "unit": "EUR"},
        "procedures_avoided": {"mean": 0.2 * effect, "p05": -0.1, "p95": 0.6},
        "net_benefit": {"mean": 0.02 * effect, "p05": -0.03, "p95": 0.06, "unit": "QALY"},
        "certainty": "low",
        "basis": "calibrated model",
        "evidence": [{"text": f"Fixture statement on {name}.", "source": "fixture_trial", "certainty": "low"}],
        **more,
    }


def _ruled_out(identifier: str, name: str, family: str, because: str, product: str | None = None) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "treatment": name,
        "family": family,
        "product": product,
        "route": None,
        "dose_cells": None,
        "schedule_days": [],
        "status": "ruled out",
        "because": because,
        "rank": None,
        "benefit": {},
        "harms": [],
        "certainty": "very low",
        "basis": "assumption",
    }


def _labs() -> list[dict[str, Any]]:
    ranges = {
        "bilirubin": ("umol/L", 5, 21),
        "albumin": ("g/L", 35, 50),
        "inr": ("1", 0.8, 1.2),
        "creatinine": ("umol/L", 60, 110),
        "sodium": ("mmol/L", 135, 145),
        "platelets": ("1e9/L", 150, 400),
        "alt": ("U/L", None, 41),
    }
    courses = {
        "bilirubin": (44, 51, 58),
        "albumin": (31, 30, 29),
        "inr": (1.5, 1.6, 1.62),
        "creatinine": (84, 88, 92),
        "sodium": (135, 134, 133),
        "platelets": (96, 90, 88),
        "alt": (52, 47, 38),
    }
    days = (("2026-03-02", 183.0), ("2026-06-10", 83.0), ("2026-09-01", 0.0))
    rows = []
    for analyte, values in courses.items():
        unit, low, high = ranges[analyte]
        for (time, age), value in zip(days, values, strict=True):
            flag = (
                "high" if high is not None and value > high else "low" if low is not None and value < low else "normal"
            )
            rows.append(
                {
                    "analyte": analyte,
                    "value": value,
                    "unit": unit,
                    "time": time,
                    "age_d": age,
                    "ref_low": low,
                    "ref_high": high,
                    "flag": flag,
                }
            )
    return rows


def _eligibility() -> list[dict[str, Any]]:
    def rule(
        identifier: str, text: str, verdict: str, because: str, needs: Any = None, distance: Any = None
    ) -> dict[str, Any]:
        return {
            "id": identifier,
            "text": text,
            "verdict": verdict,
            "because": because,
            "needs": needs,
            "distance": distance,
        }

    return [
        {
            "protocol": "NCT00000001",
            "title": "Fixture protocol A",
            "verdict": "unknown",
            "recruitment_status": "historical criteria only",
            "status_as_of": "2026-01-15",
            "criteria_complete": False,
            "criteria": [
                rule("age", "Age 18 to 70 years", "met", "61 years"),
                rule("meld", "MELD 10 to 25", "met", "MELD 17"),
                rule("afp", "AFP below 20 µg/L", "unknown", "no AFP in the record", ["AFP"]),
            ],
        },
        {
            "protocol": "NCT00000002",
            "title": "Fixture protocol B",
            "verdict": "not eligible",
            "recruitment_status": "recruiting",
            "status_as_of": "2026-08-20",
            "criteria_complete": True,
            "criteria": [
                rule("plt", "Platelets at least 100 × 10⁹/L", "not met", "88 × 10⁹/L", None, 12.0),
                rule("alcohol", "No alcohol for 6 months", "met", "abstinent for 8 months"),
            ],
        },
    ]


def _lineage() -> dict[str, Any]:
    def chain(text: str, grade: str) -> list[dict[str, str]]:
        return [
            {"step": "input", "text": "laboratory results of the fixture record", "source": "record", "grade": "A"},
            {"step": "model", "text": text, "source": "fixture_model", "grade": grade},
        ]

    paths = [
        ("options[*].forecast.*[*].*", "", "course drawn from a closed formula", "C"),
        ("options[*].difference.*[*].*", "", "difference from a closed formula", "C"),
        ("options[*].benefit.*", "", "share of draws", "B"),
        ("options[*].benefit.survival_gain.*", "", "difference in survival", "B"),
        ("options[*].harms[*].*", "", "table of harms", "A"),
        ("options[*].qaly.*", "QALY", "utilities by health state", "B"),
        ("options[*].cost.*", "EUR", "unit costs", "A"),
        ("stage.scores.*.value", "points", "formula of the score", "A"),
    ]
    return {
        "patterns": [{"path": p, "unit": u, "chain": chain(t, g), "sources": ["fixture_model"]} for p, u, t, g in paths]
    }


@cache
def _plan() -> dict[str, Any]:
    msc = {
        "product": "uc_msc",
        "status": "trial only",
        "because": "unlicensed: only within a trial",
        "certainty": "very low",
        "share_paracrine": {"p05": 0.93, "p50": 0.985, "p95": 0.999},
    }
    return {
        "hepatica_version": "0.1.0",
        "created": "2026-09-01T10:00:00+00:00",
        "seed": 1,
        "draws": 1000,
        "horizon_days": [90, 182, 365],
        "patient": {
            "id": "fixture-1",
            "sex": "male",
            "age_years": 61.3,
            "weight_kg": 82.0,
            "causes": ["alcohol"],
            "labs": _labs(),
            "set_aside": [
                {"what": "INR 350", "where": "observation 14", "why": "outside the plausible range 0.5 to 20"}
            ],
        },
        "stage": {
            "patient": "fixture-1",
            "scores": {
                "meld_3": {
                    "value": 18.2,
                    "inputs": {"bilirubin_umol_l": 58, "inr": 1.62},
                    "at": "2026-09-01",
                    "source": "fixture_score",
                },
                "meld_na": {"value": 17.4, "inputs": {}, "at": "2026-09-01", "source": "fixture_score"},
                "child_pugh": {"value": 8, "class": "B", "inputs": {}, "at": "2026-09-01", "source": "fixture_score"},
                "albi": {"value": -1.52, "class": "3", "inputs": {}, "at": "2026-09-01", "source": "fixture_score"},
            },
            "stage": {
                "label": "decompensated cirrhosis",
                "course": "decompensated",
                "aclf_grade": None,
                "why": ["ascites, moderate", "cirrhosis in the problem list"],
            },
            "missing": [{"score": "baveno_vi", "needs": ["stiffness"], "interval": None}],
        },
        "fit": {
            "status": "fitted",
            "draws": 1000,
            "ess": 812.4,
            "pareto_k": 0.31,
            "notes": ["Labs of 183 days are weighted down."],
            "check": [
                {"analyte": "bilirubin", "observed": 58.0, "p05": 44.0, "p50": 56.0, "p95": 73.0},
                {"analyte": "albumin", "observed": 29.0, "p05": 26.1, "p50": 29.4, "p95": 32.2},
                {"analyte": "inr", "observed": 1.62, "p05": 1.41, "p50": 1.6, "p95": 1.83},
            ],
        },
        "do_now": [
            {
                "id": "paracentesis",
                "text": "Do a diagnostic paracentesis",
                "because": "ascites with no fluid count in the record",
                "source": "fixture_guideline",
                "urgency": "today",
            }
        ],
        "audit": [
            {
                "id": "beta_blocker",
                "item": "Beta-blocker or variceal banding",
                "status": "not met",
                "because": "HVPG unknown, varices on record, no beta-blocker",
                "action": "Consider carvedilol",
                "source": "fixture_guideline",
            },
            {
                "id": "hcc",
                "item": "Ultrasound every six months",
                "status": "unknown",
                "because": "no imaging in the record",
                "action": "Ask for the last scan",
                "source": "fixture_guideline",
            },
            {
                "id": "alcohol",
                "item": "Alcohol",
                "status": "met",
                "because": "abstinent",
                "action": "",
                "source": "fixture_guideline",
            },
        ],
        "options": [
            _option(
                "standard_care",
                "Standard care",
                "standard care",
                1,
                0.0,
                0.27,
                because="the reference for every other option",
            ),
            _option(
                "transplant_referral",
                "Referral for transplant",
                "transplant",
                2,
                0.1,
                0.235,
                certainty="moderate",
                basis="evidence",
                because="MELD at the referral threshold",
            ),
            _option(
                "uc_msc_peripheral_vein",
                "Cord MSC into an arm vein",
                "cells",
                3,
                1.0,
                0.245,
                route="peripheral_vein",
                dose_cells=1.0e8,
                schedule_days=[0, 7, 14],
                cells=_cells(33.0, 14.0),
                **msc,
            ),
            _option(
                "uc_msc_hepatic_artery",
                "Cord MSC into the hepatic artery",
                "cells",
                4,
                1.1,
                0.25,
                route="hepatic_artery",
                dose_cells=5.0e7,
                cells=_cells(9.0, 62.0),
                **msc,
            ),
            _option("g_csf", "G-CSF", "growth factor", 5, 0.3, 0.262),
            _ruled_out(
                "bm_mnc_hepatic_artery",
                "Marrow mononuclear cells, hepatic artery",
                "cells",
                "Platelets 88 × 10⁹/L: below the limit for arterial puncture",
                "bm_mnc_autologous",
            ),
            _ruled_out("steroids", "Steroids", "drug", "No severe alcoholic hepatitis"),
            _ruled_out("tips", "TIPS", "procedure", "Bilirubin 58 µmol/L: above the limit"),
        ],
        "recommendation": {
            "option": "standard_care",
            "status": "offered",
            "certainty": "moderate",
            "headline": "Standard care now, with referral to a transplant centre; no cells outside a trial.",
            "why": "No cell option improves one-year survival with a probability above 0.9, and none is licensed.",
            "regret": "If cord MSC work as the posterior mean says, waiting costs 1.8 % survival at one year.",
            "would_change_if": ["A trial with open recruitment accepts this patient", "MELD 3.0 rises above 20"],
        },
        "unknown": [
            "Whether cord MSC change survival: no controlled study in the base measured it for this stage.",
            "The portal pressure: it was never measured.",
            "The liver's regeneration rate: these labs cannot tell it.",
        ],
        "eligibility": _eligibility(),
        "questions": [
            {"id": i, "question": q, "answer": a, "numbers": n, "certainty": "low"}
            for i, q, a, n in (
                (
                    "only_option",
                    "Is this my only option?",
                    "No. Five options are open to you, and standard care is one of them.",
                    [],
                ),
                ("age", "Does my age matter?", "You are 61. That is inside the range of both trials.", []),
                (
                    "side_effects",
                    "What are the side effects?",
                    "About 7 of 100 people get a fever for a day.",
                    [
                        {
                            "label": "fever",
                            "value": 0.07,
                            "lo": 0.04,
                            "hi": 0.12,
                            "unit": "probability",
                            "source": "fixture_safety",
                        }
                    ],
                ),
                (
                    "cost",
                    "Who pays, and what does it cost?",
                    "A trial pays for the cells.",
                    [
                        {
                            "label": "cost of a year",
                            "value": 4200,
                            "lo": 3100,
                            "hi": 21000,
                            "unit": "EUR",
                            "source": "fixture_model",
                        }
                    ],
                ),
                (
                    "how_long",
                    "How long until results, and what follow-up?",
                    "If it works, half of people see it by day 34.",
                    [],
                ),
            )
        ],
        "follow_up": [
            {
                "day": 7,
                "what": "Blood count, creatinine, bilirubin, INR",
                "why": "early harm",
                "source": "fixture_guideline",
            },
            {
                "day": 90,
                "what": "MELD 3.0, ultrasound",
                "why": "response and cancer surveillance",
                "source": "fixture_guideline",
            },
        ],
        "consent": {
            "version": "fixture-1.0",
            "option": "uc_msc_peripheral_vein",
            "gaps": ["Name of the trial's contact"],
            "elements": [
                {
                    "id": "purpose",
                    "title": "Purpose",
                    "text": "To learn whether the cells help.",
                    "source": "fixture_guideline",
                },
                {"id": "risks", "title": "Risks", "text": "Fever in about 7 of 100.", "source": "fixture_safety"},
            ],
        },
        "regulation": {
            "jurisdiction": "EU",
            "product": "uc_msc",
            "pathway": "advanced therapy medicinal product",
            "gaps": ["Site licence not stated"],
            "items": [{"text": "Clinical trial authorisation", "source": "fixture_guideline", "status": "needed"}],
        },
        "sources": {
            k: {"citation": f"{t} ({NOTE})", "pmid": None, "doi": None, "url": None, "note": NOTE}
            for k, t in (
                ("fixture_trial", "Fixture trial"),
                ("fixture_safety", "Fixture safety table"),
                ("fixture_model", "Fixture model"),
                ("fixture_score", "Fixture score"),
                ("fixture_guideline", "Fixture guideline"),
            )
        },
        "lineage": _lineage(),
    }


def plan_dict() -> dict[str, Any]:
    """Return a fresh copy of the complete fixture plan."""
    return copy.deepcopy(_plan())


def hostile_plan() -> dict[str, Any]:
    """Return the fixture plan with markup in every place a record could put text."""
    plan = plan_dict()
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    plan["patient"]["id"] = attack
    plan["patient"]["causes"] = [attack]
    plan["patient"]["labs"][0] |= {"analyte": attack, "unit": attack, "time": attack, "flag": attack}
    plan["patient"]["set_aside"] = [{"what": attack, "where": attack, "why": attack}]
    plan["stage"]["stage"] |= {"label": attack, "why": [attack]}
    plan["options"][2] |= {"name": attack, "because": attack, "treatment": attack}
    plan["options"][5] |= {"name": attack, "because": attack}
    plan["options"][2]["harms"][0]["event"] = attack
    plan["recommendation"] |= {"headline": attack, "why": attack, "would_change_if": [attack]}
    plan["unknown"] = [attack]
    plan["questions"][0] |= {"question": attack, "answer": attack}
    plan["eligibility"][0]["criteria"][0] |= {"text": attack, "because": attack}
    plan["sources"]["fixture_trial"] |= {"citation": attack, "url": "javascript:alert(1)"}
    plan["lineage"]["patterns"][0]["chain"][0]["text"] = attack
    return plan
