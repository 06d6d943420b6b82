"""Random scenarios over all that is declared: every section, strategy, policy, recommender and parameter, in small.

`world(number)` is always the same table. The number also says which strategy, process and policy must be in it, so that
a few dozen worlds in a row have had them all. A strategy, behaviour or parameter that is added is drawn without being
named here.
"""

import re
from functools import cache
from typing import Any

from worlds.drawing import Dice, Walk, number

from regulars.contract import pricing, recommender, strategy
from regulars.contract.process import every
from regulars.ground.parameter import Problem
from regulars.processes.categories import Category
from regulars.scenario.files import sorted_firms
from regulars.scenario.spec import Arm
from regulars.scenario.whole import whole_offer, whole_spec
from regulars.world import audience

FIRMS = ("anna", "berta", "carla", "dora")
GOODS = ("milk", "fruit", "books")
STRATEGIES, POLICIES, PROCESSES = strategy.names(), pricing.names(), every()
LISTS = (
    "firms",
    "categories",
    "arms",
    "uncertainty",
    "correlations",
)  # put together below, not drawn as a section
ROUNDS = 6  # of mending what does not fit together
WAY_OUT = re.compile(r"set (\w+)\.(\w+)|a \[(\w+)\], such as (\w+)")  # what a message tells to set as well
AUDIENCES = [
    *audience.PLAIN,
    *(f"{kind}:{n}" for kind in audience.NUMBERED for n in ("0.3", "1", "7")),
    *(f"members:{name}" for name in STRATEGIES[::5]),
    "segment:good",
]


def _pairs(rng: Any) -> Any:
    pairs = rng.integers(0, 30, (int(rng.integers(1, 40)), 2)).tolist()
    return "\n".join(f"{a},{b}" for a, b in pairs) if rng.random() < 0.3 else pairs


def _correlations(rng: Any) -> Any:
    n, r = int(rng.integers(2, 5)), round(float(rng.uniform(-0.2, 0.9)), 2)
    return [[1.0 if a == b else r for b in range(n)] for a in range(n)]


def _between(low: float, high: float, whole: bool = False) -> Any:
    return lambda rng: int(rng.integers(low, high + 1)) if whole else round(float(rng.uniform(low, high)), 3)


def _among(*values: Any) -> Any:
    return lambda rng: values[int(rng.integers(len(values)))]


SPECIAL = {  # what sizes a world, and what is tied to its size
    "market.customers": _among(1, 3, *range(8, 31)),
    "market.days": _among(*[28.0] * 14, 20.0, 9.0, 1.0),
    "market.tick": _among(1.0, 1.0, 1.0, 0.5, 0.125, 2.0, 7.0, 30.0),
    "market.seed": _between(0, 2**32, whole=True),
    "need.mean": _between(0.5, 15.0),
    "need.period": _among(3.0, 5.5, 7.0, 7.0, 30.0),
    "need.interval": _among(0.25, 0.5, 1.0, 1.7, 7.0),
    "network.edges": _pairs,
    "network.file": _among(""),
    "network.degree": _among(2.0, 4.0, 3.3, 8.0),
    "taste.correlations": _correlations,
    "assortment.products": _between(1, 12, whole=True),
    "assortment.attributes": _between(1, 6, whole=True),
    "platform.visitors": _between(0.0, 20.0),
    "turnover.entry_rate": _between(0.0, 12.0),
    "firms.staff.people": _between(1, 12, whole=True),
    "points.lot": _among(1.0, 3.5, 7.0),  # how long points and stamps are valid is so many lots
    "stamp_card.lot": _among(1.0, 3.5, 7.0),
    "stamp_card.valid": _among(0.0, 7.0, 14.0, 21.0),
    **{f"points.{kind}_valid": _among(0.0, 7.0, 14.0, 21.0) for kind in ("purchase", "review", "share")},
}


def words(firms: tuple[str, ...], goods: tuple[str, ...]) -> dict[str, list[str]]:
    """What parameters that are words may be, by name."""
    return {
        "audience": AUDIENCES,
        "kind": recommender.names(),
        "whom": ["lowest", *firms],
        "appeal": list(firms),
        "shares": list(goods),
        "categories": list(goods),
        "focal": list(firms),
        "title": ["a market", "Märkte; 市场", ""],
        "currency": ["USD", "€"],
        "name": ["first", "second"],
    }


