"""From the words of a paper to what the twin can be given: population, product, route, dose and other treatments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepatica.therapy import products

Array = NDArray[np.float64]
_POPULATIONS = (
    (r"urea cycle|hyperammon|crigler", "urea_cycle"),
    (r"alcohol(ic)?[- ]?(associated|related|induced)? ?(steato)?hepatitis", "alcoholic_hepatitis"),
    (r"(?<!without )(acute.on.chronic|aclf)", "aclf"),
    (r"paracetamol|acetaminophen", "alf_paracetamol"),
    (r"acute (liver|hepatic) failure|fulminant", "alf"),
    (r"acute liver injury|(acute severe|severe acute) (autoimmune |viral |drug-induced )?hepatitis", "ali"),
    (r"(?<!advanced )(liver|hepatic) failure", "aclf"),
    (r"(refractory|recidivant|resistant) ascites|ascites \(?refractory", "refractory_ascites"),
    (r"previously decompensated|(?<!de)compensated", "compensated"),
    (r"decompensat|ascites|end.stage|transplant list|child.pugh [bc]|child [bc]", "decompensated"),
    (r"variceal bleed|encephalopathy|hepatorenal|bacterial peritonitis|hydrothorax", "decompensated"),
    (r"(?<!no )(?<!without )(?<!non-)cirrho(?!sis \(?[1-4]?\d ?%)|advanced chronic liver", "cirrhosis"),
    (r"\bpbc\b|primary biliary|sclerosing|cholangitis", "cholestatic"),
    (r"hepatitis|chronic liver disease", "chronic_hepatitis"),
    (r"steato|nafld|masld|fatty|overweight|diabetes", "steatosis"),
)  # fmt: skip
_PRODUCTS = (
    (r"progenitor|hepastem|adhlsc", ("liver_progenitor_adhlsc",)),
    (r"liver stem cell|hlsc|biliary tree|foetal liver|fetal liver", ("liver_progenitor_adhlsc",)),
    (r"esc|embryonic", ("esc_hepatocyte",)),
    (r"ipsc", ("ipsc_hepatocyte", "ipsc_msc")),
    (r"hepatocyte", ("hepatocyte_allogeneic",)),
    (r"macrophage", ("macrophage_autologous",)),
    (r"vesicle|exosome", ("msc_vesicles",)),
    (r"cd133", ("cd133_autologous",)),
    (r"cd34", ("cd34_autologous",)),
    (r"(uc|cord|umbilical).*(msc|mesenchym|stem|stromal)|wj-?msc", ("uc_msc",)),
    (r"(ad|adipose|fat).*(msc|sc|regenerative|mesenchym)", ("ad_msc",)),
    (r"(bm|marrow).*(msc|mesenchym|stromal)", ("bm_msc_autologous", "bm_msc_allogeneic")),
    (r"msc|mesenchym|stromal", ("uc_msc", "bm_msc_autologous")),
    (r"mnc|mononuclear|marrow|aspirate|peripheral blood|pbmc|pbsc|hsc|mobilised", ("bm_mnc_autologous",)),
)
_ROUTES = (
    (r"hepatic arter|artery", "hepatic_artery"),
    (r"portal|omental|vessel leading to the liver", "portal_vein"),
    (r"splen", "intrasplenic"),
    (r"intrahepatic|percutaneous|direct", "intrahepatic"),
    (r"peripheral|intraven|\bvein\b|i\.?v\.?\b", "peripheral_vein"),
)
_ACTIONS = (
    (r"g-?csf|granulocyte.colony|lenograstim|filgrastim", "g_csf"),
    (r"plasma.?exchange|plasmapheresis|\bpe\b|\bplex\b|\btpe\b|alss|artificial liver", "plasma_exchange"),
    (r"(?<!no )(predniso|steroid|methylpred)", "steroids"),
    (r"long.term albumin|albumin infusion", "albumin"),
    (r"\btips\b|transjugular", "tips"),
    (
        r"(lami|telbi|clevu)vudine|entecavir|tenofovir|adefovir|antivir|sofosbuvir|daclatasvir|ledipasvir|velpatasvir"
        r"|glecaprevir|bulevirtide|nucleos\(?t?\)?ide",
        "antiviral",
    ),
    (r"acetylcysteine|\bnac\b", "n_acetylcysteine"),
    (r"udca|ursodeoxy", "udca"),
    (r"carvedilol|propranolol|nadolol|beta.?block", "beta_blocker"),
    (r"rifaximin", "rifaximin"),
    (r"lactulose", "lactulose"),
    (r"terlipressin", "terlipressin"),
    (r"diet|weight loss|low-calorie", "weight_loss"),
)
_IN_EVERY_ARM = ("antiviral", "lactulose", "udca")


def population(condition: str, etiology: Mapping[str, float], baseline: Mapping[str, Any]) -> tuple[str, str]:
    """Return (population, why) for the words of a trial; an unknown word falls to decompensated cirrhosis, said so."""
    text = condition.lower()
    found = next((name for pattern, name in _POPULATIONS if re.search(pattern, text)), "")
    why = f"'{condition}'"
    if found in ("cirrhosis", ""):
        meld, child = baseline.get("meld"), baseline.get("child_pugh")
        ill = (meld and meld[0] >= 12) or (child and child[0] >= 7)
        if found == "" and not ill:
            return "decompensated", f"{why} is not known to the twin: taken as decompensated cirrhosis"
        found = "decompensated" if ill or (not meld and not child) else "compensated"
        why += f", read as {found} cirrhosis by its baseline"
    if found == "compensated" and (baseline.get("meld") or (0,))[0] >= 12:
        found, why = "decompensated", why + " with a baseline MELD of 12 or more"
    if found == "aclf" and (etiology.get("HBV", 0) >= 0.5 or "hbv" in text):
        found = "aclf_hbv"
    return found, why


def product(cells: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the products that the words may mean; all of them where nothing fits."""
    text = str(cells.get("type") or "").lower()
    ids = next((ids for pattern, ids in _PRODUCTS if re.search(pattern, text)), None)
    known = products()
    if ids is None:
        return ("uc_msc", "bm_msc_autologous", "bm_mnc_autologous")
    donor = str(cells.get("donor") or "").lower()
    fitting = tuple(i for i in ids if i in known and (donor not in ("autologous", "allogeneic") or donor in i))
    return fitting or tuple(i for i in ids if i in known)


