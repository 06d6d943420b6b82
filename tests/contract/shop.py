"""A small market in which everything is switched on, for strategies to prove themselves in; and what to look at."""

import sys

import numpy as np

from regulars import Scenario
from regulars.world.board import CHANNELS
from regulars.world.purse import Purse
from regulars.world.strategy import find, names

UNIFORM = {"distribution": "uniform", "low": 0.2, "high": 0.9}
WORLD = {
    "market": {"customers": 60, "days": 70, "seed": 5, "focal": "anna"},
    "need": {"mean": 8.0, "shape": 2.0},
    "taste": {"kind": "normal", "sd": 0.8},
    "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": {"distribution": "lognormal", "mean": 0.3, "sd": 0.2}},
    "spending": {"basket": {"distribution": "gamma", "mean": 20.0, "sd": 8.0}, "variation": 0.6},
    "switching": {"relation": 0.4, "money": 1.0, "time": 0.5, "hour": 2.0},
    "experience": {"on": True, "noise": 0.2, "disconfirmation_weight": 0.3},
    "bond": {"response": "two_threshold", "lower": UNIFORM, "upper": UNIFORM},
    "search": {"on": True, "transparency": 0.3},
    "foresight": {"foresight": UNIFORM, "daily_discount": {"distribution": "uniform", "low": 0.98, "high": 1.0}, "present_bias": 0.9},
    "turnover": {"exit_rate": 0.5, "entry_rate": 0.5, "aware": 0.9, "noticing_rate": 4.0},
    "network": {"kind": "mixing"},
    "platform": {"on": True, "visitors": 3.0, "floor": 0.2},
    "image": {"on": True},
    "availability": {"disappointment": 0.02},
    "voice": {"on": True},
    "assortment": {"products": 6},
    "firms": [
        {
            "name": "anna", "price": 2.0, "cost": 1.2, "share": 2.0, "quality": 0.6, "failure": 0.1, "availability": 0.9, "brand": 0.6,
            "rent": 2.0, "online": True, "staff": {"people": 4, "wage": 1.0, "quit_rate": 2.0, "learning": 60.0, "gain": 0.3, "hiring": 5.0},
        },
        {"name": "berta", "price": 1.8, "cost": 1.1, "quality": 0.5},
        {"name": "carla", "price": 2.2, "cost": 1.5, "quality": 0.7},
    ],
}  # fmt: skip
HERE = "anna"


def table(strategies, firms=(HERE,), **market):
    """The market with strategies at some of its firms."""
    rows = [
        {**firm, "strategies": dict(strategies) if firm["name"] in firms else {}} for firm in WORLD["firms"]
    ]
    return {**WORLD, "market": {**WORLD["market"], **market}, "firms": rows}


def lively(name):
    """Parameters under which a strategy acts on the customers of this market within weeks."""
    known = {
        "threshold_rebate": {"days": 3, "lapse": 20},
        "lottery_rebate": {"days": 3, "chances": (0.2, 0.3, 0.3), "frame": "price", "enjoyment": 0.2},
        "personal_service": {"budget": 2000.0, "review": 14},
        "points": {"lot": 14, "purchase_valid": 28, "review_valid": 14, "share_valid": 14, "per_unit": 20.0},
        "tiers": {},
        "recovery": {
            "refund": 0.5,
            "paid_as": "credit",
            "follow_up": 7,
            "capacity": 2.0,
            "order": "value",
            "prevention": 0.002,
        },
        "stock": {"safety": 2.0, "review": 14},
        "staff": {"pay_rise": 1.0, "training": 10.0},
        "paid_traffic": {"budget": 5.0, "limit": 20.0, "review": 14},
        "better_value": {"quality": 0.3, "service": 0.1, "cost": 0.1, "upkeep": 5.0},
        "change_product": {"takes": 14.0, "quality": 0.5, "cost": 0.2, "price": 0.1, "estranged": 0.5},
        "coupons": {"audience": "everybody", "every": 14.0, "reach": 0.9, "discount": 0.4, "valid": 10.0},
        "cumulative_discount": {"steps": ((50.0, 0.1), (150.0, 0.3))},
        "information_system": {"review": 14.0, "asked": 0.5},
        "surprise": {"touches": 3, "renewed": 0.1, "size": 0.5, "lifts": 0.5},
        "contract": {
            "term": 14.0,
            "discount": 0.2,
            "fee": 100.0,
            "attention": 0.5,
            "set_up": 0.5,
            "pace": 0.3,
        },
        "membership": {
            "period": 28.0,
            "fee": 20.0,
            "benefit": 5.0,
            "service": 0.2,
            "cost": 0.5,
            "sunk_cost": 0.5,
        },
        "focus": {"effort": 100.0, "review": 14.0, "pull": 2.0, "refuse": True, "patience": 3},
        "tailoring": {"capacity": 5.0, "welcome": 1.0},
        "channels": {
            "channels": [{"name": "post", "audience": "everybody", "reach": 0.9}],
            "effect": 1.5,
            "opt_out": 0.05,
        },
        "content": {"outlet": "own_platform", "every": 7.0, "effect": 1.5},
        "greeting": {"audience": "everybody", "reach": 0.9, "effect": 4.0},
        "emotional_bond": {"strength": 3.0, "heard": 0.05, "depth": 0.4, "belied": 0.5},
        "privileges": {
            "audience": "everybody",
            "exclusivity": 0.0,
            "review": 14.0,
            "worth": 3.0,
            "service": 0.2,
        },
        "community": {"belonging": 0.5, "company": 1.0, "social": 0.2},
        "events": {"audience": "everybody", "every": 14.0, "reach": 0.5, "effect": 1.5, "social": 0.5},
        "sweepstake": {
            "length": 28.0,
            "worth": 500.0,
            "partner_pays": 0.5,
            "partner_fee": 0.2,
            "expected_tickets": 200.0,
        },
        "referral": {"willing": 0.2, "welcome": 5.0, "trust": 3.0, "tie": 1.0, "active": 20.0},
        "commission": {"response": 3.0, "levels": 2, "every": 7.0, "trust": 2.0, "tie": 0.5, "active": 20.0},
        "precision_push": {
            "reach": 0.9,
            "effect": 1.0,
            "browse": 0.05,
            "cost": 0.5,
            "groups": 3,
            "enough": 5,
            "opt_out": 0.05,
        },
        "recommendation": {"kind": "content", "gain": 1.0, "service": 0.1, "enough": 20, "recorded": 0.8},
    }
    return known.get(name, {})


