"""Two firms alike but for the name: neither wins by it, whatever both of them do and whatever the market is like.

Over replicates of one market the mean difference between the firms is held against its standard error, which comes from
the spread of the replicates, and has to be small enough for a name to be found out.
"""

from functools import cache

import numpy as np
import pytest
from contract.behaviours import POLICIES, SECTIONS, TALKING, with_behaviour, with_policy
from contract.shop import COMPANY, cases, does
from scipy import stats

from regulars import Scenario
from regulars.ground.parameter import Problem

FIRM = {"price": 2.0, "cost": 1.2, "quality": 0.6, "failure": 0.1, "brand": 0.6}
PLAIN = {
    "market": {"customers": 300, "days": 24},
    "need": {"process": "calendar", "attendance": 0.6},
    "taste": {"kind": "normal", "sd": 0.5},
    "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": 0.3},
    "spending": {"basket": 10.0, "variation": 0.5},
    "switching": {"relation": 0.3},
    "experience": {"on": True, "noise": 0.2},
    "bond": {"on": True, "response": "linear"},
    "relationship": {"on": True, "personal_contact": 0.1},
    "firms": [{"name": "anna", **FIRM}, {"name": "berta", **FIRM}],
}
STAFF = {"people": 4, "wage": 1.0, "quit_rate": 2.0}
RICH = {  # for what needs more than a shop and its customers
    **PLAIN,
    "network": {"on": True, "kind": "mixing"},
    "platform": {"on": True, "visitors": 5.0, "floor": 0.2},
    "assortment": {"on": True, "products": 4},
    "firms": [{**firm, "staff": STAFF} for firm in PLAIN["firms"]],
}
ALIKE = {"kind": "homogeneous"}
HELD = {"contract": {"term": 14.0, "binding": "hard", "discount": 0.2}}
MARKETS = {
    "nothing": {},
    "no moods": {"choice": {"mood": "none", "outside": False}, "taste": ALIKE, "bond": {}, "experience": {}},
    "no moods, with prices": {
        "choice": {"mood": "none", "price_sensitivity": 0.5, "outside": True, "outside_utility": -3.0}, "taste": ALIKE,
    },
    "regulars of what they like": {"switching": {"relation": 1.0, "initial": "taste"}},
    "regulars of what they like, all alike": {"switching": {"relation": 2.0, "initial": "taste"}, "taste": ALIKE},
    "regulars by share": {"switching": {"relation": 2.0, "initial": "share"}, "taste": ALIKE},
    "regulars in equal parts": {"switching": {"relation": 2.0, "initial": "even"}, "taste": ALIKE},
    "premium": {"switching": {"form": "premium", "money": 2.0}},
    "search": {"search": {"on": True}, "bond": {"on": True, "response": "two_threshold"}},
    "a line": {"taste": {"kind": "hotelling", "transport": 2.0}},
    "Dirichlet": {"taste": {"kind": "dirichlet", "concentration": 1.0}},
    "coming and going": {"turnover": {"exit_rate": 3.0, "entry_rate": 3.0, "aware": 0.5, "noticing_rate": 10.0}},
    "regular buyers": {"need": {"process": "erlang", "mean": 4.0}},
    "devotion": {"devotion": {"on": True}},
    "praise of every purchase": {**TALKING, "word_of_mouth": {"on": True, "good_above": -1.0, "bad_below": -1.1, "praise": 0.08, "half_life": 9.0}},
    "blame of every purchase": {**TALKING, "word_of_mouth": {"on": True, "good_above": 2.1, "bad_below": 2.0, "blame": 0.2, "half_life": 9.0}},
    "both hold the customer": {"strategies": HELD, "subscription": {"on": True, "attention": 0.5}},
    "both hold and nobody minds": {"strategies": HELD, "taste": ALIKE, "choice": {"mood": "none"}},
    "everything": {"strategies": {name: does(name)[name] for name in ("points", "tiers", "coupons", "recovery")}},
}  # fmt: skip
PARTS = [
    *cases(), *(f"[{section}]" for section in SECTIONS), *(f"pricing {name}" for name in POLICIES), *(f"in {name}" for name in MARKETS)
]  # fmt: skip


def two(changes, world):
    """The market with other sections; `strategies` are of both firms."""
    strategies = changes.get("strategies", {})
    firms = [{**firm, "strategies": strategies} for firm in world["firms"]]
    return {
        **world,
        **{name: table for name, table in changes.items() if name != "strategies"},
        "firms": firms,
    }


def with_part(part, world):
    """A market of two firms that both have, or do, or live in this."""
    if part.startswith("["):
        return with_behaviour(part[1:-1], world)
    if part.startswith("pricing "):
        return with_policy(part.removeprefix("pricing "), world)
    if part.startswith("in "):
        return two(MARKETS[part.removeprefix("in ")], world)
    return two({"strategies": {**does(COMPANY.get(part, part)), **does(part)}}, world)


def scenario(part):
    """The smallest market in which it can be."""
    try:
        return Scenario(with_part(part, PLAIN))
    except Problem:
        return Scenario(with_part(part, RICH))


@cache
def differences(market, replicates):
    """First firm less second, of the purchases and of the revenue of both: shares (2, replicates)."""
    found = []
    for replicate in range(replicates):
        run = market.market(replicate=replicate).run()
        bought, paid = run.totals.purchases.sum(0), run.totals.paid.sum() / 1e6
        profit = [run.ledger.profit(f) for f in range(2)]
        found.append(
            ((bought[0] - bought[1]) / max(bought.sum(), 1), (profit[0] - profit[1]) / max(paid, 1.0))
        )
    return np.array(found, np.float64).T


def by_chance(found):
    """How far from 0 the mean of these differences comes by chance once in ten thousand times."""
    n = found.shape[1]
    return stats.t.ppf(1 - 5e-5, n - 1) * found.std(axis=1, ddof=1) / np.sqrt(n)


def even(market, replicates, finest):
    """Assert that neither firm of a market has more of the purchases or of the profit; `finest` must be found."""
    found = differences(market, replicates)
    limit = by_chance(found)
    assert (limit < finest).all(), f"nothing could be seen: {limit}"
    assert (np.abs(found.mean(axis=1)) <= limit).all(), f"{found.mean(axis=1)} against {limit}"


@pytest.mark.parametrize(
    "part", [pytest.param(p, marks=pytest.mark.slow if p.endswith(" on offer") else ()) for p in PARTS]
)
def test_a_name_is_nothing(part):
    """In few large markets, which are as sharp as many small ones and cost less; but prices move with the luck of a market."""
    few = not part.startswith("pricing ")
    even(scenario(part).set({"market.customers": 700 if few else 300}), 9 if few else 24, 0.1)


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_a_name_is_nothing_in_many_worlds(part):
    even(scenario(part), 320, 0.03)


def test_a_little_better_is_found_out():
    """Negative control: a quarter of a logit more pull, and the market is not even."""
    market = scenario("in nothing").set({"firms.berta.appeal": 0.25, "market.customers": 700})
    with pytest.raises(AssertionError, match="against"):
        even(market, 9, 0.1)
