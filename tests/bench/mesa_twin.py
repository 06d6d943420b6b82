"""The reference model in plain Mesa 3.3, as its tutorials teach it: one agent a customer, shuffled, a DataCollector."""

import math

import mesa

from bench.meter import peak_mb, reset_peak, stopwatch
from bench.reference import (
    BETA,
    FIRMS,
    MEMORY,
    NEED,
    NOISE,
    PRICE,
    QUALITY,
    SATISFACTION,
    START,
    SWITCHING,
    TASTE_SPREAD,
    THRESHOLD,
    Measured,
    outcome,
)


class Customer(mesa.Agent):
    """A customer who remembers how each firm did and where it bought last."""

    def __init__(self, model: "Market") -> None:
        super().__init__(model)
        self.taste = [self.random.gauss(quality, TASTE_SPREAD) for quality in QUALITY]
        self.satisfaction = [START] * FIRMS
        self.beta = self.random.uniform(*BETA)
        self.switching = self.random.uniform(*SWITCHING)
        self.threshold = self.random.uniform(*THRESHOLD)
        self.last = self.random.randrange(FIRMS)

    def step(self) -> None:
        """Buy if there is a need, learn from it, complain if it falls short."""
        if self.random.random() >= NEED:
            return
        firm = max(range(FIRMS), key=self.utility)
        experience = QUALITY[firm] + self.random.gauss(0.0, NOISE)
        self.satisfaction[firm] += MEMORY * (experience - self.satisfaction[firm])
        if self.satisfaction[firm] < self.threshold:
            self.model.complaints[firm] += 1
        self.last = firm
        self.model.purchases[firm] += 1

    def utility(self, firm: int) -> float:
        """Utility of buying from `firm` now, in logits, its Gumbel shock included."""
        value = self.taste[firm] - self.beta * PRICE[firm] + SATISFACTION * (self.satisfaction[firm] - START)
        if firm != self.last:
            value -= self.switching
        return value - math.log(-math.log(self.random.random()))


class Market(mesa.Model):
    """Customers and four firms; a tick steps every customer in random order and collects the market's totals."""

    def __init__(self, customers: int, seed: int) -> None:
        super().__init__(rng=seed)
        self.purchases = [0] * FIRMS
        self.complaints = [0] * FIRMS
        Customer.create_agents(self, customers)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "revenue": lambda market: sum(
                    n * price for n, price in zip(market.purchases, PRICE, strict=True)
                ),
                "shares": lambda market: [n / max(1, sum(market.purchases)) for n in market.purchases],
                "purchases": lambda market: list(market.purchases),
                "complaints": lambda market: list(market.complaints),
            }
        )

    def step(self) -> None:
        """One tick."""
        self.purchases = [0] * FIRMS
        self.complaints = [0] * FIRMS
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)


def run(customers: int, ticks: int, seed: int, threads: int = 1) -> Measured:
    """One market; Mesa has one thread whatever is asked."""
    before = reset_peak()
    with stopwatch() as setup:
        market = Market(customers, seed)
    with stopwatch() as stepping:
        for _ in range(ticks):
            market.step()
    collected = market.datacollector.model_vars
    return Measured(
        cpu_s=stepping.cpu_s,
        wall_s=stepping.wall_s,
        setup_s=setup.wall_s,
        peak_mb=peak_mb() - before,
        **outcome(collected["purchases"], collected["complaints"]),
    )