COMPANY = {"information_system": "personal_service"}  # what sells nothing by itself, and who makes use of it
OFFER = {"enrolment": "offered", "effort": {"distribution": "lognormal", "mean": 200.0, "sd": 2000.0}}


def cases():
    """Every strategy with lively rules, and once more on offer where it has members who may join or not."""
    for name in names():
        yield name
        if "enrolment" in find(name).Parameters.model_fields:
            yield f"{name} on offer"


def does(case):
    """The strategy of a case, and its rules."""
    name, _, offered = case.partition(" ")
    return {name: {**lively(name), **(OFFER if offered else {})}}


class Ears:
    """Hears all that strategies promise: the whole board at every opportunity, after the last of them has written."""

    def __init__(self, firms):
        self.firms, self.heard = firms, {}

    def appeal(self, round):
        board = np.array([[round.column(channel, f) for f in range(self.firms)] for channel in CHANNELS])
        for row, key in enumerate(zip(round.who.tolist(), round.occasion.tolist(), strict=True)):
            self.heard[key] = board[:, :, row].tobytes()


def listen(market):
    """The same market, with somebody listening."""
    market.ears = Ears(len(market.names))
    market.phases["appeal"].append(market.ears)
    return market


def run(contents, before=None, **options):
    """A market after its run; `before(market)` may touch it first."""
    market = listen(Scenario(contents).market(log="memory", **options))
    if before is not None:
        before(market)
    return market.run()


def slice_finely(patch, rows):
    """Let threads share even rounds of a few rows, wherever the size of a slice is kept."""
    for name, module in list(sys.modules.items()):
        if name.startswith("regulars.") and hasattr(module, "SMALLEST_SLICE"):
            patch.setattr(module, "SMALLEST_SLICE", rows)


def life(market, customers=None):
    """The opportunities and the events of the first `customers` customers, in an order of their own."""
    log = market.log.opportunities()
    events = market.log.events()
    events = events.sort_values(["customer", "time", "event", "firm", "strategy", "amount"])
    if customers is not None:
        log, events = log[log["customer"] < customers], events[events["customer"] < customers]
    return log.sort_values(["customer", "occasion"], ignore_index=True), events.reset_index(drop=True)


def same(one, other):
    """Assert that two tables are alike to the last bit."""
    assert list(one.columns) == list(other.columns)
    assert len(one) == len(other)
    for name in one.columns if len(one) else ():
        a, b = one[name], other[name]
        if a.dtype.kind == "f":
            assert (a.to_numpy().view(np.int64) == b.to_numpy().view(np.int64)).all(), name
        else:
            assert plain(a) == plain(b), name


def plain(column):
    """A column as a list in which nothing is None (a missing value is not even equal to itself)."""
    return column.astype(object).where(column.notna(), None).tolist()


def same_lives(one, other, customers=None, but=(), promises=True):
    """Assert that the first `customers` customers, except some, lived and were promised the same in both markets."""
    for a, b in zip(life(one, customers), life(other, customers), strict=True):
        same(*(t[~t["customer"].isin(but)].reset_index(drop=True) for t in (a, b)))
    if not promises:
        return
    kept = [
        {
            key: told
            for key, told in market.ears.heard.items()
            if key[0] not in but and not (customers and key[0] >= customers)
        }
        for market in (one, other)
    ]
    assert kept[0] == kept[1]


def purses(thing, depth=3, seen=None):
    """All purses of a strategy, of its books and of its firm's card."""
    seen = set() if seen is None else seen
    if id(thing) in seen or depth < 0:
        return
    seen.add(id(thing))
    kind = type(thing)
    if isinstance(thing, Purse):
        yield thing
    elif kind.__module__.startswith("regulars.") and kind.__name__ not in ("Firm", "Market", "Customers"):
        for value in list(getattr(thing, "__dict__", {}).values()):
            yield from purses(value, depth - 1, seen)
