"""What progress toward a goal of visits is worth, by backward induction; tables by type of customer.

With v visit days so far, d days left, chance a of meeting an opportunity on a day, base chance p of buying here
at it and discount delta of a day, the log-sum recursion that the customer's own taste shocks imply is

    W(v, d) = delta * [(1 - a) W(v, d-1) + a log((1-p) exp W(v, d-1) + p exp W(v+1, d-1))]

and a visit is worth phi * [W(v+1, d) - W(v, d)] logits, d counting the days after today. A reward that grows with
the spending is worth w logits a visit day: T w when the goal of T visits is reached, and w more for every visit
after it; a fixed reward leaves nothing to gain after it. With a = delta = phi = 1, logit P(hit) = logit P0(hit) + R
exactly for a reward worth R. Goal gradient, points pressure, the return to base after the goal and breakage emerge
(Taylor & Neslin 2005, J. Retailing 81:293-305; Kivetz, Urminsky & Zheng 2006, J. Marketing Research 43:39-58).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.foresight import log_mean
from regulars.ground.kernel import kernel

EDGE = 9.0  # base chances beyond this logit are taken as being on it: they hit always or never
FEW = 12  # so many different values of a trait are tabulated as they are
USUAL = (13, 37, 20, 5)  # rungs of the four traits in a usual market
LARGEST = 1 << 23  # entries of a usual table; a long window makes do with fewer rungs


class Progress:
    """Worth of every state of a goal for every type of customer, and where each customer lies among the types.

    Types are nodes of a ladder along each trait: chance to meet an opportunity, chance to buy, worth of the reward,
    impatience. The rungs are the same for every population, so that nobody's view depends on who else is there.

    Args:
        days: visit days that reach the goal.
        window: length of a window, days.
        grows: whether the reward grows with the visits or is fixed.
    """

    def __init__(self, days: int, window: int, grows: bool) -> None:
        self.days, self.window, self.grows = days, window, grows
        self.nodes: tuple[NDArray[Any], ...] = ()
        self.rungs: dict[int, tuple[float, float]] = {}  # lowest and highest of each ladder so far

    def see(
        self, coming: NDArray[Any], buying: NDArray[Any], worth: NDArray[Any], discount: NDArray[Any]
    ) -> None:
        """Customers see the goal with these chances a and p, worth w or R (logits) and delta; one value per customer."""
        self.traits = coming, buying, worth, discount
        low, high = 1 / (1 + math.exp(EDGE)), 1 / (1 + math.exp(-EDGE))
        inside = np.clip(buying, low, high)
        axes = (
            (coming, 1 / 12, 1),
            (np.log(inside / (1 - inside)), 0.5, 1),
            (worth, 0.05 / self.days if self.grows else 0.05, 2),  # finer where little is at stake
            (1 - discount, 0.01, 2),
        )
        coarser = self._coarser([not _few(values)[1] for values, _, _ in axes])
        nodes = tuple(
            self._nodes(k, values, step * coarser**power, power)
            for k, (values, step, power) in enumerate(axes)
        )
        mixed = [k for k in range(4) if nodes[k].size > 1]  # nothing to interpolate where all are alike
        places = [_between(axes[k][0], nodes[k]) for k in mixed]
        self.place = (
            np.array([math.prod(axis.size for axis in nodes[k + 1 :]) for k in mixed], np.int64),
            np.array([below for below, _ in places], np.int16).reshape(len(mixed), worth.size),
            np.array([share for _, share in places], np.float32).reshape(len(mixed), worth.size),
        )
        if not self.nodes or not all(np.array_equal(a, b) for a, b in zip(nodes, self.nodes, strict=True)):
            self._tabulate(nodes)

    def _nodes(self, k: int, values: NDArray[Any], step: float, power: int) -> NDArray[Any]:
        """The values themselves when there are only a few, else the rungs step * j**power around them, now and before."""
        few, all_of_them = _few(values)
        if all_of_them:
            return few
        ends = np.array([values.min(), values.max()])
        low, high = np.sign(ends) * (np.abs(ends) / step) ** (1 / power)
        before = self.rungs.get(k, (math.inf, -math.inf))
        self.rungs[k] = min(math.floor(low), before[0]), max(math.ceil(high), before[1])
        return step * np.arange(self.rungs[k][0], self.rungs[k][1] + 1, dtype=np.float64) ** power

    def _coarser(self, differs: list[bool]) -> int:
        """How much coarser the ladders of a long window are: by the goal and the traits that differ, not by anybody."""
        states = (1 + self.grows) * (self.window + 1) * (self.days + 1)
        usual = math.prod(rungs for rungs, mixed in zip(USUAL, differs, strict=True) if mixed)
        return max(math.ceil((usual * states / LARGEST) ** (1 / max(sum(differs), 1))), 1)

    def _tabulate(self, nodes: tuple[NDArray[Any], ...]) -> None:
        self.nodes = nodes
        coming, buying, worth, impatience = nodes
        types = math.prod(axis.size for axis in nodes)
        self.table = np.zeros((1 + self.grows, self.window + 1, types, self.days + 1))
        window_values(coming, 1 / (1 + np.exp(-buying)), worth, 1 - impatience, self.table)

    def whole_window(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a window that has just begun is worth to each of `customers`, logits."""
        out = np.zeros(len(customers))
        whole_window(customers, *self.place, self.table, out)
        return out


