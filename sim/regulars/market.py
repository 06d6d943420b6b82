"""The market: a mesa model whose day is one page.

The engine knows phases, not strategies. Everything a customer does is a function of the scenario and of draws
keyed by (seed, replicate, purpose, customer, occasion), so that two markets that differ in a policy only are
paired worlds, and no result depends on threads, on the order of declaration or on the length of a tick.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from regulars.behavior import bond, choice, experience, foresight, need, spending, switching, taste, turnover
from regulars.ground.chance import Chance
from regulars.scenario import Scenario, as_scenario
from regulars.world.board import Board, Round
from regulars.world.customers import Customers
from regulars.world.firms import Firm, Offers
from regulars.world.ledger import Ledger
from regulars.world.log import Keep, Log
from regulars.world.strategy import PHASES, Strategy, find

NO_COLUMN = np.zeros((1, 1), np.float32)


class Market(mesa.Model):
    """A market of customers and firms, built from a scenario.

    Args:
        scenario: a `Scenario`, a path to one, or a table of its contents.
        seed: seed of all draws; the scenario's own when left out.
        replicate: number of the replicate: same seed, other people.
        log: `totals` (daily sums), `memory` (every opportunity), or a path to a Parquet file.
        threads: threads of the compiled loops; results do not depend on it.
        collect: whether mesa's DataCollector records every step.
        against: the control market that this one is compared with, stepped before it, day by day.
        **changes: values of the scenario by dotted name, with `__` for the dots
            (`market__customers=500`), as mesa's `batch_run` passes them.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | dict[str, Any],
        *,
        seed: int | None = None,
        replicate: int = 0,
        log: Keep | Path | str = "totals",
        threads: int = 1,
        collect: bool = True,
        against: Market | None = None,
        rng: Any = None,
        **changes: Any,
    ) -> None:
        own = as_scenario(scenario).set({name.replace("__", "."): value for name, value in changes.items()})
        self.scenario, spec = own, own.spec
        seed = int(spec.market.seed if seed is None else seed)
        super().__init__(seed=seed)
        self.replicate, self.threads, self.against = replicate, int(threads), against
        self.chance = Chance(seed, replicate)
        self.tick, self.tick_length = 0, float(spec.market.tick)
        self.ticks = math.ceil(spec.market.days / self.tick_length - 1e-9)
        self.names = tuple(firm.name for firm in spec.firms)
        self.sources = 1 if against is None else len(spec.firms) + 2
        self.customers = self._people()
        self.ledger = Ledger(self.names, self.sources)
        self.log = Log(self.names, self.ticks, Path(log) if log not in ("totals", "memory") else log)
        self.board = Board(len(self.names))
        self.firms = self._firms()
        self.opportunities = (
            need.Opportunities(spec.need, self.customers, self.chance, self.tick_length)
            if against is None
            else against.opportunities
        )
        self._bind()
        self.rounds_today: list[Round] = []
        self.observers: list[Any] = []
        for strategy in self.plan:
            strategy.start()
        self.datacollector = mesa.DataCollector(
            model_reporters={"day": "day", "purchases": lambda m: int(m.log.totals.purchases.sum())},
            agent_reporters={"firm": "name", "price": "price", "revenue": "revenue", "profit": "profit"},
        )
        self._collect = collect
        _let_go(self)

    # ------------------------------------------------------------------ building

    def _people(self) -> Customers:
        spec, chance = self.scenario.spec, self.chance
        start = spec.market.customers
        people = Customers(turnover.population(spec.turnover, start, spec.market.days), self.names)
        shares = self._shares()
        turnover.endow(people, spec.turnover, start, chance)
        need.endow(people, spec.need, chance)
        taste.endow(people, spec.taste, shares, np.array([f.position for f in spec.firms]), chance)
        spending.endow(people, spec.spending, chance)
        choice.endow(people, spec.choice, chance)
        switching.endow(people, spec.switching, shares, choice.money_weight(people), chance)
        bond.endow(people, spec.bond, chance)
        foresight.endow(people, spec.foresight, chance)
        people.add("attraction", people.taste)
        if spec.experience.on:
            experience.endow(people, spec.experience)
            experience.endear(*self._bond_arguments(people), people.taste, people.satisfaction, people.attraction)
        return people

    def _shares(self) -> NDArray[np.float64]:
        weights = np.array([firm.share for firm in self.scenario.spec.firms], np.float64)
        return weights / weights.sum()

    def _firms(self) -> list[Firm]:
        self.offers = Offers(len(self.names))
        firms = []
        for f, described in enumerate(self.scenario.spec.firms):
            firm = Firm(self, f, described.name)
            for name, values in self.offers.arrays.items():
                values[f] = getattr(described, name)
            for name, table in described.strategies.items():
                kind = find(name)
                firm.strategies[name] = kind(firm, kind.Parameters.read(table, ("firms", f, "strategies", name)))
            firms.append(firm)
        self.plan = [firm.strategies[name] for firm in firms for name in sorted(firm.strategies)]
        self.phases = {
            phase: [s for s in self.plan if getattr(type(s), phase) is not getattr(Strategy, phase)] for phase in PHASES
        }
        return firms

    def _bond_arguments(self, people: Customers) -> tuple[Any, ...]:
        b = self.scenario.spec.bond
        return (
            bond.RESPONSES.index(b.response), people.lower_threshold, people.upper_threshold, float(b.slope), float(b.middle),
            float(b.collapse), float(b.rise), float(b.zone_slope), float(b.width),
        )  # fmt: skip

    def _bind(self) -> None:
        """Gather what the kernels of every round need, once."""
        c, spec, offers = self.customers, self.scenario.spec, self.offers.arrays
        b = self.board.channels
        keys = self.chance.key_a, self.chance.key_b
        premium = spec.switching.form == "premium"
        searching = spec.search.on and spec.experience.on
        self.standing = spec.choice.quality_weight * offers["quality"]
        self.shelf_price = offers["price"].copy()
        self._choice_traits = (c.switching_cost, premium, c.incumbent)
        self._choice_rest = (
            spec.choice.mood == "gumbel", spec.choice.outside, float(spec.choice.outside_utility),
            c.columns.get("aware_from", NO_COLUMN), c.has("aware_from"),
            c.columns.get("commitment", NO_COLUMN[0]), float(spec.search.transparency), searching, *keys,
        )  # fmt: skip
        self._log_sd = math.sqrt(math.log1p(spec.spending.variation**2))
        self._keys, self._channels = keys, b
        if spec.experience.on:
            e = spec.experience
            self._feel_rules = (float(e.memory), float(e.adaptation), float(e.performance_weight), float(e.disconfirmation_weight), float(e.loss_aversion))
            self._feel_state = (*self._bond_arguments(c), c.taste, c.attraction, c.satisfaction, c.expectation, c.commitment, searching, *keys)
            self._noise = float(e.noise)
        self._has_experience = spec.experience.on

    # ------------------------------------------------------------------ the day

    @property
    def day(self) -> float:
        """Days since the start."""
        return self.tick * self.tick_length

    def step(self) -> None:
        """One tick: open, offer, then appeal, choose, settle and feel for every round of opportunities, close."""
        day, phases = self.day, self.phases
        if self.tick >= self.ticks:
            self.running = False
            return
        for firm in self.firms:
            if firm.has_card:
                firm.card.open(day)
        for strategy in phases["open"]:
            strategy.open(day)
        self.board.open_day()
        for strategy in phases["offer"]:
            strategy.offer(self.board, day)
        self._lay_out()
        self.rounds_today = []
        for number, (who, occasion, time) in enumerate(self.opportunities.tick(self.tick)):
            round = Round(self.board, day, who, occasion, time)
            if self.against is not None:
                before = self.against.rounds_today[number].chosen
                round.source = np.where(before < 0, len(self.names), before).astype(np.int16)
            self._meet(round)
            self.rounds_today.append(round)
        for strategy in phases["close"]:
            strategy.close(day)
        for observer in self.observers:
            observer.closed(self, day)
        self.tick += 1
        self.running = self.tick < self.ticks
        if self._collect:
            self.datacollector.collect(self)

    def _lay_out(self) -> None:
        """Shelf prices and standing pull of the day."""
        offers, weight = self.offers.arrays, self.scenario.spec.choice.quality_weight
        np.multiply(offers["price"], self.board.shelf_factor, out=self.shelf_price)
        np.multiply(offers["quality"], weight, out=self.standing)
        self.standing += self.board.standing

    def _meet(self, round: Round) -> None:
        c, b, n, offers = self.customers, self._channels, len(round), self.offers.arrays
        self.board.open_round()
        for firm in self.firms:
            if firm.has_card:
                firm.card.appeal(round)
        for strategy in self.phases["appeal"]:
            strategy.appeal(round)
        traits, rest = self._choice_traits, self._choice_rest
        choice.choose.over(
            n, self.threads, round.who, round.occasion, round.time, c.attraction, self.standing, c.price_sensitivity,
            self.shelf_price, c.basket, b["price_factor"].values, b["price_factor"].used, b["money_off"].values, b["money_off"].used,
            b["appeal"].values, b["appeal"].used, b["blocked"].values, b["blocked"].used, *traits, *rest, round.chosen,
        )  # fmt: skip
        spending.till.over(
            n, self.threads, round.who, round.occasion, round.chosen, c.basket, self._log_sd, offers["price"], self.board.shelf_factor,
            offers["cost"], b["price_factor"].values, b["price_factor"].used, b["money_off"].values, b["money_off"].used,
            b["basket_factor"].values, b["basket_factor"].used, *self._keys, c.incumbent,
            round.quantity, round.listed, round.paid, round.cost,
        )  # fmt: skip
        self._book(round)
        for firm in self.firms:
            if firm.has_card:
                firm.card.settle(round)
        for strategy in self.phases["settle"]:
            strategy.settle(round)
        if self._has_experience:
            self._feel(round)
        for strategy in self.phases["feel"]:
            strategy.feel(round)
        self.log.round(self.tick, round)
        for observer in self.observers:
            observer.met(self, round)

    def _book(self, round: Round) -> None:
        firms, totals = len(self.names), self.log.totals
        sums = np.zeros((firms, 3), np.int64)
        discounts = np.zeros((firms, self.sources), np.int64)
        spending.tally(
            firms, self.sources, round.chosen, round.source, round.listed, round.paid, round.cost, sums, discounts,
            totals.purchases[self.tick],
        )  # fmt: skip
        totals.opportunities[self.tick] += len(round)
        totals.listed[self.tick] += sums[:, 0]
        totals.paid[self.tick] += sums[:, 1]
        totals.cost[self.tick] += sums[:, 2]
        money = self.ledger.money
        money["revenue"] -= sums[:, 0]
        money["cash"] += sums[:, 1] - sums[:, 2]
        money["discounts"] += sums[:, 0] - sums[:, 1]
        money["cost_of_goods"] += sums[:, 2]
        self.ledger.by_source += discounts

    def _feel(self, round: Round) -> None:
        n, b, offers = len(round), self._channels, self.offers.arrays
        complaints = np.zeros(n, np.bool_)
        experience.feel.over(
            n, self.threads, round.who, round.occasion, round.chosen, offers["quality"], offers["failure"], offers["severity"],
            self._noise, b["service"].values, b["service"].used, *self._feel_rules, *self._feel_state, complaints,
        )  # fmt: skip
        self.log.totals.complaints[self.tick] += np.bincount(round.chosen[complaints], minlength=len(self.names))
        round.complaints = complaints

    # ------------------------------------------------------------------ running and looking

    def run(self, progress: Any = None) -> Market:
        """Step to the end of the scenario; `progress(tick, ticks)` is called after each tick."""
        while self.tick < self.ticks:
            self.step()
            if progress is not None:
                progress(self.tick, self.ticks)
        self.log.close()
        return self

    def run_model(self) -> None:
        """Run to the end (mesa's name for it)."""
        self.run()

    def firm(self, name: str) -> Firm:
        """The firm of this name."""
        return self.firms[self.names.index(name)]

    def base_probability(self, firm: int, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys from `firm` at an opportunity, were there no programmes."""
        c, spec = self.customers, self.scenario.spec
        out = np.empty(len(customers))
        list_price = self.offers.arrays["price"]
        choice.base_probability(
            np.asarray(customers, np.int64), c.attraction, self.standing, c.price_sensitivity, list_price, *self._choice_traits,
            spec.choice.outside, float(spec.choice.outside_utility), firm, out,
        )  # fmt: skip
        return out

    def close(self) -> None:
        """Finish the log and let go of everything."""
        self.log.close()
        self.observers.clear()
        self.against = None


def _let_go(market: Market) -> None:
    """Drop the market from the registry by which mesa 3.3 would keep every model for ever (mesa issue 3179)."""
    registry = getattr(mesa.Agent, "_ids", None)
    if registry is not None:
        registry.pop(market, None)
