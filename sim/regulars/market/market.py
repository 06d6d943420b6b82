"""The market: a mesa model whose day is one page.

The engine knows phases, not strategies. Everything a customer does is a function of the scenario and of draws
keyed by (seed, replicate, purpose, customer, occasion), so that two markets that differ in a policy only are
paired worlds, and no result depends on threads, on the order of declaration or on the length of a tick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from regulars.behavior import choice, need
from regulars.behavior.demand import Demand
from regulars.ground.alike import nearest
from regulars.ground.calls import optional_call, well_built, well_called
from regulars.ground.chance import Chance
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.market import batch, options, pairing, parts, pricing, saving
from regulars.market.day import Day, beats
from regulars.market.model import Model
from regulars.market.people import endear, make_people
from regulars.market.shops import open_shops
from regulars.market.snapshot import Snapshot
from regulars.scenario import Scenario, as_scenario
from regulars.world import network
from regulars.world.board import Board, Outcomes, Round
from regulars.world.calendar import begun
from regulars.world.card import Card
from regulars.world.customer_file import CustomerFile
from regulars.world.customers import Customers
from regulars.world.firms import Answer, Firm
from regulars.world.ledger import Ledger, numbered
from regulars.world.log import Keep, Log
from regulars.world.offers import Offers
from regulars.world.totals import Totals


@well_built
class Market(Labelled, Model):
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
        overwrite: whether the log may take the place of a file that was not written here, or was changed since; never of one
            that the scenario was read from.
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
        overwrite: bool = False,
        rng: Any = None,
        **changes: Any,
    ) -> None:
        run = batch.run_of(self)
        chosen = options.checked(
            changes, run, seed=seed, rng=rng, replicate=replicate, log=log, threads=threads, collect=collect, against=against,
            overwrite=overwrite,
        )  # fmt: skip
        own = as_scenario(scenario).set(chosen.changes)
        spec = own.spec
        options.clear(chosen.log, own, overwrite)
        seed = spec.market.seed if chosen.seed is None else chosen.seed
        super().__init__(own, seed, 0 if resume is None else int(resume.state["tick"]))
        self.replicate, self.threads, self.against = chosen.replicate, chosen.threads, against
        self.chance = Chance(seed, chosen.replicate)
        self.tick_length, self.days = float(spec.market.tick), int(spec.market.days)
        self.ticks = begun(self.days, self.tick_length)
        if run is not None:
            run.check(own.name, spec.market.days, self.tick_length, self.ticks)
        self.names = tuple(firm.name for firm in spec.firms)
        self.sources = 1 if against is None else len(spec.firms) + 2
        self.customers = self.people()
        self.ledger = Ledger(self.names, self.sources)
        goods = tuple(c.name for c in getattr(spec, "categories", ())), "assortment" in spec.on
        self.log = Log(self.names, self.days, chosen.log, *goods, lambda: own.inputs, overwrite)
        self.board = Board(len(self.names))
        self.network = network.tie(spec.network, self.customers, self.chance)
        self.cards: list[Card] = []
        self.files: list[CustomerFile] = []
        self.offers = Offers(len(self.names))
        self.firms = open_shops(self)
        self.processes = parts.start(self)
        self.plan = [firm.strategies[name] for firm in self.firms for name in sorted(firm.strategies)]
        self.opportunities = (
            need.Opportunities(spec.need, self.customers, self.chance, *beats(self.tick_length))
            if against is None
            else pairing.shared(self, against)
        )
        self.passing = Day(self)
        self.observers: list[Callable[[Market], None]] = []
        self.pricing = pricing.employ(self)
        if resume is not None:
            resume.into(self)
        else:
            for part in (*self.processes.values(), *self.plan, *self.pricing):
                part.start()
        if against is not None:
            pairing.same_day(self, against, self.passing.beat)
        self.datacollector = mesa.DataCollector(
            model_reporters={"day": "day", "purchases": lambda m: int(m.log.totals.purchases.sum())},
            agent_reporters={
                "firm": "name",
                "price": "price",
                "gross_sales": "gross_sales",
                "profit": "profit",
            },
        )
        self.collects = chosen.collect
        self.passing.underway = False
        self.log.claim()  # last: a market that could not be built keeps nobody off the file
        self._built()

    def _label(self) -> Label:
        from regulars.market.labels import of_market

        return of_market(self)

    def people(self) -> Customers:
        """The population as the scenario makes it, before anything has happened."""
        return make_people(self.scenario.spec, float(self.days), self.chance)

    def endear(self, customers: NDArray[Any] | None = None) -> None:
        """Work out the attraction of every firm anew, after tastes or satisfactions were changed (of these customers, shape (n,))."""
        endear(self.customers, self.scenario.spec, self.offers.arrays, customers)

    # ------------------------------------------------------------------ the day

    @property
    def day(self) -> float:
        """Days since the start."""
        return self.passing.time

    @property
    def tick(self) -> int:
        """Number of ticks that are over."""
        return self.passing.tick

    @property
    def phases(self) -> dict[str, list[Any]]:
        """Who takes part in each phase of the day, in order."""
        return self.passing.phases

    def ready(self) -> None:
        """Refuse a tick that the control has not just passed.

        Errors: says on which days this market and its control stand.
        """
        if self.against is not None:
            pairing.in_step(self)

    def step(self) -> None:
        """One tick: so many days, or part of one; the last one ends with the run."""
        self.passing.pass_tick()
        for observer in self.observers:
            observer(self)

    def latest(self) -> Round:
        """All opportunities of the latest tick, one row each, in order of day; a customer may have several."""
        return self.passing.latest()

    @property
    def outcomes(self) -> Outcomes:
        """What came of the opportunities of the chunk that is open, row by row."""
        return self.passing.page.outcomes

    # ------------------------------------------------------------------ running and looking

    @well_called
    def run(self, progress: Any = None) -> Market:
        """Step to the end of the scenario; `progress(tick, ticks)` is called after each tick."""
        optional_call("progress", progress)
        while self.tick < self.ticks:
            self.step()
            if progress is not None:
                progress(self.tick, self.ticks)
        self.running = False
        self.log.close()
        return self

    @property
    def totals(self) -> Totals:
        """Sums by day and firm: opportunities, purchases, complaints, and money in millionths."""
        return self.log.totals

    @well_called
    def firm(self, name: str) -> Firm:
        """The firm of this name; RegularsError where there is none."""
        if not isinstance(name, str):
            raise RegularsError(f"a firm has a name, not {shown(name)}; {nearest('', self.names)}")
        return self.firms[numbered(name, self.names)]

    def port(self, kind: type[Answer]) -> Answer:
        """The process that answers a port of `world.ports`, or the port itself where there is none."""
        return parts.answering(self.processes, kind)

    def base_probability(self, firm: int | str, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers`, shape (n,), buys from `firm` at an opportunity, were there no programmes; in the same shape."""
        c, spec, firm = self.customers, self.scenario.spec, numbered(firm, self.names)
        out = np.empty(len(customers))
        premium = spec.switching.form == "premium"
        choice.base_probability(
            np.asarray(customers, np.int64), c.attraction, self.offers.arrays["standing"], c.price_sensitivity, self.offers.arrays["price"],
            c.switching_cost, premium, c.incumbent, spec.choice.outside, float(spec.choice.outside_utility), firm, out,
        )  # fmt: skip
        return out

    def demand(self, firm: int | str) -> Demand:
        """The model's own demand for a firm (its name, or its number) from now on: what no firm could know, for theory work."""
        return Demand(self, numbered(firm, self.names))

    # ------------------------------------------------------------------ saving, branching, collecting

    @well_called
    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write the market as it stands into the file `path`, from which `Market.load` goes on, to the bit.

        overwrite: replace any file but those that the scenario was read from; a saved market is replaced anyway.

        Errors: a file in the way, a path that cannot be written, a market that broke off in the middle of a day.
        """
        return saving.save(self, path, overwrite)

    @classmethod
    @well_called
    def load(cls, path: str | Path, **options: Any) -> Market:
        """The market that `save` wrote to `path`, on the same day; `options`: log, overwrite, threads, collect, against."""
        return saving.load(cls, Scenario, path, options)

    @well_called
    def branch(self, changes: Mapping[str, Any] | None = None, **options: Any) -> Market:
        """Another market that goes on from here with the scenario changed; this one is left alone.

        Customers stay who they are and keep their draws. Strategies in both scenarios keep their state, new ones
        start today, removed ones take theirs with them. `changes` are as of `Scenario.set`, `options` as of `load`.
        Branches are compared with one another by `lockstep`.

        Example:
            >>> market.branch({"firms.corner.price": 2.5})  # doctest: +SKIP
        """
        return saving.branch(self, {} if changes is None else changes, options)

    @well_called
    def lockstep(self, arms: Mapping[str, Mapping[str, Any]], **options: Any) -> pairing.Lockstep:
        """This market going on as it is, and branches of it with other `arms` (changes by name), compared day by day.

        options: as of `load`, for all of them. This market is left alone. RegularsError for `arms` that are no table.
        """
        if not isinstance(arms, Mapping):
            raise RegularsError(
                f"arms = {shown(arms)} will not do: a table from the name of an arm to its changes is needed"
            )
        control = self.branch(**options)
        return pairing.Lockstep(
            control,
            {name: self.branch(changes, **options, against=control) for name, changes in arms.items()},
        )

    def __enter__(self) -> Market:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish the log and let go of everything."""
        self.log.close()
        self.observers.clear()
        self.against = None
