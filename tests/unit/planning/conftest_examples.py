"""Where the example patients are."""

from pathlib import Path

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.json"))
