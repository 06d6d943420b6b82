"""What a purchase earned is taken back when it is returned: points, stamps, spending for tiers, bonuses."""

import numpy as np
import pytest
from worlds import steady
from worlds.lives import goes_on
from worlds.one_shop import STAMPS, mug, two_firms
from worlds.steady import happened

from regulars import Scenario, compare
from regulars.kit.claw_back import ClawBack, by_customer
from regulars.world.ledger import MILLION
from regulars.world.waiting import Waiting

FAR = mug(1e6)


def shop(strategies, after=3, rate=1.0, **how):
    """The steady customer, who takes all of it back so many days later."""
    back = {"on": rate > 0, "return_rate": rate, "earliest": after, "window": after}
    return steady.shop(strategies, returns=back, **how)


def ran(strategies, **how):
    return shop(strategies, **how).market(log="memory").run()


# ---------------------------------------------------------------- points and stamps


def test_points_go_back_with_the_goods():
    """Ten purchases of ten points, seven of them back: 30 are held."""
    market = ran({"points": {**STAMPS, "rewards": FAR}})
    points = {name: market.ledger.value(name, 0) for name in ("issued", "forfeited", "outstanding")}
    assert points == {"issued": 100.0, "forfeited": 70.0, "outstanding": 30.0}
    assert happened(market, "clawback") == [("clawback", day) for day in range(3, 10)]
    kept = ran({"points": {**STAMPS, "rewards": FAR, "clawback": False}})
    assert kept.ledger.value("outstanding", 0) == 100.0 and not happened(kept, "clawback")
    none = ran({"points": {**STAMPS, "rewards": FAR}}, rate=0.0)
    assert none.ledger.value("outstanding", 0) == 100.0


@pytest.mark.parametrize(("below_zero", "rewards", "owed"), [(True, 1, 10.0), (False, 4, 0.0)])
def test_what_has_been_spent_is_owed_or_borne(below_zero, rewards, owed):
    """A reward for ten points at every purchase, all of which come back a day later: once, or every week."""
    rules = {**STAMPS, "rewards": mug(10.0, 3.0, 1.25), "below_zero": below_zero}
    market = ran({"points": rules}, after=1, every=7.0, days=28)
    points = market.firms[0].strategies["points"]
    assert len(happened(market, "redeem")) == rewards
    assert market.ledger.value("rewards", 0) == pytest.approx(1.25 * rewards)
    assert points.waiting.owed[0] / MILLION == owed
    assert points.points[0] == 0
    market.ledger.check()


def test_what_is_earned_later_pays_what_is_owed():
    """Ten points are spent and owed; of the two purchases after that, which stay, the first pays, the second counts."""
    rules = {**STAMPS, "rewards": mug(10.0)}
    market = shop({"points": rules}, after=1, every=7.0, days=28).market(log="memory")
    for _ in range(2):
        market.step()
    points = market.firms[0].strategies["points"]
    assert points.waiting.owed[0] == 10 * MILLION
    market.processes["returns"].terms = [market.scenario.spec.returns.model_copy(update={"return_rate": 0.0})]
    market.run()
    assert happened(market, "redeem") == [("redeem", 0), ("redeem", 14), ("redeem", 21)]
    assert points.waiting.owed[0] == points.waiting.total[0] == 0


def test_points_that_wait_until_returns_have_ended_are_never_spent():
    rules = {**STAMPS, "rewards": mug(10.0), "pending": 3.0}
    market = ran({"points": rules}, after=2)
    points = market.firms[0].strategies["points"]
    assert not happened(market, "redeem") and points.waiting.total[0] == points.points[0] == 20 * MILLION
    assert (points.waiting.ring >= 0).all() and not points.waiting.owed.any()
    assert happened(
        ran({"points": {**rules, "pending": 2.0}}, after=3), "redeem"
    )  # control: they are not held back


def test_who_waits_for_what_is_taken_back_waits_no_more():
    waiting = Waiting(2, 3)
    waiting.today[:] = 5
    waiting.total[:] = 5
    waiting.open(2.0)
    waiting.drop(np.array([1, 1]), np.array([2, 1]), np.array([0, 0]))
    waiting.owe(np.array([0]), np.array([4]))
    assert waiting.total.tolist() == [9, 2] and waiting.ring[0].tolist() == [5, 2]
    waiting.last(1)
    assert waiting.total.tolist() == [4, 0]
    waiting.forget(np.array([0]))
    assert waiting.total.tolist() == waiting.owed.tolist() == [0, 0]


def test_points_that_wait_for_other_purchases_are_not_taken():
    """Weekly purchases back after ten days, points free after two: the first ten are spent on day 7, those of day 7 wait when they are due."""
    rules = {**STAMPS, "rewards": mug(10.0), "pending": 5.0, "below_zero": False}
    market = ran({"points": rules}, after=10, every=7.0, days=11)
    points = market.firms[0].strategies["points"]
    assert happened(market, "redeem", "clawback") == [("redeem", 7)]
    assert points.waiting.total[0] == points.points[0] == 10 * MILLION
    owing = ran({"points": {**rules, "below_zero": True}}, after=10, every=7.0, days=13)
    assert happened(owing, "redeem", "clawback") == [
        ("redeem", 7),
        ("clawback", 12),
    ]  # as soon as they are free


def test_what_lasts_longest_is_taken_first():
    rules = {**STAMPS, "rewards": FAR, "lot": 7.0, "purchase_valid": 28.0}
    market = ran({"points": rules}, after=8, days=9)
    lots = market.firms[0].strategies["points"].book.lots[0]
    assert sorted((lots[lots > 0] / MILLION).tolist()) == [10.0, 70.0]


