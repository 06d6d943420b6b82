"""What every strategy is tried with in the small market in which everything is switched on."""

from hashlib import blake2b
from itertools import combinations

import pytest
from worlds.telling import livelier

from regulars.contract.strategy import find, names


def lively(name):
    """Parameters under which a strategy acts on the customers of this market within weeks."""
    known = {
        "threshold_rebate": {"days": 3, "lapse": 20, "least": 5.0, "budget": 200.0, "budget_days": 14.0},
        "lottery_rebate": {"days": 3, "chances": (0.2, 0.3, 0.3), "frame": "price", "enjoyment": 0.2},
        "personal_service": {"budget": 2000.0, "review": 14},
        "points": {
            "lot": 14,
            "purchase_valid": 28,
            "review_valid": 14,
            "share_valid": 14,
            "per_unit": 20.0,
            "pending": 2.0,
            "rounding": "down",
            "earns_on": "own_money",
            "least": 5.0,
            "reward_cap": 2,
            "cap_days": 7.0,
        },
        "stamp_card": {
            "stamps": 4,
            "head_start": 1,
            "every_card": True,
            "least": 2.0,
            "one_a_day": True,
            "size": 20.0,
            "valid": 28,
            "lot": 14,
            "card_days": 30,
            "redemption_rate": 0.8,
            "progress_perception": 0.5,
        },
        "tiers": {
            "levels": [
                {"name": "silver", "threshold": 30.0, "discount": 0.05},
                {"name": "gold", "threshold": 80.0, "discount": 0.1, "service": 0.1, "cost": 0.2},
            ],
            "period": 14.0,
        },
        "recovery": {
            "refund": 0.5,
            "paid_as": "credit",
            "follow_up": 7,
            "capacity": 2.0,
            "order": "value",
            "ease": 2.0,
            "relief": 2.0,
            "prevention": 0.002,
        },
        "stock": {"safety": 2.0, "review": 14},
        "staff_retention": {"pay_rise": 1.0, "training": 10.0},
        "paid_traffic": {"budget": 5.0, "limit": 20.0, "review": 14},
        "cost_sheet": {
            "set_up": 50.0,
            "monthly": 30.0,
            "hours": 5.0,
            "wage": 10.0,
            "per_member": 5.0,
            "per_purchase": 0.1,
        },
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
        "recommendation": {
            "kind": "content_based",
            "gain": 1.0,
            "service": 0.1,
            "enough": 20,
            "recorded": 0.8,
        },
    }
    return known.get(name, {})


def more_of_a_strategy(name, why):
    """What to do about a strategy that is not seen at its defaults."""
    return livelier(
        __file__, "def lively", f"the strategy '{name}'", why, f'"{name}": {{"reach": 0.9, ...}},'
    )


COMPANY = {"information_system": "personal_service"}  # what sells nothing by itself, and who makes use of it
OFFER = {"enrolment": "offered", "effort": {"distribution": "lognormal", "mean": 200.0, "sd": 2000.0}}


def cases():
    """Every strategy with lively rules, and once more on offer where it has members who may join or not."""
    for name in names():
        yield name
        if "enrolment" in find(name).Parameters.model_fields:
            yield f"{name} on offer"


def does(case):
    """The strategy of a case, and its rules; nothing for no case."""
    if case is None:
        return {}
    name, _, offered = case.partition(" ")
    return {name: {**lively(name), **(OFFER if offered else {})}}


def by_turns(things, first=0):
    """Parameters of a test of which every run takes every other one, and `make validate` the rest."""
    return [
        pytest.param(thing, id=thing, marks=() if k % 2 == first else pytest.mark.slow)
        for k, thing in enumerate(things)
    ]


def pairs():
    """Any two strategies, and whether they are of the few drawn by their names, in which each has two partners or more."""

    def draw(name, other):
        return blake2b("+".join(sorted((name, other))).encode()).digest()

    drawn = set()
    for name in names():
        others = sorted((other for other in names() if other != name), key=lambda other: draw(name, other))
        drawn |= {frozenset((name, other)) for other in others[:2]}
    return [(*pair, frozenset(pair) in drawn) for pair in combinations(names(), 2)]
