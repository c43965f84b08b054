"""Show where a number in a plan comes from: value, unit, the chain behind it, sources, support grades.

PATH uses dots and [i], for example: hepatica why out/plan.json '$.options[0].forecast.meld[3].mean'"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hepatica.cli import show
from hepatica.cli.foreign import expected
from hepatica.cli.parser import add_json
from hepatica.errors import InputError

WRITTEN, AGAIN = "a plan as hepatica writes it", "plan again"
HELP = "the lineage of any number in a plan"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `why`."""
    parser.add_argument("plan", metavar="PLAN", help="a plan.json, or the folder that holds it")
    parser.add_argument("path", metavar="JSONPATH", help="$.options[0].forecast.meld[3].mean")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Resolve the path and print its lineage."""
    from hepatica import planning

    plan = load(arguments.plan)
    with expected(WRITTEN, arguments.plan, AGAIN):
        document = planning.why(plan, arguments.path)
        if arguments.json:
            show.json_document(document)
        else:
            _print(document, arguments.path)
    return 0


def _print(document: dict[str, Any], path: str) -> None:
    unit = document.get("unit") or ""
    show.heading(f"{path} = {_value(document.get('value'))} {unit}".rstrip())
    for number, step in enumerate(document.get("chain", []), 1):
        grade = f" [grade {step['grade']}]" if step.get("grade") else ""
        source = f" Source: {step['source']}." if step.get("source") else ""
        show.paragraph(f"{number}. {step.get('step', '')}: {step.get('text', '')}{source}{grade}")
    for source in document.get("sources", []):
        show.paragraph(f"source: {_source(source)}")


def load(word: str) -> dict[str, Any]:
    """Return the plan of a file or a folder; raises InputError where there is none."""
    import orjson

    path = Path(word)
    path = path / "plan.json" if path.is_dir() else path
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError("no such plan", where=str(path), mend="make one: hepatica plan PATIENT -o out") from None
    except (OSError, orjson.JSONDecodeError) as error:
        raise InputError(f"this is not a plan: {error}", where=str(path), mend="name a plan.json") from None
    if not isinstance(document, dict) or "options" not in document:
        raise InputError("this is not a plan: it has no options", where=str(path), mend="name a plan.json") from None
    return document


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_value(v)}" for k, v in value.items() if not isinstance(v, list | dict) and v != "")
    return show.number(value, 4) if isinstance(value, int | float) else str(value)


def _source(source: Any) -> str:
    if not isinstance(source, dict):
        return str(source)
    links = [
        f"PMID {source['pmid']}" if source.get("pmid") else "",
        f"doi:{source['doi']}" if source.get("doi") else "",
    ]
    return "; ".join(x for x in (source.get("citation") or source.get("id", ""), *links, source.get("url") or "") if x)
