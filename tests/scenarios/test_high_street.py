"""X4, a shop whose landlord takes the gain: what its owner keeps of a programme, and what moving does.

Claims of the source documents: the landlord of a successful shop raises the rent (M14); opening and closing shops has
become a tactic. The document names no numbers: rent and normal profit are held against what the scenario says of them.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X4",)
SCENARIO = load(Path(__file__).parents[2] / "scenarios" / "high-street.toml")
TERM, TERMS = 364, 3
LEASE = "firms.bakery.lease"
PROGRAMME = ("regulars", "landlord_takes_nothing", "landlord_takes_all")


@cache
def lives(arm="control", replicate=0, **changes):
    """Run an arm; profit a day and rent by lease, purchases, sales, and the market as it ended."""
    scenario = SCENARIO if arm == "control" else SCENARIO.arm(arm)
    market = scenario.set({f"{LEASE}.{k}": v for k, v in changes.items()}).market(replicate=replicate)
    f, profits, rents, before = market.names.index("bakery"), [], [], 0.0
    for _ in range(TERMS):
        for _ in range(TERM):
            market.step()
        profits.append((market.ledger.profit(f) - before) / TERM)
        rents.append(market.firm("bakery").rent)
        before = market.ledger.profit(f)
    market.ledger.check()
    return (
        np.array(profits),
        np.array(rents),
        market.firm("bakery").purchases,
        market.firm("bakery").gross_sales,
    )


def kept(arm, replicate=0):
    """What the programme adds to the profit a day of each lease, where normal is what the shop earned without it."""
    alone = lives(replicate=replicate, share=0.0)[0]
    with_it = lives(arm, replicate=replicate, normal=float(alone.max()))[0]
    return with_it - alone


def test_the_shop_is_what_the_scenario_says():
    """Rent 16% of sales, gross margin 56%, and a normal profit that is what such shops earn without a programme."""
    runs = [lives(replicate=r, share=0.0) for r in range(4)]
    sales = np.array([run[3] for run in runs]) / (TERM * TERMS)
    assert (400.0 / sales).mean() == pytest.approx(0.16, abs=0.01)
    earned = np.array([run[0].mean() for run in runs])
    assert abs(earned.mean() - 1000.0) <= 4 * earned.std(ddof=1) / 2
    assert ((earned + 400.0) / sales).mean() == pytest.approx(0.56, abs=0.01)


@pytest.mark.parametrize(("arm", "share"), [("regulars", 0.5), ("landlord_takes_all", 1.0)])
def test_success_raises_the_rent_and_nothing_else(arm, share):
    """Customers do not know the landlord: from the books under one who takes nothing, those under any other follow."""
    free, _, purchases, _ = lives("landlord_takes_nothing")
    profits, rents, same, _ = lives(arm)
    assert same == purchases
    rent, normal = 400.0, 1000.0
    for term in range(TERMS):
        assert rents[term] == pytest.approx(rent)
        assert profits[term] == pytest.approx(free[term] + 400.0 - rent)
        rent += share * max(profits[term] - normal, 0.0)
    assert rents[-1] > 1.1 * 400.0


def test_what_the_owner_keeps_of_a_programme():
    """All, about half and a quarter, or one lease of it and next to nothing after: it pays if it pays within the first lease.

    A little more than a share (1 - s)^k of the k-th lease, because the gain still grows while regulars become known.
    """
    for replicate in range(2):
        half, none, all_ = (kept(arm, replicate) for arm in PROGRAMME)
        assert (none > 100.0).all()
        assert half[0] == pytest.approx(none[0]) and all_[0] == pytest.approx(none[0])
        assert 0.4 < half[1] / none[1] < 0.75 and 0.2 < half[2] / none[2] < 0.5
        assert (np.abs(all_[1:] / none[1:]) < 0.4).all() and all_[2] / none[2] < 0.25
        assert none.sum() > half.sum() > all_.sum() > 0.2 * none.sum()


def test_no_success_no_rise():
    """Control: a shop that earns what is normal, and one with a programme that does nothing, pay the same old rent."""
    idle = SCENARIO.set(
        {
            f"arms.regulars.strategies.{name}": 0.0
            for name in ("tailoring.welcome", "tailoring.fit", "tailoring.cost", "information_system.upkeep", "information_system.record_cost")
        }
        | {"arms.regulars.strategies.tailoring.respect": 0.0, "arms.regulars.strategies.tailoring.social": 0.0}
    )  # fmt: skip
    control, same = (
        s.set({"market.days": 2 * TERM}).market().run() for s in (SCENARIO, idle.arm("regulars"))
    )
    assert control.firm("bakery").rent == same.firm("bakery").rent
    assert control.firm("bakery").purchases == same.firm("bakery").purchases
    assert (lives(normal=float(lives(share=0.0)[0].max()))[1] == 400.0).all()


@pytest.mark.slow
def test_moving_is_dear_unless_customers_come_along():
    """Moving loses more than the landlord takes; telling those who are known where the shop is makes it pay."""
    gains = []
    for replicate in range(2):
        stay, move, tell = (
            lives(arm, replicate)[0].sum() for arm in ("landlord_takes_all", "move_away", "move_and_tell")
        )
        gains.append((move - stay, tell - stay))
    assert (np.array(gains)[:, 0] < 0).all() and (np.array(gains)[:, 1] > 0).all()
    # control: where everybody comes along by himself there is nothing to tell, and moving only saves rent
    stay, move, tell = (
        lives(arm, left_behind=0.0) for arm in ("landlord_takes_all", "move_away", "move_and_tell")
    )
    assert stay[2] == move[2] == tell[2]
    assert move[0].sum() > tell[0].sum() > stay[0].sum()


def test_the_arms_in_order():
    """With the landlord of the street the programme beats better goods, and both beat a lower price, which loses."""
    changes = {"market.customers": 700, "market.days": 2 * TERM, f"{LEASE}.normal": 350.0}
    arms = ("regulars", "better_goods", "everyday_low_price")
    gained = compare(SCENARIO.set(changes), replicates=2, arms=arms, jobs=1).wide("incremental_profit")
    assert (gained["regulars"] > gained["better_goods"]).all()
    assert (gained["better_goods"] > gained["everyday_low_price"]).all()
    assert (gained["everyday_low_price"] < 0).all() and (gained["better_goods"] > 0).all()
