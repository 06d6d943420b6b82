"""Laws of customers who quietly leave: what they forecast of a history, and how they are fitted in any unit of time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import LOW, Fit, at_bounds, maximise_positive
from regulars.panels.histories import checked, grouped

Array = np.ndarray
L = TypeVar("L")


class Here(Protocol):
    """Customers who have not left, with what is known of the rates of each; arrays, one place per customer."""

    def expected(self, t: Array) -> Array:
        """Expected purchases in the next t."""

    def counts(self, n: Array, t: Array) -> Array:
        """Probability of n purchases in the next t."""

    def stays(self, t: Array) -> Array:
        """Probability not to leave in the next t."""

    def discounted(self, discount: float) -> Array:
        """Expected purchases from now on, those after t weighted by exp(-discount t)."""


class Leaving(ABC):
    """What every law of customers who quietly leave says of histories (repeats, recency, exposure), in their unit of time.

    All arguments may be arrays that broadcast; numbers give arrays of one.
    """

    _read = staticmethod(checked)

    def log_likelihood(self, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Log-likelihood of each history (natural log).

        Args:
            repeats: purchases after the first one, shape (customers,).
            recency: time from the first to the last purchase, in the same shape.
            exposure: time from the first purchase to the end of observation, in the same shape.

        Returns:
            Shape (customers,).

        Raises:
            RegularsError: a history that cannot be (recency above exposure, repeats without recency ...).
        """
        return np.logaddexp(*self._parts(*self._read(repeats, recency, exposure)))

    def p_alive(self, repeats: Array, recency: Array, exposure: Array, ahead: Array | float = 0.0) -> Array:
        """Probability that a customer has not left at the end of the exposure, or later, purchases or not.

        Args:
            repeats: purchases after the first one, shape (customers,).
            recency: time from the first to the last purchase, in the same shape.
            exposure: time from the first purchase to the end of observation, in the same shape.
            ahead: so much later, in the unit of time of the histories.

        Returns:
            Probabilities, shape (customers,).
        """
        x, tx, whole = self._read(repeats, recency, exposure)
        alive, left = self._parts(x, tx, whole)
        now = np.exp(alive - np.logaddexp(alive, left))
        later = self._ahead(ahead)
        return now * self._here(x, whole).stays(later) if later.any() else now

    def pmf(self, n: Array | int, t: Array | float) -> Array:
        """Probability of n repeats of a random new customer in (0, t].

        Args:
            n: whole numbers of repeats.
            t: length of time, in the unit of time of the histories, in a shape that broadcasts with n.

        Returns:
            Probabilities, in the shape of the two together.
        """
        return self.conditional_pmf(n, t, *np.zeros((3, 1)))

    def conditional_pmf(
        self, n: Array | int, t: Array | float, repeats: Array, recency: Array, exposure: Array
    ) -> Array:
        """Probability of n purchases in the t after the exposure, given the history; 1 - P(alive) is part of n = 0.

        A column of counts gives a table: ``conditional_pmf(np.arange(5)[:, None], 39, x, tx, T)`` is [5, customers].

        Args:
            n: whole numbers of purchases, in a shape that broadcasts with the histories.
            t: length of time, in the unit of time of the histories.
            repeats: purchases after the first one, shape (customers,).
            recency: time from the first to the last purchase, in the same shape.
            exposure: time from the first purchase to the end of observation, in the same shape.

        Returns:
            Probabilities, in the shape of all together.

        Raises:
            RegularsError: numbers of purchases that are not whole, or below 0, or a history that cannot be.
        """
        x, _, whole = self._read(repeats, recency, exposure)
        n = np.asarray(n, dtype=float)
        if not (np.isfinite(n) & (n >= 0) & (n == np.floor(n))).all():
            raise RegularsError("numbers of purchases must be whole numbers, 0 or more")
        alive = self.p_alive(repeats, recency, exposure)
        return alive * self._here(x, whole).counts(n, self._ahead(t)) + (1 - alive) * (n == 0)

    def conditional_mean(self, t: Array | float, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Expected purchases in the t after the exposure, given the history.

        Args:
            t: length of time, in the unit of time of the histories.
            repeats: purchases after the first one, shape (customers,).
            recency: time from the first to the last purchase, in the same shape.
            exposure: time from the first purchase to the end of observation, in the same shape.

        Returns:
            Purchases per customer, shape (customers,).
        """
        x, _, whole = self._read(repeats, recency, exposure)
        return self._here(x, whole).expected(self._ahead(t)) * self.p_alive(repeats, recency, exposure)

    def residual_purchases(self, discount: float, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Discounted expected residual transactions (DERT): purchases after the exposure, those t later weighted by exp(-d t).

        Args:
            discount: continuous rate d per unit of time: log(1 + 0.15) / 52 for 15% a year in weeks.
            repeats: purchases after the first one, shape (customers,).
            recency: time from the first to the last purchase, in the same shape.
            exposure: time from the first purchase to the end of observation, in the same shape.

        Returns:
            Purchases per customer, shape (customers,).

        Raises:
            RegularsError: a rate that is not above 0, or a history that cannot be.
        """
        x, _, whole = self._read(repeats, recency, exposure)
        if not (np.isfinite(discount) and discount > 0):
            raise RegularsError(f"a discount rate per unit of time must be above 0, not {discount}")
        return self._here(x, whole).discounted(discount) * self.p_alive(repeats, recency, exposure)

    @abstractmethod
    def mean(self, t: Array | float) -> Array:
        """Expected repeats of a random new customer in (0, t], in the shape of t."""

    @abstractmethod
    def _parts(self, x: Array, tx: Array, whole: Array) -> tuple[Array, Array]:
        """Logs of the two terms of the likelihood: still here at the end, and gone before."""

    @abstractmethod
    def _here(self, x: Array, whole: Array) -> Here:
        """Customers with x repeats in an exposure who have not left."""

    def _ahead(self, t: Array | float) -> Array:
        t = np.asarray(t, dtype=float)
        if not (np.isfinite(t) & (t >= 0)).all():
            raise RegularsError("times ahead must be finite numbers, 0 or more")
        return t


def fit_leaving(
    kind: Callable[..., L],
    names: Sequence[str],
    in_time: Sequence[str],
    histories: pd.DataFrame,
    start: Sequence[float] | None,
    usual: Sequence[float],
    high: float,
    doubts: Callable[[Array, float], list[str]],
) -> Fit[L]:
    """Maximum likelihood with time counted in longest exposures, so that the result is the same in any unit.

    A density of x moments of purchase: in a unit c times as long, the log-likelihood is higher by x log c.

    Args:
        kind: the law, called with its parameters; its ``_parts(x, tx, T)`` are the logs of the two terms of the likelihood.
        names: of the parameters, in order.
        in_time: those of them that are counted in the unit of time; none where time is a number of opportunities.
        histories: columns repeats, recency, exposure.
        start: where the search begins, in the unit of the histories; None for ``usual``, with the first of ``in_time`` (if any)
            such that customers buy as often as these.
        usual: parameters to begin with, time in longest exposures.
        high: largest value of a parameter that is tried, time in longest exposures.
        doubts: notes on parameters (time in the unit of the histories), given the longest exposure.
    """
    x, tx, whole, often = grouped(histories)
    if x.max() == 0:
        raise RegularsError("nobody bought twice: rates and leaving cannot be told apart")
    longest = float(whole.max())
    if longest == 0:
        raise RegularsError("nobody was watched for any time: every exposure is 0")
    unit = longest if in_time else 1.0
    size = np.array([unit if name in in_time else 1.0 for name in names])
    if start is None:
        begin = np.array(usual, dtype=float)
        for name in in_time[:1]:
            begin[list(names).index(name)] = begin[0] * float(often @ whole) / unit / float(often @ x)
    else:
        begin = np.asarray(start, dtype=float) / size
    tx, whole = tx / unit, whole / unit

    def log_likelihood(theta: Array) -> float:
        law: Any = kind(*theta)
        alive, left = law._parts(x, tx, whole)
        return float(often @ np.logaddexp(alive, left))

    best, errors, value = maximise_positive(log_likelihood, begin.tolist(), high=high)
    notes = [*doubts(best * size, longest), *at_bounds(names, best, LOW, high)]
    best, errors = best * size, errors * size
    return Fit(
        kind(*map(float, best)),
        dict(zip(names, map(float, best), strict=True)),
        dict(zip(names, map(float, errors), strict=True)),
        value - float(often @ x) * float(np.log(unit)),
        int(often.sum()),
        tuple(notes),
    )
