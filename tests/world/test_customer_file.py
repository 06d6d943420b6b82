"""The customer file: purchases of those who are identified, and nothing at all of the others."""

import numpy as np
import pytest

from regulars import Market, Scenario
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.customer_file import ARRAYS, HALF_LIFE, LEARNING

CUSTOMERS = 200


def market(strategies=None, days=120, run=True, **shop):
    """Two shops, of which ours keeps a file from the first day; a purchase is about 4 currency units."""
    table = {
        "market": {"customers": CUSTOMERS, "days": days},
        "need": {"mean": 2.0, "shape": 2.0},
        "spending": {"basket": 2.0, "variation": 0.5},
        "turnover": {"exit_rate": 0.5, "entry_rate": 0.5},
        "firms": [
            {"name": "shop", "price": 2.0, "strategies": strategies or {}, **shop},
            {"name": "theirs", "price": 2.0},
        ],
    }
    made = Scenario(table).market(log="memory")
    made.firm("shop").file  # noqa: B018 - opened
    return made.run() if run else made


def bought(made, firm="shop"):
    """Purchases at a firm."""
    table = made.log.opportunities()
    return table[table["firm"] == firm].sort_values("time")


def test_an_anonymous_customer_leaves_nothing():
    """Nobody has a card, nobody orders online: 120 days of purchases, and not a trace of anybody."""
    file = market().firm("shop").file
    blank = Scenario({"firms": [{"name": "shop"}]}).market().firms[0].file
    for name in ARRAYS:
        array, nothing = getattr(file, name), getattr(blank, name)
        assert (array == nothing[0]).all(), name
    assert not file.known.any() and not file.segments


def test_who_shows_no_card_leaves_nothing():
    made = market({"points": {"enrolment": "randomised", "enrolled_share": 0.5}})
    file, member = made.firm("shop").file, made.firm("shop").members()
    came = np.bincount(bought(made)["customer"], minlength=file.known.size) > 0
    assert (came & ~member).sum() > 30
    assert (file.known == (came & member)).all()
    for name in ARRAYS:
        array = getattr(file, name)
        assert (array[~member] == array[np.flatnonzero(~came & ~member)[0]]).all(), name


def test_what_happened_before_the_card_is_not_known():
    """Half of the customers take a card on day 60: the file begins with that day's purchases, and is theirs alone."""
    made = market({"points": {"enrolment": "randomised", "enrolled_share": 0.0}}, run=False)
    while made.day < 60:
        made.step()
    file, member = made.firm("shop").file, made.firm("shop").strategies["points"].member
    assert not file.known.any()
    member[::2] = True
    made.run()
    table = bought(made)
    seen = table[(table["time"] >= 60) & (table["customer"] % 2 == 0)].groupby("customer").size()
    assert (file.count == seen.reindex(range(member.size), fill_value=0)).all()
    assert file.first[file.known].min() >= 60 and len(seen) > 50
    assert len(table) > 2 * seen.sum()


def test_online_everybody_is_entered():
    made = market(online=True)
    file, table = made.firm("shop").file, bought(made)
    of = table.groupby("customer")
    for array, column in (
        (file.first, of["time"].min()),
        (file.last, of["time"].max()),
        (file.count, of.size()),
        (file.money, of["amount"].sum()),
    ):
        assert array[column.index] == pytest.approx(column.to_numpy(), rel=1e-6)
    assert set(np.flatnonzero(file.known)) == set(of.groups)
    assert not made.firm("theirs").has_file


def test_mean_gap_is_the_customers_own():
    made = market(online=True)
    gap = made.firm("shop").file.mean_gap()
    of = bought(made).groupby("customer")["time"]
    many, once = of.size()[of.size() > 1].index, of.size()[of.size() == 1].index
    by_hand = of.apply(lambda times: times.diff().mean())
    assert gap[many] == pytest.approx(by_hand[many].to_numpy(), rel=1e-3)
    assert len(once) and np.isinf(gap[once]).all()


def test_recent_spending_by_hand():
    """Every purchase weighs e^(-age in years)."""
    made = market(online=True)
    table = bought(made)
    weighed = table["amount"] * np.exp(-(120.0 - table["time"]) / DAYS_A_YEAR)
    by_hand = weighed.groupby(table["customer"]).sum()
    recent = made.firm("shop").file.recent_at(np.arange(made.customers.count), 120.0)
    assert recent[by_hand.index] == pytest.approx(by_hand.to_numpy(), rel=1e-5)
    assert not recent[~np.isin(np.arange(recent.size), by_hand.index)].any()


def test_recent_spending_of_a_steady_buyer_is_his_year():
    file = market(days=1).firm("shop").file
    one = np.array([7])
    for day in np.arange(0.0, 20 * DAYS_A_YEAR, 10.0):
        file.recent[one] = file.recent_at(one, day) + 3.0
        file.count[one], file.last[one] = 1, day
    means = np.mean([file.recent_at(one, day + wait)[0] for wait in np.arange(0.05, 10.0, 0.1)])
    assert means == pytest.approx(3.0 * DAYS_A_YEAR / 10.0, rel=1e-3)


def test_knowledge_by_hand():
    """k <- k + learning (1 - k) with every purchase seen, and half of it is left after the half-life."""
    made = market(online=True)
    file, table = made.firm("shop").file, bought(made)
    k, last = np.zeros(made.customers.count), np.zeros(made.customers.count)
    for who, time in zip(table["customer"], table["time"], strict=True):
        left = k[who] * 2.0 ** (-(time - last[who]) / HALF_LIFE)
        k[who], last[who] = left + LEARNING * (1 - left), time
    assert file.knowledge == pytest.approx(k, abs=1e-4)
    everyone = np.arange(made.customers.count)
    assert file.knowledge_at(everyone, 1e5)[k > 0] == pytest.approx(
        (k * 2.0 ** (-(1e5 - last) / HALF_LIFE))[k > 0], rel=1e-3
    )


def test_closed_it_costs_and_changes_nothing():
    open_, closed = market(online=True), market(online=True, run=False)
    none = Market(closed.scenario, log="memory").run()
    assert not none.firm("shop").has_file
    a, b = (
        m.log.opportunities().sort_values(["customer", "occasion"], ignore_index=True) for m in (open_, none)
    )
    assert a.equals(b) and open_.ledger.table() == none.ledger.table()


def test_opened_late_it_knows_nothing_of_the_days_before():
    made = market(online=True, run=False)
    late = Market(made.scenario, log="memory")
    while late.day < 60:
        late.step()
    file = late.firm("shop").file
    late.run()
    table = bought(late)
    after = table[table["time"] >= 60].groupby("customer").size()
    assert (file.count[after.index] == after).all() and file.count.sum() == after.sum() < len(table)
    assert file.first[file.known].min() >= 60


def test_saved_and_gone_on(tmp_path):
    whole, half = (market(online=True, run=False) for _ in range(2))
    for made in (whole, half):
        made.firm("shop").file.segments["odd"] = np.arange(made.customers.count) % 2 == 1
    whole.run()
    while half.day < 50:
        half.step()
    loaded = Market.load(half.save(tmp_path / "market"), log="memory").run()
    a, b = (made.firm("shop").file for made in (whole, loaded))
    for name in ARRAYS:
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes(), name
    assert (a.segments["odd"] == b.segments["odd"]).all()
