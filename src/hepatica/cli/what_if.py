"""Change something and see what a plan would say: a value of the record, a product, an assumption, what counts.

NAME=VALUE is, for example, bilirubin=40umol/L, age=70, alcohol_active=false, takes.beta_blocker=true,
condition.hepatorenal_syndrome=true, uc_msc.dose=2x, uc_msc.days=0+14, uc_msc.route=portal_vein, uc_msc.potency=3x,
uc_msc.survival=2x, uc_msc.cost=20000, OPTION.days=0+14 (one option of the plan, by its id),
twin.cell_death_1_d=0.5x, weights.harms=2 or jurisdiction=US. Several --set are one change; with --each every one is
asked by itself."""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import show
from hepatica.cli.parser import add_json
from hepatica.cli.plan import ASKED, add_asked
from hepatica.cli.simulate import check_draws
from hepatica.errors import InputError
from hepatica.language import decimal, mark, say, speaking, translated

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
    add_asked(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask and print what changes."""
    import hepatica

    if not arguments.changes:
        raise InputError("nothing to change", mend="add --set NAME=VALUE, such as --set bilirubin=40umol/L")
    check_draws(arguments)
    patient = hepatica.read(arguments.patient)
    options = {name: getattr(arguments, name) for name in ASKED}
    opened = hepatica.session(patient, products=arguments.product, **options)
    asked = [[text] for text in arguments.changes] if arguments.each else [arguments.changes]
    answers = [opened.what_if(changes) for changes in asked]
    if arguments.json:
        show.json_document({"patient": patient.id, "answers": answers} if arguments.each else answers[0])
        return 0
    with speaking(arguments.language):
        for answer in answers:
            _print(answer)
    return 0


def _print(answer: dict[str, Any]) -> None:
    changed = ", ".join(f"{c['name']} = {c['to']}" for c in answer["changes"])
    show.heading(say("{patient}: if {changes}", patient=answer["patient"], changes=changed))
    before, after = answer["recommendation"]["before"], answer["recommendation"]["after"]
    if answer["recommendation"]["changed"]:
        text = mark("recommended: {option} (was: {other})")
        show.paragraph(say(text, option=after["headline"], other=before["headline"]))
    else:
        show.paragraph(say("recommended as before: {option}", option=after["headline"]))
    was, now = answer["stage"]["before"], answer["stage"]["after"]
    if was != now:
        show.paragraph(say("stage: {stage} (was: {other})", stage=_stage(now), other=_stage(was)))
    moved = [o for o in answer["options"] if o["moved"]]
    if moved:
        net = say("net benefit, {unit} by day {day}", unit=translated(answer["unit"]), day=answer["judged_on_day"])
        show.table(
            (say("option"), say("was"), say("now"), net),
            [(o["id"], translated(o["before"]["status"]), translated(o["after"]["status"]), _gain(o)) for o in moved],
        )
    still = [o["id"] for o in answer["options"] if not o["moved"]]
    if still:
        show.paragraph(say("not told apart from before: {options}", options=", ".join(still)))
    show.paragraph(say("{count} draws", count=answer["draws"]) + f"; {answer['done_again']}. {answer['note']}")
    show.line()


def _stage(stage: dict[str, Any]) -> str:
    scores = ", ".join(f"{k} {show.number(v)}" for k, v in stage.items() if k != "label")
    return f"{stage['label']}; {scores}" if scores else str(stage["label"])


def _gain(o: dict[str, Any]) -> str:
    told = o["net_benefit_difference"]
    if told is None:
        side = o["after"].get("net_benefit")
        return say("now {value}", value=decimal(f"{side['mean']:+.3g}")) if side else ""
    return decimal(f"{told['mean']:+.3g} ± {told['error']:.2g}")
