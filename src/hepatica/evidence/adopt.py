"""Turn a trial written in free words (population, design, arms with cells) into the fields of this base."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CONDITION = (
    ("animal", r"animal|swine|mouse|rat\b"),
    ("aclf", r"(?<!without )\baclf\b|acute.on.chronic"),
    ("alcoholic_hepatitis", r"alcohol\S* hepatitis|steatohepatitis with cirrhosis"),
    ("acute_liver_failure", r"acute liver failure|fulminant"),
    ("urea_cycle_disorder", r"urea cycle|hyperammon"),
    ("pbc", r"\bpbc\b|primary biliary"),
    ("liver_failure", r"^liver failure"),
    ("chronic_hepatitis", r"chronic hepatitis"),
    ("variceal_bleeding", r"variceal bleed"),
    ("decompensated_cirrhosis", r"\bdecompensated|child.{0,5}\bc\b|end.stage|liver cell failure|refractory ascites"),
    ("compensated_cirrhosis", r"\bcompensated"),
    ("cirrhosis", r"cirrhosis"),
    ("hcc", r"\bhcc\b|hepatocellular"),
    ("liver_transplant", r"liver transplant"),
    ("chronic_hepatitis", r"hepatitis"),
    ("steatosis", r"nafld|masld|steato|fatty"),
    ("chronic_liver_disease", r"liver disease"),
)
TREATMENT = (
    ("g_csf", r"g-?csf|filgrastim|lenograstim"),
    ("plasma_exchange", r"plasma exchange|plasmapheresis"),
    ("antiviral", r"entecavir|tenofovir|telbivud|adefovir|lamivud|sofosbuvir"),
    ("steroids", r"prednis|corticosteroid"),
    ("n_acetylcysteine", r"n-?acetyl"),
    ("pentoxifylline", r"pentoxif"),
    ("erythropoietin", r"erythropo"),
    ("darbepoetin", r"darbepo"),
    ("growth_hormone", r"growth horm"),
    ("artificial_liver", r"artificial liver"),
    ("lactulose", r"lactulose"),
    ("rifaximin", r"rifaximin"),
    ("tips", r"^tips\b"),
)
CELL_CLASS = (
    ("progenitor", r"hepastem|liver stem|epcam|biliary tree|progenitor"),
    ("hepatocyte", r"hepatocyte"),
    ("cell_line", r"\bc3a\b"),
    ("msc", r"\bmsc|mesenchymal|stromal|adsc"),
    ("hsc", r"cd34|cd133|\bhsc\b|peripheral blood stem"),
    ("mnc", r"mnc|mononuclear|whole bone|pbmc"),
)
ROUTE = (
    ("peripheral_vein", r"peripheral|intravenous|\biv\b"),
    ("hepatic_artery", r"hepatic arter"),
    ("portal_vein", r"portal"),
    ("intrasplenic", r"splen"),
    ("intrahepatic", r"intrahepatic"),
)
REGION = (
    ("asia", r"china|india|iran|korea|japan|bangladesh|thailand|taiwan|pakistan|turkey"),
    ("europe", r"germany|\buk\b|united kingdom|switzerland|denmark|italy|spain|finland|romania|belgium|france|europe"),
    ("africa", r"egypt|africa"),
    ("north_america", r"\bus\b|\busa\b|united states|canada|mexico"),
    ("south_america", r"brazil|argentina|chile"),
    ("oceania", r"australia|new zealand"),
)
_RENAME = {"mean_change": "mean", "median_change": "median", "min": "low", "max": "high", "value": "count"}
_KEEP = {"arm", "variable", "day", "n", "mean", "sd", "median", "q1", "q3", "low", "high", "count", "unit", "note"}


def fits(raw: Mapping[str, Any]) -> bool:
    """Return whether a file is in free words rather than in the fields of this base."""
    return isinstance(raw, Mapping) and isinstance(raw.get("population"), Mapping) and "condition" not in raw


def adopt(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the study in the fields of this base; words that fit nothing here stay as text."""
    people = raw["population"]
    words = str(people.get("condition") or "")
    country = (raw.get("design") or {}).get("country")
    out = {
        "id": raw.get("id"),
        "citation": raw.get("citation"),
        "year": _year(raw),
        **{k: raw.get(k) for k in ("pmid", "pmcid", "doi")},
        "registry": re.findall(r"[A-Z]{2,}\d{6,}", str(raw.get("nct") or "")),
        "design": {k: (raw.get("design") or {}).get(k) for k in ("randomised", "controlled", "blinded")},
        "country": country,
        "region": first(REGION, str(country or "")),
        "condition": first(CONDITION, words) or "not_liver",
        "condition_text": words,
        "etiology": {k: v for k, v in (people.get("etiology") or {}).items() if v is not None},
        "inclusion": people.get("inclusion") or [],
        "exclusion": people.get("exclusion") or [],
        "age_mean": people.get("age_mean"),
        "male_fraction": people.get("male_fraction"),
        "arms": [_arm(a) for a in raw.get("arms") or []],
        **{k: [_measure(r) for r in raw.get(k) or []] for k in ("baseline", "outcomes", "changes")},
        "survival": [_survival(r) for r in raw.get("survival") or []],
        "hazard_ratios": raw.get("hazard_ratio") or [],
        "adverse_events": raw.get("adverse_events") or [],
        "quality_of_life": [_measure({**r, "variable": r.get("instrument")}) for r in raw.get("quality_of_life") or []],
        "provenance": [
            {"fields": re.split(r"[,;] *", p.get("field", "all")), "source": p.get("url"), "where": p.get("where", "")}
            for p in raw.get("provenance") or []
        ],
        "confidence": raw.get("confidence") or "not stated",
        "notes": raw.get("notes") or "",
    }
    return {k: v for k, v in out.items() if v is not None}


