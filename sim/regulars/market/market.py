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

from regulars.behavior import choice, need
from regulars.behavior.demand import Demand
from regulars.ground.chance import Chance
from regulars.ground.kernel import SMALLEST_SLICE
from regulars.market import batch, options, processes
from regulars.market.model import Model
from regulars.market.page import Page
from regulars.market.people import endear, make_people
from regulars.market.shelf import Shelf
from regulars.market.shops import by_phase, open_shops
from regulars.scenario import Scenario, as_scenario
from regulars.world import network, policy, saving
from regulars.world.board import Board, Outcomes, Round
from regulars.world.card import Card
from regulars.world.customer_file import CustomerFile
from regulars.world.customers import Customers
from regulars.world.firms import Firm
from regulars.world.ledger import Ledger
from regulars.world.log import Keep, Log, Totals
from regulars.world.offers import Offers
from regulars.world.snapshot import Snapshot


class Market(Model):
    """A market of customers and firms, built from a scenario.

    Args:
        scenario: a `Scenario`, a path to one, or a table of its contents.
        seed: seed of all draws, a whole number from 0 to 2**64 - 1; the scenario's own when left out.
        replicate: number of the replicate: same seed, other people; 0 when left out, or the iteration of mesa's `batch_run`.
        log: `totals` (daily sums), `memory` (every opportunity), or the path of a `.parquet` file.
        threads: threads of the compiled loops; results do not depend on it.
        collect: whether mesa's DataCollector records every step.
        against: the control market that this one is compared with, stepped before it, day by day.
        resume: the state to go on from; `Market.load` and `Market.branch` pass it.
        rng: mesa's name for `seed`: a whole number, whole numbers, or a numpy `SeedSequence`.
        **changes: values of the scenario by dotted name, with `__` for the dots
            (`market__customers=500`), as mesa's `batch_run` passes them.

    Errors: an option that does not exist or will not do; a run of mesa's `batch_run` that would be cut off.

    Example:
        >>> from regulars import Market
        >>> shops = {"market": {"customers": 50, "days": 28}, "firms": [{"name": "ann"}, {"name": "bob"}]}
        >>> market = Market(shops, log="memory").run()
        >>> len(market.log.purchases()) == int(market.totals.purchases.sum())
        True
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | dict[str, Any],
        *,
        seed: int | None = None,
        replicate: int | None = None,
        log: Keep | Path | str = "totals",
        threads: int = 1,
        collect: bool = True,
        against: Market | None = None,
        resume: Snapshot | None = None,
        rng: Any = None,
        **changes: Any,
    ) -> None:
        run = batch.run_of(self)
        chosen = options.checked(
            changes, run, seed=seed, rng=rng, replicate=replicate, log=log, threads=threads, collect=collect, against=against
        )  # fmt: skip
        own = as_scenario(scenario).set(chosen.changes)
        spec = own.spec
        seed = spec.market.seed if chosen.seed is None else chosen.seed
        super().__init__(own, seed, 0 if resume is None else int(resume.state["tick"]))
        self.replicate, self.threads, self.against = chosen.replicate, chosen.threads, against
        self.chance = Chance(seed, chosen.replicate)
        self.tick, self.tick_length = 0, float(spec.market.tick)
        self.ticks = math.ceil(spec.market.days / self.tick_length - 1e-9)
        if run is not None:
            run.check(own.name, spec.market.days, self.tick_length, self.ticks)
        self.names = tuple(firm.name for firm in spec.firms)
        self.sources = 1 if against is None else len(spec.firms) + 2
        self.customers = self.people()
        if against is not None and resume is None:
            options.check_control(self, against)
        self.ledger = Ledger(self.names, self.sources)
        goods = tuple(category.name for category in spec.categories), spec.assortment.products > 0
        self.log = Log(self.names, self.ticks, chosen.log, *goods)
        self.board = Board(len(self.names))
        self.network = network.tie(spec.network, self.customers, self.chance)
        self.cards: list[Card] = []
        self.files: list[CustomerFile] = []
        self.offers = Offers(len(self.names))
        self.firms = open_shops(self)
        self.processes = processes.start(self)
        self.plan = [firm.strategies[name] for firm in self.firms for name in sorted(firm.strategies)]
        self.phases = by_phase([*self.processes.values(), *self.plan])
        # anybody who takes part between two rounds, or wants to see them one by one
        between = any(self.phases[phase] for phase in ("appeal", "settle", "feel"))
        self._takes_part = between or self.threads > 1 or self.log.rows
        self.opportunities = (
            need.Opportunities(spec.need, self.customers, self.chance, self.tick_length)
            if against is None
            else against.opportunities
        )
        self._shelf = Shelf(self)
        self._page = Page(self)
        self._latest: tuple[Any, ...]
        self.observers: list[Callable[[Market], None]] = []
        self.policies = policy.employ(self)
        if resume is not None:
            resume.into(self)
        else:
            for part in (*self.processes.values(), *self.plan, *self.policies):
                part.start()
        self.datacollector = mesa.DataCollector(
            model_reporters={"day": "day", "purchases": lambda m: int(m.log.totals.purchases.sum())},
            agent_reporters={"firm": "name", "price": "price", "revenue": "revenue", "profit": "profit"},
        )
        self.collects = chosen.collect

    # ------------------------------------------------------------------ building

    def people(self) -> Customers:
        """The population as the scenario makes it, before anything has happened."""
        return make_people(self.scenario.spec, self.ticks * self.tick_length, self.chance)

    def endear(self, customers: NDArray[Any] | None = None) -> None:
        """Work out the attraction of every firm anew, after tastes or satisfactions were changed (of these customers)."""
        endear(self.customers, self.scenario.spec, self.offers.arrays, customers)

    # ------------------------------------------------------------------ the day

    @property
    def day(self) -> float:
        """Days since the start."""
        return self.tick * self.tick_length

    def step(self) -> None:
        """One tick: open, offer, then appeal, choose, settle and feel for every round of opportunities, close."""
        day, phases = self.day, self.phases
        for card in self.cards:
            card.open(day)
        for part in phases["open"]:
            part.open(day)
        if self.policies:
            policy.decide(self.policies, day, self.offers.arrays["price"])
        self.board.open_day()
        for part in reversed(phases["offer"]):  # the market's forces act on what the firms offer
            part.offer(self.board, day)
        self._shelf.lay_out()
        edges = self.opportunities.tick(self.tick)
        self._page.open()
        if self._takes_part or self.cards or self.files:
            for number in range(len(edges) - 1):
                if edges[number] < edges[number + 1]:
                    self._meet(edges, number)
        else:
            self._page.run(edges, 0, len(edges) - 1, 1)
        self._page.book(int(edges[-1] - edges[0]))
        self._latest = (
            self.board,
            day,
            self.opportunities.table,
            edges[0],
            edges[-1],
            self.outcomes,
            self._control,
        )
        for part in phases["talk"]:
            part.talk(day)
        for part in phases["close"]:
            part.close(day)
        for observer in self.observers:
            observer(self)
        self.tick += 1

    def latest(self) -> Round:
        """All opportunities of the latest tick, one row each; a customer may have several."""
        return Round(*self._latest)

    @property
    def outcomes(self) -> Outcomes:
        """What came of the opportunities of the chunk that is open, row by row."""
        return self._page.outcomes

    @property
    def _control(self) -> NDArray[np.int16] | None:
        """What the control's customers chose at the opportunities of the chunk, when there is a control."""
        return None if self.against is None else self.against.outcomes.chosen

    def _round(self, start: int, stop: int) -> Round:
        return Round(
            self.board, self.day, self.opportunities.table, start, stop, self.outcomes, self._control
        )

    def _meet(self, edges: NDArray[np.int64], number: int) -> None:
        """One round: strategies pull, customers choose, pay and experience, strategies settle."""
        round, phases = self._round(edges[number], edges[number + 1]), self.phases
        self.board.open_round()
        for card in self.cards:
            card.appeal(round)
        for part in phases["appeal"]:
            part.appeal(round)
        self._page.run(edges, number, number + 1, min(self.threads, max(len(round) // SMALLEST_SLICE, 1)))
        for part in (*self.files, *self.cards, *phases["settle"]):
            part.settle(round)
        for part in phases["feel"]:
            part.feel(round)
        self.log.round(self.tick, round)

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
            np.asarray(customers, np.int64), c.attraction, self.offers.arrays["standing"], c.price_sensitivity, self.offers.arrays["price"],
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

    def __enter__(self) -> Market:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish the log and let go of everything."""
        self.log.close()
        self.observers.clear()
        self.against = None
