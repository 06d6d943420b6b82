"""What mesa's `batch_run` knows of a run and does not tell the model: its iteration, and where it cuts the run off.

`batch_run` builds every iteration with the same arguments, so that without this all iterations of a market, whose
draws are keyed by seed and replicate, would be one and the same run; and it stops after `max_steps` (1,000 when left
out) without a word. No argument, environment variable or method carries either, in the process that runs the model.
So this file, and no other, looks for the frame of mesa's `_model_run_func` that is building the model right now.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any, NamedTuple

import mesa.batchrunner

from regulars.ground.errors import RegularsError

SEED, RNG = "seed", "rng"
GIVES_SEEDS = RNG in inspect.signature(mesa.batchrunner.batch_run).parameters  # from mesa 3.4 on


class Run(NamedTuple):
    """One run of a batch.

    iteration: number of the iteration, from 0 on.
    max_steps: steps after which mesa cuts the run off.
    given: arguments of the model.
    seeded: whether mesa gives every iteration a seed of its own.
    """

    iteration: int
    max_steps: int
    given: Mapping[str, Any]
    seeded: bool

    def check(self, name: str, days: float, tick: float, ticks: int) -> None:
        """Refuse a run whose result would be cut off, empty or written over.

        Args:
            name: the scenario's.
            days: length of the market, days.
            tick: days a step.
            ticks: steps that the market needs.
        """
        if ticks > self.max_steps:
            raise RegularsError(
                f"{name}: market.days = {days:g} with market.tick = {tick:g} takes {ticks:,} steps, but mesa's batch_run "
                f"would cut the market off after max_steps={self.max_steps}; pass max_steps={ticks} to batch_run, "
                f"or market__days={self.max_steps * tick:g} for a shorter market"
            )
        if self.iteration and self.given.get("replicate") is not None:
            raise RegularsError(
                f"replicate: {self.given['replicate']!r} is given, so every iteration of mesa's batch_run would be the "
                "same run again; leave out `replicate` (iteration k is replicate k) or the iterations"
            )
        if self.given.get("collect") is False:
            raise RegularsError(
                "collect: False leaves mesa's batch_run nothing to report; leave `collect` out"
            )
        if self.given.get("log") not in (None, "totals", "memory"):
            raise RegularsError(
                f"log: {str(self.given['log'])!r} would be written anew by every run of mesa's batch_run; use "
                'log="memory" with a reporter that says what you need of the log, or run the markets one by one'
            )


def run_of(model: mesa.Model) -> Run | None:
    """The run of mesa's `batch_run` that is building `model` right now; None when there is none."""
    code = mesa.batchrunner._model_run_func.__code__
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    if frame is None:
        return None
    here = frame.f_locals
    kind = here["model_cls"]
    if "model" in here or (isinstance(kind, type) and kind is not type(model)):
        return None  # a market that the model of the batch builds for itself
    given = here["kwargs"]
    seed = SEED if SEED in inspect.signature(kind).parameters else RNG  # mesa's own rule
    return Run(here["iteration"], here["max_steps"], given, GIVES_SEEDS and given.get(seed) is not None)


class NoSeed:
    """Signature of a class, without `seed` where it takes `rng` too.

    From mesa 3.4 on, `batch_run` writes the values of its own `rng` over the parameter `seed` of any model whose
    signature has one, and None when there are no such values: seeds given among the parameters would be lost.
    """

    def __get__(self, instance: object, kind: type) -> inspect.Signature:
        _, *parameters = inspect.signature(kind.__init__).parameters.values()  # type: ignore[misc]
        takes_rng = any(p.name == RNG or p.kind is p.VAR_KEYWORD for p in parameters)
        return inspect.Signature([p for p in parameters if not (takes_rng and p.name == SEED)])
