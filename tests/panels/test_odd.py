"""What looks odd about a log is named with its grade; a log like any other has nothing odd."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.panels import Oddity, Panel, read
from regulars.panels.odd import look

DAYS = 364


def usual(n=80, weekly=0.5, seed=1, firms=("a", "b", "c"), rate=lambda t: 1.0):
    """Customers who buy at gamma rates all year, where more is bought when `rate` is above 1 (and never above 10)."""
    g = np.random.default_rng(seed)
    rows = []
    for who in range(1, n + 1):
        own = g.gamma(1.5, weekly / 1.5) / 7
        for t in np.sort(g.uniform(0, DAYS, g.poisson(own * DAYS * 10))):
            if g.random() < rate(t) / 10:
                rows.append((who, t, g.choice(list(firms)), round(float(np.exp(g.normal(3, 0.3))), 2)))
    table = pd.DataFrame(rows, columns=["customer", "time", "brand", "amount"])
    return table.assign(
        time=pd.Timestamp("2024-01-01") + pd.to_timedelta((table["time"] * 86_400).round(), unit="s")
    )


USUAL = usual()


def odd(table, **options):
    return {o.kind: o for o in read(table, **options).oddities}


def more(who, n, amount=20.0, seed=2):
    g = np.random.default_rng(seed)
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta((g.uniform(0, DAYS, n) * 86_400).round(), unit="s")
    return pd.DataFrame({"customer": who, "time": time, "brand": "a", "amount": amount})


@pytest.mark.parametrize("seed", range(6))
def test_a_log_like_any_other_has_nothing_odd(seed):
    assert odd(usual(seed=seed)) == {}
    one = usual(seed=seed).drop(columns="brand")
    assert odd(one) == {}
    assert odd(one.assign(time=one["time"].dt.strftime("%Y-%m-%d"))) == {}


def test_heavy_customers():
    share = {"guest": 900, "wholesaler": 60}
    guest = odd(pd.concat([USUAL, more(0, share["guest"])]))["heavy customer"]
    assert (
        guest.grade == "fail"
        and "customer 0" in guest.sentence
        and "--leave-out customer=0" in guest.sentence
    )
    n = len(USUAL) + share["guest"]
    assert f"has {100 * share['guest'] / n:.0f}% of all purchases" in guest.sentence
    big = odd(pd.concat([USUAL, more(9999, share["wholesaler"], 4000.0)]))["heavy customer"]
    assert "customer 9999" in big.sentence and big.grade == "fail"
    named = USUAL.assign(customer=[f"c{c:03d}" for c in USUAL["customer"]])
    small = odd(pd.concat([named, more("Laufkundschaft", 5)]))["guest"]
    assert small.grade == "note" and "customer Laufkundschaft" in small.sentence


def test_seasons_and_cuts():
    for low, high, month in ((330, 360, "2024-12"), (150, 185, "2024-0")):
        season = odd(usual(rate=lambda t, low=low, high=high: 6.0 if low <= t < high else 1.0))["season"]
        assert season.grade == "review" and f"four weeks from {month}" in season.sentence
    growing = odd(usual(rate=lambda t: 0.5 + 4 * t / DAYS))
    assert "season" not in growing and "cut off" not in growing
    late = usual(rate=lambda t: 3.0 if t < 357 else 0.3)
    cut = odd(late)["cut off"]
    assert cut.grade == "review" and "the last week has" in cut.sentence
    hole = odd(usual(rate=lambda t: 0.0 if 100 <= t < 140 else 3.0))["hole"]
    assert "nobody buys for" in hole.sentence and "2024-04-1" in hole.sentence


def test_a_last_month_that_is_cut_off():
    table = usual(rate=lambda t: 3.0 if t < 340 else 0.0)
    table = table.assign(time=table["time"].dt.strftime("%Y-%m"), receipt=range(len(table)))
    assert "the last month has" in odd(table)["cut off"].sentence


def test_brands_that_come_and_go():
    early = USUAL[(USUAL["brand"] != "c") | (USUAL["time"] >= "2024-07-01")]
    came = odd(early)["not always on sale"]
    assert "c was first bought on 2024-07" in came.sentence and came.grade == "review"
    left = odd(USUAL[(USUAL["brand"] != "b") | (USUAL["time"] < "2024-06-01")])["not always on sale"]
    assert "b was last bought on 2024-05" in left.sentence
    away = odd(
        USUAL[(USUAL["brand"] != "b") | (USUAL["time"] < "2024-04-01") | (USUAL["time"] >= "2024-09-01")]
    )
    assert "b was not bought for a long time after 2024-03" in away["not always on sale"].sentence


def test_firms_that_may_be_something_else():
    store = odd(USUAL.rename(columns={"brand": "store_id"}))["branches"]
    assert "column store_id: its 3 values are taken as rival firms" in store.sentence
    assert "branches" not in odd(USUAL.rename(columns={"brand": "store_id"}), columns={"firm": ""})
    every = odd(USUAL.assign(brand=[f"p{k}" for k in range(len(USUAL))]))["many firms"]
    assert every.grade == "fail"


def test_several_firms_at_one_time_have_no_order():
    both = pd.concat([USUAL, USUAL.assign(brand="b")])
    found = odd(both, duplicates="keep")["several firms at one time"]
    assert found.grade == "review" and "order is not known" in found.sentence
    table = read(both.sort_values(["time", "brand"]), duplicates="keep").purchases
    tied = table.duplicated(["customer", "time"], keep=False)
    first = table[tied].groupby(["customer", "time"])["firm"].first()
    assert (
        0.35 < (first == "b").mean() < 0.65
    )  # sorted by name, b would never be first before c, always after a


def test_amounts_of_nothing_and_giants():
    free = USUAL.assign(amount=USUAL["amount"].where(USUAL.index % 3 > 0, 0.0))
    assert odd(free)["zero amounts"].grade == "review"
    giant = USUAL.assign(amount=USUAL["amount"].where(USUAL.index != 7, 99_999.0))
    assert odd(giant)["giant purchases"].grade == "fail"
    total = USUAL["amount"].sum()
    for share, seen in (
        (0.03, True),
        (0.005, False),
    ):  # a mistyped amount that moves the forecast, and one that does not
        slip = USUAL.assign(amount=USUAL["amount"].where(USUAL.index != 7, share * total))
        assert ("giant purchases" in odd(slip)) is seen, share


def test_logs_too_short():
    day = USUAL.assign(time="2024-01-01", receipt=range(len(USUAL)))
    assert odd(day)["one day"].grade == "fail"
    weeks = USUAL[USUAL["time"] < "2024-01-20"]
    assert "short" in odd(weeks)


def test_grades_are_known():
    with pytest.raises(ValueError, match="choose one of note, review, fail"):
        Oddity("x", "y", "bad")


STATUS = "customer,date,brand,amount,Status\n" + "".join(
    f"c{k % 60},2024-{1 + k % 12:02d}-{1 + k % 28:02d},{'ab'[k % 2]},5,{'cancelled' if k % 9 == 0 else 'paid'}\n"
    for k in range(400)
)


@pytest.mark.parametrize("option", ["leave_out", "only", "returned"])
def test_a_condition_that_is_nearly_met_is_refused(tmp_path, option):
    file = tmp_path / "log.csv"
    file.write_text(STATUS)
    with pytest.raises(
        RegularsError, match=r"no row has Status 'Canceled'; nearest: 'cancelled'.*Status=cancelled"
    ):
        read(file, **{option: {"status": "Canceled"}})


def test_a_condition_that_no_row_meets_is_told(tmp_path):
    """As with next month's file, which has none of them; one that is met is no oddity."""
    file = tmp_path / "log.csv"
    file.write_text(STATUS)
    panel = read(file, leave_out={"Status": ["cancelled", "returned"], "customer": "0"})
    told = [o.sentence for o in panel.oddities if o.kind == "idle condition"]
    assert told == [
        "no row has Status 'returned', which --leave-out Status=returned asks for; it holds 'cancelled', 'paid'",
        "no row has customer '0', which --leave-out customer=0 asks for; it holds 'c0', 'c1', 'c2', 'c3', 'c4', 'c5' ...",
    ]
    assert not [
        o for o in read(file, leave_out={"Status": "cancelled"}).oddities if o.kind == "idle condition"
    ]


