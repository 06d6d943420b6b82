"""The mesa side of a market: agents that are let go of with it, and a collector that starts before the first step."""

from __future__ import annotations

import itertools

import mesa


class Model(mesa.Model):
    """A mesa model that keeps nothing alive after its time, and collects row k after k steps."""

    def __init__(self, seed: int) -> None:
        self._numbers = itertools.count(1)
        super().__init__(seed=seed)

    def register_agent(self, agent: mesa.Agent) -> None:
        """Take in an agent, and leave the registry by which mesa 3.3 would keep every model for ever (issue 3179)."""
        agent.unique_id = next(self._numbers)
        super().register_agent(agent)
        registry = getattr(mesa.Agent, "_ids", None)
        if registry is not None:
            registry.pop(self, None)

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

    def run_model(self) -> None:
        """Run to the end (mesa's name for it)."""
        self.run()
