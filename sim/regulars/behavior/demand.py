"""The model's own demand for one firm: what nobody in the market could know, for theory work.

The opportunities that customers met lately, with all that pulled at them, are put to the choice model once more at
other list prices of the firm, everything else as it stands now. With logit choice the chance of a purchase is
P = 1 / (1 + exp(R - v(p))), R the log-sum of the rivals and of buying nothing; without moods it is 0 or 1 and a tie
counts half. A committed customer considers the incumbent and nothing else.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.choice import utility
from regulars.ground.kernel import kernel
from regulars.world.board import (
    APPEAL,
    ATTACHMENT,
    BASKET_FACTOR,
    BLOCKED,
    LOCKED_IN,
    MONEY_OFF,
    PRICE_FACTOR,
    PRICE_WEIGHT,
    PROMOTION_DEAFNESS,
)

ENOUGH = 300_000  # rows kept; the oldest rounds are dropped beyond
ROWS = 11  # numbers kept of a row by `_look`
PULL, RIVALS, NOTHING, ONLY, WEIGHT, UNITS, FACTOR, OFF, SHELF, SENSE, HEARD = range(ROWS)


class Sales(NamedTuple):
    """Expected sales at each price asked for, sums over the opportunities looked at."""

    opportunities: float
    purchases: NDArray[np.float64]
    units: NDArray[np.float64]
    paid: NDArray[np.float64]  # currency units, after discounts at the till


class Demand:
    """Demand for firm `firm` of `market`; takes part in the market's rounds as a silent witness."""

    def __init__(self, market: Any, firm: int) -> None:
        self.market, self.firm = market, firm
        self.rounds: list[dict[str, NDArray[Any]]] = []
        market.phases["feel"].append(self)

    def feel(self, round: Any) -> None:
        """Remember a round: who was there, and what pulled."""
        board, n = self.market.board, len(round)
        self.rounds.append(
            {
                "who": round.who.copy(),
                "time": round.time.copy(),
                "used": board.used.copy(),
                "values": board.values[:, :, :n].copy()
                if board.used.any()
                else np.zeros((*board.used.shape, 0)),
            }
        )
        rows = sum(len(past["who"]) for past in self.rounds)
        while rows > ENOUGH and len(self.rounds) > 1:
            rows -= len(self.rounds.pop(0)["who"])

    def forget(self) -> None:
        """Begin a new spell of opportunities."""
        self.rounds = []

    def at(self, prices: NDArray[Any]) -> Sales:
        """Expected sales at each of the firm's list `prices` (currency per unit), shape (prices,)."""
        prices = np.ascontiguousarray(prices, np.float64)
        sums = np.zeros((3, prices.size))
        total = 0.0
        for past in self.rounds or [self._everybody()]:
            rows = self._rows(past)
            total += float(rows[WEIGHT].sum())
            spec = self.market.scenario.spec
            _sell(rows, spec.choice.mood == "gumbel", prices, sums)
        return Sales(total, *sums)

    def _everybody(self) -> dict[str, NDArray[Any]]:
        """Before anything was met: everybody who is in the market, at the rate of opportunities of a day."""
        c, day, board = self.market.customers, self.market.day, self.market.board
        who = np.flatnonzero((c.entry <= day) & (c.exit > day)).astype(np.int32)
        empty = np.zeros((*board.used.shape, 0))
        return {
            "who": who,
            "time": np.full(who.size, day),
            "used": np.zeros_like(board.used),
            "values": empty,
            "weight": c.rate[who],
        }

    def _rows(self, past: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
        """What each row of a round comes to, but for the own price: (ROWS, rows)."""
        market, spec, offers = self.market, self.market.scenario.spec, self.market.offers.arrays
        c, who = market.customers, past["who"]
        rows = np.zeros((ROWS, who.size))
        rows[WEIGHT] = past.get("weight", 1.0)
        if spec.search.on and spec.experience.on:
            rows[ONLY] = c.commitment[who] * (1.0 - spec.search.transparency)
        aware = c.columns.get("aware_from", np.zeros((1, 1), np.float32))
        _look(
            who, past["time"], c.attraction, offers["standing"], c.price_sensitivity, offers["price"], offers["shelf_factor"],
            c.basket, c.switching_cost, spec.switching.form == "premium", c.incumbent, past["used"], past["values"],
            spec.choice.mood == "gumbel", spec.choice.outside, float(spec.choice.outside_utility), aware, c.has("aware_from"),
            self.firm, rows,
        )  # fmt: skip
        return rows


@kernel(inline=True)
def _sum(gumbel_mood: Any, total: Any, value: Any) -> Any:
    """Add a rival to the log-sum, or take the better one where there are no moods."""
    if not gumbel_mood or total == -np.inf:
        return max(total, value)
    top = max(total, value)
    return top + math.log(math.exp(total - top) + math.exp(value - top))


@kernel(inline=True)
def _chance(gumbel_mood: Any, own: Any, others: Any) -> Any:
    """Chance that a firm of utility `own` is chosen."""
    if gumbel_mood:
        return 1.0 / (1.0 + math.exp(min(others - own, 700.0)))
    return 1.0 if own > others else (0.5 if own == others else 0.0)


@kernel(inline=True)
def felt_price(price: Any, shelf_factor: Any, factor: Any, off: Any, heard: Any) -> Any:
    """Price that counts in the choice: what is due, as far as the customer hears of it."""
    due = max(price * factor - off, 0.0)
    return due if heard >= 1.0 else due + (1.0 - heard) * (price * shelf_factor - due)


@kernel
def _look(
    who: Any, time: Any, attraction: Any, standing: Any, sensitivity: Any, price: Any, shelf_factor: Any, basket: Any, switching_cost: Any, premium: Any, incumbent: Any,
    used: Any, values: Any, gumbel_mood: Any, outside: Any, outside_utility: Any, aware_from: Any, use_awareness: Any, firm: Any, rows: Any,
) -> None:  # fmt: skip
    for o in range(who.size):
        i = who[o]
        now = incumbent[i]
        nothing = outside_utility if outside else -np.inf
        rivals = nothing
        pull = -np.inf
        holder = -1
        for f in range(standing.size):
            has = not (used[BLOCKED, f] and values[BLOCKED, f, o] > 0.0)
            if has and used[LOCKED_IN, f] and values[LOCKED_IN, f, o] > 0.0 and holder < 0:
                holder = f
            if not has or (use_awareness and aware_from[i, f] > time[o]):
                continue
            factor = shelf_factor[f]
            if used[PRICE_FACTOR, f]:
                factor *= values[PRICE_FACTOR, f, o]
            off = values[MONEY_OFF, f, o] / basket[i] if used[MONEY_OFF, f] else 0.0
            heard = 1.0 - min(values[PROMOTION_DEAFNESS, f, o], 1.0) if used[PROMOTION_DEAFNESS, f] else 1.0
            sense = sensitivity[i] * (values[PRICE_WEIGHT, f, o] if used[PRICE_WEIGHT, f] else 1.0)
            due = 0.0 if f == firm else felt_price(price[f], shelf_factor[f], factor, off, heard)
            value = utility(
                attraction[i, f],
                standing[f],
                sense,
                due,
                switching_cost[i],
                premium,
                f == now,
                now >= 0,
            )
            if used[APPEAL, f]:
                value += values[APPEAL, f, o] * heard
            if used[ATTACHMENT, f]:
                value += values[ATTACHMENT, f, o]
            if f == firm:
                pull = value
                rows[FACTOR, o] = factor
                rows[OFF, o] = off
                rows[SHELF, o] = shelf_factor[f]
                rows[SENSE, o] = sense
                rows[HEARD, o] = heard
                rows[UNITS, o] = basket[i] * (values[BASKET_FACTOR, f, o] if used[BASKET_FACTOR, f] else 1.0)
            else:
                rivals = _sum(gumbel_mood, rivals, value)
        if holder >= 0:  # bound: buys there whatever it costs
            pull = np.inf if holder == firm else -np.inf
        if now < 0 or holder >= 0:
            rows[ONLY, o] = 0.0
        rows[PULL, o] = pull
        rows[RIVALS, o] = rivals
        rows[NOTHING, o] = nothing if now == firm else np.inf


@kernel
def _sell(rows: Any, gumbel_mood: Any, prices: Any, sums: Any) -> None:
    for o in range(rows.shape[1]):
        if rows[PULL, o] == -np.inf:
            continue
        only = rows[ONLY, o]
        for k in range(prices.size):
            due = max(prices[k] * rows[FACTOR, o] - rows[OFF, o], 0.0)
            felt = felt_price(prices[k], rows[SHELF, o], rows[FACTOR, o], rows[OFF, o], rows[HEARD, o])
            own = rows[PULL, o] - rows[SENSE, o] * felt
            chance = 0.0
            if only < 1.0:
                chance += (1.0 - only) * _chance(gumbel_mood, own, rows[RIVALS, o])
            if only > 0.0:
                chance += only * _chance(gumbel_mood, own, rows[NOTHING, o])
            chance *= rows[WEIGHT, o]
            sums[0, k] += chance
            sums[1, k] += chance * rows[UNITS, o]
            sums[2, k] += chance * rows[UNITS, o] * due
