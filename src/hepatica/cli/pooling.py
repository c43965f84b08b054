"""The options and the printing of `evidence pool` and `evidence network`."""

from __future__ import annotations

import argparse
from typing import Any

from hepatica.cli import show
from hepatica.errors import InputError

_SKIP = ("verb", "what", "act", "run", "json", "out", "png")
_COLUMNS = """\
columns of --data, one line a study (comma, semicolon or tab; a cohort counts once, day is for --course):
  study,yi,vi (or sei)                        effects with their variances (or standard errors)
  study,ratio,lo,hi                           printed ratios with 95 % intervals
  study,events,n,control_events,control_n     counts of two arms; study,events,n of one arm
  study,mean,sd,n,control_mean,control_sd,control_n
       se, or lo and hi, or median with q1 and q3 or low and high, may stand for mean and SD;
       before and sd_before (of each arm) make it a change, with a correlation column or --correlation
  study,events,time,control_events,control_time   rates of two arms; study,events,time of one arm
any further column may be named in --by and --moderators"""


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the words that narrow the base down."""
    parser.add_argument("--condition", metavar="C", help="aclf, alcoholic_hepatitis, decompensated, …")
    parser.add_argument("--intervention", metavar="I", help="g_csf, msc, stem_cells, plasma_exchange, …")
    parser.add_argument("--region", metavar="R", help="asia, europe, …")


def add_pooling(parser: argparse.ArgumentParser) -> None:
    """Add every option of `evidence pool`, by what it asks."""
    parser.epilog = _COLUMNS
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_argument_group("what is pooled")
    what.add_argument("--outcome", metavar="O", help="survival, transplant_free_survival, mortality, meld, albumin, …")
    what.add_argument("--day", type=float, metavar="D", help="days from the start of treatment")
    add_filters(what)  # type: ignore[arg-type]
    what.add_argument("--data", metavar="FILE.csv", help="your own studies in place of the base, see below")
    what.add_argument("--measure", metavar="M", help="OR, RR, RD, HR; MD, SMD (ROM with --data); IRR, IRD")
    what.add_argument("--design", metavar="D", help="randomised (default) or any")
    what.add_argument("--window", type=float, metavar="W", help="share of the day that still counts (default 0.1)")
    what.add_argument("--strict-endpoint", action="store_true", default=None, help="no stand-ins for survival")
    what.add_argument("--medians", action="store_true", default=None, help="also means rebuilt from medians")
    what.add_argument(
        "--curves", action="store_true", default=None, help="also survival in percent of a curve; HR from its points"
    )
    what.add_argument("--correlation", type=float, metavar="R", help="of a value with that before: changes from it")
    how = parser.add_argument_group("how")
    how.add_argument("--method", metavar="M", help="DL, PM, REML (default), ML, SJ, EB, FE; of counts or rates "
                     "GLMM, UM.FS, UM.RS, MH, of counts PETO: nothing added to zeros; FT for one arm")  # fmt: skip
    how.add_argument("--ci", metavar="C", help="wald or hksj, which is Knapp-Hartung (default hksj)")
    how.add_argument("--adhoc", action="store_true", default=None, help="never narrower than Wald")
    how.add_argument("--level", type=float, metavar="L", help="level of the intervals (default 0.95)")
    how.add_argument("--tau-prior", metavar="P", help="a Bayesian pool: half-normal, half-cauchy or uniform")
    how.add_argument("--tau-scale", type=float, metavar="S", help="scale of that prior (0.5 for log ratios)")
    how.add_argument("--mu-sd", type=float, metavar="S", help="SD of the normal prior of the mean (else flat)")
    more = parser.add_argument_group("what else is asked of the pool")
    more.add_argument("--course", nargs="+", type=float, metavar="DAY", help="several days pooled as one course")
    more.add_argument("--within", type=float, metavar="R", help="correlation of a study's days (default 0.5)")
    more.add_argument("--structure", metavar="S", help="of true effects in time: car (default), cs or study")
    more.add_argument("--by", metavar="X", help="subgroups: route, source, donor, cause, region, risk_of_bias, …")
    more.add_argument("--moderators", nargs="+", metavar="X", help="meta-regression: dose_per_kg, infusions, year, "
                      "baseline_meld, age and those of --by")  # fmt: skip
    more.add_argument("--permutations", type=int, metavar="N", help="test it by N reorderings (all, where fewer)")
    for name, text in (
        ("influence", "deletion residuals, Cook's distance, DFBETAS and hat values"),
        ("leave-one-out", "the pool without each study"),
        ("cumulative", "the pool as it grew"),
        ("small-studies", "Egger, trim and fill, PET-PEESE and selection models"),
    ):
        more.add_argument(f"--{name}", action="store_true", default=None, help=text)
    more.add_argument(
        "--steps", nargs="+", type=float, metavar="P", help="steps of the selection model (default 0.025)"
    )
    more.add_argument("--alternative", metavar="A", help="results that are liked: greater (default), less, two.sided")


def pool(arguments: argparse.Namespace) -> int:
    """Answer `evidence pool`."""
    from hepatica import evidence

    options = {k: v for k, v in vars(arguments).items() if k not in _SKIP}
    if options["data"] and options["course"]:
        options["course"] = True
    document = evidence.pool_question(options)
    drawn = "estimate" in document and "yi" in document["studies"][0]
    if arguments.out and not drawn:
        raise InputError("-o draws a forest of two arms' effects: not a course, not one arm", mend="--json")
    paths = pictures(arguments, "save_pool", document) if drawn else []
    if arguments.json:
        show.json_document(document)
    elif "estimate" not in document:
        _heading(document, arguments)
        _course(document)
    else:
        _heading(document, arguments)
        _pooled(document)
        _more(document)
        for path in paths:
            show.paragraph(f"written: {path}")
    return 0


def pictures(arguments: argparse.Namespace, verb: str, document: dict[str, Any]) -> list[Any]:
    """Write the pictures of an answer where a folder is named, and return their paths."""
    if not arguments.out:
        if arguments.png:
            raise InputError("--png without a folder to write to", mend="add -o DIR")
        return []
    from hepatica import report

    return list(getattr(report, verb)(document, arguments.out, png=arguments.png))


def _heading(d: dict[str, Any], arguments: argparse.Namespace) -> None:
    show.heading(d.get("question") or f"{d['outcome']} from {arguments.data}")


def _pooled(d: dict[str, Any]) -> None:
    first = d["studies"][0]
    if "yi" in first:
        rows = [(r["study"], r["yi"], r["vi"], r.get("weight_percent")) for r in d["studies"]]
        show.table(("study", "effect", "variance", "weight %"), rows, right=(1, 2, 3))
    else:
        keys = [k for k in ("events", "n", "time") if k in first]
        show.table(("study", *keys), [(r["study"], *(r[k] for k in keys)) for r in d["studies"]], right=(1, 2))
    show.line()
    shown = d["back_transformed"] or d
    show.paragraph(
        f"{shown['scale']} {show.number(shown['estimate'])}, {100 * d['level']:g} % interval {span(shown['ci'])}"
    )
    show.paragraph(
        f"prediction interval {span(shown['prediction_interval'])} (degrees of freedom {plain(d['prediction_df'])})"
    )
    spread = f"k {d['k']}, tau² {show.number(d['tau2'])}, I² {show.number(d['i2'])} %"
    show.paragraph(f"{spread}, {d['method']}, {d['ci_method']}")
    if d.get("direction"):
        show.paragraph(d["direction"])
    show.paragraph(f"certainty: {d['certainty']['level']}")
    for reason in d["certainty"].get("reasons", []):
        show.paragraph(f"{reason['domain']} (down {reason['down']}): {reason['why']}", indent="    ")
    for left in d["left_out"]:
        show.paragraph(f"left out: {left['study']}: {left['reason']}")
    for r in d["studies"]:
        for note in r.get("notes") or ():
            show.paragraph(f"{r['study']}: {note}")
    for warning in d["warnings"]:
        show.paragraph(f"note: {warning}")


def _more(d: dict[str, Any]) -> None:
    parts = (
        ("subgroups", "groups", _groups), ("meta_regression", "meta-regression", _regression),
        ("influence", "influence of each study", _influence), ("leave_one_out", "without each study", _without),
        ("cumulative_by_order", "as it grew", _grown), ("bayes", "Bayesian pool", _bayes),
        ("course", "course", _course),
    )  # fmt: skip
    for key, title, tell in parts:
        if key == "bayes" and "shrunken" not in (d.get(key) or {}) and "not_estimable" not in (d.get(key) or {}):
            continue
        if d.get(key):
            _part(title, d[key], tell)
    if "small_studies" in d:
        for name, part in d["small_studies"].items():
            _part(name.replace("_", " "), part, lambda p, n=name: _small(n, p))


def _part(title: str, part: Any, tell: Any) -> None:
    show.line()
    show.heading(f"  {title}")
    if isinstance(part, dict) and "not_estimable" in part:
        show.paragraph(f"not estimable: {part['not_estimable']}" + (f" ({part['where']})" if part["where"] else ""))
        return
    tell(part)
    for said in part.get("warnings", ()) if isinstance(part, dict) else ():
        show.paragraph(f"note: {said}")


def _groups(p: dict[str, Any]) -> None:
    rows = [(g["group"], g["k"], g["estimate"], span(g["ci"]), g["tau2"]) for g in p["groups"]]
    show.table((p["by"], "k", "effect", "interval", "tau²"), rows, right=(1, 2))
    for key, text in (("own_tau2", "own heterogeneity each"), ("common_tau2", "one heterogeneity for all")):
        if p[key]:
            q = show.number(p[key]["q"])
            show.paragraph(f"between groups, {text}: Q {q} (df {p[key]['df']}), p {show.number(p[key]['p'])}")


def _regression(p: dict[str, Any]) -> None:
    rows = [(c["name"], c["estimate"], c["se"], span(c["ci"]), c["p"], c["p_permuted"]) for c in p["coefficients"]]
    show.table(("", "coefficient", "SE", "interval", "p", "p, permuted"), rows, right=(1, 2, 4, 5))
    test = p["test_of_all"]
    permuted = f", permuted {show.number(test['p_permuted'])} ({p['permuted']})" if p["permuted"] else ""
    left_over = f"k {p['k']}, tau² left {show.number(p['tau2'])}, explained {show.number(p['r2'])} %"
    show.paragraph(f"{left_over}, all moderators p {show.number(test['p'])}{permuted}")
    for name, level in p["reference"].items():
        show.paragraph(f"{name}: against {level}")
    for left in p["left_out"]:
        show.paragraph(f"left out: {left['study']}: {left['reason']}")


def _influence(rows: list[dict[str, Any]]) -> None:
    keys = ("rstudent", "cook", "dfbetas", "hat", "tau2_without")
    show.table(("study", "residual", "Cook", "DFBETAS", "hat", "tau² without", "marked"),
               [(r["study"], *(r[k] for k in keys), r["why"]) for r in rows], right=(1, 2, 3, 4, 5))  # fmt: skip


def _without(rows: list[dict[str, Any]]) -> None:
    show.table(("without", "effect", "interval", "tau²"),
               [(r["without"], r["estimate"], span(r["ci"]), r["tau2"]) for r in rows], right=(1, 3))  # fmt: skip


def _grown(rows: list[dict[str, Any]]) -> None:
    show.table(("added", "k", "effect", "interval"),
               [(r["added"], r["k"], r["estimate"], span(r["ci"])) for r in rows], right=(1, 2))  # fmt: skip


def _bayes(p: dict[str, Any]) -> None:
    show.paragraph(f"prior of tau {p['tau_prior']}, of the mean {p['mu_prior']}")
    for key, text in (("mu", "mean effect"), ("new_study", "a new study")):
        show.paragraph(f"{text}: {show.number(p[key]['mean'])}, interval {span(p[key]['interval'])}")
    show.paragraph(f"tau {show.number(p['tau']['median'])}, interval {span(p['tau']['interval'])}")
    show.paragraph(f"chance that the mean is above 0: {p['p_above_0']:.3f}")
    show.table(("study", "as printed", "shrunken", "interval", "pull"),
               [(s["study"], s["yi"], s["mean"], span(s["interval"]), s["pull"]) for s in p["shrunken"]],
               right=(1, 2, 4))  # fmt: skip


def _course(p: dict[str, Any]) -> None:
    rows = []
    for r in p["days"]:
        back = r.get("back_transformed") or r
        rows.append((f"{r['day']:g}", r["k"], back["estimate"], span(back["ci"]), r["se"]))
    show.table(("day", "k", "effect", "interval", "SE"), rows, right=(0, 1, 2, 4))
    if p.get("not_estimable_days"):
        show.paragraph(f"not estimable, k = 0: day {', '.join(f'{d:g}' for d in p['not_estimable_days'])}")
    rho = f", correlation a month apart {show.number(p['rho_per_month'])}" if p["rho_per_month"] is not None else ""
    show.paragraph(f"{p['studies']} studies, tau² {show.number(p['tau2'])}{rho} ({p['structure']})")
    show.paragraph(f"errors within a study: {p['within_study_correlation']}")
    for row in p.get("sensitivity", ()):
        told = ", ".join(show.number(e) for e in row["estimate"])
        show.paragraph(f"with {row['within']:g} in its place: {told}")
    for left in p.get("left_out", ()):
        show.paragraph(f"left out: {left['study']}: {left['reason']}")
    if "question" in p:
        for said in p["warnings"]:
            show.paragraph(f"note: {said}")


def _small(name: str, p: dict[str, Any]) -> None:
    if name == "egger":
        show.paragraph(f"t {show.number(p['t'])} (df {p['df']}), p {show.number(p['p'])}")
    elif name == "trim_and_fill":
        after = p["after"]
        show.paragraph(f"{p['missing']} missing on the {p['side']}; filled {show.number(after['estimate'])} "
                       f"({span(after['ci'])})")  # fmt: skip
    elif name == "pet_peese":
        for key in ("pet", "peese"):
            mark = ", taken by the rule" if p["taken"] == key else ""
            show.paragraph(f"{key.upper()} {show.number(p[key]['estimate'])} ({span(p[key]['ci'])}){mark}")
    else:
        weights = ", ".join(show.number(w) for w in p["weights"])
        plain_pool = f"without selection {show.number(p['without_selection'])}, p {show.number(p['lrt_p'])}"
        show.paragraph(f"{p['model']}: {show.number(p['estimate'])} ({span(p['ci'])}), weights {weights}; {plain_pool}")
    if p.get("why"):
        show.paragraph(f"note: {p['why']}")


def plain(value: Any) -> str:
    """Return a value for a table cell; an absent one is a dash."""
    return "–" if value is None else str(value) if isinstance(value, int | str) else show.number(value)


def span(bounds: list[float] | None) -> str:
    """Return an interval in words, or a dash."""
    return f"{show.number(bounds[0])} to {show.number(bounds[1])}" if bounds else "–"
