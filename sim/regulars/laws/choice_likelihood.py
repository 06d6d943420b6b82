"""The likelihood of choices with lagged dependence and tastes that differ, with its gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from regulars.laws.choice_table import Choices
from regulars.laws.tastes import Tastes

Array = np.ndarray
CELLS = 1_000_000  # doubles in the largest table of one block: 8 MB
FEWEST = 64  # situations of a block, at least


@dataclass
class _Block:
    """Some customers, with the distinct situations in which they chose.

    ``there`` [U, J] says which firms were on sale, ``pattern`` [customers] which of them were at the first purchase.
    ``counts`` [customers, U] says how often each was in each situation, ``turned`` is its transpose; ``last`` [U] and
    ``offers`` [U, J, X] describe the situations. Per customer: ``chosen`` [., J] purchases of each firm, ``repeats``,
    ``taken`` [., X] covariates of what was chosen, summed, and ``first`` purchase.
    """

    counts: Any
    turned: Any
    last: Array
    offers: Array
    chosen: Array
    repeats: Array
    taken: Array
    first: Array
    there: Array
    pattern: Array


class ChoiceLikelihood:
    """Log-likelihood of a log as a function of (inertia, coefficients, parameters of the tastes).

    A customer's likelihood is the mean over taste points of the product of logit probabilities. Points are common to all
    customers, so that probabilities are computed once per distinct situation (last firm, offers) and point.
    """

    def __init__(self, data: Choices, kind: Tastes, initial: str) -> None:
        self.data = data
        self.kind = kind
        self.initial = initial
        self.n = data.n
        self.x = len(data.covariates)
        j = len(data.firms)
        self.shares = np.bincount(data.chosen, minlength=j) / len(data.chosen)
        self.mean_offer = data.offers.mean(axis=0)
        place = data.covariates.index("price") if "price" in data.covariates else None
        self.mean_price = float(self.mean_offer[:, place].mean()) if place is not None else float("nan")
        points = len(kind.points(kind.start(np.maximum(self.shares, 1e-9)))[1])
        everywhere = np.ones((1, j), dtype=bool)
        if data.available is None:
            self.patterns, kinds = everywhere, np.zeros(len(data.chosen), dtype=int)
        else:
            self.patterns, kinds = np.unique(data.available, axis=0, return_inverse=True)
        self.blocks = list(_blocks(data, points, initial, self.patterns, kinds.ravel()))

    def scale(self) -> Array:
        """Units in which the parameters have similar weight."""
        spread = [max(float(self.data.offers[:, :, k].std()), 1e-9) for k in range(self.x)]
        return np.concatenate([[1.0], spread, np.ones(self.kind.size)])

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient."""
        inertia, slopes, own = theta[0], theta[1 : 1 + self.x], theta[1 + self.x :]
        taste, log_weight = self.kind.points(own)
        at = self.at(inertia, slopes, taste)
        total, by_taste, by_weight, by_common = 0.0, np.zeros_like(taste), np.zeros_like(log_weight), np.zeros(1 + self.x)  # fmt: skip
        for block in self.blocks:
            each, parts = at.each(block)
            each += log_weight
            highest = each.max(axis=1, keepdims=True)
            weight = np.exp(each - highest)
            summed = weight.sum(axis=1, keepdims=True)
            total += float((highest + np.log(summed)).sum())
            weight /= summed
            by_weight += weight.sum(axis=0)
            taste_part, common_part = at.slopes(block, weight, *parts)
            by_taste += taste_part
            by_common += common_part
        return total, np.concatenate([by_common, self.kind.slope(own, by_taste, by_weight)])

    def at(self, inertia: float, slopes: Array, taste: Array) -> _At:
        """The likelihood of customers with each of some tastes [R, J], all with the same inertia and slopes."""
        start = self._start(taste, inertia, slopes) if self.initial == "stationary" else None
        return _At(inertia, slopes, taste, self.mean_offer, start)

    def _start(self, taste: Array, inertia: float, slopes: Array) -> list[tuple[Array, Array, Array]]:
        """Stationary shares, with their slopes, among the firms that were on sale, for each pattern of these."""
        worth = self.mean_offer @ slopes
        return [_stationary(taste, inertia, np.where(there, worth, -np.inf)) for there in self.patterns]


