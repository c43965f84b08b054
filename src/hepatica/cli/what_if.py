"""Change something and see what a plan would say: a value of the record, a product, an assumption, what counts.

NAME=VALUE is, for example, bilirubin=40umol/L, age=70, alcohol_active=false, takes.beta_blocker=true,
condition.hepatorenal_syndrome=true, uc_msc.dose=2x, uc_msc.days=0+14, uc_msc.route=portal_vein, uc_msc.potency=3x,
uc_msc.survival=2x, uc_msc.cost=20000, twin.cell_death_1_d=0.5x, weights.harms=2 or jurisdiction=US. Several --set are
one change; with --each every one is asked by itself."""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.cli.simulate import add_products
from hepatica.errors import InputError

HELP = "what would change if a value, a product or an assumption were different"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `what-if`."""
    parser.add_argument("patient", metavar="PATIENT", help="a record")
    parser.add_argument(
        "--set", action="append", metavar="NAME=VALUE", default=[], dest="changes", help="may be repeated"
    )
    parser.add_argument("--each", action="store_true", help="ask each change by itself")
    parser.add_argument("--draws", type=int, default=400, metavar="N", help="posterior draws (default 400)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="seed of the random streams (default 1)")
    parser.add_argument("--weights", metavar="NAME=NUMBER,…", help="what counts for this person, as in plan")
    parser.add_argument("--jurisdiction", default="EU", metavar="J", help="whose rules: US, EU, UK, … (default EU)")
    add_products(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print what changes."""
    import hepatica

    if not arguments.changes:
        raise InputError("nothing to change", mend="add --set NAME=VALUE, such as --set bilirubin=40umol/L")
    patient = hepatica.read(arguments.patient)
    options = {name: getattr(arguments, name) for name in ("draws", "seed", "weights", "jurisdiction")}
    opened = hepatica.session(patient, products=arguments.product, **options)
    asked = [[text] for text in arguments.changes] if arguments.each else [arguments.changes]
    answers = [opened.what_if(changes) for changes in asked]
    if arguments.json:
        show.json_document({"patient": patient.id, "answers": answers} if arguments.each else answers[0])
        return 0
    for answer in answers:
        _print(answer)
    return 0


def _print(answer: dict[str, Any]) -> None:
    changed = ", ".join(f"{c['name']} = {c['to']}" for c in answer["changes"])
    show.heading(f"{answer['patient']}: if {changed}")
    before, after = answer["recommendation"]["before"], answer["recommendation"]["after"]
    if answer["recommendation"]["changed"]:
        show.paragraph(f"recommended: {after['headline']} (was: {before['headline']})")
    else:
        show.paragraph(f"recommended as before: {after['headline']}")
    was, now = answer["stage"]["before"], answer["stage"]["after"]
    if was != now:
        show.paragraph(f"stage: {_stage(now)} (was: {_stage(was)})")
    moved = [o for o in answer["options"] if o["moved"]]
    if moved:
        show.table(
            ("option", "was", "now", f"net benefit, {answer['unit']} by day {answer['judged_on_day']}"),
            [(o["id"], o["before"]["status"], o["after"]["status"], _gain(o)) for o in moved],
        )
    still = [o["id"] for o in answer["options"] if not o["moved"]]
    if still:
        show.paragraph(f"not told apart from before: {', '.join(still)}")
    show.paragraph(f"{answer['draws']} draws; {answer['done_again']}. {answer['note']}")
    show.line()


def _stage(stage: dict[str, Any]) -> str:
    scores = ", ".join(f"{k} {show.number(v)}" for k, v in stage.items() if k != "label")
    return f"{stage['label']}; {scores}" if scores else str(stage["label"])


def _gain(o: dict[str, Any]) -> str:
    told = o["net_benefit_difference"]
    if told is None:
        side = o["after"].get("net_benefit")
        return f"now {side['mean']:+.3g}" if side else ""
    return f"{told['mean']:+.3g} ± {told['error']:.2g}"
