"""Switching costs: what it takes to leave the firm bought from last.

Monetary, procedural and relational parts (Burnham, Frels & Mahajan 2003, JAMS 31:109-126), each with its own
distribution, paid once when the incumbent changes. Two forms exist and are named: a `penalty` on all firms but
the incumbent, and a `premium` for the incumbent; they differ in what they do to the outside option. Lost points
and lost status are not written in: they arise from the programmes' own state.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import NOBODY, Customers

SYSTEMS = {"M6": "tests/oracles/test_switching_cost.py::test_each_part_alone"}
INITIAL = purpose("switching", "initial")
PARTS = ("money", "time", "relation")
DRAWS = {part: purpose("switching", part) for part in PARTS}


class Switching(ParameterSet):
    """What it costs a customer to change firm."""

    shapes_people: ClassVar[bool] = True
    form: Literal["penalty", "premium"] = par(
        "penalty",
        "",
        "",
        "cost on every other firm, or bonus for the incumbent",
        "Dube, Hitsch & Rossi 2009, 2010",
    )
    money: Spread = par(
        Spread(mean=0.0), "currency", "[0, inf)", "monetary part", "Burnham, Frels & Mahajan 2003"
    )
    time: Spread = par(
        Spread(mean=0.0),
        "hours",
        "[0, inf)",
        "procedural part: time and effort",
        "Burnham, Frels & Mahajan 2003",
    )
    hour: float = par(0.0, "currency per hour", "[0, inf)", "what an hour is worth to the customer")
    relation: Spread = par(
        Spread(mean=0.0),
        "logits",
        "[0, inf)",
        "relational part: people, habit, uncertainty (logit state dependence)",
        "Dube, Hitsch & Rossi 2010",
    )
    initial: Literal["nobody", "share", "even", "taste"] = par(
        "nobody", "", "", "incumbent at the start: none, drawn by share, drawn evenly, or the firm liked best"
    )


def endow(
    customers: Customers,
    switching: Switching,
    shares: NDArray[Any],
    money_weight: NDArray[Any],
    chance: Chance,
) -> None:
    """Give every customer a switching cost (logits) and an incumbent; `money_weight` in logits per currency unit."""
    everyone = np.arange(customers.count)
    part = {
        name: getattr(switching, name).draw(
            chance.uniform(DRAWS[name], everyone), spread_bounds(switching, name)
        )
        for name in PARTS
    }
    customers.add(
        "switching_cost", part["relation"] + money_weight * (part["money"] + switching.hour * part["time"])
    )
    u = chance.uniform(INITIAL, everyone)
    if switching.initial == "share":
        start = np.searchsorted(np.cumsum(shares)[:-1], u)
    elif switching.initial == "even":
        start = np.minimum((u * len(shares)).astype(np.int64), len(shares) - 1)
    elif switching.initial == "taste":
        start = _liked_best(customers.taste, u)
    else:
        start = np.full(customers.count, NOBODY)
    customers.add("incumbent", start)


def _liked_best(taste: NDArray[Any], u: NDArray[Any]) -> NDArray[np.intp]:
    """The firm that each customer likes best; between equals the draw `u` decides, not their order."""
    best = taste == taste.max(axis=1, keepdims=True)
    which = np.floor(u * best.sum(axis=1)) + 1
    return np.argmax(np.cumsum(best, axis=1) >= which[:, None], axis=1)