def routes(cells: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every route the words name (several may be joined); vein and artery where none is named."""
    text = str(cells.get("route") or "").lower()
    found = tuple(name for pattern, name in _ROUTES if re.search(pattern, text))
    if "portal" in text:
        found = tuple(r for r in found if r != "peripheral_vein" or "peripheral" in text)
    return found or ("peripheral_vein", "hepatic_artery")


def actions(name: str, background: str) -> tuple[str, ...]:
    """Return the treatments without cells that an arm's words name."""
    text = f"{name}; {background}".lower()
    return tuple(dict.fromkeys(action for pattern, action in _ACTIONS if re.search(pattern, text)))


def shared_care(arms: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return treatments that every arm got as background care: they belong to the population, not to an arm."""
    common = set(arms[0]).intersection(*arms[1:]) if len(arms) > 1 else set()
    return tuple(a for a in _IN_EVERY_ARM if a in common)


def dose_cells(cells: Mapping[str, Any], product_id: str, weight_kg: float, rng: np.random.Generator) -> float:
    """Return cells per infusion; an unreported dose is drawn from the range of the product (log-uniform)."""
    infusions = max(1, int(cells.get("infusions") or len(cells.get("days") or []) or 1))
    total, per_kg = cells.get("dose_cells_total"), cells.get("dose_cells_per_kg")
    if per_kg:
        return float(per_kg) * weight_kg
    if total:
        return float(total) if infusions == 1 else float(total) / infusions
    known = products()[product_id]
    if known.dose_cells_per_kg:
        low, high = (x * weight_kg for x in known.dose_cells_per_kg)
    else:
        low, high = known.dose_cells_total or (5e7, 5e8)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def infusion_days(cells: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the days of infusion; unknown ones follow four weeks apart."""
    known = list(cells.get("days") or [])
    count = max(len(known), int(cells.get("infusions") or 1), 1)
    days: list[float] = []
    for i in range(count):
        day = known[i] if i < len(known) else None
        days.append(float(day) if day is not None else (days[-1] + 28.0 if days else 0.0))
    return tuple(sorted(set(days)))
