"""Points (P3): rules that real programmes have: whole points, store credit that earns or not, points that wait, what a point costs."""

import numpy as np
import pytest
from worlds.lives import goes_on
from worlds.one_shop import STAMPS, book, chosen, collect, mug, two_firms

from regulars.ground.parameter import Problem
from regulars.world.ledger import MILLION
from regulars.world.waiting import Waiting

VOUCHER = [{"name": "off", "kind": "coupon", "points": 8.0, "worth": 2.0}]
VARIED = {"spending.basket": 3.0, "spending.variation": 0.6, "market.customers": 300, "market.days": 60}


def ran(rules, p=0.6, **changes):
    return collect(p, {**STAMPS, **rules}, **{**VARIED, **changes}).market(log="memory").run()


def issued(market):
    return book(market).flows["issued"].sum() / MILLION


# ---------------------------------------------------------------- whole points


@pytest.mark.parametrize(
    ("rounding", "points"),
    [("none", lambda x: x), ("down", np.floor), ("nearest", lambda x: np.floor(x + 0.5))],
)
def test_points_of_a_purchase_become_whole(rounding, points):
    market = ran({"rounding": rounding, "per_unit": 0.7, "rewards": mug(10.0)})
    amounts = np.rint(market.log.purchases()["amount"] * MILLION).to_numpy()
    earned = np.rint(amounts * 0.7) / MILLION
    assert issued(market) == pytest.approx(points(earned).sum(), abs=1e-3)
    whole = market.firms[0].strategies["points"].points % MILLION
    assert (whole == 0).all() == (rounding != "none")


def test_rounding_down_makes_a_reward_farther():
    """Half a point less a purchase: with 1.4 points each, a third of the speed, so that fewer rewards are taken."""
    taken = [
        book(ran({"rounding": how, "per_unit": 0.45, "rewards": mug(10.0)})).flows["redeemed"].sum()
        for how in ("none", "down")
    ]
    assert taken[1] < 0.8 * taken[0]


# ---------------------------------------------------------------- what is paid with store credit


@pytest.mark.parametrize("earns_on", ["everything", "own_money"])
def test_what_earns_points(earns_on):
    market = ran({"earns_on": earns_on, "rewards": VOUCHER})
    events = market.log.events()
    credit = events.loc[events["event"] == "use_credit", "amount"].sum()
    paid = market.log.purchases()["amount"].sum()
    assert credit > 0.1 * paid
    assert issued(market) == pytest.approx(paid - credit * (earns_on == "own_money"), abs=0.05)


# ---------------------------------------------------------------- points that wait


def late(market, pending):
    """Whether no customer has ever redeemed a point that was earned less than so many days before."""
    events, bought = market.log.events(), market.log.purchases()
    redeemed = events[events["event"] == "redeem"]
    assert len(redeemed) > 50
    shape = market.customers.count, 1 + int(redeemed["time"].max())
    free, taken = np.zeros(shape), np.zeros(shape)
    for sums, log, days in (
        (free, bought, np.ceil(np.floor(bought["time"]) + pending)),
        (taken, redeemed, np.ceil(redeemed["time"])),
    ):
        early = (days < shape[1]).to_numpy()
        np.add.at(sums, (log["customer"][early], days[early].astype(int)), log["amount"][early])
    return bool((taken.cumsum(axis=1) <= free.cumsum(axis=1) + 1e-6).all())


@pytest.mark.parametrize("pending", [1.0, 5.5])
def test_points_wait(pending):
    """Whole days; and nothing waits longer: customers who come every day redeem on the first day they can."""
    market = ran({"pending": pending, "rewards": mug(4.0)})
    assert late(market, np.ceil(pending))
    assert not late(ran({"rewards": mug(4.0)}), 1)  # control
    daily = {**STAMPS, "pending": pending, "rewards": mug(1.0)}
    table = {"market.customers": 20, "market.days": 40, "spending.basket": 1.0}
    events = collect(1.0, daily, **table).market(log="memory").run().log.events()
    redeemed = events[events["event"] == "redeem"]
    assert redeemed["time"].min() == np.ceil(pending)
    assert len(redeemed) == 20 * (40 - np.ceil(pending))


def test_who_leaves_waits_for_nothing_and_books_balance():
    market = ran({"pending": 7.0, "rewards": mug(4.0)}, **{"turnover.exit_rate": 12.0})
    points = market.firms[0].strategies["points"]
    gone = market.customers.exit <= 59
    assert gone.any() and (points.waiting.total[gone] == 0).all()
    assert (points.waiting.total <= points.points).all() and points.waiting.total.any()
    assert (points.waiting.total == points.waiting.ring.sum(axis=0)).all()
    market.ledger.check()


