"""The market: a mesa model whose day is one page.

The engine knows phases, not strategies. Everything a customer does is a function of the scenario and of draws
keyed by (seed, replicate, purpose, customer, occasion), so that two markets that differ in a policy only are
paired worlds, and no result depends on threads, on the order of declaration or on the length of a tick.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from regulars.behavior import bond, choice, experience, foresight, need, spending, switching, taste, turnover
from regulars.behavior.demand import Demand
from regulars.behavior.meeting import COMPLAINTS, COSTS, LISTED, PAID, PURCHASES, SUMS, meet
from regulars.ground.chance import Chance
from regulars.ground.kernel import SMALLEST_SLICE, side_by_side
from regulars.scenario import Scenario, as_scenario
from regulars.world import policy, saving
from regulars.world.board import Board, Outcomes, Round
from regulars.world.customers import Customers
from regulars.world.firms import Firm
from regulars.world.ledger import Ledger, millionths
from regulars.world.log import Keep, Log, Totals
from regulars.world.offers import Offers
from regulars.world.snapshot import Snapshot
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
        resume: the state to go on from; `Market.load` and `Market.branch` pass it.
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
        resume: Snapshot | None = None,
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
        self.customers = self.people()
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
        self.outcomes = Outcomes(0)
        self._chunk = -1
        self._latest: Round
        self.observers: list[Callable[[Market], None]] = []
        self.policies = policy.employ(self)
        if resume is not None:
            resume.into(self)
        else:
            for part in (*self.plan, *self.policies):
                part.start()
        self.datacollector = mesa.DataCollector(
            model_reporters={"day": "day", "purchases": lambda m: int(m.log.totals.purchases.sum())},
            agent_reporters={"firm": "name", "price": "price", "revenue": "revenue", "profit": "profit"},
        )
        self.collects = collect
        _let_go(self)

    # ------------------------------------------------------------------ building

    def people(self) -> Customers:
        """The population as the scenario makes it, before anything has happened."""
        spec, chance = self.scenario.spec, self.chance
        start = spec.market.customers
        people = Customers(turnover.population(spec.turnover, start, self.ticks * self.tick_length, chance), self.names)
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
        self.endear(people)
        return people

    def endear(self, people: Customers | None = None) -> None:
        """Work out the attraction of every firm anew, from taste and (where there is experience) satisfaction."""
        people = self.customers if people is None else people
        people.attraction[...] = people.taste
        if people.has("satisfaction"):
            experience.endear(*self._bond_arguments(people), people.taste, people.satisfaction, people.attraction)

    def _shares(self) -> NDArray[np.float64]:
        weights = np.array([firm.share for firm in self.scenario.spec.firms], np.float64)
        return weights / weights.sum()

    def _firms(self) -> list[Firm]:
        self.offers = Offers(len(self.names))
        firms = []
        for f, described in enumerate(self.scenario.spec.firms):
            firm = Firm(self, f, described.name)
            for name, values in self.offers.arrays.items():
                values[f] = getattr(described, name, 0.0)
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
        """Gather what every round needs, once."""
        c, spec, offers = self.customers, self.scenario.spec, self.offers.arrays
        e = spec.experience
        searching = bool(spec.search.on and e.on)
        column = lambda name, empty=NO_COLUMN: c.columns.get(name, empty)  # noqa: E731
        self._people_arrays = (
            c.attraction, c.taste, column("satisfaction"), column("expectation"), column("commitment", NO_COLUMN[0]),
            c.price_sensitivity, c.switching_cost, c.basket, c.incumbent, c.lower_threshold, c.upper_threshold, column("aware_from"),
        )  # fmt: skip
        self._choice_rules = (
            spec.choice.mood == "gumbel", spec.choice.outside, float(spec.choice.outside_utility), spec.switching.form == "premium",
            c.has("aware_from"), searching, float(spec.search.transparency), math.sqrt(math.log1p(spec.spending.variation**2)),
        )  # fmt: skip
        self._bond_rules = (self._bond_arguments(c)[0], *self._bond_arguments(c)[3:])
        self._feel_rules = (
            e.on, float(e.noise), float(e.memory), float(e.adaptation), float(e.performance_weight),
            float(e.disconfirmation_weight), float(e.loss_aversion),
        )  # fmt: skip
        self._sums = np.zeros((self.threads, len(self.names), SUMS), np.int64)
        self._discounts = np.zeros((self.threads, len(self.names), self.sources), np.int64)
        self._quality_weight = float(spec.choice.quality_weight)
        self._appeal = np.array([firm.appeal for firm in spec.firms])
        self._rent = millionths([firm.rent * self.tick_length for firm in spec.firms])
        self._offers, self._standing = offers, offers["standing"]
        self._lay_out()

    # ------------------------------------------------------------------ the day

    @property
    def day(self) -> float:
        """Days since the start."""
        return self.tick * self.tick_length

    def step(self) -> None:
        """One tick: open, offer, then appeal, choose, settle and feel for every round of opportunities, close."""
        day, phases = self.day, self.phases
        self._collect_start()
        if self.tick >= self.ticks:
            self.running = False  # only now: mesa's batch_run reports up to the step before the last call
            return
        for firm in self.firms:
            if firm.has_card:
                firm.card.open(day)
        for strategy in phases["open"]:
            strategy.open(day)
        policy.decide(self.policies, day, self._offers["price"])
        self.board.open_day()
        for strategy in phases["offer"]:
            strategy.offer(self.board, day)
        self._lay_out()
        edges = self.opportunities.tick(self.tick)
        self._open_chunk()
        if self._by_round:
            for number in range(len(edges) - 1):
                if edges[number] < edges[number + 1]:
                    self._meet(edges, number)
        else:
            self._run(edges, 0, len(edges) - 1, 1)
        self._book(int(edges[-1] - edges[0]))
        self._latest = self._round(edges[0], edges[-1])
        for strategy in phases["close"]:
            strategy.close(day)
        for observer in self.observers:
            observer(self)
        self.tick += 1
        if self.collects:
            self.datacollector.collect(self)

    def latest(self) -> Round:
        """All opportunities of the latest tick, one row each; a customer may have several."""
        return self._latest

    @property
    def _by_round(self) -> bool:
        """Whether anybody takes part between two rounds."""
        p = self.phases
        return bool(p["appeal"] or p["settle"] or p["feel"] or self.threads > 1 or self.log.rows or any(f.has_card for f in self.firms))

    def _lay_out(self) -> None:
        """Shelf prices and standing pull of the day."""
        offers = self._offers
        offers["shelf_factor"][:] = self.board.shelf_factor
        np.multiply(offers["price"], self.board.shelf_factor, out=offers["shelf_price"])
        np.multiply(offers["quality"], self._quality_weight, out=self._standing)
        self._standing += self._appeal
        self._standing += self.board.standing

    def _open_chunk(self) -> None:
        """Make room for the outcomes of the opportunities generated ahead."""
        stream = self.opportunities
        if self._chunk != stream.first_tick:
            self._chunk = stream.first_tick
            self.outcomes = Outcomes(len(stream.table[0]))
            self.board.make_room(stream.longest)

    def _round(self, start: int, stop: int) -> Round:
        control = None if self.against is None else self.against.outcomes.chosen
        return Round(self.board, self.day, self.opportunities.table, start, stop, self.outcomes, control)

    def _meet(self, edges: NDArray[np.int64], number: int) -> None:
        """One round: strategies pull, customers choose, pay and experience, strategies settle."""
        round, phases = self._round(edges[number], edges[number + 1]), self.phases
        self.board.open_round()
        cards = [firm.card for firm in self.firms if firm.has_card]
        for card in cards:
            card.appeal(round)
        for strategy in phases["appeal"]:
            strategy.appeal(round)
        self._run(edges, number, number + 1, min(self.threads, max(len(round) // SMALLEST_SLICE, 1)))
        for card in cards:
            card.settle(round)
        for strategy in phases["settle"]:
            strategy.settle(round)
        for strategy in phases["feel"]:
            strategy.feel(round)
        self.log.round(self.tick, round)

    def _run(self, edges: NDArray[np.int64], first: int, last: int, parts: int) -> None:
        """Let the customers of some rounds choose, pay and experience, in `parts` slices side by side."""
        out, paired = self.outcomes, self.against is not None
        control = self.against.outcomes.chosen if self.against is not None else out.chosen
        calls = [
            (
                edges, first, last, part, parts, *self.opportunities.table, control, paired, *self._people_arrays, self.offers.table,
                self.board.values, self.board.used, self._choice_rules, self._bond_rules, self._feel_rules, self.chance.key_a,
                self.chance.key_b, out.chosen, out.quantity, out.money, out.complaining, self._sums[part], self._discounts[part],
            )
            for part in range(parts)
        ]  # fmt: skip
        side_by_side(meet, calls)

    def _book(self, met: int) -> None:
        """Enter the sales of the tick into totals and books."""
        sums, totals, money = self._sums.sum(axis=0), self.log.totals, self.ledger.money
        listed, paid, cost = sums[:, LISTED], sums[:, PAID], sums[:, COSTS]
        totals.enter(self.tick, met, sums[:, PURCHASES], sums[:, COMPLAINTS], listed, paid, cost)
        money["revenue"] -= listed
        money["cash"] += paid - cost
        money["discounts"] += listed - paid
        money["cost_of_goods"] += cost
        money["rent"] += self._rent
        money["cash"] -= self._rent
        self.ledger.by_source += self._discounts.sum(axis=0)
        self._sums.fill(0)
        self._discounts.fill(0)

    # ------------------------------------------------------------------ running and looking

    def run(self, progress: Any = None) -> Market:
        """Step to the end of the scenario; `progress(tick, ticks)` is called after each tick."""
        while self.tick < self.ticks:
            self.step()
            if progress is not None:
                progress(self.tick, self.ticks)
        self.running = False
        self.log.close()
        return self

    def run_model(self) -> None:
        """Run to the end (mesa's name for it)."""
        self.run()

    @property
    def totals(self) -> Totals:
        """Sums by tick and firm: opportunities, purchases, complaints, and money in millionths."""
        return self.log.totals

    def firm(self, name: str) -> Firm:
        """The firm of this name."""
        return self.firms[self.names.index(name)]

    def base_probability(self, firm: int, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys from `firm` at an opportunity, were there no programmes."""
        c, spec = self.customers, self.scenario.spec
        out = np.empty(len(customers))
        premium = spec.switching.form == "premium"
        choice.base_probability(
            np.asarray(customers, np.int64), c.attraction, self._standing, c.price_sensitivity, self._offers["price"],
            c.switching_cost, premium, c.incumbent, spec.choice.outside, float(spec.choice.outside_utility), firm, out,
        )  # fmt: skip
        return out

    def demand(self, firm: int) -> Demand:
        """The model's own demand for a firm from now on: what no firm could know, for theory work."""
        return Demand(self, firm)

    # ------------------------------------------------------------------ saving, branching, collecting

    def save(self, path: str | Path) -> Path:
        """Write the market as it stands into one file, from which `Market.load` goes on, to the bit."""
        return saving.save(self, path)

    @classmethod
    def load(cls, path: str | Path, **options: Any) -> Market:
        """The market that `save` wrote, on the same day; options: log, threads, collect, against."""
        return saving.load(cls, Scenario, path, options)

    def branch(self, changes: Mapping[str, Any] | None = None, **options: Any) -> Market:
        """Another market that goes on from here with the scenario changed; this one is left alone.

        Customers stay who they are and keep their draws. Strategies in both scenarios keep their state, new ones
        start today, removed ones take theirs with them. `changes` are as of `Scenario.set`; options as of `load`.
        Two branches are compared by `against`, the control first.

        Example:
            >>> market.branch({"firms.corner.price": 2.5})  # doctest: +SKIP
        """
        return saving.branch(self, changes or {}, options)

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Mesa's collector; another one may be put in, and collects from then on."""
        return self._collector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        self._collector, self.collects = collector, True

    def _collect_start(self) -> None:
        """Give a new collector the state before the step, so that its row k is the state after k steps."""
        if self.collects and not any(self._collector.model_vars.values()):
            self.steps -= 1
            self._collector.collect(self)
            self.steps += 1

    def __enter__(self) -> Market:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
