"""The compiled engine and the plain day agree, choice for choice and amount for amount."""

import random

import pytest

from regulars import Scenario
from regulars.contract.process import Process, every
from regulars.market import parts
from regulars.plain import PlainMarket
from regulars.world.board import CHANNELS
from regulars.world.ledger import MILLION

FIRMS = [
    {"name": "anna", "price": 2.0, "cost": 1.2, "share": 3.0, "quality": 0.6, "failure": 0.1, "position": 0.2},
    {"name": "berta", "price": 1.8, "cost": 1.1, "share": 2.0, "quality": 0.5, "position": 0.5},
    {"name": "carla", "price": 2.2, "cost": 1.5, "quality": 0.7, "failure": 0.3, "severity": 0.4, "position": 0.9},
]  # fmt: skip
UNIFORM = {"distribution": "uniform", "low": 0.2, "high": 0.9}
LOGNORMAL = {"distribution": "lognormal", "mean": 1.5, "sd": 0.8}
NORMAL = {"distribution": "normal", "mean": 0.5, "sd": 0.3}


def rebate(**rules):
    """The firms, the first of them with a rebate."""
    return [{**FIRMS[0], "strategies": {"threshold_rebate": rules}}, *FIRMS[1:]]


ALIKE = {"kind": "homogeneous"}
DAILY = {"process": "calendar", "attendance": 0.8}
FEELING = {"on": True, "noise": 0.2, "disconfirmation_weight": 0.5, "memory": 0.4}
LEVERS = [
    {"service": 0.3, "hours": 0.4, "effort": 1.0, "risk": 0.8},
    {"service": -0.1, "hours": 0.1, "effort": 0.2, "appeal": 0.3},
    {"service": 0.1, "hours": 0.7, "effort": 0.6, "risk": 1.5},
]  # fmt: skip
SERVING = [{**firm, **levers} for firm, levers in zip(FIRMS, LEVERS, strict=True)]
TIES = {
    "on": True, "personal_contact": 0.2, "social_weight": 1.5, "confidence_half_life": 20.0, "social_half_life": 5.0, "forgiveness": 0.7,
}  # fmt: skip
SHOWING = {"on": True, "ease": 0.8, "immunity": 0.9, "forgiveness": 0.8, "basket": 0.7}
SATISFYING = {"on": True, "response": "two_threshold", "lower": NORMAL, "upper": UNIFORM}
SORTS = [
    {"name": "milk", "share": 2.0}, {"name": "fruit", "basket": 2.5}, {"name": "toys", "share": 0.5, "basket": 0.4},
]  # fmt: skip
SELLING = [
    {**FIRMS[0], "categories": {"milk": 0.0, "fruit": 0.7}}, FIRMS[1], {**FIRMS[2], "categories": {"fruit": -0.4, "toys": 1.0}},
]  # fmt: skip

