"""Attribution: what a programme changed, opportunity by opportunity, against the paired control.

For firm f every opportunity falls into one cell of (outcome in the arm, outcome in the control): kept (f, f), won
from rival k (f, k), created (f, none), lost to k (k, f), foregone (none, f). Every unit of reward names the
opportunities that earned it, so it lies in exactly one cell: what lies in `kept` was a subsidy of purchases that
would have happened anyway, what lies in `won` and `created` caused something. The same cells priced at
contribution margin give the incremental profit: attribution and profit reconcile to the millionth.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.kernel import kernel
from regulars.ground.wide import HALF, LOW, carry


class Cells:
    """Cells of one firm, gathered tick by tick.

    count[a, c], margin[a, c]: opportunities that ended with `a` in the arm and `c` in the control (last index: no
    purchase), and the change of the firm's margin at list price in them, millionths. `moved`: purchases that
    cancel within one customer and window: created in one place, foregone in another.
    """

    def __init__(self, firm: int, firms: int, customers: int, window: float) -> None:
        self.firm, self.window = firm, window
        self.count = np.zeros((firms + 1, firms + 1), np.int64)
        self._margin = wide.words(firms + 1, firms + 1)
        self.moved = 0
        self._created, self._foregone = np.zeros((2, customers), np.int32)
        self._ends = window

    @property
    def margin(self) -> NDArray[Any]:
        """Change of the firm's margin at list price by cell (arm, control), millionths."""
        return wide.whole(self._margin)

    def add(self, arm: Any, control: Any) -> None:
        """Add a tick of the arm and the same tick of the control."""
        if arm.day >= self._ends:
            self.close_window()
            self._ends += self.window * ((arm.day - self._ends) // self.window + 1)
        _count(
            self.firm, arm.who, arm.chosen, arm.listed, arm.cost, control.chosen, control.listed, control.cost,
            self.count, self._margin, self._created, self._foregone,
        )  # fmt: skip

    def close_window(self) -> None:
        """Count what only moved in time within the window that ends."""
        self.moved += int(np.minimum(self._created, self._foregone).sum())
        self._created[:] = 0
        self._foregone[:] = 0

    def table(self, names: tuple[str, ...], rewards: NDArray[Any]) -> list[dict[str, Any]]:
        """Rows (cell, rival, opportunities, margin, reward, moved), money in millionths.

        rewards: reward money of the firm by source (firms, none, unearned), millionths.
        """
        f, none = self.firm, len(names)
        self.close_window()
        margin = self.margin

        def row(cell: str, rival: str, arm: int, control: int, reward: int) -> dict[str, Any]:
            return {
                "cell": cell, "rival": rival, "opportunities": int(self.count[arm, control]),
                "margin": int(margin[arm, control]), "reward": int(reward), "moved": 0,
            }  # fmt: skip

        rows = [row("kept", "", f, f, rewards[f])]
        rivals = [k for k in range(none) if k != f]
        rows += [row("won", names[k], f, k, rewards[k]) for k in rivals]
        rows.append({**row("created", "", f, none, rewards[none]), "moved": self.moved})
        rows += [row("lost", names[k], k, f, 0) for k in rivals]
        rows.append({**row("foregone", "", none, f, 0), "moved": self.moved})
        unearned = {"cell": "unearned", "rival": "", "opportunities": 0, "margin": 0, "moved": 0}
        rows.append({**unearned, "reward": int(rewards[none + 1])})
        return rows


@kernel
def _count(
    firm: int, who: Any, chosen: Any, listed: Any, cost: Any, control: Any, control_listed: Any, control_cost: Any,
    count: Any, margin: Any, created: Any, foregone: Any,
) -> None:  # fmt: skip
    none = count.shape[0] - 1
    for o in range(who.size):
        a = chosen[o] if chosen[o] >= 0 else none
        c = control[o] if control[o] >= 0 else none
        count[a, c] += 1
        change = np.int64(0)
        if a == firm:
            change += listed[o] - cost[o]
        if c == firm:
            change -= control_listed[o] - control_cost[o]
        margin[0, a, c] += change & LOW
        margin[1, a, c] += change >> HALF
        if a == firm and c == none:
            created[who[o]] += 1
        if a == none and c == firm:
            foregone[who[o]] += 1
    carry(margin)
