"""A product of the user's own: read whole, or refused with file, field and cure; considered inside a block only."""

from __future__ import annotations

from pathlib import Path

import pytest

from hepatica import therapy
from hepatica.errors import InputError
from hepatica.therapy.product_file import FIELDS

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "products").glob("*.toml"))
WHOLE = """
id = "mine"
name = "Strong cells"
like = "MSC"
donor = "allogeneic"
tissue = "cord"
harvest = "banked"
tested_in = "animals"
for_courses = ["decompensated"]
routes = ["peripheral_vein"]
dose = [1e7, 1e9]
potency = { value = 2, lo = 1, hi = 5, source = "assumption", why = "a guess" }
sources = [{ id = "unverified", note = "nothing published" }]
regimen = [{ route = "peripheral_vein", dose = 1e8, days = [0, 7], source = "assumption", note = "as cells" }]
"""


@pytest.fixture
def read(tmp_path: Path):
    """Return a function that reads a product file with some text replaced."""

    def run(old: str = "", new: str = "", whole: str = WHOLE) -> therapy.Product:
        assert old in whole
        (tmp_path / "mine.toml").write_text(whole.replace(old, new, 1), encoding="utf-8")
        return therapy.read_product(tmp_path / "mine.toml")

    return run


def test_a_whole_file_is_read(read) -> None:
    mine = read()
    assert (mine.id, mine.cell_type, mine.maturity, mine.tags) == ("mine", "MSC", "animal", ("allogeneic",))
    assert mine.claims.multiples["potency"] == therapy.Multiple(2, 1, 5, "assumption", "a guess")
    assert mine.claims.unstated == ("survival", "engraftment", "function", "half_dose")
    assert all((m.lo, m.hi) == (0.5, 2) for k, m in mine.claims.multiples.items() if k != "potency")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_the_worked_examples_are_read(path: Path) -> None:
    product = therapy.read_product(path)
    assert product.regimens and product.id not in therapy.products()
    guessed = [m for m in product.claims.multiples.values() if m.source == "assumption"]
    assert all(m.why and m.hi / m.lo >= 4 for m in guessed)


def test_a_dose_in_particles_becomes_cells(read) -> None:
    per = 'dose_unit = "particles"\ncells_per_unit = { value = 0.01, lo = 0.001, hi = 0.1, source = "doi:10.1000/x" }\n'
    mine = read("dose = [1e7, 1e9]", per + "dose = [1e9, 1e11]", WHOLE.replace("dose = 1e8", "dose = 1e10"))
    assert mine.dose_cells_total == (1e7, 1e9) and mine.regimens[0].dose_cells == 1e8
    assert mine.claims.cells_per_unit.lo == 0.001


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('id = "mine"', "", "`id` is missing"),
        ('id = "mine"', 'id = "My cells"', "small letters"),
        ('id = "mine"', 'id = "uc_msc"', "exists already"),
        ('name = "Strong cells"', "name = 3", "`name` is missing"),
        ('"MSC"', '"unicorn"', "`like` is 'unicorn'"),
        ('"animals"', '"mice"', "`tested_in`"),
        ('["decompensated"]', '["gout"]', "`for_courses` has 'gout'"),
        ('routes = ["peripheral_vein"]', 'routes = ["nose"]', "`routes` has 'nose'"),
        ("dose = [1e7, 1e9]", "", "no dose"),
        ("dose = [1e7, 1e9]", "dose = [1e9, 1e7]", "`dose` is not"),
        ("dose = [1e7, 1e9]", 'dose = ["a", "b"]', "`dose` is not"),
        ("dose = [1e7, 1e9]", "dose = [1e7, 1e15]", "not possible"),
        ("dose = [1e7, 1e9]", 'dose_unit = "spoons"\ndose = [1e7, 1e9]', "`dose_unit` is 'spoons'"),
        ("dose = [1e7, 1e9]", 'dose_unit = "particles"\ndose = [1e7, 1e9]', "`cells_per_unit` is missing"),
        ("dose = 1e8", "dose = 1e10", "outside `dose`"),
        ("value = 2", "value = -2", "`value` is -2"),
        ("value = 2", "value = true", "`value` is True"),
        ("lo = 1, ", "", "`lo` is missing"),
        ("hi = 5", "hi = 1.5", "no interval"),
        ("hi = 5", "hi = 1e6", "not possible"),
        ("hi = 5", "hi = 3", "too narrow"),
        ('source = "assumption", why = "a guess"', 'source = "a friend"', "not a source id"),
        (', why = "a guess"', "", "without a reason"),
        ("potency = {", "strength = {", "no field `strength`"),
        ("days = [0, 7]", "days = [7, 0]", "`days` do not rise"),
        ("days = [0, 7]", "days = [-1]", "`days` is not"),
        (', note = "as cells"', "", "no reason"),
        ('"unverified", note = "nothing published"', '"assumption"', "no source"),
        ("sources = [{", "sources = 3 #", "not a list"),
        ("like =", "like", "not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_and_cure(read, old: str, new: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read(old, new)
    said = str(caught.value)
    assert what in said and "mine.toml" in said and "mend:" in said


@pytest.mark.parametrize("make", [lambda p: p / "none.toml", lambda p: p])
def test_a_file_that_cannot_be_opened_is_an_input_error(tmp_path: Path, make) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        therapy.read_product(make(tmp_path))


def test_a_product_is_there_inside_the_block_and_leaves_nothing_behind(read) -> None:
    before = therapy.products()
    with pytest.raises(ValueError, match="inside"), therapy.considering([read()]):
        assert list(therapy.products())[-1] == "mine"
        raise ValueError("inside")
    assert therapy.products() is before and "mine" not in before


def test_two_files_with_one_id_are_refused(read) -> None:
    with pytest.raises(InputError, match="mine"), therapy.considering([read(), read()]):
        pass


def test_the_guide_names_every_field() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "how-to" / "define-a-product.md").read_text(encoding="utf-8")
    assert [field for field in FIELDS if f"`{field}`" not in guide] == []
