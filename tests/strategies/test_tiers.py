"""Tiers (P4): chance demotion, perks, status and its loss against closed forms, each with its control."""

import math

import numpy as np
import pytest
from scipy.stats import nbinom
from worlds.chances import share
from worlds.one_shop import GOLD, chosen, club, tiers, two_firms

from regulars.ground.parameter import Problem
from regulars.strategies.tiers import Tiers
from regulars.world.ledger import MILLION

# ---------------------------------------------------------------- chance alone


def test_a_fifth_is_demoted_by_chance():
    """NBD(r = .8, mean 10 a year), threshold 20: 15.6% qualify, 79.2% of them requalify (regularities 4.9 [K])."""
    odds = 0.8 / 10.8
    x = np.arange(400)
    first = nbinom.pmf(x, 0.8, odds)
    again = nbinom.sf(19, 0.8 + x, (0.8 + 10) / (0.8 + 20))  # given x in the first year
    qualify, requalify = first[20:].sum(), (first * again)[20:].sum() / first[20:].sum()
    assert (qualify, requalify) == (pytest.approx(0.156, abs=5e-4), pytest.approx(0.792, abs=5e-4))
    changes = {
        "market.customers": 20000,
        "market.days": 728,
        "market.tick": 7,
        "need.process": "poisson",
        "need.mean": 10.0,
        "need.shape": 0.8,
        "need.period": 364.0,
    }
    market = club(1.0, (GOLD,), {"period": 364.0}, **changes).market()
    while market.day < 364:
        market.step()
    gold = tiers(market).level == 1
    p, se = share(gold)
    assert abs(p - qualify) < 4 * se
    while market.tick < market.ticks:
        market.step()
    p, se = share(tiers(market).level[gold] == 1)
    assert abs(p - requalify) < 4 * se and abs(1 - p - 0.208) < 4 * se + 5e-4


def test_levels_follow_the_spending_of_the_period():
    """Up at once, down at the end of the next period, and counting starts again; or all at the end; or one step down."""
    levels = ({"name": "silver", "threshold": 5.0}, {"name": "gold", "threshold": 10.0})
    seen = {}
    for name, rules in (("free", {}), ("at_end", {"promotion": "at_end"}), ("soft", {"landing": "soft"})):
        market = club(1.0, levels, rules, **{"market.days": 84, "market.customers": 3}).market()
        seen[name] = []
        while market.tick < market.ticks:
            if market.day == 20:  # from now on everything is free: no spending counts
                market.offers.arrays["price"][0] = 1e-9
            market.step()
            seen[name].append(tiers(market).level[1])
    assert seen["free"] == [0] * 4 + [1] * 5 + [2] * 46 + [0] * 29
    assert seen["at_end"] == [0] * 27 + [2] * 28 + [0] * 29
    assert seen["soft"] == [0] * 4 + [1] * 5 + [2] * 46 + [1] * 28 + [0]


def test_a_rise_is_told_once():
    """Not again at every purchase that keeps a level."""
    levels = ({"name": "silver", "threshold": 5.0}, {"name": "gold", "threshold": 10.0})
    market = club(1.0, levels, **{"market.days": 28, "market.customers": 3}).market(log="memory").run()
    told = market.log.events().query("event == 'promote'").sort_values(["customer", "time"])
    assert told[["customer", "amount"]].to_numpy().tolist() == [[i, k] for i in range(3) for k in (1, 2)]


# ---------------------------------------------------------------- perks, status, demotion


def test_a_discount_is_for_the_level_and_is_booked():
    levels = ({"name": "gold", "threshold": 10.0, "discount": 0.2, "cost": 0.05},)
    market = club(1.0, levels, **{"market.days": 28, "market.customers": 10}).market(log="memory").run()
    log = market.log.purchases().query("customer == 0")
    assert log["price"].round(6).tolist() == [1.0] * 10 + [0.8] * 18
    assert market.ledger.value("discounts", 0) == pytest.approx(10 * 18 * 0.2)
    owed = 10 * 28 * (0.2 + 0.05)  # for the period that begins
    assert market.ledger.value("liability", 0) == pytest.approx(owed)
    assert market.ledger.value("rewards", 0) == pytest.approx(10 * 18 * 0.05 + owed)
    market.ledger.check()


