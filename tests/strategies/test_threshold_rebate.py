"""Threshold rebate: switches, books, rivals and members (regularities 4.8); what the goal does is in `test_visit_goal`."""

import math

import numpy as np
import pytest
from worlds.corner_shop import mixed, rewards, shop, visits
from worlds.lives import same

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.world.ledger import MILLION


def test_more_generous_never_attracts_less():
    rates = (0.0, 0.1, 0.3, 0.6, 1.0)
    sales = [
        shop({"rate": rate}, p=0.4, customers=3000, days=14).market().run().firms[0].purchases
        for rate in rates
    ]
    assert sales == sorted(sales) and sales[-1] > 1.2 * sales[0]


# ---------------------------------------------------------------- books


def liability(market, name):
    """Liability of a firm and the sum of its cards, millionths."""
    firm = market.firm(name)
    return -int(market.ledger.money["liability"][firm.index]), int(firm.card.purse.held.sum())


def test_books_balance_and_liability_is_on_the_cards():
    market = mixed({"rate": 1.0, "days": 3}).market(log="memory").run()
    market.ledger.check()
    owed, held = liability(market, "shop")
    assert owed == held > 0
    events = market.log.events()
    sums = (events.groupby("event")["amount"].sum() * MILLION).round().astype(np.int64)
    assert sums["reward"] - sums["use_credit"] == owed
    assert market.ledger.value("rewards", market.firm("shop").index) == pytest.approx(
        sums["reward"] / MILLION
    )


def test_an_amount_is_the_same_for_all_and_a_share_is_not():
    for rules, alike in (
        ({"returns": "amount", "amount": 0.7}, True),
        ({"returns": "share", "rate": 0.1}, False),
    ):
        events = mixed({"days": 3, **rules}).market(log="memory").run().log.events()
        rewards = events.query("event == 'reward'")["amount"]
        assert len(rewards) > 20 and (rewards.nunique() == 1) == alike
        assert not alike or rewards.iloc[0] == 0.7


def test_credit_that_lapses_is_taken_back():
    market = mixed({"rate": 1.0, "days": 3, "lapse": 3.0}).market(log="memory").run()
    market.ledger.check()
    owed, held = liability(market, "shop")
    events = market.log.events()
    sums = events.groupby("event")["amount"].sum()
    assert sums["lapse"] > 0
    assert owed == held == round((sums["reward"] - sums["use_credit"] - sums["lapse"]) * MILLION)


@pytest.mark.parametrize(("counts", "weeks_paid"), [("all", 4), ("money", 2)])
def test_spending_paid_with_credit_may_earn_again_or_not(counts, weeks_paid):
    """Who always comes pays every other week only, when credit does not earn."""
    rules = {"paid_as": "credit", "counts": counts}
    market = shop(rules, customers=10, days=28, choice__outside=False).market().run()
    assert market.ledger.value("rewards", 0) == 10 * 7 * weeks_paid


def test_customers_foresee_that_credit_in_hand_will_not_earn():
    rules = {"paid_as": "credit", "counts": "money", "days": 5}
    market = shop(rules, p=0.5, customers=2000, days=14).market(log="memory").run()
    bought = visits(market)
    won = bought[:, 0].sum(axis=1) >= 5
    assert bought[won, 1].mean() < bought[~won, 1].mean() - 0.1


def test_each_unit_of_reward_is_attributed():
    control = mixed().market()
    arm = mixed({"rate": 0.5}).market(against=control)
    for _ in range(42):
        control.step()
        arm.step()
    f = arm.firm("shop").index
    by_source = arm.ledger.by_source[f]
    assert by_source.sum() == arm.ledger.money["rewards"][f] > 0
    assert (by_source[:3] > 0).all() and by_source[3] == 0  # kept, won, created; all of it was earned
    assert arm.firm("shop").purchases > control.firm("shop").purchases


# ---------------------------------------------------------------- rivals


def both(rules, **changes):
    """Two equal shops with the same rebate and nowhere else to go."""
    firm = {"price": 1.0, "cost": 0.5, "strategies": {} if rules is None else {"threshold_rebate": rules}}
    return Scenario(
        {
            "market": {"customers": 2000, "days": 28},
            "need": {"process": "calendar"},
            "taste": {"concentration": 2.0},
            "choice": {"price_sensitivity": 1.0},
            "firms": [{"name": "anna", **firm}, {"name": "berta", **firm}],
        }
    ).set({name.replace("__", "."): value for name, value in changes.items()})


def test_equal_rewards_for_every_purchase_cancel_exactly():
    """With a goal of one day a week of one day every purchase earns the same everywhere: no choice changes (4.8)."""
    every = {"days": 1, "window": 1, "rate": 0.4, "paid_as": "cash"}
    rewarded, none = (both(rules).market(log="memory").run() for rules in (every, None))
    same(rewarded, none, books=False)
    for a, b in zip(rewarded.firms, none.firms, strict=True):
        assert a.profit == pytest.approx(b.profit - 0.4 * a.purchases, abs=1e-6)
    alone = both(every, **{"firms.berta.strategies": {}}).market().run()
    assert alone.firm("anna").purchases > none.firm("anna").purchases


def test_equal_programmes_leave_shares_alone():
    rewarded, none = (both(rules).market(log="memory").run() for rules in ({"rate": 0.5}, None))
    rewarded.ledger.check()
    at_anna = [
        m.log.purchases().groupby("customer")["firm"].agg(lambda f: (f == "anna").mean())
        for m in (rewarded, none)
    ]
    change = at_anna[0] - at_anna[1]  # of each customer's share, paired
    assert abs(change.mean()) <= 3 * change.std() / math.sqrt(len(change))
    assert (
        at_anna[0].var() > 1.2 * at_anna[1].var()
    )  # yet it does something: customers go to one of them more often
    for firm in rewarded.firms:
        assert firm.profit < none.firm(firm.name).profit
        owed, held = liability(rewarded, firm.name)
        assert owed == held


# ---------------------------------------------------------------- members, mistakes


def test_offered_it_is_joined_by_those_to_whom_it_is_worth_it():
    rules = {"enrolment": "offered", "effort": 200.0, "rate": 0.5}
    market = mixed(rules).market(log="memory").run()
    programme = market.firm("shop").strategies["threshold_rebate"]
    joined = set(market.log.events().query("event == 'enrol'")["customer"])
    assert joined == set(np.flatnonzero(programme.member)) and 0 < len(joined) < 400
    assert set(rewards(market)["customer"]) <= joined
    everybody = mixed({**rules, "effort": 0.0}).market().run().firm("shop").strategies["threshold_rebate"]
    assert everybody.member.sum() > programme.member.sum()


def test_randomised_it_pulls_only_those_drawn():
    none = mixed().market(log="memory").run().log.opportunities()
    market = mixed({"enrolment": "randomised", "enrolled_share": 0.3, "rate": 0.8}).market(log="memory").run()
    out = ~market.firm("shop").strategies["threshold_rebate"].member
    table = market.log.opportunities()
    left_alone = out[table["customer"]]
    assert 0.6 < out.mean() < 0.8
    assert table[left_alone].equals(none[left_alone])
    assert not table[~left_alone].equals(none[~left_alone])


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"days": 9}, "do not fit into 7 days"),
        ({"dys": 5}, "did you mean 'days'"),
        ({"rate": 1.5}, "share of spending"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        mixed(rules)
    assert mixed({"days": 7}).spec.firms[1].strategies["threshold_rebate"].days == 7