WORLDS = {
    "null model": {},
    "gamma rates": {"need": {"mean": 4, "shape": 0.5}, "taste": {"concentration": 0.8}},
    "exponential rates": {"need": {"mean": 4, "shape": 1.0}},
    "regular buyers": {"need": {"process": "erlang", "regularity": 6, "mean": 5}},
    "calendar": {"need": {"process": "calendar", "interval": 2, "attendance": UNIFORM}},
    "staggered calendar": {"need": {"process": "calendar", "interval": 3, "together": False}},
    "outside option": {"choice": {"outside": True, "outside_utility": 0.4, "price_sensitivity": 0.7}},
    "prices and quality": {"choice": {"price_sensitivity": LOGNORMAL, "quality_weight": 2}, "taste": ALIKE},
    "normal taste": {"taste": {"kind": "normal", "sd": 1.5, "correlation": 0.4}},
    "correlated taste": {"taste": {"kind": "normal", "correlations": [[1, 0.5, -0.3], [0.5, 1, 0.2], [-0.3, 0.2, 1]]}},
    "a line, no mood": {
        "taste": {"kind": "hotelling", "transport": 2}, "choice": {"mood": "none", "price_sensitivity": 1, "outside": True, "outside_utility": -2.4},
    },
    "baskets": {"spending": {"basket": LOGNORMAL, "variation": 0.7}},
    "baskets cut at nothing": {"spending": {"basket": {"distribution": "normal", "mean": 0.4, "sd": 0.5}}},
    "even baskets": {
        "spending": {"basket": {"distribution": "uniform", "low": 0.1, "high": 2.0}}, "choice": {"outside": True, "price_sensitivity": 0.5},
        "switching": {"money": 1.0},
    },
    "prices above what is usual": {
        "choice": {"price_sensitivity": LOGNORMAL}, "firms": [{**FIRMS[0], "base_price": 1.9}, {**FIRMS[1], "base_price": 1.8}, FIRMS[2]],
    },
    "penalty": {"switching": {"relation": NORMAL, "initial": "share"}, "choice": {"outside": True}},
    "premium": {"switching": {"form": "premium", "relation": UNIFORM, "initial": "taste"}, "choice": {"outside": True}},
    "costs of switching": {
        "switching": {"money": UNIFORM, "time": LOGNORMAL, "hour": 0.5, "initial": "even"},
        "choice": {"price_sensitivity": NORMAL}, "spending": {"basket": LOGNORMAL},
    },
    "linear bond": {"experience": FEELING, "bond": {"on": True, "response": "linear", "slope": 3}},
    "two thresholds": {"experience": FEELING, "bond": {"on": True, "response": "two_threshold", "lower": NORMAL, "upper": UNIFORM}},
    "no looking around": {"experience": FEELING, "bond": {"upper": 0.5}, "search": {"on": True, "transparency": 0.2}},
    "coming and going": {
        "turnover": {"exit_rate": 3, "entry_rate": 4, "aware": 0.5, "noticing_rate": 5}, "choice": {"outside": True},
    },
    "some leave sooner": {"turnover": {"exit_rate": 6, "exit_shape": 0.7, "entry_rate": 2}},
    "some firms are better known": {
        "turnover": {"aware": 0.6, "noticing_rate": 4}, "firms": [{**FIRMS[0], "known": 1.0}, {**FIRMS[1], "known": 0.2}, FIRMS[2]],
    },
    "newcomers on a calendar": {"turnover": {"exit_rate": 2, "entry_rate": 6}, "need": {"process": "calendar", "interval": 2}},
    "long ticks": {"market": {"tick": 7}, "experience": FEELING, "bond": {"on": True, "response": "linear"}, "need": {"mean": 9}},
    "short ticks": {"market": {"tick": 0.5}, "need": {"mean": 9}, "switching": {"relation": 1}},
    "rent and price": {"firms": [{**FIRMS[0], "rent": 12.345}, *FIRMS[1:]]},
    "one for all, however written": {
        "spending": {"basket": {"distribution": "uniform", "low": 1.5, "high": 1.5}},
        "choice": {"price_sensitivity": {"distribution": "gamma", "mean": 0.8, "sd": 0.0}},
        "foresight": {"daily_discount": {"distribution": "normal", "mean": 0.9, "sd": 0.0}},
    },
    "low price": {"choice": {"price_sensitivity": 1}, "firms": [{**FIRMS[0], "strategies": {"everyday_low_price": {"discount": 0.2}}}, *FIRMS[1:]]},
    "rebate in cash": {
        "need": DAILY, "taste": ALIKE, "choice": {"price_sensitivity": 0.5, "outside": True},
        "firms": rebate(days=3, window=7, returns="amount", amount=3.0, paid_as="cash"),
    },
    "rebate on a card": {
        "need": DAILY, "taste": ALIKE, "choice": {"price_sensitivity": 0.4}, "spending": {"variation": 0.5},
        "firms": rebate(days=4, window=7, rate=0.5, lapse=9),
        "foresight": {"daily_discount": 0.97, "present_bias": 0.8, "credit_weight": 0.7},
    },
    "rebate, impatient all alike": {
        "need": DAILY, "taste": ALIKE, "choice": {"price_sensitivity": 0.4}, "firms": rebate(days=3, window=7, rate=0.6),
        "foresight": {"daily_discount": {"distribution": "uniform", "low": 0.9, "high": 0.9}, "present_bias": 0.7},
    },
    "rebate, twice a day": {
        "need": {"process": "calendar", "interval": 0.5, "attendance": 0.7}, "taste": ALIKE, "choice": {"price_sensitivity": 0.4, "outside": True},
        "firms": rebate(days=3, window=7, rate=0.6), "foresight": {"daily_discount": 0.9},
    },
    "rebate, short-sighted": {
        "need": {"mean": 6}, "taste": ALIKE, "choice": {"price_sensitivity": 0.4}, "foresight": {"foresight": 0.0},
        "firms": rebate(days=2, window=7, lapse=5),
    },
    "rebate and habit": {
        "need": {"mean": 6}, "taste": ALIKE, "choice": {"price_sensitivity": 0.6, "outside": True},
        "switching": {"relation": 1.2}, "firms": rebate(days=3, window=7),
    },
    "rebate in weekly ticks": {
        "market": {"tick": 7}, "need": {"mean": 8}, "taste": ALIKE, "choice": {"price_sensitivity": 0.6, "outside": True},
        "firms": rebate(days=3, window=7, rate=0.4),
    },
    "levers, all alike": {
        "firms": SERVING,
        "choice": {"price_sensitivity": 1, "quality_weight": 2, "service_weight": 1.5, "effort_weight": 0.5, "risk_weight": 0.7},
    },
    "levers": {
        "firms": SERVING, "experience": FEELING, "bond": {"on": True, "response": "linear"}, "spending": {"basket": LOGNORMAL},
        "choice": {
            "price_sensitivity": LOGNORMAL, "quality_weight": LOGNORMAL, "service_weight": NORMAL, "hour": LOGNORMAL, "effort_weight": UNIFORM,
            "risk_weight": NORMAL,
        },
    },
    "an hour has its price": {"firms": SERVING, "choice": {"price_sensitivity": 1, "hour": 2.0}},
    "relations": {"relationship": TIES, "experience": FEELING, "need": {"mean": 4}},
    "relations that last": {
        "relationship": {**TIES, "social_half_life": 0, "confidence_half_life": 0, "confidence_weight": 2.0}, "need": {"mean": 4},
        "choice": {"outside": True},
    },
    "relations and risk": {
        "relationship": {**TIES, "reassurance": 0.8}, "firms": SERVING, "need": {"mean": 4}, "choice": {"risk_weight": LOGNORMAL},
    },
    "relations and the same risk for all": {
        "relationship": {**TIES, "confidence_weight": 0.0}, "firms": SERVING, "need": {"mean": 4}, "choice": {"risk_weight": 1.1},
    },
    "devotion": {
        "devotion": SHOWING, "experience": FEELING, "bond": SATISFYING, "need": {"mean": 4}, "choice": {"price_sensitivity": LOGNORMAL},
    },
    "devotion with a linear bond": {
        "devotion": SHOWING, "experience": FEELING, "bond": {"on": True, "response": "linear", "middle": 0.4}, "choice": {"price_sensitivity": 1.0, "outside": True},
        "need": {"mean": 4},
    },
    "categories": {"categories": SORTS, "firms": SELLING, "need": {"mean": 4}},
    "one category": {"categories": SORTS[1:2], "mix": {"unfamiliar": 1.0}, "need": {"mean": 4}},
    "kinds of customers": {
        "categories": SORTS, "firms": SELLING, "need": {"mean": 4}, "choice": {"outside": True},
        "mix": {"concentration": 3.0, "unfamiliar": 1.5, "kinds": [{"name": "old"}, {"name": "young", "weight": 2.0, "shares": {"toys": 5.0}}]},
    },
    "everything": {
        "categories": SORTS, "mix": {"unfamiliar": 1.0}, "firms": [{**sold, **levers} for sold, levers in zip(SELLING, LEVERS, strict=True)],
        "choice": {"price_sensitivity": LOGNORMAL, "service_weight": NORMAL, "risk_weight": LOGNORMAL, "outside": True}, "need": {"mean": 5},
        "experience": FEELING, "bond": SATISFYING, "search": {"on": True, "transparency": 0.5}, "switching": {"relation": 0.4},
        "relationship": TIES, "devotion": SHOWING, "turnover": {"exit_rate": 2, "entry_rate": 2}, "market": {"tick": 3},
    },
}  # fmt: skip


