"""A goal of visits: buy here on at least T days of a window of D days, and something is earned.

What customers make of it follows from backward induction (`foresight`): a visit today is worth
phi * [W(v+1, d) - W(v, d)] logits, with v visit days so far and d days left after today. Without discounting,
with phi = 1 and a reward worth R logits, logit P(hit) = logit P0(hit) + R holds exactly. The spending that counts
is kept by what earned it, so that each unit of a reward can be attributed to the purchases behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.foresight import Grid, blend, deadline_values
from regulars.ground.kernel import kernel
from regulars.world.purse import Purse
from regulars.world.strategy import State

if TYPE_CHECKING:
    from regulars.world.board import Round
    from regulars.world.firms import Firm

STATE = (
    State("visits", "i2", "days", "days of this window with a purchase here"),
    State("last_visit", "i4", "day", "latest day with a purchase here", -1),
)


class VisitGoal:
    """The part of a programme that counts visit days and values progress; calendar windows that restart.

    Args:
        firm: the firm of the programme.
        arrays: the strategy's arrays `visits`, `last_visit` and `member`.
        days: visit days T that earn the reward.
        window: length D of a window, days.
        grows: whether the reward grows with the visits (a share of the spending) or is the same for all.
    """

    def __init__(self, firm: Firm, arrays: dict[str, NDArray[Any]], days: int, window: int, grows: bool) -> None:
        self.firm, self.days, self.window = firm, days, window
        self.visits, self.last, self.member = arrays["visits"], arrays["last_visit"], arrays["member"]
        self.spent = Purse(firm.model.sources, firm.customers.count)
        steps = np.arange(window + 1)
        self.terminal = np.where(steps >= days, steps if grows else 1.0, 0.0).astype(np.float64)
        self.table = np.zeros((1, 1, 1, window + 1, window + 1))
        self.grid = Grid.over(*np.zeros((3, firm.customers.count)))

    def value(self, worth: NDArray[Any]) -> None:
        """Make the tables of W for `worth`: logits per unit of reward (per visit day when the reward grows)."""
        c, everyone = self.firm.customers, np.arange(self.firm.customers.count)
        chance = self.firm.visit_probability(everyone)
        self.grid = Grid.over(chance, worth, c.daily_discount)
        nodes = self.grid.nodes
        self.table = np.zeros((*(axis.size for axis in nodes), self.window + 1, self.terminal.size))
        deadline_values(*nodes, self.terminal, self.window, self.table)

    def whole_window(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a whole window of the programme is worth to each of `customers`, logits."""
        out = np.zeros(len(customers))
        _values_at_start(customers, self.grid.index, self.grid.weight, self.table, self.window, out)
        return out

    def appeal(self, round: Round) -> None:
        """Add the worth of a visit now to the firm's appeal."""
        left = self.window - 1 - int(round.day) % self.window
        _pull(
            round.who, int(round.day), left, self.member, self.visits, self.last, self.firm.customers.foresight,
            self.grid.index, self.grid.weight, self.table, round.column("appeal", self.firm.index),
        )  # fmt: skip

    def settle(self, round: Round) -> None:
        """Count visits and spending of members who bought here."""
        rows = round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]] & (round.paid[rows] > 0)]
        who, today = round.who[rows], int(round.day)
        self.visits[who] += self.last[who] < today
        self.last[who] = today
        self.spent.add(who, round.paid[rows], round.source[rows])

    def ends(self, day: float, tick: float) -> bool:
        """Whether a window ends with the tick that starts on `day`."""
        after = (day + tick) / self.window
        return abs(after - round(after)) < 1e-9

    def reached(self) -> NDArray[Any]:
        """Customers who have reached the goal in this window."""
        return np.flatnonzero(self.visits >= self.days)

    def restart(self) -> None:
        """Begin a new window."""
        self.visits[:] = 0
        self.spent.empty()

    def save(self) -> dict[str, Any]:
        """Spending so far and the tables in force."""
        return {
            "spent": self.spent.held, "table": self.table, "index": self.grid.index, "weight": self.grid.weight,
            **{f"nodes{k}": axis for k, axis in enumerate(self.grid.nodes)},
        }  # fmt: skip

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `save` gave."""
        self.spent.held[...] = saved["spent"]
        self.table = saved["table"]
        self.grid = Grid(tuple(saved[f"nodes{k}"] for k in range(3)), saved["index"], saved["weight"])


@kernel
def _pull(who, today, left, member, visits, last, foresight, index, weight, table, appeal):
    most = table.shape[4] - 1
    for o in range(who.size):
        i = who[o]
        if not member[i] or foresight[i] == 0.0:
            continue
        v = np.int64(visits[i])
        if last[i] == today:
            continue  # today counts already
        stay = blend(table, index, weight, i, left, v)
        go = blend(table, index, weight, i, left, min(v + 1, most))
        appeal[o] += foresight[i] * (go - stay)


@kernel
def _values_at_start(customers, index, weight, table, window, out):
    for k in range(customers.size):
        out[k] = blend(table, index, weight, customers[k], window, 0)
