"""A scenario in which every section, strategy and policy says something, and values that belong nowhere in it."""

import datetime
import decimal

import numpy as np
import pandas as pd

from regulars.contract import pricing, strategy
from regulars.ground.parameter import Problem
from regulars.scenario import Scenario

ENDLESS: dict = {}
ENDLESS["again"] = ENDLESS
DEEP: list = []
for _ in range(100_000):
    DEEP = [DEEP]


class Unwritable:
    def __repr__(self):
        raise RuntimeError("I cannot be written down")


ODD = (
    None, True, False, 0, -1, 5, 2**64, 10**400, 10**5000, -(10**400), 0.5, 1e308, -1e308, 5e-324, float("nan"), float("inf"),
    "", "yes", "5", "nan", "..", "\0", "\ud800", "x" * 2_000_000, "a.b", "\x1b[31m", [], [[]], [None], [1, 2], ["a"], [{}], [[1, 2], [3]],
    {}, {"": 1}, {"name": 5}, {"distribution": "normal"}, {"distribution": 5, "mean": []}, {"mean": 1e308, "sd": 1e308, "distribution": "gamma"},
    {5: 1}, {"\ud800": 1}, (), (1, 2), set(), {1, 2}, b"bytes", bytearray(3), 1j, object(), Unwritable(), int, len, ENDLESS, DEEP,
    decimal.Decimal("1.5"), decimal.Decimal("sNaN"), decimal.Decimal("1e999999"), datetime.date(2024, 1, 1), datetime.time(5), datetime.timedelta(1),
    datetime.datetime(2024, 1, 1, 5, tzinfo=datetime.UTC), np.float64(0.5), np.float32("nan"), np.int8(-1), np.uint64(2**64 - 1), np.bool_(True),
    np.str_("x"), np.datetime64("2024-01-01"), np.datetime64("NaT"), np.longdouble(2), np.zeros(3), np.zeros((2, 2)), np.array(5), np.array([{}], object),
    pd.Timestamp("2024-01-01"), pd.NaT, pd.NA, pd.Series([1.0]), pd.DataFrame({"a": [1]}),
)  # fmt: skip


def whole_table():
    """The table of a scenario that says something everywhere, resolved: every parameter is written out."""
    kinds = [{"kind": name} for name in pricing.names()][:2]
    table = {
        "about": {"title": "all", "sources": ["a"]},
        "categories": [{"name": "milk"}, {"name": "fruit"}],
        "situations": [{"name": "feast"}],
        "mix": {"kinds": [{"name": "families"}]},
        "experience": {"on": True},
        "network": {"on": True, "kind": "edges", "edges": [[0, 1], [1, 2]]},
        "uncertainty": {"choice.price_sensitivity": 0.1},
        "firms": [
            {"name": f"firm {k}", "pricing": kind, "lease": {}, "staff": {}} for k, kind in enumerate(kinds)
        ],
        "arms": {"other": {"description": "d", "set": {"market.days": 30}}},
    }
    for name in strategy.names():
        for place in (
            table["firms"][0].setdefault("strategies", {}),
            table["arms"]["other"].setdefault("strategies", {}),
        ):
            place[name] = {}
            try:
                Scenario(table)
            except Problem:
                del place[name]
    return Scenario(table).resolved()
