"""What the terminal shows."""

from fixture_plan import hostile_plan, plan_dict

from hepatica import report


def test_a_plan_fits_a_terminal_and_ends_with_the_next_command():
    text = report.terminal(plan_dict(), "out/x")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 110
    assert "Standard care now, with referral to a transplant centre" in text
    assert lines[-2:] == [
        "Next: open out/x/plan.html",
        "      hepatica why out/x/plan.json '$.options[0].forecast.survival[16].mean'",
    ]


def test_columns_line_up():
    rows = [line for line in report.terminal(plan_dict()).splitlines() if " %  " in line]
    assert len(rows) == 5
    assert len({row.index(" %") for row in rows}) == 1


def test_stage_and_match_end_with_a_command():
    plan = plan_dict()
    assert report.terminal_stage(plan["stage"], "p.json").endswith("Next: hepatica plan p.json")
    assert report.terminal_match(plan["eligibility"], "p.json").endswith("--protocol NCT00000001")
    assert "between" not in report.terminal_stage(plan["stage"])


def test_odd_input_is_shown_not_raised():
    assert report.terminal({}) and report.terminal_stage({}) and report.terminal_match([])
    plan = hostile_plan()
    plan["recommendation"]["headline"] = "\x1b[2J\x07gone"
    assert not {"\x1b", "\x07"} & set(report.terminal(plan))