class _At:
    """Log-likelihoods of customers at taste points, and their slopes."""

    def __init__(
        self, inertia: float, slopes: Array, taste: Array, mean_offer: Array, start: list[tuple[Array, Array, Array]] | None,
    ) -> None:  # fmt: skip
        self.inertia, self.by, self.taste, self.mean_offer, self.start = (
            inertia,
            slopes,
            taste,
            mean_offer,
            start,
        )
        self.log_attraction = taste - taste.max(axis=1, keepdims=True)
        self.attraction = np.exp(self.log_attraction)

    def each(self, block: _Block) -> tuple[Array, tuple[Array, Array]]:
        """Log-likelihoods [customers, R], and what their slopes need."""
        worth, top = _worth(block, self.inertia, self.by)
        # exp(V) is a product of a part by situation and a part by taste: the logit's denominators are one matrix product
        below = np.maximum(worth @ self.attraction.T, 1e-300)
        each = block.chosen @ self.log_attraction.T
        each += (self.inertia * block.repeats + block.taken @ self.by - block.counts @ top)[:, None]
        each -= block.counts @ np.log(below)
        if self.start is not None:
            for p in np.unique(block.pattern):
                mine = block.pattern == p
                each[mine] += self.start[p][0][block.first[mine]]
        return each, (worth, below)

    def slopes(self, block: _Block, weight: Array, worth: Array, below: Array) -> tuple[Array, Array]:
        """Slopes by taste [R, J] and by inertia and coefficients, given the weights [customers, R] of the points.

        Weights of a customer may sum to less than 1, where other points have the rest.
        """
        total = weight.sum(axis=1)
        expected = block.turned @ weight
        expected /= below
        by_taste = weight.T @ block.chosen - self.attraction * (expected.T @ worth)
        predicted = worth * (expected @ self.attraction)
        known = np.flatnonzero(block.last >= 0)
        by_inertia = total @ block.repeats - predicted[known, block.last[known]].sum()
        by_common = np.append(by_inertia, total @ block.taken - np.einsum("uj,ujx->x", predicted, block.offers))  # fmt: skip
        for p in np.unique(block.pattern) if self.start is not None else ():
            assert self.start is not None
            mine = block.pattern == p
            began = (block.first[mine][:, None] == np.arange(self.taste.shape[1])).astype(float)
            first = began.T @ weight[mine]
            taste_part = np.einsum("jr,jkr->kr", first, self.start[p][1])
            by_taste += taste_part.T
            by_common[0] += float((first * self.start[p][2]).sum())
            by_common[1:] += taste_part.sum(axis=1) @ self.mean_offer
        return by_taste, by_common


def _worth(block: _Block, inertia: float, slopes: Array) -> tuple[Array, Array]:
    """What offers and inertia add, as exp(worth - top) [U, J], and the top of each situation [U]."""
    value = block.offers @ slopes
    known = np.flatnonzero(block.last >= 0)
    value[known, block.last[known]] += inertia
    value[~block.there] = -np.inf
    top = value.max(axis=1)
    return np.exp(value - top[:, None]), top


def _stationary(taste: Array, inertia: float, worth: Array) -> tuple[Array, Array, Array]:
    """Log stationary shares [J, R] of the chain, their slopes by value [J, J, R] and by inertia [J, R].

    With q_j = e^{v_j}, A = sum q, c = e^g - 1: pi_j = q_j (A + c q_j) / H, H = A^2 + c sum q^2.
    """
    v = (taste + worth[None, :]).T
    v = v - v.max(axis=0)
    q = np.exp(v)
    c = np.expm1(inertia)
    a, squares = q.sum(axis=0), (q**2).sum(axis=0)
    inner, h = a + c * q, a**2 + c * squares
    with np.errstate(divide="ignore"):
        log_share = v + np.log(inner) - np.log(h)
    j = len(q)
    by_value = q[None, :, :] / inner[:, None, :] - ((2 * a * q + 2 * c * q**2) / h)[None, :, :]
    diagonal = np.arange(j)
    by_value[diagonal, diagonal] += 1 + c * q / inner
    by_inertia = np.exp(inertia) * (q / inner - squares / h)
    return log_share, by_value, by_inertia


def _blocks(data: Choices, points: int, initial: str, patterns: Array, pattern: Array) -> Iterator[_Block]:
    """Cut the customers so that the tables of a block fit the cache of a small machine."""
    from scipy import sparse

    j = len(data.firms)
    starts = np.flatnonzero(np.r_[True, np.diff(data.customer) > 0])
    used = np.ones(len(data.customer), dtype=bool)
    if initial != "fresh":
        used[starts] = False
    keys = np.column_stack([data.last, pattern, data.offers.reshape(len(data.last), -1)])
    kinds = np.unique(keys[used], axis=0)
    cuts = [0, data.n]
    limit = max(FEWEST, CELLS // points)
    if len(kinds) > limit:
        often = np.bincount(data.customer[used], minlength=data.n).cumsum()
        cuts = [0, *np.searchsorted(often, np.arange(limit, often[-1], limit)).tolist(), data.n]
    for low, high in pairwise(cuts):
        if high <= low:
            continue
        inside = used & (data.customer >= low) & (data.customer < high)
        situation, code = np.unique(keys[inside], axis=0, return_inverse=True)
        size, who, firm = high - low, data.customer[inside] - low, data.chosen[inside]
        counts = sparse.coo_array(
            (np.ones(len(who)), (who, code.ravel())), shape=(size, len(situation))
        ).tocsr()
        offers = situation[:, 2:].reshape(len(situation), j, len(data.covariates))
        chosen = np.zeros((size, j))
        np.add.at(chosen, (who, firm), 1.0)
        taken = np.zeros((size, len(data.covariates)))
        np.add.at(taken, who, data.offers[inside][np.arange(len(who)), firm])
        repeats = np.bincount(who, weights=data.last[inside] == firm, minlength=size)
        begin = starts[low:high]
        yield _Block(
            counts, counts.T.tocsr(), situation[:, 0].astype(int), offers, chosen, repeats, taken, data.chosen[begin],
            patterns[situation[:, 1].astype(int)], pattern[begin],
        )  # fmt: skip