class Builder:
    """Draws one table of a scenario, and mends what does not fit together as the messages tell."""

    def __init__(self, seed: int, attempt: int) -> None:
        self.dice = Dice(seed, attempt)
        rng = self.dice.at("names")
        self.firms = FIRMS[: int(rng.integers(1, len(FIRMS) + 1))]
        self.goods = GOODS[: int(rng.integers(0, len(GOODS) + 1))]
        self.busy = int(rng.integers(len(self.firms)))
        self.walk = Walk(self.dice, SPECIAL, words(self.firms, self.goods))
        self.must = {
            "strategy": STRATEGIES[seed % len(STRATEGIES)],
            "process": PROCESSES[seed % len(PROCESSES)],
            "pricing": POLICIES[seed % len(POLICIES)],
        }

    def draw(self) -> dict[str, Any]:
        """The table as drawn; its parts may not fit together."""
        rng = self.dice.at("world")
        table = {
            name: self.walk.value(self.dice.at(name), field, name, name, name)
            for name, field in whole_spec().model_fields.items()
            if name not in LISTS and rng.random() < 0.8
        }
        table["categories"] = [self.walk.table(Category, f"categories.{k}") for k in range(len(self.goods))]
        for category, name in zip(table["categories"], self.goods, strict=True):
            category["name"] = name
        table["firms"] = [self.firm(name, f, f == self.busy) for f, name in enumerate(self.firms)]
        table["arms"] = {f"arm{k}": self.arm(k) for k in range(int(rng.integers(0, 3)))}
        table["market"] = {
            "customers": SPECIAL["market.customers"](rng), "days": 28.0, "focal": self.firms[0], **table.get("market", {})
        }  # fmt: skip
        return table

    def firm(self, name: str, number: int, busy: bool) -> dict[str, Any]:
        """One firm; the `busy` one does what this world must have."""
        rng, path = self.dice.at(f"firm {number}"), f"firms.{number}"
        drawn = self.walk.table(whole_offer(), path, "firms")
        drawn |= {"name": name, "strategies": self.strategies(path, int(rng.integers(0, 3)), busy)}
        if busy or rng.random() < 0.4:
            kind = self.must["pricing"] if busy else str(rng.choice(POLICIES))
            drawn["pricing"] = {
                "kind": kind,
                **self.walk.table(pricing.find(kind).Parameters, f"{path}.pricing"),
            }
        return drawn

    def strategies(self, path: str, count: int, busy: bool = False) -> dict[str, Any]:
        """Some strategies with drawn parameters."""
        chosen = [str(name) for name in self.dice.at(f"{path} does").permutation(STRATEGIES)[:count]]
        if busy:
            chosen.append(self.must["strategy"])
        return {name: self.strategy(name, f"{path}.{name}") for name in chosen}

    def strategy(self, name: str, path: str) -> dict[str, Any]:
        """The parameters of one strategy; those of a recommender are in its own words."""
        table = self.walk.table(strategy.find(name).Parameters, path, name)
        if name == "recommendation" and table.get("kind"):
            table["rules"] = self.walk.table(recommender.find(table["kind"]).Parameters, f"{path}.rules")
        return table

    def arm(self, k: int) -> dict[str, Any]:
        """An alternative for the focal firm."""
        path, rng = f"arms.arm{k}", self.dice.at(f"arm {k}")
        drawn = {"strategies": self.strategies(path, int(rng.integers(0, 3)))}
        if rng.random() < 0.5:
            drawn["set"] = {f"firms.{self.firms[0]}.price": number(rng, "[0, inf)", 1.0, "currency")}
        return {**self.walk.table(Arm, path, "arms"), **drawn}

    def mend(self, table: dict[str, Any], problem: Problem, round: int) -> None:
        """Set what a message tells to set, draw anew what is wrong, in the end leave it out."""
        for place, text in problem.items:
            told = WAY_OUT.search(text)
            if told and round < ROUNDS // 2:
                self.switch(table, *filter(None, told.groups()), round)
            elif place[0] == "firms" and place[2] == "strategies":
                table["firms"][int(place[1])]["strategies"].pop(place[3], None)
            elif place[0] == "firms":
                table["firms"][int(place[1])].pop(place[2], None)
            elif place[0] == "arms":
                table["arms"].pop(place[1], None)
            elif round < ROUNDS // 2 and place[0] not in LISTS:
                path, field = f"{place[0]} {round}", whole_spec().model_fields[str(place[0])]
                table[place[0]] = self.walk.value(self.dice.at(path), field, path, place[0], place[0])
            else:
                table.pop(place[0], None)

    def switch(self, table: dict[str, Any], section: str, name: str, round: int) -> None:
        """Give a parameter of a section another value than its default."""
        kind = whole_spec().model_fields[section].annotation
        field = kind.model_fields[name]
        for attempt in range(20):
            rng = self.dice.at(f"{section}.{name} set {round} {attempt}")
            value = self.walk.value(rng, field, f"{section}.{name}", f"{section}.{name}", name)
            if value != field.default:
                table[section] = {**(table.get(section) or {}), name: value}
                return


class Attempt:
    """One table that a number can stand for: whether it is accepted, and has what the number says."""

    def __init__(self, seed: int, attempt: int) -> None:
        builder = Builder(seed, attempt)
        self.table, self.refused = sorted_firms(builder.draw()), None
        self.complete = False
        for round in range(ROUNDS):
            try:
                spec = whole_spec().read(self.table)
            except Problem as problem:
                self.refused = problem
                builder.mend(self.table, problem, round)
            else:
                self.refused, self.complete = None, present(builder.must, spec)
                return


@cache
def attempts(seed: int) -> tuple[Attempt, ...]:
    """What a number can stand for, one after another, up to the first that is accepted and complete."""
    drawn = [Attempt(seed, 0)]
    while not drawn[-1].complete:
        drawn.append(Attempt(seed, len(drawn)))
    return tuple(drawn)


def world(seed: int) -> dict[str, Any]:
    """The table of a world; not to be changed."""
    return attempts(seed)[-1].table


def present(must: dict[str, Any], spec: Any) -> bool:
    """Whether a world has what its number says."""
    return (
        any(must["strategy"] in firm.strategies for firm in spec.firms)
        and must["process"].wanted(spec)
        and any(firm.pricing.kind == must["pricing"] for firm in spec.firms)
    )
