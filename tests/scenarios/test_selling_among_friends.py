"""X6: selling among friends. Reach and credit end; what stays is decided by the product."""

import numpy as np
import pytest

from regulars import compare, load
from regulars.measures.referral_tree import referral_values
from regulars.world.network import favourites

PROVES = ("X6",)
CREAM = load("scenarios/selling-among-friends.toml")
POOR, GOOD, PUSHED = "poor_product_among_friends", "good_product_among_friends", "good_product_pushed"
HALVES = (0, 182, 364, 546, 729)


@pytest.fixture(scope="module")
def result():
    arms = (POOR, "poor_product_pushed", "good_product_alone", GOOD, PUSHED)
    return compare(CREAM, replicates=1, arms=arms, jobs=1)


class Run:
    """Two years of an arm: purchases, recruits and recommendations at the firm that sells among friends."""

    def __init__(self, arm, seeds=(1,), **changes):
        scenario = CREAM.arm(arm).set({name.replace("__", "."): value for name, value in changes.items()})
        self.markets = [scenario.market(seed=seed, log="memory").run() for seed in seeds]
        self.sellers = [market.firm("friends").strategies["commission"] for market in self.markets]

    def counts(self, event):
        """Events by half year."""
        logs = (market.log.events() for market in self.markets)
        return sum(np.histogram(log["time"][log["event"] == event], HALVES)[0] for log in logs)

    @property
    def credit(self):
        """Credit that sellers have left in the end."""
        return np.mean([s.credit(np.flatnonzero(s.seller), 728.0).mean() for s in self.sellers])

    @property
    def again(self):
        """Share of the recruits of the first one and a half years who buy again within half a year."""
        back = []
        for market, seller in zip(self.markets, self.sellers, strict=True):
            log = market.log.purchases().query("firm == 'friends'").sort_values("time")
            number = log.groupby("customer").cumcount()
            first, second = (log[number == k].set_index("customer")["time"] for k in (0, 1))
            recruits = first.index[(first < 546) & (seller.recruiter[first.index] >= 0)]
            back.append((second.reindex(recruits) - first[recruits]).le(182))
        return np.concatenate(back).mean()


@pytest.fixture(scope="module")
def good():
    return Run(GOOD)


@pytest.fixture(scope="module")
def poor():
    return Run(POOR)


def test_growth_ends(good, poor):
    """Ever more pitches, for ever fewer recruits each: friends have been asked, and credit is used up."""
    for run in (good, poor):
        pitches, recruits = run.counts("recommend"), run.counts("referred")
        assert (np.diff(pitches) > 0).all()
        yields = recruits / pitches
        assert yields[-1] < 0.5 * yields[0]
        assert run.credit < 0.4
    pushed = Run(PUSHED)
    assert pushed.counts("recommend").sum() > 2 * good.counts("recommend").sum()
    assert pushed.counts("referred")[-1] <= pushed.counts("referred")[-2] * 1.1, (
        "twice the pitches, and no more growth"
    )


def test_limited_reach(good):
    """With a wider circle of friends it goes further; with credit that lasts, a little."""
    wide = Run(GOOD, network__degree=40)
    assert wide.counts("referred").sum() > 1.5 * good.counts("referred").sum()
    trusted = Run(GOOD, firms__friends__strategies__commission__credit_used=0.0)
    assert trusted.credit > 0.8
    assert trusted.counts("referred").sum() > 1.05 * good.counts("referred").sum()


def test_without_a_good_product_nothing_stays(good, poor):
    assert good.again > 0.6 and poor.again < 0.45
    sold = [sum(m.firm("friends").purchases for m in run.markets) for run in (good, poor)]
    assert sold[0] > 2 * sold[1]


def test_what_stays_hangs_on_satisfaction():
    """Negative control: customers who do not mind what the product does come back to either alike."""
    good, poor = (Run(arm, seeds=(1, 2), bond__on=False, word_of_mouth__on=False) for arm in (GOOD, POOR))
    assert good.again == pytest.approx(poor.again, abs=0.06)


def test_the_product_and_the_sellers_need_each_other(result):
    gain = result.wide("incremental_profit")
    assert (gain[GOOD] > gain["good_product_alone"] + gain[POOR]).all()
    back = result.wide("return_on_reward")
    assert (back[GOOD] > 1.5 * back[PUSHED]).all()
    assert (back[POOR] > 1.3 * back["poor_product_pushed"]).all()


def test_sales_travel_along_friendships(good):
    """M7: every recruit is a friend of who recruited him, and like him in taste more often than chance has it."""
    assert alike(good) > alike(Run(GOOD, network__homophily=0.0)) + 0.04
    for market, seller in zip(good.markets, good.sellers, strict=True):
        pairs = seller.referrals()
        assert len(pairs) > 100
        assert all(r in market.network.friends(c) for c, r in pairs.itertuples(index=False))


def alike(run):
    """Share of the recruits whose favourite firm is that of their recruiter."""
    same = []
    for market, seller in zip(run.markets, run.sellers, strict=True):
        best, pairs = favourites(market.customers), seller.referrals()
        same.append(best[pairs["customer"]] == best[pairs["referrer"]])
    return np.concatenate(same).mean()


def test_few_sellers_earn_much(good):
    """More than a quarter of them never earn anything; the tree of referrals is some generations deep (M12)."""
    idle = []
    for market, seller in zip(good.markets, good.sellers, strict=True):
        events = market.log.events()
        earned = events[events["event"] == "reward"].groupby("customer")["amount"].sum()
        income = earned.reindex(np.flatnonzero(seller.seller)).fillna(0.0).sort_values()
        idle.append((income == 0).mean())
        assert income.iloc[-len(income) // 5 :].sum() > 0.5 * income.sum()
        assert referral_values(seller.referrals())["generation"].max() >= 2
    assert 0.15 < np.mean(idle) < 0.45
