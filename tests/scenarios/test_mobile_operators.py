"""X7: mobile operators before and after number portability.

Claim C9: high switching costs keep dissatisfied customers; about 25% leave once the number is portable.
"""

import numpy as np
import pytest

from regulars import compare, load
from regulars.measures import dick_basu, excess_attrition
from regulars.minds import attitude

PROVES = ("X7",)
MARKET = load("scenarios/mobile-operators.toml")
DAY = MARKET.value("portability.day")
FIRST_BILLS = DAY + 56.0  # everybody has had two


def life(replicate, changes=()):
    """A market on the eve of the rule (copies of what minds hold then), and its whole log."""
    market = MARKET.arm("control").set(dict(changes)).market(replicate=replicate, log="memory")
    while market.day < DAY:
        market.step()
    everyone = np.arange(market.customers.count)
    operator = market.customers.incumbent.copy()
    gaps = np.column_stack([attitude.preference_gap(market, name, everyone) for name in market.names])
    low = market.customers.satisfaction[everyone, operator] < market.customers.lower_threshold
    table = attitude.constructs(market, market.log.purchases(), "first", start=DAY - 91)
    cells = dick_basu(table, 0.0, 0.5)
    market.run()
    return market, operator, gaps[everyone, operator], low, cells


def left(market, operator, end=np.inf):
    """Whether each customer has bought elsewhere since the eve, before `end`."""
    log = market.log.purchases()
    later = log[(log["time"] >= DAY) & (log["time"] < end)]
    elsewhere = later["firm"].to_numpy() != np.array(market.names)[operator[later["customer"]]]
    gone = np.zeros(market.customers.count, bool)
    gone[later["customer"].to_numpy()[elsewhere]] = True
    return gone


@pytest.fixture(scope="module")
def lives():
    """Two replicates, each with its twin in which the numbers stay."""
    return [(life(r), life(r, {"portability.on": False})) for r in range(2)]


def test_a_quarter_stays_only_to_keep_the_number(lives):
    """Dissatisfied, or liking a rival better (prices are the same), and still there: 25% of all, as the source says."""
    held = [gap < 0 for (_, _, gap, _, _), _ in lives]
    assert np.mean([h.mean() for h in held]) == pytest.approx(0.25, abs=0.03)
    for mine, ((_, _, _, low, _), _) in zip(held, lives, strict=True):
        assert 0.3 < low[mine].mean() < 0.7  # both reasons count
        assert low[~mine].mean() < 0.15


def test_few_leave_before(lives):
    """About one in a hundred a bill, as long as the number is at stake."""
    (market, *_), _ = lives[0]
    log = market.log.purchases().sort_values(["customer", "time"], kind="stable")
    changed = (log["firm"] != log["firm"].shift()) & (log["customer"] == log["customer"].shift())
    year = (log["time"] > 56) & (log["time"] < DAY)
    assert 0.003 < changed[year].mean() < 0.015


def test_a_quarter_leaves_because_of_the_rule(lives):
    """C9: in the year after it, paired with the twin; nobody leaves in the twin alone, or nearly so."""
    excess = []
    for (freed, operator, *_), (bound, *_) in lives:
        gone, anyway = left(freed, operator), left(bound, operator)
        excess.append((gone & ~anyway).mean())
        assert (anyway & ~gone).mean() < 0.01
    assert np.mean(excess) == pytest.approx(0.25, abs=0.04)


def test_they_are_those_whom_the_number_held(lives):
    """At the first bills: a quarter of the people, most of those who leave only because of the rule."""
    for (freed, operator, gap, _, cells), (bound, *_) in lives:
        excess = left(freed, operator, FIRST_BILLS) & ~left(bound, operator, FIRST_BILLS)
        assert excess.sum() > 50
        assert (gap[excess] < 0).mean() > 0.6
        logs = freed.log.purchases(), bound.log.purchases()
        hazard = excess_attrition(cells, *logs, "first", start=DAY, end=FIRST_BILLS)["excess"]
        assert hazard["spurious"] > 2 * hazard["loyalty"] > 0  # Dick & Basu, regularities 2.6


def test_nothing_removed_nobody_leaves(lives):
    """Negative control: a rule that takes nothing off the cost of changing changes nothing."""
    bound = lives[0][1][0]
    twin = MARKET.arm("control").set({"portability.removes": 0.0}).market(log="memory").run()
    assert twin.log.purchases().equals(bound.log.purchases())


@pytest.fixture(scope="module")
def arms():
    """What the operator may do, with the rule and without."""
    names = ("contract_with_fee", "better_service", "points", "everyday_low_price")
    small = MARKET.set({"market.customers": 1200})
    return {
        on: compare(small.set({"portability.on": on}), replicates=2, arms=names, jobs=1).wide(
            "incremental_profit"
        )
        for on in (True, False)
    }


@pytest.mark.slow
def test_the_number_is_worth_money_to_the_largest():
    """It has most to lose; what it loses its rivals gain. Where numbers stay anyway, the rule that never comes is nothing."""

    def gain(**changes):
        small = MARKET.set(
            {"market.customers": 1200, **{k.replace("__", "."): v for k, v in changes.items()}}
        )
        return compare(small, replicates=2, arms=("numbers_stay",), jobs=1).wide("incremental_profit")[
            "numbers_stay"
        ]

    assert (gain() > 0).all()
    assert (gain(portability__on=False) == 0).all()
    assert gain(market__focal="second").mean() < 0


def test_only_the_freed_are_worth_an_effort(arms):
    """The contract and better service bring more where customers can go; points and price do not pay either way."""
    free, bound = arms[True], arms[False]
    for arm in ("contract_with_fee", "better_service"):
        assert (free[arm] > bound[arm]).all()
    assert (free["contract_with_fee"] > 0).all() and (bound["better_service"] < 0).all()
    for arm in ("points", "everyday_low_price"):
        assert (free[arm] < 0).all() and (bound[arm] < 0).all()


def test_the_fee_does_it_not_the_discount():
    """Negative control: the same discount without a fee loses."""
    small = MARKET.set({"market.customers": 800, "arms.contract_with_fee.strategies.contract.fee": 0.0})
    profit = compare(small, replicates=2, arms=("contract_with_fee",), jobs=1).wide("incremental_profit")
    assert (profit["contract_with_fee"] < 0).all()
