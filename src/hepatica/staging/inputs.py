"""Every input a score can ask for: its unit, the unit of a bare number, and its plausible range."""

from __future__ import annotations

from hepatica.patient import ANALYTES

from .spec import Input


def _lab(name: str, param: str, customary: str, text: str, analyte: str = "") -> Input:
    row = ANALYTES[analyte or name]
    return Input(name, param, row.unit, customary, row.low, row.high, text, "number", row.name)


def _limit(analyte: str, param: str, customary: str, low: float, high: float, side: str = "upper") -> Input:
    text = f"{side} limit of normal of {analyte.upper() if len(analyte) == 3 else analyte}"
    return Input(f"{analyte}_{side[0]}ln", param, ANALYTES[analyte].unit, customary, low, high, text, "number", analyte)


_ROWS = (
    _lab("bilirubin", "bilirubin_umol_l", "mg/dL", "total bilirubin"),
    _lab("bilirubin_day7", "bilirubin_day7_umol_l", "mg/dL", "total bilirubin on day 7 of steroids", "bilirubin"),
    _lab("albumin", "albumin_g_l", "g/dL", "albumin"),
    _lab("inr", "inr", "1", "INR"),
    _lab("pt_percent", "pt_percent", "%", "prothrombin time in % of normal (Quick)"),
    _lab("pt_s", "pt_s", "s", "prothrombin time"),
    _lab("pt_control_s", "pt_control_s", "s", "prothrombin time of the control"),
    _lab("creatinine", "creatinine_umol_l", "mg/dL", "creatinine"),
    _lab("sodium", "sodium_mmol_l", "mmol/L", "sodium"),
    _lab("urea", "urea_mmol_l", "mmol/L", "urea"),
    _lab("platelets", "platelets_e9_l", "1e9/L", "platelets"),
    _lab("wbc", "wbc_e9_l", "1e9/L", "white cells"),
    _lab("alt", "alt_u_l", "U/L", "ALT"),
    _lab("alt_baseline", "alt_baseline_u_l", "U/L", "ALT before treatment", "alt"),
    _lab("bilirubin_baseline", "bilirubin_baseline_umol_l", "mg/dL", "total bilirubin before treatment", "bilirubin"),
    _lab("ast", "ast_u_l", "U/L", "AST"),
    _lab("alp", "alp_u_l", "U/L", "alkaline phosphatase"),
    _lab("lactate", "lactate_mmol_l", "mmol/L", "lactate"),
    _lab("ph", "ph", "1", "arterial pH"),
    _lab("map", "map_mmhg", "mmHg", "mean arterial pressure"),
    _lab("pao2", "pao2_mmhg", "mmHg", "arterial oxygen pressure"),
    _lab("fio2", "fio2", "1", "inspired oxygen fraction"),
    _lab("spo2", "spo2_percent", "%", "oxygen saturation by pulse oximetry"),
    _lab("stiffness", "stiffness_kpa", "kPa", "liver stiffness by transient elastography"),
    _lab("bmi", "bmi_kg_m2", "kg/m2", "body mass index"),
    _lab("age", "age_years", "a", "age in years"),
    _limit("albumin", "albumin_lln_g_l", "g/dL", 28, 42, "lower"),
    _limit("ast", "ast_uln_u_l", "U/L", 20, 60),
    _limit("alt", "alt_uln_u_l", "U/L", 15, 80),
    _limit("alp", "alp_uln_u_l", "U/L", 60, 500),
    _limit("bilirubin", "bilirubin_uln_umol_l", "mg/dL", 10, 40),
    Input("sex", "female", "", "", 0, 1, "sex: male or female", "sex"),
    Input("ascites", "ascites_level", "", "", 0, 2, "ascites: none, slight, moderate or massive", "level"),
    Input("encephalopathy", "encephalopathy_grade", "", "", 0, 4, "encephalopathy, West Haven grade 0 to 4", "level"),
    Input("dialysis", "dialysis", "", "", 0, 1, "dialysis twice within a week, or 24 h of CVVHD: yes or no", "flag"),
    Input("cholestatic", "cholestatic", "", "", 0, 1, "primary biliary or sclerosing cholangitis: yes or no", "flag"),
    Input("vasopressor", "vasopressor", "", "", 0, 1, "vasopressors for blood pressure: yes or no", "flag"),
    Input("ventilated", "ventilated", "", "", 0, 1, "mechanical ventilation: yes or no", "flag"),
    Input("growth_failure", "growth_failure", "", "", 0, 1, "height or weight below -2 SD: yes or no", "flag"),
    Input("unfavourable_cause", "unfavourable_cause", "", "", 0, 1, "non-A non-B hepatitis or drug: yes or no", "flag"),
    Input("edema", "edema_level", "", "", 0, 2, "edema: 0 none, 1 untreated or resolved, 2 despite diuretics", "level"),
    Input("jaundice_to_encephalopathy", "jaundice_to_encephalopathy_d", "d", "d", 0, 180, "days between the two"),
    Input("spleen_stiffness", "spleen_stiffness_kpa", "kPa", "kPa", 5, 100, "spleen stiffness by elastography"),
    Input("diabetes", "diabetes", "", "", 0, 1, "diabetes or impaired fasting glucose: yes or no", "flag"),
)
INPUTS: dict[str, Input] = {row.name: row for row in _ROWS}
