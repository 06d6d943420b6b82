"""The mesa side of a market, the same on every mesa from 3.3 on.

Only Model, Agent, AgentSet and DataCollector are leaned on. Mesa's clock counts steps: `steps`, and `time` from mesa 3.4
on; `day` is the market's own. From mesa 3.5 on steps are events of a schedule, so that `run_for` and `run_until`
reach a market without passing by its `step`: what has to happen around a day is in `_live`, which mesa calls.
"""

from __future__ import annotations

import itertools
from typing import Any, NoReturn

import mesa

from regulars.ground.attributes import Known
from regulars.ground.errors import RegularsError
from regulars.market.batch import NoSeed
from regulars.scenario import Scenario
from regulars.world.firms import Firm


class Model(Known, mesa.Model):
    """A mesa model that keeps nothing alive after its time, and collects row k after k steps.

    Args:
        scenario: what the market is built from.
        seed: of mesa's own generators, which no draw of the market comes from.
        start: steps that were made before, of a market that goes on.
    """

    ticks: int
    log: Any
    passing: Any
    __signature__ = NoSeed()

    def __init__(self, scenario: Scenario, seed: int, start: int = 0) -> None:
        self._numbers = itertools.count(1)
        self._described: Scenario | None = None
        self._winding, self._failed = True, ""
        self.step = self._at_step  # mesa wraps it and calls it at every step of its clock
        super().__init__(rng=seed)
        self._described = scenario
        for _ in range(start):
            self.step()
        self._winding = False

    # ------------------------------------------------------------------ agents and draws

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take in an agent, and leave the registry by which mesa 3.3 would keep every model for ever (issue 3179)."""
        agent.unique_id = next(self._numbers)
        super().register_agent(agent)
        registry = getattr(mesa.Agent, "_ids", None)
        if registry is not None:
            registry.pop(self, None)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Let go of an agent of the user; firms stay.

        Errors: the agent is a firm.
        """
        if isinstance(agent, Firm):
            raise RegularsError(
                f"firm '{agent.name}' cannot leave its market: customers, books and log are by firm; build a market "
                "without it"
            )
        super().deregister_agent(agent)

    def reset_rng(self, rng: Any = None) -> NoReturn:
        """Refused: every draw of a market is a function of its seed and replicate.

        Errors: always.
        """
        raise RegularsError(
            "the draws of a market are functions of its seed and replicate and cannot be reset; build another market "
            "with seed=... or replicate=..."
        )

    reset_randomizer = reset_rng

    @property
    def scenario(self) -> Scenario:
        """What the market was built from."""
        return self._described  # type: ignore[return-value]  # none only while mesa builds it

    @scenario.setter
    def scenario(self, other: Any) -> None:
        if self._described is not None:
            raise RegularsError(
                "the scenario of a market cannot be replaced; market.branch({...}) goes on under a changed one"
            )
        # mesa 3.5 gives every model a scenario of its own kind at first: that one is not ours

    # ------------------------------------------------------------------ steps

    def _at_step(self) -> None:
        """What mesa calls at every step of its clock."""
        if self._winding:
            return
        try:
            self._live()
        except BaseException:
            self._schedule()
            raise

    def _schedule(self) -> None:
        """Schedule the steps to come: mesa 3.5 forgets them after one that failed, and `run` would never end."""
        if hasattr(self, "schedule_event"):
            self.schedule_event(self._at_later_step, after=1)

    def _at_later_step(self) -> None:
        self._schedule()
        self.steps += 1
        self._live()

    def whole(self, what: str) -> None:
        """Refuse to do something with a market that stands in the middle of a day: its parts have not all lived it.

        Errors: the market broke off, or a part of it asks while a day is passing; says on which day, and the way on.
        """
        if self._failed:
            raise RegularsError(
                f"this market broke off on day {self.day:g} ({self._failed}) and cannot {what}; "
                "build it anew, or load it from where it was saved"
            )
        if self.passing.underway:
            raise RegularsError(f"day {self.day:g} of this market is not over: until it is, it cannot {what}")

    def _live(self) -> None:
        """One day, and what mesa's users expect around it. Past the end nothing happens."""
        self.whole("go on")
        if self.tick >= self.ticks:
            self.running = False  # only now: up to mesa 3.4 batch_run reports the step before the last call
            return
        self.ready()
        self._collect_start()
        rows = self._rows()
        try:
            type(self).step(self)  # type: ignore[misc,call-arg]  # mesa's own `step` is an attribute
        except BaseException as error:
            self._failed = f"{type(error).__name__}: {error}"
            raise
        if self.collects and self._rows() == rows:  # unless the step has collected, as mesa's users write it
            self._collector.collect(self)
        if self.tick >= self.ticks:
            self.log.close()

    @property
    def day(self) -> float:
        """Hook: days since the start."""
        raise NotImplementedError

    @property
    def tick(self) -> int:
        """Hook: number of ticks that are over."""
        raise NotImplementedError

    def ready(self) -> None:
        """Hook: refuse a step that cannot be taken now; nothing is lost by it."""

    def run_model(self) -> None:
        """Run to the end (mesa's name for it)."""
        self.run()

    # ------------------------------------------------------------------ collecting

    @property
    def datacollector(self) -> mesa.DataCollector:
        """Mesa's collector; another one may be put in, and collects from then on."""
        return self._collector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        self._collector, self.collects, self._begun = collector, True, False

    def _rows(self) -> int:
        """Rows of the model that were collected so far."""
        return len(next(iter(self._collector.model_vars.values()), ()))

    def _collect_start(self) -> None:
        """Give a new collector the state before the step, so that its row k is the state after k steps."""
        if self.collects and not self._begun:
            self._begun = True
            if not self._rows():
                self._turn_clock(-1)
                self._collector.collect(self)
                self._turn_clock(1)

    def _turn_clock(self, steps: int) -> None:
        self.steps += steps
        if hasattr(self, "time"):  # from mesa 3.4 on
            self.time += steps