def test_better_service_is_felt():
    felt = [
        club(
            1.0,
            ({"name": "gold", "threshold": 5.0, "service": s},),
            **{"experience.on": True, "market.days": 28},
        )
        .market()
        .run()
        .customers.satisfaction.mean()
        for s in (0.0, 0.2)
    ]
    assert felt[1] - felt[0] > 0.15


def rank_and_file(gold, silver=None, **rules):
    """Felt status of a shop in which a share is gold, and another share silver."""
    levels = [{"name": "silver", "threshold": 5.0, "status": 0.3}] if silver is not None else []
    market = club(
        0.3, (*levels, {"name": "gold", "threshold": 9.0, "status": 1.0}), rules, **{"market.customers": 100}
    ).market()
    own = tiers(market)
    own.enrolled[:] = True
    own.level[: round(100 * gold)] = len(levels) + 1
    if silver:
        own.level[round(100 * gold) : round(100 * (gold + silver))] = 1
    return own.felt_status()


def test_a_larger_elite_is_worth_less_and_a_second_one_more():
    """Dreze & Nunes 2009: dilution derivative < 0; a subordinate elite level restores the top; 0 switches dilution off."""
    top = [rank_and_file(g)[-1] for g in (0.0, 0.05, 0.2, 0.6)]
    assert top == sorted(top, reverse=True) and top[0] == 1.0 and top[2] == pytest.approx(0.8)
    assert rank_and_file(0.2, 0.3)[-1] > rank_and_file(0.2)[-1]
    assert rank_and_file(0.2, 0.3, subordinate=0.0)[-1] == pytest.approx(rank_and_file(0.2)[-1])
    assert [rank_and_file(g, dilution=0.0)[-1] for g in (0.1, 0.9)] == [1.0, 1.0]
    assert rank_and_file(0.2, 0.3)[1] == pytest.approx(0.3 * 0.5) and rank_and_file(0.5)[0] == 0.0


def lucky(hurt, **rules):
    """Customers all alike, without foresight: only luck makes them gold in a period, or not any more in the next one."""
    levels = ({"name": "gold", "threshold": 9.0, "status": 0.5},)
    rules = {"promotion": "at_end", "dilution": 0.0, "demotion_hurt": hurt, "hurt_half_life": 1000.0, **rules}
    market = club(
        0.3, levels, rules, **{"market.customers": 20000, "market.days": 84, "foresight.foresight": 0.0}
    ).market(log="memory")
    levels_at = []
    while market.tick < market.ticks:
        if market.tick in (28, 56):
            levels_at.append(tiers(market).level.copy())
        market.step()
    log = market.log.purchases().query("time >= 56")
    made = np.bincount(log["customer"], minlength=20000) / 28
    groups = {"never": (0, 0), "risen": (0, 1), "demoted": (1, 0), "stayed": (1, 1)}
    return {name: made[(levels_at[0] == a) & (levels_at[1] == b)] for name, (a, b) in groups.items()}


def test_demotion_hurts_more_than_promotion_helps():
    """Wagner et al. 2009: demoted < never < gold, on customers all alike; |demotion| / promotion = 1 + hurt in (1, 3]."""
    group = lucky(0.5)
    mean = {name: made.mean() for name, made in group.items()}
    error = {name: made.std() / math.sqrt(made.size) for name, made in group.items()}
    odds = lambda name: math.log(mean[name] / (1 - mean[name]))  # noqa: E731
    assert mean["never"] - mean["demoted"] > 4 * math.hypot(error["never"], error["demoted"])
    assert mean["risen"] - mean["never"] > 4 * math.hypot(error["never"], error["risen"])
    assert abs(mean["risen"] - mean["stayed"]) < 4 * math.hypot(error["risen"], error["stayed"])
    assert odds("risen") - odds("never") == pytest.approx(0.5, abs=0.06)
    ratio = (odds("stayed") - odds("demoted")) / (odds("risen") - odds("never"))
    assert 1 < ratio <= 3 and ratio == pytest.approx(1.5, abs=0.15)


def test_without_hurt_the_demoted_are_as_the_others():
    """Negative control: the loss is only that of the status; and the hurt is forgotten with its half-life."""
    group = lucky(0.0)
    gap = group["never"].mean() - group["demoted"].mean()
    assert abs(gap) < 3 * math.hypot(
        *(g.std() / math.sqrt(g.size) for g in (group["never"], group["demoted"]))
    )
    quick = lucky(0.5, hurt_half_life=0.5)
    assert quick["demoted"].mean() > lucky(0.5)["demoted"].mean()


