"""The last gap between two visits on a stamp card against the first one."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.lab.yardstick import PairedRun, Sums, Yardstick, parameters_of
from regulars.scenario import Scenario

LEAST = 4  # purchases of a card that has a first and a last gap


class LastGap(Yardstick):
    """Mean of the last gap over that of the first one, on cards that were filled.

    Both gaps are of the same cards, so that who fills a card at all makes no difference: without a pull of progress the ratio is 1.
    A card is what a customer bought after the last reward, up to the purchase of the next one.
    """

    title: ClassVar[str] = "last gap of a stamp card, of the first one"
    effect: ClassVar[str] = "last-gap"
    nothing: ClassVar[float | None] = 1.0

    def missing(self, scenario: Scenario) -> str:
        """No card, or nobody who minds how full it is."""
        rules: Any = parameters_of(scenario, "stamp_card")
        if rules is None:
            return "no stamp card"
        ahead = scenario.spec.foresight.foresight
        if rules.progress_perception == 0 and ahead.same_for_all and ahead.centre == 0:
            return "nobody looks at the card: progress_perception and foresight are 0"
        if rules.stamps - rules.head_start < LEAST:
            return "a card of fewer than four stamps has no first and last gap"
        return ""

    def measure(self, run: PairedRun) -> Sums:
        """Sum of last gaps, and of first ones, days."""
        rules: Any = parameters_of(run.scenario, "stamp_card")
        filled = run.events("stamp_card", "redeem")
        ends = {name: np.sort(times.to_numpy()) for name, times in filled.groupby("customer")["time"]}
        last = first = 0.0
        for name, bought in run.purchases.groupby("customer")["time"]:
            times, start, given = np.sort(bought.to_numpy()), 0, rules.head_start
            for day in ends.get(name, ()):
                stop = _reward(times, start, day, rules.stamps - given)
                card = times[start:stop]
                if len(card) >= LEAST:
                    last += card[-1] - card[-2]
                    first += card[1] - card[0]
                start, given = stop, rules.head_start if rules.every_card else 0
        return last, first


def _reward(times: Any, start: int, day: float, stamps: int) -> int:
    """Where the next card begins: after the purchase of the day of a reward that brought the last of so many stamps."""
    first, behind = (int(np.searchsorted(times, edge, side="left")) for edge in (day, day + 1.0))
    return max(first + 1, min(start + stamps, behind))
