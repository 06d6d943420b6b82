"""Learn: try prices and keep to those that have paid, knowing nothing but the firm's own profit.

`greedy` keeps a value Q of every price of a grid (and, with `watches`, of every price of a grid that the cheapest
rival may ask): Q <- Q + rate (profit + patience max Q' - Q), rate 1/n for the first n plays of a price; it plays the
best, but tries any other with a chance that falls as exp(-fading x decision). `gradient` keeps a preference h per
price, plays softmax(h), and moves h by drift (profit - mean profit) (1[played] - softmax). Profits are measured in
units of the largest one met so far, so that rates have the same meaning in every market.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np

from regulars.contract.pricing import PricingParameters, PricingPolicy, without_room
from regulars.ground.parameter import par


class Learn(PricingPolicy):
    """Reinforcement learning of the firm's own list price on a grid."""

    class Parameters(PricingParameters):
        """The grid and the rule of learning."""

        # fmt: off
        every: float = par(7.0, "days", "[1, 36525]", "time between two decisions; the first one is on the first day")
        method: Literal["greedy", "gradient"] = par("greedy", "", "", "values and rare trials, or preferences that drift")
        lowest: float = par(0.0, "currency per unit", "[0, inf)", "lowest price of the grid; 0 for the cost of goods at the start")
        highest: float = par(0.0, "currency per unit", "[0, inf)", "highest price of the grid; 0 for twice the first price")
        points: int = par(9, "prices", "[2, 200]", "prices on the grid")
        rate: float = par(0.15, "", "(0, 1]", "weight of the latest profit in a value (greedy only)", "Calvano et al. 2020")
        drift: float = par(0.5, "", "(0, 100]", "how fast preferences move; fast ones settle early, on what seemed good first (gradient only)", "Sutton & Barto 2018")
        trial: float = par(1.0, "probability", "[0, 1]", "chance of trying any price at the first decision (greedy only)")
        fading: float = par(0.02, "per decision", "[0, 10]", "rate at which trials become rare (greedy only)", "Calvano et al. 2020")
        patience: float = par(0.0, "per decision", "[0, 1)", "weight of the values that the next decision can reach (greedy only)")
        watches: bool = par(False, "", "", "whether values depend on the cheapest rival's list price (greedy only)")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = (
        "grid",
        "values",
        "plays",
        "played",
        "watched",
        "earned",
        "largest",
        "mean",
        "decided",
    )
    sources: ClassVar[tuple[str, ...]] = (
        "Calvano, Calzolari, Denicolo & Pastorello 2020, Artificial intelligence, algorithmic pricing, and collusion, AER 110:3267-3297",
        "Sutton & Barto 2018, Reinforcement Learning, 2nd ed., sections 2.4, 2.8 and 6.5",
    )

    @classmethod
    def problems(cls, parameters: Any, own: str, firms: Any) -> list[tuple[str, str]]:
        """The grid must leave room."""
        return without_room(parameters)

    def start(self) -> None:
        """Know nothing."""
        rules = self.parameters
        low, high = rules.lowest or self.desk.cost, rules.highest or 2.0 * self.desk.price
        self.grid = np.linspace(min(low, high), high, rules.points)
        states = rules.points if rules.watches and self.desk.rivals.size else 1
        self.values = np.zeros((states, rules.points))
        self.plays = np.zeros((states, rules.points), np.int64)
        self.played, self.watched, self.decided = -1, 0, 0
        self.earned, self.largest, self.mean = self.desk.profit, 0.0, 0.0

    def price(self, day: float) -> float:
        """Learn from the spell that ends, then play."""
        rules, state = self.parameters, self._state()
        profit = self.desk.profit - self.earned
        self.earned = self.desk.profit
        if self.played >= 0:
            if rules.method == "greedy":
                self._value(profit, state)
            else:
                self._prefer(profit)
        self.played, self.watched = self._play(state), state
        self.plays[self.watched, self.played] += 1
        self.decided += 1
        return float(self.grid[self.played])

    def _state(self) -> int:
        """Cell of the grid nearest to the cheapest rival's list price."""
        if len(self.values) == 1:
            return 0
        return int(np.argmin(np.abs(self.grid - self.desk.rivals.min())))

    def _unit(self, profit: float) -> float:
        """Profit in units of the largest one met so far."""
        if abs(profit) > self.largest:
            shrink = self.largest / abs(profit)
            self.largest = abs(profit)
            self.mean *= shrink
            if self.parameters.method == "greedy":
                self.values *= shrink
        return profit / self.largest if self.largest > 0 else 0.0

    def _value(self, profit: float, state: int) -> None:
        rules, gain = self.parameters, self._unit(profit)
        here = self.watched, self.played
        after = rules.patience * float(self.values[state].max())
        self.values[here] += max(rules.rate, 1.0 / self.plays[here]) * (gain + after - self.values[here])

    def _prefer(self, profit: float) -> None:
        gain, chances = self._unit(profit), _softmax(self.values[0])
        surprise = gain - self.mean
        move = -chances
        move[self.played] += 1.0
        self.values[0] += self.parameters.drift * surprise * move
        self.mean += surprise / self.decided

    def _play(self, state: int) -> int:
        rules, number = self.parameters, self.number()
        u = self.desk.draw(self.title(), "which", number)
        if rules.method == "gradient":
            cumulative = np.cumsum(_softmax(self.values[0]))
            return int(min(np.searchsorted(cumulative, u), rules.points - 1))
        trial = rules.trial * math.exp(-rules.fading * self.decided)
        if self.decided == 0 or self.desk.draw(self.title(), "whether", number) < trial:
            return min(int(u * rules.points), rules.points - 1)
        return int(np.argmax(self.values[state]))


def _softmax(preferences: np.ndarray) -> np.ndarray:
    weights = np.exp(preferences - preferences.max())
    return weights / weights.sum()