BOOKS = [name for name in WORLDS if "rebate" in name or "price" in name or name == "baskets"]


def scenario(changes):
    size = {"customers": 80, "days": 42, **changes.get("market", {})}
    return Scenario({"firms": FIRMS, **changes, "market": size})


@pytest.mark.parametrize("name", WORLDS)
def test_engine_and_plain_day_agree(name):
    world = scenario(WORLDS[name])
    agree(world.market(seed=7, log="memory").run(), PlainMarket(world, seed=7))


def agree(engine, plain):
    rows = sorted(plain.run(), key=lambda row: (row.customer, row.occasion))
    log = engine.log.opportunities().sort_values(["customer", "occasion"])
    assert len(rows) > 100
    assert log["customer"].tolist() == [row.customer for row in rows]
    assert log["occasion"].tolist() == [row.occasion for row in rows]
    assert log["firm"].astype(object).where(log["firm"].notna(), None).tolist() == [row.firm for row in rows]
    assert (log["listed"] * MILLION).round().tolist() == [row.listed for row in rows]
    assert (log["amount"] * MILLION).round().tolist() == [row.paid for row in rows]
    assert log["time"].tolist() == pytest.approx([row.time for row in rows], rel=1e-12, abs=1e-9)
    assert log["quantity"].tolist() == pytest.approx([row.quantity for row in rows], rel=1e-12)
    assert {name: sums.tolist() for name, sums in engine.totals.arrays().items()} == plain.totals.lists()


