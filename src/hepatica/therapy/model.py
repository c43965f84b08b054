"""What could be given, as values: cell products, routes, regimens and the treatments they compete with."""

from __future__ import annotations

from dataclasses import dataclass, field

from hepatica.therapy.claims import Claims


@dataclass(frozen=True, slots=True)
class Source:
    """One citation: a study id or a `pmid:`, `doi:`, `nct:`, `pmcid:`, `url:` id; `unverified` says why in `note`."""

    id: str
    where: str = ""
    note: str = ""

    @property
    def verified(self) -> bool:
        """Return whether this is a citation, not the statement that none was opened."""
        return self.id != "unverified"


@dataclass(frozen=True, slots=True)
class Regimen:
    """A product given by a route: cells per infusion and the days (from the decision) it is given."""

    product: str
    route: str
    dose_cells: float
    days: tuple[float, ...] = (0.0,)


@dataclass(frozen=True, slots=True)
class StudiedRegimen:
    """A regimen as a study gave it: one of `dose_cells_per_kg` and `dose_cells` is a number."""

    product: str
    route: str
    days: tuple[float, ...]
    source: Source
    dose_cells_per_kg: float | None = None
    dose_cells: float | None = None

    def for_weight(self, weight_kg: float | None) -> Regimen | None:
        """Return the regimen for one body weight in kg; None where the dose is per kg and the weight unknown."""
        if self.dose_cells is not None:
            return Regimen(self.product, self.route, self.dose_cells, self.days)
        if self.dose_cells_per_kg is None or weight_kg is None:
            return None
        return Regimen(self.product, self.route, self.dose_cells_per_kg * weight_kg, self.days)


@dataclass(frozen=True, slots=True)
class Product:
    """One cell product with what the twin and the planner need of it; unknown numbers are None."""

    id: str
    name: str
    lineage: str  # embryonic | adult | induced pluripotent | neighbour
    cell_type: str  # MSC, CD34+, BM-MNC, hepatocyte, HLC, macrophage, vesicle, …
    tissue: str
    donor: str  # autologous | allogeneic | either
    diameter_um: tuple[float, float] | None
    dose_cells_per_kg: tuple[float, float] | None
    dose_cells_total: tuple[float, float] | None
    viability_fraction: tuple[float, float] | None
    hla_matching: str
    channel: tuple[str, ...]  # "paracrine", "differentiation"
    licensed: tuple[str, ...]  # jurisdictions where licensed for a liver indication
    harvest: str
    release_tests: tuple[str, ...]
    specific_risks: tuple[str, ...]
    sources: tuple[Source, ...] = field(default=())
    verified: bool = True
    maturity: str = "liver trial"  # liver trial | other human | animal
    tags: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    regimens: tuple[StudiedRegimen, ...] = ()
    studied_courses: tuple[str, ...] = ()
    studied_causes: tuple[str, ...] = ()
    claims: Claims | None = None  # of a product of the user's own; None for the built-in ones


@dataclass(frozen=True, slots=True)
class Route:
    """One way to deliver cells, with the compartment they enter and the bleeding class of the procedure."""

    id: str  # peripheral_vein | portal_vein | hepatic_artery | intrahepatic | intrasplenic
    name: str
    entry: str
    invasive: bool
    sources: tuple[Source, ...] = field(default=())
    bleeding: str = "minimal"  # minimal | arterial | high


@dataclass(frozen=True, slots=True)
class Comparator:
    """A treatment without cells."""

    id: str  # standard_care, g_csf, plasma_exchange, albumin, tips, antiviral, abstinence, steroids, …
    name: str
    family: str
    for_causes: tuple[str, ...]  # empty: any
    for_courses: tuple[str, ...]
    invasive_procedures: int
    sources: tuple[Source, ...] = field(default=())
    verified: bool = True
    needs_condition: tuple[str, ...] = ()  # only where the record shows one of them
    removes_cause: bool = False