def test_several_purchases_of_one_customer():
    who, sums = by_customer(np.array([5, 2, 5]), np.array([1, 2, 4]))
    assert who.tolist() == [2, 5] and sums.tolist() == [2, 5]


def test_what_was_earned_before_a_comparison_began_was_earned_by_none_of_its_purchases():
    market = shop({}).market()
    back = ClawBack(market.firms[0], True)
    back.agenda.note(np.array([3, 3]), [0, 0], [1, 1], [0, 0], [0, 0], [1, 3])
    market.sources = 3
    assert back.due(3.0)["source"].tolist() == [2, 0]


def test_stamps_go_back_with_the_goods():
    """A card of four: with all back after two days there are never more than two stamps."""
    market = ran({"stamp_card": {"stamps": 4}}, after=2)
    assert market.ledger.value("outstanding", 0) == 2.0 and not happened(market, "redeem")
    assert happened(ran({"stamp_card": {"stamps": 4, "clawback": False}}, after=2), "redeem")


# ---------------------------------------------------------------- tiers


SILVER = {"levels": [{"name": "silver", "threshold": 20.0, "discount": 0.5}], "period": 28.0}


def test_a_level_goes_back_with_the_goods():
    """Purchases on days 0, 4, 8, 12, each back after six days: two in hand at a time make silver, one does not."""
    market = ran({"tiers": SILVER}, after=6, every=4.0, days=14)
    moves = [("promote", 4), ("demote", 6), ("promote", 8), ("demote", 10), ("promote", 12)]
    assert happened(market, "promote", "demote") == moves
    assert market.ledger.value("discounts", 0) == 0.0
    tiers = market.firms[0].strategies["tiers"]
    assert tiers.spent[0] == tiers.counting.total()[0] == 20 * MILLION
    kept = ran({"tiers": {**SILVER, "clawback": False}}, after=6, every=4.0, days=14)
    assert happened(kept, "promote", "demote") == [("promote", 4)]
    assert kept.ledger.value("discounts", 0) == 10.0


def test_a_level_that_stood_when_the_period_began_stays():
    """Silver from day 4 to the end of the next period of two weeks, though more comes back in that than is bought, at half the price: 15 less 30."""
    table = {"tiers": {**SILVER, "period": 14.0}}
    assert happened(ran(table, after=14, every=4.0, days=28), "promote", "demote") == [
        ("promote", 4),
        ("demote", 27),
    ]
    tiers = ran(table, after=14, every=4.0, days=27).firms[0].strategies["tiers"]
    assert tiers.spent[0] == -15 * MILLION and tiers.counting.total()[0] >= 0


# ---------------------------------------------------------------- referral


def friends(clawback, **terms):
    return Scenario(
        {
            "market": {"customers": 300, "days": 56, "focal": "a"},
            "need": {"mean": 3.0},
            "network": {"on": True, "kind": "small_world", "degree": 6},
            "returns": {"on": True, "return_rate": 1.0, "window": 1, **terms},
            "firms": [
                {
                    "name": "a",
                    "share": 0.2,
                    "strategies": {"referral": {"willing": 0.5, "bonus": 4.0, "clawback": clawback}},
                },
                {"name": "b"},
            ],
        }
    )


def test_a_bonus_goes_back_with_the_purchase_that_earned_it():
    market = friends(True).market(log="memory").run()
    last = friends(True, return_rate=0.0).market(log="memory").run()
    paid = sum(kind == "reward" for kind, _ in happened(market, "reward"))
    back = sum(kind == "clawback" for kind, _ in happened(market, "clawback"))
    late = sum(day == 55 for _, day in happened(market, "reward"))
    assert back == paid - late > 20
    assert market.ledger.value("rewards", 0) == 4.0 * late
    assert last.ledger.value("rewards", 0) == 4.0 * paid  # the same friends came
    assert friends(False).market().run().ledger.value("rewards", 0) == 4.0 * paid
    market.ledger.check()


# ---------------------------------------------------------------- together


ALL = {
    "points": {**STAMPS, "rewards": mug(20.0), "pending": 2.0, "rounding": "down"},
    "tiers": {"levels": [{"name": "s", "threshold": 20.0, "discount": 0.1}], "period": 14.0},
    "stamp_card": {"stamps": 4},
}
BACK = {"on": True, "return_rate": 0.4, "window": 9}


def test_saved_while_goods_are_out(tmp_path):
    goes_on(two_firms((ALL, None)).set({"returns": BACK}), tmp_path / "m", 31)


def test_books_balance_and_the_attribution_adds_up():
    scenario = two_firms((None, None)).set({"returns": BACK, "arms": {"all": {"strategies": ALL}}})
    comparison = compare(scenario, replicates=2)
    for number in range(2):
        cells = comparison.attribution.query("replicate == @number")
        profit = comparison.wide("incremental_profit").loc[number, "all"]
        assert (cells["margin"] - cells["reward"]).sum() == pytest.approx(profit, abs=1e-6)


def test_a_branch_goes_on_with_what_is_out():
    """Also where a comparison begins in it: what was earned before was earned by none of its purchases."""
    market = friends(True).market(log="memory")
    for _ in range(20):
        market.step()
    arms = market.lockstep({"dearer": {"firms.a.price": 1.1}})
    arms.run()
    for one in (arms.control, *arms.arms.values()):
        one.ledger.check()


def test_without_returns_nothing_is_noted():
    market = ran({"points": {**STAMPS, "rewards": FAR}}, rate=0.0)
    back = market.firms[0].strategies["points"].back
    assert isinstance(back, ClawBack) and not len(back.agenda)
