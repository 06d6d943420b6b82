"""When customers meet a purchase opportunity: a renewal process in continuous time for each customer.

Opportunities are the customer's own: no policy shifts them, so that two arms meet the same ones. Days, and ticks, only
gather them.

`poisson` gaps with gamma rates give negative-binomial counts (Ehrenberg 1959); `erlang` gaps are regular
buyers (Chatfield & Goodhardt 1973); `calendar` is a fixed rhythm with a chance of attending (daily shops,
subscriptions, B2B contracts).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.renewal import arrange, attend, walk
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, Spread, par
from regulars.world.calendar import begun, period_of
from regulars.world.customers import Customers

FIRST, RATE, PHASE = (purpose("need", name) for name in ("first", "rate", "phase"))
LARGEST_CHUNK = 1 << 17  # opportunities generated ahead
LONGEST_CHUNK = 64  # beats generated ahead


class Need(ParameterSet):
    """How often customers meet a category purchase opportunity."""

    process: Literal["poisson", "erlang", "calendar"] = par("poisson", "", "", "kind of renewal process")
    mean: float = par(
        1.0,
        "opportunities per period",
        "(0, inf)",
        "mean rate M over customers",
        "Goodhardt, Ehrenberg & Chatfield 1984",
    )
    shape: float = par(
        0.0,
        "",
        "[0, inf)",
        "gamma shape K of the rates over customers; 0 for the same rate for all",
        "Ehrenberg 1959",
    )
    period: float = par(7.0, "days", "(0, inf)", "period of the mean rate")
    regularity: int = par(
        2, "stages", "[1, 50]", "Erlang stages k of a gap (erlang only)", "Chatfield & Goodhardt 1973"
    )
    interval: float = par(1.0, "days", "(0, inf)", "time between two calendar opportunities (calendar only)")
    attendance: Spread = par(
        Spread(mean=1.0), "probability", "[0, 1]", "chance of meeting a calendar opportunity"
    )
    together: bool = par(True, "", "", "all customers on the same calendar days, or spread over the interval")

    def mean_per_day(self) -> float:
        """Mean opportunities per customer and day."""
        return (
            self.attendance.centre / self.interval if self.process == "calendar" else self.mean / self.period
        )


def endow(customers: Customers, need: Need, chance: Chance) -> None:
    """Give every customer a rate (opportunities a day)."""
    everyone = np.arange(customers.count)
    if need.process == "calendar":
        attendance = need.attendance.draw(chance.uniform(RATE, everyone), "[0, 1]")
        customers.add("rate", attendance / need.interval)
    elif need.shape > 0:
        shape = np.full(customers.count, need.shape)
        draws = np.exp(chance.log_gamma(RATE, everyone, shape))
        customers.add("rate", draws * (need.mean / need.shape / need.period))
    else:
        customers.add("rate", need.mean / need.period)


class Opportunities:
    """The stream of opportunities of a population, generated ahead in chunks of beats: days, or even parts of a day.

    A function of the customers' own draws only, so the arms of a comparison share one stream. The beats of a tick lie in
    one chunk, so that they can be looked at together.
    """

    def __init__(
        self, need: Need, customers: Customers, chance: Chance, beats_a_tick: int = 1, beats_a_day: int = 1
    ) -> None:
        self.need, self.length = need, 1.0 / beats_a_day
        self.rate = customers.columns["rate"]
        self.entry, self.exit = customers.columns["entry"], customers.columns["exit"]
        self.keys = chance.key_a, chance.key_b
        self.stages = {"poisson": 1, "erlang": need.regularity, "calendar": 0}[need.process]
        everyone = np.arange(customers.count)
        if self.stages:
            first = _first_gap(self.stages, self.rate, chance, everyone)
        elif need.together:
            first = np.zeros(customers.count)  # common dates need no walk
        else:
            first = chance.uniform(PHASE, everyone) * need.interval
        self.next_time = self.entry.astype(np.float64) + first
        self.next_occasion = np.zeros(customers.count, np.int32)
        mean = max(customers.count * need.mean_per_day() * self.length, 1e-9)
        beats = int(min(LONGEST_CHUNK, max(1, LARGEST_CHUNK // (mean + 1))))
        self.beats = max(beats // beats_a_tick, 1) * beats_a_tick
        self.first = 0  # beat of the chunk that is open
        self.table: Sequence[NDArray[Any]] = ()
        room = int(mean * self.beats * 1.1) + 64
        self.who, self.occasion = np.empty((2, room), np.int32)
        self.time = np.empty(room)

    def rounds(self, k: int) -> NDArray[np.int64]:
        """Edges of the rounds of beat `k` among the rows of `table` (who, occasion, time); beats go forward."""
        if not self.table or k >= self.first + self.beats:
            self._generate(k)
        return self.edges[k - self.first]

    def _generate(self, k: int) -> None:
        self.first = k
        self.start_state = self.next_time.copy(), self.next_occasion.copy()
        if not self.stages and self.need.together:
            return self._common_dates(k)
        room = len(self.who)
        while True:
            met = walk(
                self.stages,
                (k + self.beats) * self.length,
                float(self.need.interval),
                self.rate,
                self.exit,
                self.next_time,
                self.next_occasion,
                *self.keys,
                self.who,
                self.occasion,
                self.time,
            )
            if met <= room:
                break
            room = int(met * 1.1) + 64
            self.who, self.occasion = np.empty((2, room), np.int32)
            self.time = np.empty(room)
            self.next_time[:], self.next_occasion[:] = self.start_state
        found = self.who[:met], self.occasion[:met], self.time[:met]
        *self.table, self.edges = arrange(*found, k * self.length, self.length, self.beats)
        self.longest = int(np.diff(self.edges, axis=1).max(initial=0))

    def _common_dates(self, k: int) -> None:
        """Everybody's calendar is the same: each date is a round of its own."""
        interval = float(self.need.interval)
        first = begun(k * self.length, interval)
        last = begun((k + self.beats) * self.length, interval)
        room = (last - first) * len(self.rate)
        if len(self.who) < room:
            self.who, self.occasion = np.empty((2, room), np.int32)
            self.time = np.empty(room)
        ends = np.zeros(last - first + 1, np.int64)
        attend(
            first,
            last,
            interval,
            self.rate,
            self.entry,
            self.exit,
            *self.keys,
            self.who,
            self.occasion,
            self.time,
            ends,
        )
        self.table = [column[: ends[-1]] for column in (self.who, self.occasion, self.time)]
        beat = np.minimum(period_of(np.arange(first, last) * interval, self.length) - k, self.beats - 1)
        begin = np.searchsorted(beat, np.arange(self.beats))
        most = int(np.bincount(beat, minlength=self.beats).max(initial=0))
        stop = np.append(begin[1:], beat.size)
        self.edges = ends[np.minimum(begin[:, None] + np.arange(most + 1), stop[:, None])]
        self.longest = int(np.diff(ends).max(initial=0))

    def state(self) -> dict[str, Any]:
        """What is needed to go on from the chunk that is open."""
        if not self.table:
            return {"next_time": self.next_time, "next_occasion": self.next_occasion, "first": -1}
        time, occasion = self.start_state
        return {"next_time": time, "next_occasion": occasion, "first": self.first}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.next_time[:] = state["next_time"]
        self.next_occasion[:] = state["next_occasion"]
        self.table = ()
        if state["first"] >= 0:
            self._generate(int(state["first"]))


def _first_gap(stages: int, rate: NDArray[Any], chance: Chance, everyone: NDArray[Any]) -> NDArray[Any]:
    """Time to the first opportunity of a process that has been running for ever (forward recurrence time).

    In equilibrium an Erlang-k gap is met in any of its k stages with equal chance.
    """
    left = np.minimum((chance.uniform(FIRST, everyone) * stages).astype(np.int64) + 1, stages)
    total = np.zeros(everyone.size)
    for stage in range(stages):
        total += np.where(stage < left, chance.exponential(FIRST, everyone, 0, 1 + stage), 0.0)
    with np.errstate(divide="ignore"):
        return total / (stages * rate.astype(np.float64))