def test_saved_while_points_wait(tmp_path):
    rules = {**STAMPS, "pending": 7.0, "rounding": "down", "earns_on": "own_money", "rewards": VOUCHER}
    goes_on(two_firms(({"points": rules}, None)), tmp_path / "m", 31)


def test_a_branch_may_change_how_long_points_wait():
    whole = collect(0.6, {**STAMPS, "pending": 7.0, "rewards": mug(4.0)}, **VARIED).market(log="memory")
    for _ in range(30):
        whole.step()
    same = whole.branch(log="memory").run()
    sooner, later = (
        whole.branch({"firms.a.strategies.points.pending": days}, log="memory").run() for days in (0.0, 30.0)
    )
    assert (chosen(whole.run()) == chosen(same)).all()
    taken = [
        m.log.events().query("event == 'redeem' and time == 30")["amount"].sum()
        for m in (sooner, same, later)
    ]
    assert taken[0] > taken[1] > taken[2]


def test_the_ring():
    """5, 7 and 11 earned on three days in a row, with three days to wait; then it is shortened or made longer."""
    for days, wanted in ((3, 23), (2, 18), (1, 11), (0, 0), (9, 23)):
        waiting = Waiting(1, 3)
        for day, earned in enumerate((5, 7, 11)):
            waiting.open(day)
            waiting.today[0] += earned
            waiting.total[0] += earned
        waiting.last(days)
        assert waiting.total[0] == wanted
        waiting.open(2 + days)
        assert waiting.total[0] == 0
    plain = Waiting(4, 0)
    plain.open(9.0)
    assert plain.today.size == 0 and not plain.total.any()


def test_points_that_lapse_before_they_can_be_used():
    with pytest.raises(Problem, match=r"pending.*valid for 28 days and wait for 30"):
        collect(0.5, {**STAMPS, "lot": 28.0, "purchase_valid": 28.0, "pending": 30.0})
    collect(0.5, {**STAMPS, "pending": 30.0})  # valid for ever


# ---------------------------------------------------------------- what a point is expected to cost


def test_one_reward_has_one_cost():
    assert book(ran({"rewards": mug(10.0, cost=1.7)})).cost == pytest.approx(0.17)


def test_a_reward_that_nobody_aims_for_prices_no_point():
    yacht = {"name": "yacht", "kind": "good", "points": 1e6, "worth": 5e5, "cost": 5e5}
    alone, beside = (book(ran({"rewards": rewards})).cost for rewards in (VOUCHER, [*VOUCHER, yacht]))
    assert beside == pytest.approx(alone) == pytest.approx(0.25)
    assert book(ran({"rewards": [{**yacht, "worth": 0.0}]})).cost == 0.0  # nobody wants it: never redeemed


def test_cost_follows_what_customers_aim_for():
    """A point costs what the reward costs that its holder aims for, times the chance that it is redeemed; tastes make two rewards share
    the customers, who are alike in all else."""
    rewards = [
        *mug(10.0, cost=1.0),
        {"name": "cup", "kind": "good", "points": 10.0, "worth": 3.0, "cost": 3.0},
    ]
    market = ran({"rewards": rewards, "reward_taste": 0.5})
    points = market.firms[0].strategies["points"]
    share = (points.favourite == 1).mean()
    assert 0.3 < share < 0.7
    held = points.points.astype(float)
    aimed = (held * np.where(points.favourite == 1, 0.3, 0.1)).sum() / held.sum()
    redeemed = book(market).cost / aimed
    assert (
        0.95 < redeemed <= 1.0
    )  # all come every day and points never expire; the last few are not foreseen for ten years


def test_the_liability_is_revalued_when_rules_change():
    """A dearer mug: what is owed is booked anew at once, and the books balance."""
    market = collect(0.6, {**STAMPS, "rewards": mug(40.0, cost=1.0)}, **VARIED).market()
    for _ in range(30):
        market.step()
    dearer = market.branch({"firms.a.strategies.points.rewards": mug(40.0, cost=2.0)})
    dearer.step()
    kept = book(dearer)
    assert kept.cost == pytest.approx(0.05)
    assert sum(kept.accrued) == round(0.05 * int(kept.outstanding.sum()))
    dearer.ledger.check()