# ---------------------------------------------------------------- books and edges


LIVELY = {
    "levels": [
        {"name": "silver", "threshold": 30.0, "discount": 0.03, "status": 0.1},
        {"name": "gold", "threshold": 80.0, "discount": 0.08, "status": 0.4, "service": 0.1, "cost": 0.2},
    ],
    "period": 28.0, "demotion_hurt": 1.0, "enrolment": "offered",
}  # fmt: skip


def test_two_firms_and_their_books():
    control = two_firms().market()
    market = two_firms(
        ({"tiers": LIVELY}, {"tiers": {**LIVELY, "landing": "soft", "promotion": "at_end"}})
    ).market(log="memory", against=control)
    for _ in range(market.ticks):
        control.step()
        market.step()
        market.ledger.check()
        for firm in market.firms:
            own = firm.strategies["tiers"]
            assert (
                ((own.level >= 0) & (own.level <= 2)).all()
                and (own.spent >= 0).all()
                and (own.hurt >= 0).all()
            )
            assert (own.level[~own.member] == 0).all() and own.sizes().sum() <= own.member.sum()
    assert set(market.log.events()["event"]) == {"enrol", "promote", "demote", "requalify"}
    assert (
        market.ledger.by_source.sum(axis=1)
        == market.ledger.money["rewards"] + market.ledger.money["discounts"]
    ).all()
    assert (market.ledger.money["rewards"] > 0).all() and (market.ledger.money["discounts"] > 0).all()


def test_off_is_none_to_the_bit():
    off = two_firms(({"tiers": {**LIVELY, **Tiers.off}}, None)).market(log="memory").run()
    bare = [{"name": "gold", "threshold": 30.0}]
    names_only = two_firms(({"tiers": {**LIVELY, "levels": bare}}, None)).market(log="memory").run()
    none = two_firms().market(log="memory").run()
    assert (chosen(off) == chosen(none)).all() and off.ledger.table() == none.ledger.table()
    assert (chosen(names_only) == chosen(none)).all()


def test_both_firms_the_same_programme():
    """Two alike cancel (4.8): category sales unchanged, shares what they were."""
    changes = {
        "choice.outside": False,
        "experience.on": False,
        "taste.kind": "homogeneous",
        "market.customers": 2000,
    }
    both, none = (
        two_firms(s, **changes).market().run().log.totals.purchases.sum(axis=0)
        for s in (({"tiers": LIVELY}, {"tiers": LIVELY}), (None, None))
    )
    assert both.sum() == none.sum()
    assert abs(both[0] - none[0]) < 5 * math.sqrt(both.sum() / 2)


def test_going_on_from_where_it_was():
    whole = two_firms(({"tiers": LIVELY}, None)).market(log="memory")
    for _ in range(40):
        whole.step()
    branch = whole.branch(log="memory")
    fewer = whole.branch({"firms.a.strategies.tiers.levels": LIVELY["levels"][:1]})
    assert tiers(fewer).level.max() == 1 and (tiers(fewer).spent == tiers(whole).spent).all()
    for market in (whole, branch, fewer):
        market.run()
        market.ledger.check()
    assert (chosen(whole) == chosen(branch)).all() and whole.ledger.table() == branch.ledger.table()


def test_only_money_paid_counts():
    market = club(0.5, (GOLD,), **{"market.days": 20, "market.customers": 50}).market().run()
    assert tiers(market).spent.sum() == market.log.totals.paid.sum()
    assert tiers(market).spent.sum() == MILLION * market.log.totals.purchases.sum()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"levels": [GOLD, {"name": "silver", "threshold": 10.0}]}, "levels.1.threshold: 10 is not above the 20 of 'gold'"),
        ({"levels": [{"name": "gold"}]}, "levels.0.threshold"),
        ({"levels": [{**GOLD, "discont": 0.1}]}, "did you mean 'discount'"),
        ({"levels": [{**GOLD, "discount": 1.5}]}, "levels.0.discount: 1.5 is outside [0, 1)"),
    ],
)  # fmt: skip
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem) as problem:
        club(0.3, (GOLD,), rules)
    assert told in str(problem.value)
