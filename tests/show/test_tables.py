import dataclasses

import pandas as pd
import pytest
from show.tables_made_up import moments
from worlds.comparisons import comparison, hostile_cases, readings

from regulars.ground.lines import columns
from regulars.show import tables

CASES, READ = hostile_cases(), readings()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [100, 140])
def test_tables_fit_the_terminal_and_show_every_arm(case, width):
    data = READ[case]
    for table in (tables.ranking(data), tables.attribution(data)):
        lines = tables.text(table, width).splitlines()
        assert max(map(columns, lines)) <= width
    shown = tables.text(tables.ranking(data), width)
    assert shown.count("%") >= len(data.arms) or data.replicates == 1
    assert all(name[:6].replace("_", " ") in shown for name in data.arms)


def test_plain_text_has_no_colours_and_markup_is_text():
    shown = tables.text(tables.ranking(comparison({"[red]sale[/red]": 800.0, "b": -3.0})))
    assert "\x1b" not in shown and "[red]sale[/red]" in shown
    assert "\N{MINUS SIGN}" not in shown


def test_the_attribution_sums_to_the_incremental_profit_or_says_not():
    data = CASES["usual"]
    shown = tables.text(tables.attribution(data, "threshold_rebate"))
    total, profit = tables.reconciled(data, "threshold_rebate")
    assert total == pytest.approx(profit, abs=1e-6) and "differs" not in shown
    broken = dataclasses.replace(
        data, attribution=data.attribution.assign(margin=data.attribution["margin"] + 0.01)
    )
    assert "differs!" in tables.text(tables.attribution(broken))


def test_rewards_that_the_control_pays_too_are_a_row_only_where_there_are_any():
    data = CASES["usual"]
    assert "rewards the control pays too" not in tables.text(tables.attribution(data))
    row = data.attribution.iloc[:1].assign(
        arm="points", cell="control_programme", rival="", margin=0.0, reward=-100.0, opportunities=0
    )
    more = dataclasses.replace(data, attribution=pd.concat([data.attribution, row], ignore_index=True))
    assert "rewards the control pays too" in tables.text(tables.attribution(more))


def test_markdown_is_a_table_that_names_cannot_break():
    told = tables.markdown(comparison({"a|b": 800.0, "<b>x</b>": -3.0}))
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1
    assert "a\\|b" in told and "<b>" not in told


def test_moments_are_worst_first():
    shown = tables.text(tables.moments(moments()))
    lines = [line for line in shown.splitlines() if " yes" in line or " no" in line]
    assert lines[0].startswith(" repeat rate") and "+9.4" in lines[0] and len(lines) == 14
    assert "n/a" in lines[-1]
    assert "-2.6" in shown and "\N{MINUS SIGN}" not in shown  # as a terminal has it
