"""What the answer hangs on, in words, figure and report: the same numbers, and no word surer than they are."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from worlds.comparisons import comparison

from regulars.show.hanging import hanging, input_rows, message, source_rows, worth_lines
from regulars.show.plots import tornado
from regulars.show.reading import read
from regulars.show.report import report_html

N = 40
RNG = np.random.default_rng(3)
DRAWS = {"foresight.foresight": RNG.normal(0.5, 0.1, N), "firms.a.cost": RNG.normal(0.6, 0.05, N)}


def doubtful(slope=0.0, mean=100.0, draws=DRAWS):
    """A made-up comparison of one arm whose incremental profit is `mean` plus `slope` for each unit of foresight above .5."""
    found = comparison({"points": mean}, replicates=N, noise=100.0)
    rows = [
        {"replicate": k, "input": name, "value": values[k], "source": "money inputs" if "cost" in name else "assumed behaviour"}
        for name, values in draws.items() for k in range(N)
    ]  # fmt: skip
    metrics = found.metrics.copy()
    wanted = (metrics["arm"] == "points") & (metrics["metric"] == "incremental_profit")
    gain = mean + slope * (draws["foresight.foresight"] - 0.5) + RNG.normal(0, 20, N)
    metrics.loc[wanted, "value"] = gain[metrics.loc[wanted, "replicate"]]
    return replace(found, metrics=metrics, inputs=pd.DataFrame(rows))


def test_the_input_that_moves_it_is_named_with_where_it_turns():
    """2,000 for each unit of foresight, 100 at .5: it pays above .45."""
    reading = read(doubtful(slope=2000.0))
    told = reading.hanging.message
    assert told.startswith("The answer hangs most on foresight.foresight: it pays above 0.4")
    rows = input_rows(reading, reading.hanging)
    assert rows[0]["input"] == "foresight.foresight" and rows[0]["pays"].startswith("above 0.4")
    assert rows[1]["pays"] == "within chance"  # negative control: the cost moves nothing
    shares = dict(source_rows(reading.hanging))
    assert set(shares) == {"assumed behaviour", "money inputs", "chance"}
    assert worth_lines(reading, reading.hanging)[0].startswith(
        "Knowing all uncertain inputs before deciding is worth up to"
    )


def test_where_nothing_moves_it_nothing_is_named():
    reading = read(doubtful(slope=0.0, mean=5000.0))
    assert reading.hanging.message == "No single uncertain input moves the answer by more than chance"
    assert worth_lines(reading, reading.hanging) == [
        "Knowing the uncertain inputs would not change what to do, as far as these replicates tell."
    ]


def test_where_it_always_pays_no_turning_is_told():
    found = read(doubtful(slope=2000.0, mean=5000.0)).hanging
    assert (
        found.message
        == "The answer hangs most on foresight.foresight, and pays on average at all its likely values"
    )


def test_why_it_cannot_be_told():
    assert hanging(read(comparison())).note.startswith("Assumed behaviour is held fixed in this scenario")
    few = replace(doubtful(), replicates=4)
    assert hanging(read(few)).note.startswith(
        "2 uncertain inputs cannot be told apart by 4 replicates; ask for 15"
    )


def test_figure_and_report_say_the_numbers_of_the_table():
    found = doubtful(slope=2000.0)
    reading = read(found)
    html = report_html(found)
    for row in input_rows(reading, reading.hanging):
        for cell in (row["input"], row["range"], row["low"], row["high"]):
            assert cell in html
    assert reading.hanging.message in html and "<built-in" not in html and "(unnamed)" not in html
    figure = tornado.draw(found)
    texts = " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))
    assert "foresight.foresight" in texts.replace("\n", "") and "above 0.4" in texts
    lines = [line.get_xdata() for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 2]
    first = reading.hanging.tornado.iloc[0]
    assert any(np.allclose(sorted(x), sorted([first["at_low"], first["at_high"]])) for x in lines)


def test_the_report_without_doubt_says_that_intervals_hold_chance_only():
    assert "its intervals show chance only" in report_html(comparison())


@pytest.mark.parametrize("pays", [True, False])
def test_words_follow_the_table(pays):
    row = {"input": "x", "clear": pays, "pays": "below", "turns_at": 3.0, "turns_low": -np.inf, "turns_high": np.inf, "at_low": 1.0, "at_high": -1.0}  # fmt: skip
    told = message(pd.DataFrame([row]))
    assert told == (
        "The answer hangs most on x: it pays below 3.00, on average"
        if pays
        else "No single uncertain input moves the answer by more than chance"
    )
