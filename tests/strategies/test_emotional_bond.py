"""Emotional bond: attachment that grows by being told and fades, ties who shares the values, and repels who minds them."""

import math

import numpy as np
import pytest
from worlds.chances import near
from worlds.corner import corner
from worlds.lives import lives, run
from worlds.online_shops import communication, mine, purchases, world

from regulars.ground.parameter import Problem

DEEP = {"strength": 1.0, "heard": 0.0, "depth": 0.2, "half_life": 60.0, "respect": 0.0, "budget": 0.0}


def bond(**rules):
    """A story told at visits only, and free of cost, but for what the rules say."""
    return {"emotional_bond": {**DEEP, **rules}}


def late(table, who):
    """Share of the opportunities of the last weeks of some customers that end at the shop."""
    table = table[(table["time"] >= 84) & who[table["customer"]]]
    return (table["firm"] == "shop").mean()


def test_who_shares_the_values_stays():
    """Who shares them comes more in the end, who minds them less, who does not care lives exactly as before."""
    spread = {"distribution": "normal", "mean": 0.2, "sd": 0.5}
    told, none = run(world(bond(share=spread))), run(world())
    shares = mine(told).shares
    for who, sign in ((shares > 0.3, 1), (shares < -0.1, -1)):
        assert who.sum() > 100 and sign * (late(lives(told), who) - late(lives(none), who)) > 0.02
    indifferent = run(world(bond(share=0.0)))
    assert lives(indifferent).equals(lives(none))


def test_visits_by_hand():
    """a <- a 2^(-gap/60) + 0.2 (1 - a 2^(-gap/60)) at every visit."""
    market = run(world(bond(share=0.3), market__customers=100))
    table = lives(market)
    by_hand, last = np.zeros(100), np.zeros(100)
    for row in table[table["firm"] == "shop"].sort_values("time").itertuples():
        left = by_hand[row.customer] * 2.0 ** (-(row.time - last[row.customer]) / 60.0)
        by_hand[row.customer], last[row.customer] = left + 0.2 * (1.0 - left), row.time
    assert mine(market).attached == pytest.approx(by_hand, abs=1e-4)
    assert mine(market).touched == pytest.approx(last, abs=1e-4)
    assert by_hand.max() > 0.5


def test_hearing_comes_to_its_formula():
    """Attachment of who never comes: m = q / (1 - d (1 - q)), q = heard x depth, d what a day leaves of it."""
    n, heard, depth, left = 3000, 0.1, 0.3, 2.0 ** (-1 / 10.0)
    rules = bond(heard=heard, depth=depth, half_life=10.0, strength=0.0)
    market = run(world(rules, **{"firms.shop.appeal": -50.0}, market__customers=n, market__days=101))
    own = mine(market)
    assert market.firm("shop").purchases == 0
    now = own.attachment(np.arange(n), 100.0)
    q = heard * depth
    assert abs(now.mean() - q / (1 - left * (1 - q))) <= 4 * now.std() / math.sqrt(n)


def test_attachment_moves_the_odds():
    """Sharing by s, full attachment at the first visit: the odds move by strength x s x what is left."""
    n = 30_000
    for share in (0.8, -0.5):
        rules = bond(share=share, depth=1.0, strength=1.5)
        market = run(corner(rules, p=0.4, online=True, market__customers=n, market__days=4))
        table = lives(market)
        came = (table["firm"].notna() & (table["time"] == 0)).groupby(table["customer"]).any().to_numpy()
        for who, pull in ((came, 1.5 * share * 2.0 ** (-1 / 60.0)), (~came, 0.0)):
            next_day = table[(table["time"] == 1) & who[table["customer"]]]["firm"].notna()
            p = 1 / (1 + 1.5 * math.exp(-pull))
            assert near(next_day.mean(), p, who.sum())


def test_a_failure_belies_the_story():
    """Every visit fails: who shares the values loses a part each time, who minds them is told nothing new."""
    on = {"experience__on": True, "market__customers": 200, "market__days": 15}
    rules = bond(heard=0.3, share={"distribution": "uniform", "low": -1.0, "high": 1.0}, strength=0.0)
    failing = {"firms.shop.failure": 1.0, "firms.shop.severity": 0.0}
    lost, kept = (
        run(world({"emotional_bond": {**rules["emotional_bond"], "belied": b}}, **on, **failing))
        for b in (0.5, 0.0)
    )
    table, shares = lives(lost), mine(lost).shares
    assert (table["firm"] == lives(kept)["firm"]).sum() == (
        table["firm"].notna()
    ).sum()  # no pull: same lives
    now = [mine(m).attachment(np.arange(200), 15.0) for m in (lost, kept)]
    came = np.bincount(table.loc[table["firm"] == "shop", "customer"], minlength=200) > 0
    assert (now[0][came & (shares > 0)] <= now[1][came & (shares > 0)]).all()
    assert now[0][came & (shares > 0)].mean() < 0.7 * now[1][came & (shares > 0)].mean()
    for untouched in (~came, shares < 0):
        assert now[0][untouched] == pytest.approx(now[1][untouched], abs=1e-6)
    good = run(world(rules, **on))  # nothing fails: every visit tells the story once more
    assert mine(good).attachment(np.arange(200), 15.0)[came].mean() > now[1][came].mean()


