"""Fixed, mark-up, follow, imitate: what they do is what they say, exactly."""

import numpy as np
import pytest
from worlds.oligopoly import logit_market, logit_price, prices

from regulars.scenario import Scenario


def shops(**policies):
    """Three shops that sell alike; keyword arguments are their policies."""
    table = {
        "market": {"customers": 400, "days": 60.0},
        "taste": {"kind": "homogeneous"},
        "choice": {"price_sensitivity": 2.0},
        "firms": [
            {"name": name, "price": p, "cost": 1.0, "pricing": policies.get(name, {})}
            for name, p in (("a", 2.0), ("b", 1.5), ("c", 3.0))
        ],
    }
    return Scenario(table)


def path(scenario, days, change=None):
    """List prices after each day, (days, firms)."""
    market, seen = scenario.market(), []
    for day in range(days):
        if change is not None:
            change(market, day)
        market.step()
        seen.append(prices(market))
    return np.array(seen)


def test_fixed_is_no_policy_to_the_bit():
    plain, fixed = (
        logit_market({}).market(log="memory").run(),
        logit_market({"kind": "fixed"}).market(log="memory").run(),
    )
    assert fixed.log.opportunities().equals(plain.log.opportunities())
    assert fixed.ledger.table() == plain.ledger.table() and len(fixed.pricing) == 2 and not plain.pricing


def test_markup():
    scenario = shops(a={"kind": "markup", "margin": 0.3, "every": 7})

    def dearer(market, day):
        if day == 10:
            market.firms[0].cost = 2.0

    seen = path(scenario, 20, dearer)[:, 0]
    assert (
        list(seen) == [1.0 * 1.3] * 14 + [2.0 * 1.3] * 6
    )  # the cost of day 10 is passed on, in full, on day 14


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, 1.5),
        ({"whom": "highest"}, 3.0),
        ({"whom": "mean"}, 2.25),
        ({"whom": "c"}, 3.0),
        ({"whom": "c", "gap": -0.1}, 3.0 * 0.9),
        ({"gap": 0.2}, 1.5 * 1.2),
        ({"gap": -0.5}, 1.0),  # not below cost
        ({"gap": -0.5, "least_margin": -0.5}, 0.75),
        ({"least_margin": 0.8}, 1.8),
        ({"whom": "highest", "highest": 2.5}, 2.5),
    ],
)
def test_follow(rules, expected):
    seen = path(shops(a={"kind": "follow", "every": 1, **rules}), 3)
    assert list(seen[:, 0]) == [expected] * 3 and (seen[:, 1:] == [1.5, 3.0]).all()


def test_followers_see_the_prices_of_yesterday():
    seen = path(
        shops(
            b={"kind": "markup", "margin": 1.0, "every": 1},
            a={"kind": "follow", "whom": "b", "every": 1},
            c={"kind": "follow", "whom": "a", "every": 1},
        ),
        3,
    )
    assert seen.tolist() == [[1.5, 2.0, 2.0], [2.0, 2.0, 1.5], [2.0, 2.0, 2.0]]


def test_undercutting_ends_at_cost():
    """Two firms that undercut each other by 5% end at cost (Bertrand); followers alone stay where they began."""
    war = {"kind": "follow", "gap": -0.05, "every": 1}
    assert path(shops(a=war, b=war, c=war), 60)[-1].tolist() == [1.0, 1.0, 1.0]
    peace = {"kind": "follow", "gap": 0.0, "whom": "highest", "every": 1}
    assert path(shops(a=peace, b=peace, c=peace), 60)[-1].tolist() == [3.0, 3.0, 3.0]


def test_imitate_copies_what_seems_to_earn_most():
    scenario = shops(a={"kind": "imitate", "every": 7}, b={"kind": "imitate", "every": 7})
    seen = path(scenario, 15)
    assert (seen[:7] == [2.0, 1.5, 3.0]).all()
    market = scenario.market()
    for _ in range(7):
        market.step()
    sold = market.totals.purchases[:7].sum(axis=0)
    assert np.argmax((np.array([2.0, 1.5, 3.0]) - 1.0) * sold) == 1
    assert seen[7].tolist() == [1.5, 1.5, 3.0]  # c has no policy


def test_imitate_waits_for_a_clear_lead():
    lead = {"kind": "imitate", "every": 7, "ahead": 10.0}
    assert (path(shops(a=lead, b=lead), 30) == [2.0, 1.5, 3.0]).all()


def test_imitation_is_harsher_than_best_response():
    """Imitators come to rest where the lead over the others is largest, not the profit.

    With logit choice among J firms that is where d(own - another's profit)/dp = P (1 - b (p - c)) = 0: p = c + 1/b,
    whatever J, below the equilibrium c + 1/(b (1 - 1/J)). Without experiments nothing moves.
    """
    rules = {"kind": "imitate", "every": 2.0, "experiment": 0.2, "spread": 0.1}
    market = dict(firms=4, outside=False, price=2.5, customers=2000, days=800.0)
    assert logit_price(4, False) == pytest.approx(0.5 + 4 / 3)
    late = path(logit_market(rules, **market), 800)[400:].mean()
    assert late == pytest.approx(0.5 + 1.0, rel=0.07)
    assert (prices(logit_market({**rules, "experiment": 0.0}, **market).market().run()) == 2.5).all()
