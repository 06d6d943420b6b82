"""Pictures of a log: no overlap, nothing outside the sheet, and the numbers of the log in their messages."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from show.letters import outside, overlaps

from regulars.panels import Panel
from regulars.show.log import customers, messages, money, pictures, times
from regulars.show.style import look


def made(n=900, firms=("alpha", "beta"), days=360, start=dt.date(2023, 3, 15), dated=True, one=None, seed=1):
    g = np.random.default_rng(seed)
    table = pd.DataFrame({"customer": g.integers(0, 50, n), "time": g.uniform(0, days, n), "firm": g.choice(list(firms), n), "amount": np.exp(g.normal(3, 1, n))})  # fmt: skip
    if one is not None:
        table["amount"] = one
    return Panel(table, name="made", start=start if dated else None, days=days, dated=dated)


PANELS = {
    "usual": made(),
    "one firm, no calendar": made(firms=("own",), start=None),
    "many firms with long names": made(firms=[f"Rival number {k} on the High Street" for k in range(12)]),
    "order numbers": made(dated=False, days=40),
    "short": made(days=20, n=60),
    "ten years": made(days=3650, start=dt.date(2011, 12, 31)),
    "one price": made(one=5.0),
    "narrow prices": made(one=None, n=40).__class__(
        made(n=40).purchases.assign(amount=np.linspace(19.5, 20.5, 40)), days=360
    ),
    "nothing paid": made(one=0.0),
    "two rows": made(n=2),
}


@pytest.mark.parametrize("name", PANELS)
def test_pictures_of_any_log_are_legible(name):
    panel = PANELS[name]
    said = messages(panel)
    for figure_name, figure in pictures(panel).items():
        with look():
            assert overlaps(figure) == [], figure_name
            assert outside(figure) == [], figure_name
        assert said[figure_name]


def test_messages_hold_the_numbers_of_the_log():
    rows = [(1, 0.0, "a", 10.0), (1, 7.0, "a", 30.0), (1, 21.0, "b", 20.0), (2, 50.0, "a", 40.0)]
    panel = Panel(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"]), days=84)
    assert (
        times.gaps_message(panel) == "Half of the repeat purchases come within 10 days, nine in ten within 13"
    )
    assert money.message(panel) == "Half of the purchases are below 25.0 currency units; the mean is 25.0"
    assert "heaviest customer has 60.0% of the money" in customers.heaviest_message(panel)
    assert customers.coming_message(panel).startswith("50% of customers first buy after the first quarter")
    assert times.shares_message(panel).startswith("a has 75% of purchases")