class Deaf:
    """Nobody hears any promotion of the shop."""

    def __init__(self, firm):
        self.firm = firm

    def appeal(self, round):
        round.column("promotion_deafness", self.firm)[:] = 1.0


def test_a_tie_is_no_promotion():
    """Who does not hear promotions is moved by the bond all the same, and not by a message."""

    def deaf(own):
        market = world(own).market(log="memory")
        market.phases["appeal"].append(Deaf(market.firm("shop").index))
        return lives(market.run())

    post = {"channels": {"effect": 1.0, "channels": [{"name": "post", "reach": 1.0}]}}
    none = lives(run(world()))
    assert deaf(None).equals(none) and deaf(post).equals(none)
    assert deaf(bond(share=0.5)).equals(lives(run(world(bond(share=0.5)))))
    assert not deaf(bond(share=0.5)).equals(none)


def test_respect_of_the_like_minded():
    on = {
        "relationship__on": True,
        "relationship__confidence_gain": 0.0,
        "relationship__respect_half_life": 0.0,
    }
    rules = bond(respect=0.1, share={"distribution": "uniform", "low": -1.0, "high": 1.0}, strength=0.0)
    market = run(world(rules, **on, market__days=28))
    table, f = lives(market), market.firm("shop").index
    visits = np.bincount(table.loc[table["firm"] == "shop", "customer"], minlength=600)
    expected = np.where(mine(market).shares > 0, 1 - 0.9**visits, 0.0)
    assert market.customers.respect[:, f] == pytest.approx(expected, abs=1e-5)


def test_who_hears_the_story_knows_the_shop():
    few = {"turnover__aware": 0.3, "market__days": 20}
    market, none = run(world(bond(heard=0.1), **few)), run(world(**few))
    f = market.firm("shop").index
    stranger = np.isposinf(none.customers.aware_from[:, f])
    told = np.isfinite(market.customers.aware_from[:, f])
    assert not told[~stranger].any() and near(told[stranger].mean(), 1 - 0.9**20, stranger.sum())


def test_only_who_is_in_the_market_hears_it():
    moving = {"turnover__exit_rate": 3.0, "turnover__entry_rate": 3.0, "market__days": 60}
    market = run(world(bond(heard=0.5, depth=1.0), **moving, **{"firms.shop.appeal": -50.0}))
    own, c = mine(market), market.customers
    heard = own.attached > 0
    assert (c.exit < 60).sum() > 100 and (c.entry > 0).sum() > 100
    assert (own.touched[heard] >= c.entry[heard]).all() and (own.touched[heard] < c.exit[heard]).all()
    assert heard[(c.exit - c.entry > 20) & (c.entry < 40)].all()


# ---------------------------------------------------------------- off, generosity, books


@pytest.mark.parametrize(
    ("what", "values"),
    [("strength", (0.0, 0.3, 0.8, 2.0)), ("heard", (0.0, 0.02, 0.1, 0.5)), ("depth", (0.0, 0.05, 0.2, 0.6))],
)
def test_more_of_it_never_attracts_less(what, values):
    """Where all share the values; where some mind them it may."""
    sales = [purchases(world(bond(share=0.4, **{what: value}))) for value in values]
    assert sales == sorted(sales) and sales[-1] > 1.02 * sales[0]


def test_a_story_that_most_mind_drives_customers_away():
    assert purchases(world(bond(share=-0.4))) < 0.98 * purchases(world())


def test_the_story_costs_what_it_costs():
    for tick in (1.0, 0.5):
        market = run(world(bond(budget=3.0), market__days=50, market__tick=tick))
        market.ledger.check()
        assert communication(market) == pytest.approx(150.0)
    assert market.ledger.value("rewards", 0) == market.ledger.value("discounts", 0) == 0


def test_two_stories():
    """Both shops tell one: each has followers of its own, and together they keep more people from staying at home."""
    spread = {"distribution": "normal", "mean": 0.3, "sd": 0.4}
    both, none = run(world(bond(share=spread), bond(share=spread))), run(world())
    one, other = (firm.strategies["emotional_bond"].shares for firm in both.firms)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.15
    assert both.totals.purchases.sum() > none.totals.purchases.sum()
    gained = both.totals.purchases.sum(axis=0) - none.totals.purchases.sum(axis=0)
    assert (gained > 0).all()


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"share": 2.0}, "how far customers share the values"),
        ({"strength": -1.0}, "logits"),
        ({"heard": 1.5}, "probability per day"),
        ({"belief": 0.5}, "did you mean 'belied'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        world({"emotional_bond": rules})