def whims(customer, occasion, firm):
    """What a restless hand writes on the board: any channel, by the rules of that channel."""
    dice = random.Random(1_000_003 * customer + 1009 * occasion + firm)
    amounts = {
        "appeal": dice.gauss(0, 1), "attachment": dice.gauss(0, 1), "price_factor": dice.uniform(0.5, 1.2), "money_off": dice.uniform(0, 3),
        "service": dice.gauss(0, 0.2), "basket_factor": dice.uniform(0.5, 2), "blocked": float(dice.random() < 0.3),
        "locked_in": float(dice.random() < 0.1), "forgiveness": dice.uniform(0, 1.5), "price_weight": dice.uniform(0, 1.5), "promotion_deafness": dice.uniform(0, 1.5),
    }  # fmt: skip
    return {channel: amount for channel, amount in amounts.items() if dice.random() < 0.5}


def write(here, channel, amount):
    """Write on the board, as the channel combines."""
    if channel in ("price_factor", "basket_factor", "price_weight"):
        return here * amount
    return amount > 0 or bool(here) if channel in ("blocked", "locked_in") else here + amount


class Hand(Process):
    """The restless hand in the engine."""

    @classmethod
    def title(cls):
        return "hand"

    @classmethod
    def wanted(cls, spec):
        return True

    def appeal(self, round):
        for row, (who, occasion) in enumerate(zip(round.who.tolist(), round.occasion.tolist(), strict=True)):
            for firm in range(len(self.market.names)):
                for channel, amount in whims(who, occasion, firm).items():
                    column = round.column(channel, firm)
                    column[row] = write(column[row], channel, amount)


@pytest.mark.parametrize(
    "name", ["outside option", "low price", "costs of switching", "devotion", "everything"]
)
def test_every_channel_of_the_board(name, monkeypatch):
    """Whatever is written on the board, both read the same out of it."""
    assert {channel for k in range(99) for channel in whims(k, 0, 0)} == set(CHANNELS)

    def hand(customer, occasion, firm, here):
        for channel, amount in whims(customer, occasion, firm).items():
            setattr(here, channel, write(getattr(here, channel), channel, amount))

    world = scenario(WORLDS[name])
    monkeypatch.setattr(parts, "every", lambda: (*every(), Hand))
    agree(world.market(seed=7, log="memory").run(), PlainMarket(world, seed=7, hand=hand))


@pytest.mark.parametrize("name", BOOKS)
def test_books_agree_to_the_millionth(name):
    world = scenario(WORLDS[name])
    engine, plain = world.market(seed=7).run(), PlainMarket(world, seed=7)
    plain.run()
    for f, firm in enumerate(plain.firms):
        assert {account: int(engine.ledger.money[account][f]) for account in firm.books} == firm.books
    if "rebate" in name:
        assert plain.firms[0].books["rewards"] > 0


@pytest.mark.parametrize("name", ["linear bond", "two thresholds", "everything"])
def test_there_are_complaints_to_agree_on(name):
    plain = PlainMarket(scenario(WORLDS[name]), seed=7)
    plain.run()
    assert sum(map(sum, plain.totals.complaints)) > 0