def first(table: tuple[tuple[str, str], ...], text: str) -> str | None:
    """Return the first name of a table whose words occur in the text."""
    return next((name for name, words in table if re.search(words, text, re.I)), None)


def variable(text: str) -> str:
    """Return our spelling of a variable: lower case, unit last (albumin_g_L → albumin_g_l)."""
    slug = re.sub(r"[^a-z0-9]+", "_", text.replace("1e9_L", "e9_L").replace("ChildPugh", "child_pugh").lower()).strip(
        "_"
    )
    return {"age": "age_years", "male": "male_fraction", "fibroscan_kpa": "liver_stiffness_kpa"}.get(slug, slug)


def _year(raw: Mapping[str, Any]) -> int | None:
    found = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", f"{raw.get('citation')} {raw.get('id')}")
    return int(found.group()) if found else None


def _arm(a: Mapping[str, Any]) -> dict[str, Any]:
    text, cells = str(a.get("background") or ""), a.get("cells")
    given = [name for name, words in TREATMENT if re.search(words, text, re.I)]
    control = a.get("is_control")
    if control is None:
        control = not cells and bool(re.search(r"control|^smt$|placebo|standard|supportive", str(a.get("name")), re.I))
    out: dict[str, Any] = {"name": a.get("name"), "n": a.get("n"), "control": bool(control), "background": text}
    if cells:
        kind, route = str(cells.get("type") or ""), str(cells.get("route") or "")
        keep = ("donor", "dose_cells_per_kg", "dose_cells_total", "infusions", "days", "note")
        out["cells"] = {
            "type": kind, "cell_class": first(CELL_CLASS, kind) or "other", "route": first(ROUTE, route),
            "route_text": route, **{k: cells[k] for k in keep if cells.get(k) is not None},
        }  # fmt: skip
        given.append("cells" if out["cells"]["cell_class"] != "cell_line" else "elad")
    return {**out, "treatments": given}


def _measure(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {_RENAME.get(k, k): v for k, v in row.items() if v is not None}
    named["variable"] = variable(str(row.get("variable") or ""))
    return {k: v for k, v in named.items() if k in _KEEP}


def _survival(r: Mapping[str, Any]) -> dict[str, Any]:
    free = r.get("event_free") is not None or str(r.get("endpoint") or "").startswith("transplant")
    return {
        "arm": r.get("arm"), "day": r.get("day"), "n": r.get("n"),
        "alive": r.get("event_free") if r.get("event_free") is not None else r.get("alive"),
        "percent": r.get("km_percent"), "endpoint": "transplant_free" if free else "overall",
        "count_from_percent": bool(r.get("alive_derived")),
    }  # fmt: skip
