"""What the documentation says is so: links, commands, Python, records and counts."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import orjson
import pytest

from hepatica import eligibility, evidence, patient, staging, therapy
from hepatica.cli.parser import VERBS, parse

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
USAGE = "hepatica plan PATIENT"
TENS = ["", "", "twenty", "thirty", "forty", "fifty"]
UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
UNITS += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]


def in_words(n: int) -> str:
    return UNITS[n] if n < 20 else TENS[n // 10] + (f"-{UNITS[n % 10]}" if n % 10 else "")


def blocks(page: Path, language: str = "") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def commands() -> list[str]:
    """Return the command lines of every page, but for the summary of the verbs."""
    texts = [block for page in PAGES for block in blocks(page) if USAGE not in block]
    return sorted(
        {line.strip() for text in texts for line in text.splitlines() if line.strip().startswith("hepatica ")}
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if not t.startswith("http") and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("line", commands())
def test_commands_are_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    parse(words)
    assert all((ROOT / w).exists() for w in words if w.startswith("examples/"))


def test_the_readme_names_every_verb() -> None:
    usage = next(block for block in blocks(ROOT / "README.md") if USAGE in block)
    named = set(re.findall(r"^hepatica ([\w-]+)", usage, re.MULTILINE)) | {"doctor", "demo"}
    assert named == set(VERBS)


def test_the_readme_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (code,) = blocks(ROOT / "README.md", "python")
    assert len(code.strip().splitlines()) <= 12
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("decompensated cirrhosis")
    assert (tmp_path / "out" / "plan.html").exists()


def test_the_tutorial_record_can_be_staged() -> None:
    (text,) = blocks(ROOT / "docs" / "tutorial.md", "json")
    staged = staging.stage(patient.parse_short(orjson.loads(text)))
    assert staged.course == "decompensated" and not staged.contradictions


@pytest.mark.parametrize(
    ("count", "phrase"),
    [
        (len(staging.registry()), "{} scores"),
        (len(therapy.products()), "{} cell and vesicle products"),
        (len(therapy.routes()), "{} routes"),
        (len(therapy.comparators()), "{} treatments without cells"),
        (len(eligibility.protocols()), "criteria of {} registered trials"),
    ],
)
def test_counts_are_true(count: int, phrase: str) -> None:
    text = " ".join((ROOT / "docs" / "scope.md").read_text(encoding="utf-8").split())
    assert phrase.format(in_words(count)) in text


def test_more_than_a_hundred_studies() -> None:
    assert len(evidence.studies()) > 100


def test_most_parameters_of_the_twin_are_grade_c() -> None:
    rows = tomllib.loads((ROOT / "src/hepatica/twin/data/parameters.toml").read_text(encoding="utf-8")).values()
    assert sum(row["grade"] == "C" for row in rows) > len(rows) / 2


def test_contributing_is_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) < 60
