"""Every number that a scenario can say, at the ends of what it may be and far out, one at a time in a market that has it all."""

import math
from typing import get_args

from contract.shop import lively
from worlds.everything import HERE, WORLD

from regulars.contract import pricing, strategy
from regulars.ground.parameter import ParameterSet, Spread, field_extra, limits
from regulars.scenario import whole_spec

FAR = (9e9, 1e15, 1e300)  # the first one can just be counted in millionths
SLIGHT = 1e-300  # of a parameter that must be above 0
LEASE = {"term": 7.0, "move_above": 1.5, "moving_cost": 5.0}
FULL = {  # the small market of the contract, with all that it leaves out
    **WORLD,
    "market": {**WORLD["market"], "customers": 25, "days": 28},
    "choice": {**WORLD["choice"], "quality_weight": {"distribution": "uniform", "low": 0.0, "high": 1.0}},
    "cost_to_serve": {"on": True, "cost": {"distribution": "lognormal", "mean": 0.2, "sd": 0.2}},
    "relationship": {"on": True},
    "devotion": {"on": True},
    "categories": [{"name": "milk"}, {"name": "books", "share": 0.5, "basket": 0.5}],
    "mix": {"concentration": 2.0, "unfamiliar": 0.5, "kinds": [{"name": "parents", "shares": {"books": 3.0}}, {"name": "others"}]},
    "portability": {"on": True, "day": 14.0},
    "word_of_mouth": {"on": True},
    "norm": {"on": True, "weight": 0.5},
    "situations": [{"name": "rush", "chance": 0.2, "price_weight": 2.0, "appeal": {HERE: 0.5}}],
    "mood": {"on": True, "sd": 0.3},
    "firms": [
        {**WORLD["firms"][0], "lease": LEASE},
        {**WORLD["firms"][1], "pricing": {"kind": "markup", "margin": 0.5, "every": 7.0}},
        *WORLD["firms"][2:],
    ],
}  # fmt: skip
VARIANTS = {  # what must stand beside a parameter for it to count
    "need.interval": {"need": {"process": "calendar"}},
    "need.attendance": {"need": {"process": "calendar"}},
    "need.regularity": {"need": {"process": "erlang"}},
    "taste.concentration": {"taste": {"kind": "dirichlet"}},
    "taste.transport": {"taste": {"kind": "hotelling"}},
    "bond.slope": {"bond": {"on": True, "response": "linear"}},
    "bond.middle": {"bond": {"on": True, "response": "linear"}},
}
TOO_MUCH_WORK = {
    ("market.customers", 100_000_000),
    ("market.days", 36525),
}  # by themselves, and for no other reason


def cases():
    """(dotted name, value) of all numbers of all sections, strategies and policies."""
    yield from _numbers(whole_spec(), ())
    for name in strategy.names():
        yield from _numbers(strategy.find(name).Parameters, ("strategies", name))
    for name in pricing.names():
        yield from _numbers(pricing.find(name).Parameters, ("pricing", name))


def _numbers(kind, place):
    for name, field in kind.model_fields.items():
        path, parts = (*place, name), (field.annotation, *get_args(field.annotation))
        tables = [p for p in parts if isinstance(p, type) and issubclass(p, ParameterSet) and p is not Spread]
        if tables:
            yield from _numbers(tables[0], path)
        elif Spread in parts:
            for value in _ends(field, float):
                yield ".".join(path), value
                if value >= 1.0:
                    yield ".".join(path), {"distribution": "lognormal", "mean": 1.0, "sd": value}
                    yield ".".join(path), {"distribution": "normal", "mean": 1.0, "sd": value}
                    yield ".".join(path), {"distribution": "gamma", "mean": value, "sd": value}
                    yield ".".join(path), {"distribution": "uniform", "low": 0.0, "high": value}
        elif int in parts or float in parts:
            ends = ((".".join(path), value) for value in _ends(field, int if int in parts else float))
            yield from (case for case in ends if case not in TOO_MUCH_WORK)


def _ends(field, number):
    """The ends of the bounds of a parameter, or what lies just inside; where there is no end, numbers far out."""
    bounds = str(field_extra(field).get("bounds", ""))
    low, high = limits(bounds) if bounds else (-math.inf, math.inf)
    values = set()
    for end, closed, sign in ((low, bounds[:1] == "[", 1.0), (high, bounds[-1:] == "]", -1.0)):
        if math.isinf(end):
            values |= {math.copysign(far, end) for far in FAR}
        elif closed:
            values.add(end)
        elif end == 0.0:
            values |= {sign * SLIGHT, sign * 1e-9}
        else:
            values.add(math.nextafter(end, sign * math.inf))
    return sorted(number(value) for value in values)


def world(name, value):
    """The market in which the parameter of this dotted name has this value."""
    section, *rest = name.split(".")
    if section not in ("strategies", "pricing"):
        beside = {part: {**FULL[part], **table} for part, table in VARIANTS.get(name, {}).items()}
        return _put({**FULL, **beside}, name.split("."), value)
    firm = dict(FULL["firms"][0])
    if section == "pricing":
        firm["pricing"] = _put({"kind": rest[0], "every": 7.0}, rest[1:], value)
    else:
        kind, rules = strategy.find(rest[0]).Parameters, lively(rest[0])
        if len(rest) > 2:  # a number of one of several tables, such as the rewards that points buy
            rules = {rest[1]: [table.model_dump() for table in kind.model_fields[rest[1]].default], **rules}
        firm["strategies"] = {rest[0]: _put(rules, rest[1:], value)}
    return {**FULL, "firms": [firm, *FULL["firms"][1:]]}


def _put(table, steps, value):
    """A table with a value replaced; in the first of several tables of a list, and in a new table where there is none."""
    if isinstance(table, (list, tuple)):
        return [_put(table[0], steps, value), *table[1:]]
    if len(steps) == 1:
        return {**table, steps[0]: value}
    return {**table, steps[0]: _put(table.get(steps[0], {}), steps[1:], value)}