def _few(values: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    """Different values of the first customers, and whether there are only a few and nobody has another one."""
    few = np.unique(values[: 8 * FEW])
    return few, few.size <= FEW and bool(np.isin(values, few).all())


def _between(values: NDArray[Any], nodes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The node below each value, and how far it is on the way to the next one, 0..1."""
    below = np.clip(np.searchsorted(nodes, values, side="right") - 1, 0, nodes.size - 2)
    return below, np.clip((values - nodes[below]) / np.diff(nodes)[below], 0, 1)


@kernel
def window_values(coming: Any, buying: Any, worths: Any, discounts: Any, out: Any) -> None:
    """Fill out[more, d, type, v] with W(v, d) for d = 0..window days left and v = 0..days visits done.

    Types run over coming, buying, worths and discounts, the last one fastest. v = days stands for any number of
    visits from the goal on: each further one adds w delta^d. more = 1 (only for a reward that grows): with the
    spending of one visit more, on a day that counts already.
    """
    window, days = out.shape[1] - 1, out.shape[3] - 1
    grows = out.shape[0] == 2
    for more in range(out.shape[0]):
        kind = 0
        for a in coming:
            for p in buying:
                for w in worths:
                    for delta in discounts:
                        table = out[more, :, kind]
                        table[0, days] = w * (days + more) if grows else w
                        further = w if grows else 0.0
                        for d in range(1, window + 1):
                            for v in range(days + 1):
                                stay = table[d - 1, v]
                                go = table[d - 1, v + 1] if v < days else stay + further
                                table[d, v] = delta * ((1.0 - a) * stay + a * log_mean(p, stay, go))
                            further *= delta
                        kind += 1


@kernel(inline=True)
def gain(
    strides: Any,
    below: Any,
    share: Any,
    table: Any,
    i: Any,
    more: Any,
    d: Any,
    v: Any,
    from_more: Any,
    from_d: Any,
    from_v: Any,
) -> Any:
    """W(v, d) less W of another state for customer i, interpolated between the types around."""
    value = 0.0
    for corner in range(1 << strides.size):
        part, kind = 1.0, np.int64(0)
        for k in range(strides.size):
            up = corner >> k & 1
            part *= share[k, i] if up else 1.0 - share[k, i]
            kind += (below[k, i] + up) * strides[k]
        if part > 0.0:
            value += part * (table[more, d, kind, v] - table[from_more, from_d, kind, from_v])
    return value


@kernel
def pull(
    who: Any, time: Any, days: Any, window: Any, grows: Any, enjoyment: Any, member: Any, visits: Any, last_visit: Any, foresight: Any, worth: Any, daily_discount: Any,
    strides: Any, below: Any, share: Any, table: Any, appeal: Any,
) -> None:  # fmt: skip
    """Add to appeal[o] what buying here now is worth for the goal, logits; time in days, rows o."""
    for o in range(who.size):
        i = who[o]
        if not member[i]:
            continue
        today = np.int64(np.floor(time[o]))
        left = window - 1 - today % window
        v = np.int64(visits[i])
        first = last_visit[i] < today  # else today counts already, and only the spending can grow
        if v + first + left < days:
            continue  # out of reach
        value = 0.0
        if v >= days:
            if grows:
                value = worth[i] * daily_discount[i] ** left
        elif first:
            value = gain(strides, below, share, table, i, 0, left, v + 1, 0, left, v)
        elif grows:
            value = gain(strides, below, share, table, i, 1, left, v, 0, left, v)
        appeal[o] += foresight[i] * value
        if first:
            appeal[o] += enjoyment


@kernel
def whole_window(customers: Any, strides: Any, below: Any, share: Any, table: Any, out: Any) -> None:
    """Fill out[k] with W(0, window) of customers[k], logits."""
    for k in range(customers.size):
        out[k] = gain(strides, below, share, table, customers[k], 0, table.shape[1] - 1, 0, 0, 0, 0)
