"""Best response: the price that earns most now if the rivals stay where they are. Short-sighted by design.

A firm does not know its demand. It varies its own price a little, at random, from decision to decision, and
regresses the logarithm of its sales on its own and the rivals' mean list price, old decisions fading out:

    log q = a - beta p + gamma p_rivals,        best price  p = (c + r) / k + 1 / beta

with r the rewards granted per purchase and k the part of list price that discounts leave, both from its books. With
logit demand beta is b (1 - P), so that the rest point is the logit equilibrium p = c + 1 / (b (1 - P)).

With `informed = true` the firm knows the model's own demand, as no firm could: the analytic oracles hold then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.pricing import PricingParameters, PricingPolicy, without_room
from regulars.ground.parameter import par

FEWEST = 6  # decisions looked back on before the regression is believed
FURTHEST = 0.1  # largest move of the price at one decision, share of the price
ZOOMS = 4  # times that the price grid is made finer around its best price


class BestResponse(PricingPolicy):
    """Maximise the firm's own expected profit now, taking rivals' list prices as given."""

    class Parameters(PricingParameters):
        """Where the firm looks for its price, and how it learns about its demand."""

        # fmt: off
        every: float = par(7.0, "days", "[1, 36525]", "time between two decisions; the first one is on the first day")
        informed: bool = par(False, "", "", "whether it knows the model's own demand, as no firm could: for theory work")
        lowest: float = par(0.0, "currency per unit", "[0, inf)", "lowest price considered")
        highest: float = par(0.0, "currency per unit", "[0, inf)", "highest price considered; 0 for five times the first price")
        points: int = par(41, "prices", "[5, 1000]", "prices on the grid (informed only)")
        probe: float = par(0.04, "share of price", "(0, 0.5]", "how far prices are varied to learn (not informed only)")
        memory: float = par(0.98, "per decision", "(0, 1]", "weight that what was seen keeps until the next decision")
        step: float = par(0.5, "share of the way", "(0, 1]", "how far the price moves toward the best one (not informed only)")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("base", "asked", "rewards", "beyond", "seen", "moments")
    sources: ClassVar[tuple[str, ...]] = (
        "Anderson, de Palma & Thisse 1992, Discrete Choice Theory of Product Differentiation, ch. 7 (logit oligopoly)",
        "Hotelling 1929, Stability in competition, Economic Journal 39:41-57",
    )

    @classmethod
    def problems(cls, parameters: Any, own: str, firms: Any) -> list[tuple[str, str]]:
        """The bounds must leave room."""
        return without_room(parameters)

    def start(self) -> None:
        """Begin at the list price."""
        desk, rules = self.desk, self.parameters
        self.base = desk.price
        self.beyond = rules.highest or 5.0 * max(desk.price, desk.cost, 1e-9)
        self.asked = desk.price
        self.rewards, self.seen, self.moments = desk.rewards, 0, np.zeros((3, 4))
        self.demand = desk.demand() if rules.informed else None

    def price(self, day: float) -> float:
        """The best price as far as it is known."""
        till = self.desk.till(self.parameters.every)
        granted = self.desk.rewards - self.rewards
        self.rewards += granted
        reward = granted / till.purchases if till.purchases else 0.0
        return self._learned(till, reward) if self.demand is None else self._known(self.demand, reward)

    def _known(self, demand: Any, reward: float) -> float:
        """Best price on a grid that grows finer around it, from the model's own demand."""
        rules, cost = self.parameters, self.desk.cost
        low, high, best = rules.lowest, self.beyond, self.desk.price
        for _ in range(ZOOMS):
            grid = np.linspace(low, high, rules.points)
            sales = demand.at(grid)
            best = float(grid[np.argmax(sales.paid - cost * sales.units - reward * sales.purchases)])
            cell = (high - low) / (rules.points - 1)
            low, high = max(best - cell, rules.lowest), min(best + cell, self.beyond)
        demand.forget()
        return best

    def _learned(self, till: Any, reward: float) -> float:
        """A step toward the best price by the regression, and a small variation to learn from."""
        rules, desk = self.parameters, self.desk
        if self.number() > 0 and till.purchases > 0:
            self._observe(till.purchases)
        slope = self._slope()
        if slope > 0:
            kept = till.paid / till.listed if till.listed > 0 else 1.0
            best = (desk.cost + reward) / max(kept, 1e-9) + 1.0 / slope
            move, furthest = rules.step * (best - self.base), FURTHEST * max(self.base, desk.cost)
            self.base = float(
                np.clip(self.base + np.clip(move, -furthest, furthest), rules.lowest, self.beyond)
            )
        up = desk.draw(self.title(), "probe", self.number()) < 0.5
        self.asked = self.base * (1.0 + (rules.probe if up else -rules.probe))
        return self.asked

    def _observe(self, purchases: int) -> None:
        """Add the spell that ends today to the moments X'WX, X'Wy; a count of q has a log variance of 1 / q."""
        row = np.array([1.0, self.asked, self.desk.rivals.mean() if self.desk.rivals.size else 0.0])
        gain = float(purchases) * np.outer(row, np.append(row, np.log(purchases)))
        self.moments = self.parameters.memory * self.moments + gain
        self.seen += 1

    def _slope(self) -> float:
        """Estimated fall of log sales per unit of the firm's own price; 0 when nothing can be said yet."""
        if self.seen < FEWEST:
            return 0.0
        square, right = self.moments[:, :3], self.moments[:, 3]
        used: NDArray[Any] = (
            np.array([0, 1, 2]) if self.desk.rivals.size and _varies(square) else np.array([0, 1])
        )
        if not _varies(square[np.ix_(used[:2], used[:2])]):
            return 0.0
        return float(-np.linalg.lstsq(square[np.ix_(used, used)], right[used], rcond=None)[0][1])

    def save(self) -> dict[str, Any]:
        """Moments of the regression; the opportunities seen, when informed."""
        rounds = None if self.demand is None else self.demand.rounds
        return {**super().save(), "rounds": rounds}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        super().restore(saved)
        if self.demand is not None and saved["rounds"] is not None:
            self.demand.rounds = list(saved["rounds"])


def _varies(square: NDArray[Any]) -> bool:
    """Whether the last regressor has moved: its variance is more than rounding."""
    mean, square_mean = square[0, -1] / square[0, 0], square[-1, -1] / square[0, 0]
    return bool(square_mean - mean**2 > 1e-12 * max(square_mean, 1e-300))