def test_a_column_that_is_used_cannot_be_ignored(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text(STATUS)
    with pytest.raises(
        RegularsError,
        match="ignore names the column amount, which is taken as amount; --columns amount=COLUMN",
    ):
        read(file, ignore="amount", leave_out={"Status": "cancelled"})


@pytest.mark.parametrize(("stops", "odd"), [(1.0, False), (0.75, True)])
def test_a_firm_that_stops_winning_customers_is_named(stops, odd):
    """Two years: a hundred are there, and one comes every four days, to the end or to the third quarter."""
    days = 728.0
    rng = np.random.default_rng(3)
    entry = [0.0] * 100 + list(np.arange(4.0, stops * days, 4.0))
    rows = [
        (who, min(max(start + gap, 0.0), days - 0.01))
        for who, start in enumerate(entry)
        for gap in [rng.uniform(0, 4), *np.sort(rng.uniform(4, days - start, 6))]
    ]
    table = pd.DataFrame(rows, columns=["customer", "time"]).assign(firm="shop", amount=3.0)
    found = {o.kind: o for o in look(Panel(table, days=days, start=dt.date(2022, 1, 1)))}
    assert ("no newcomers" in found) == odd
    if odd:
        assert found["no newcomers"].grade == "review" and "since 2023-0" in found["no newcomers"].sentence
