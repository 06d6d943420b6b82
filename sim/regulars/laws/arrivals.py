"""Customers who come, buy and quietly leave while one firm's log is kept: who was there, who came, who is still there.

Two kinds of customers stand in such a log. Those who were there when it began bought before, unseen; their clock starts with
the log. Those who came later are seen from their first purchase on. Both buy at their own gamma rates and leave at their own
gamma hazards (Pareto/NBD: Schmittlein, Morrison & Colombo 1987, Management Science 33:1-24). A customer with x purchases on
days t_1..t_x of a log of T days, with rate l and hazard m, has the likelihood

was there:  l^x / (l+m) [m e^-(l+m)t_x + l e^-(l+m)T]
came:       l^(x-1) / (l+m) [m e^-(l+m)(t_x-t_1) + l e^-(l+m)(T-t_1)] / c,  newcomers come evenly until day c

mixed by the share of those seen who were there, and averaged over rates and hazards on a fixed grid of their logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, Joint

Array = NDArray[Any]
RATES, HAZARDS = 0.25, 0.5  # steps of the grids, in logarithms
MOST = 2_000  # histories that the likelihood looks at; of more, every so many-th
ALIKE = 12.0  # shape beyond which hazards are as good as the same for all
SHAPES = (0.02, 60.0)  # between which shapes are sought
NAMES = ("rate", "shape", "hazard", "hazard_shape", "there")
PRIOR = (1.0, 1.0, 1.0, 1.0, 2.0)  # doubt about each of them before the log is seen: logarithms, and a logit
FEW = 1e-6  # chance of seeing nobody new for so long, below which newcomers are taken to have stopped


@dataclass(frozen=True)
class Arrivals:
    """A firm's customers over time; rates and hazards a day.

    Attributes:
        rate: mean purchase rate over customers, a day.
        shape: gamma shape r of the rates.
        hazard: mean hazard of leaving, a day; 0 where nobody leaves.
        hazard_shape: gamma shape s of the hazards; infinite where all have the same.
        starters: customers who were there on day 0, those who never bought in the log included.
        newcomers: customers who come, a day.
        until: day from which nobody new comes.
        days: length of the log.
    """

    rate: float
    shape: float
    hazard: float
    hazard_shape: float
    starters: float
    newcomers: float
    until: float
    days: float

    def stays(self, t: Array | float) -> Array:
        """Share of customers who have not left after t days."""
        t = np.asarray(t, dtype=float)
        if not np.isfinite(self.hazard_shape):
            return np.exp(-self.hazard * t)
        return np.exp(-self.hazard_shape * np.log1p(self.hazard * t / self.hazard_shape))

    def spent(self, t: Array | float) -> Array:
        """Expected days that a customer is there in the first t days (by Gauss-Legendre)."""
        node, weight = np.polynomial.legendre.leggauss(40)
        t = np.asarray(t, dtype=float)[..., None]
        return (self.stays(t * (node + 1) / 2) * weight * t / 2).sum(axis=-1)

    def there(self, day: Array | float) -> Array:
        """Expected customers who are there on a day."""
        day = np.asarray(day, dtype=float)
        late = np.maximum(day - self.until, 0.0)
        return self.starters * self.stays(day) + self.newcomers * (self.spent(day) - self.spent(late))

    def purchases(self, start: float, end: float) -> float:
        """Expected purchases from day `start` to `end`, first ones included."""
        grid = np.linspace(start, end, 101)
        there = np.trapezoid(self.there(grid), grid)
        come = max(min(end, self.until) - min(start, self.until), 0.0)
        return float(self.rate * there + self.newcomers * come)


def fit_arrivals(histories: pd.DataFrame, days: float) -> Fit[Arrivals]:
    """Maximum likelihood of who was there, who came and who left.

    Args:
        histories: one row a customer: ``purchases`` x >= 1, ``first`` and ``last`` day of purchase, 0 <= first <= last < days.
        days: length T of the log.

    Returns:
        Estimates of rate, shape, hazard, hazard_shape and the share of those seen who were there at the start, with standard
        errors, and jointly the logarithms of the first four and the logit of the last.

    Raises:
        RegularsError: when nobody bought twice.
    """
    x, first, last = (histories[name].to_numpy(float) for name in ("purchases", "first", "last"))
    if x.max(initial=0) < 2:
        raise RegularsError("nobody bought twice: rates and leaving cannot be told apart")
    until = _until(first, days)
    every = max(int(np.ceil(len(x) / MOST)), 1)
    order = np.lexsort((x, first))[::every]
    surface = Surface(x[order], first[order], last[order], days, until)
    return surface.fit(len(x))


class Surface:
    """The likelihood of histories [n] on a fixed grid of rates [Q] and hazards [M], as a function of five free numbers.

    theta = (log mean rate, log shape, log mean hazard, log hazard shape, logit of the share of those seen who were there at
    the start). The grid stays, the weights move, so that everything is smooth and two matrix products make a gradient.
    """

    def __init__(self, x: Array, first: Array, last: Array, days: float, until: float) -> None:
        self.x, self.days, self.until = x, days, until
        t1, tx = first + 0.5, last + 0.5  # a day's purchase stands in its middle
        often = float((x / np.maximum(days - t1, 1.0)).max())
        self.u = np.arange(np.log(1e-3 / days), np.log(4 * often), RATES)
        self.v = np.arange(np.log(0.02 / days), np.log(max(2.0, 40.0 / days)), HAZARDS)
        rate, hazard = np.exp(self.u)[:, None], np.exp(self.v)[None, :]
        both = rate + hazard
        self.seen = rate / both * -np.expm1(-both * days)
        ready = [np.empty((len(x), self.u.size * self.v.size), np.float32) for _ in range(2)]
        top = np.empty((2, len(x)))
        for k in range(len(x)):
            end = np.logaddexp(np.log(hazard) - both * tx[k], np.log(rate) - both * days) - np.log(both)
            for part, log in enumerate(
                (x[k] * self.u[:, None] + end, (x[k] - 1) * self.u[:, None] + end + both * t1[k])
            ):
                top[part, k] = log.max()
                ready[part][k] = np.exp(log - top[part, k]).ravel()
        self.scale = top.max(axis=0)
        self.there, self.came = (
            m * np.exp(t - self.scale)[:, None].astype(np.float32) for m, t in zip(ready, top, strict=True)
        )
        self.came[t1 > until] = 0.0

    def weights(self, theta: Array) -> tuple[Array, Array]:
        """Weights of the rates [Q] and of the hazards [M]."""
        return _gamma_weights(self.u, RATES, theta[0], theta[1]), _gamma_weights(
            self.v, HAZARDS, theta[2], theta[3]
        )

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient."""
        rho = 1 / (1 + np.exp(-theta[4]))
        w, v = self.weights(theta)
        both = np.outer(w, v).ravel().astype(np.float32)
        seen = float(w @ self.seen @ v)
        a, b = (self.there @ both).astype(float), (self.came @ both).astype(float)
        each = np.maximum(rho * a / seen + (1 - rho) * b / self.until, 1e-30)
        value = float(np.log(each).sum() + self.scale.sum())
        down = self.there.T @ (rho / seen / each).astype(np.float32) + self.came.T @ (
            (1 - rho) / self.until / each
        ).astype(np.float32)
        slope = down.astype(float).reshape(len(w), len(v)) - self.seen * float(
            (rho * a / seen**2 / each).sum()
        )
        out = np.empty(5)
        for k in range(4):
            step = np.zeros(5)
            step[k] = 1e-4
            (w1, v1), (w0, v0) = self.weights(theta + step), self.weights(theta - step)
            out[k] = ((w1 - w0) @ slope @ v + w @ slope @ (v1 - v0)) / 2e-4
        out[4] = float(((a / seen - b / self.until) / each).sum()) * rho * (1 - rho)
        return value, out

    def fit(self, people: int) -> Fit[Arrivals]:
        """The maximum, and what it says of all `people` seen."""
        from scipy.optimize import minimize

        n = len(self.x)
        rate = float((self.x.sum() - n) / (n * self.days / 2) + 1e-9)
        bounds = [(np.log(0.1 / self.days), np.log(5.0)), *([tuple(np.log(SHAPES))]), (np.log(0.02 / self.days), np.log(1.0)), (np.log(0.05), np.log(ALIKE)), (-12.0, 12.0)]  # fmt: skip

        def cost(theta: Array) -> tuple[float, Array]:
            value, slope = self(theta)
            return -value / n, -slope / n

        best = None
        for share, hazard in ((-2.0, 0.3), (2.0, 1.0)):
            begin = np.array([np.log(rate), 0.0, np.log(hazard / self.days), 0.5, share])
            found = minimize(
                cost, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}
            )
            if best is None or found.fun < best.fun - 1e-9:
                best = found
        assert best is not None
        return self._told(best.x, people, bounds)

    def _told(self, theta: Array, people: int, bounds: list[tuple[float, float]]) -> Fit[Arrivals]:
        """The fit in the words of the law: who was there and who came, of all `people` seen."""
        low, high = (np.array(ends) for ends in zip(*bounds, strict=True))
        held = (theta < low + 1e-6) | (theta > high - 1e-6)
        covariance = self._covariance(theta, held)
        w, v = self.weights(theta)
        rho = float(1 / (1 + np.exp(-theta[4])))
        seen = float(w @ self.seen @ v)
        nobody, alike = (
            bool(held[2] and theta[2] < high[2] - 1e-3),
            bool(held[3] and theta[3] > low[3] + 1e-3),
        )
        rate, shape, hazard, spread = (float(value) for value in np.exp(theta[:4]))
        law = Arrivals(
            rate, shape, 0.0 if nobody else hazard, np.inf if nobody or alike else spread, rho * people / seen,
            (1 - rho) * people / self.until, self.until, self.days,
        )  # fmt: skip
        errors = np.sqrt(np.diag(covariance)) * np.append(np.exp(theta[:4]), rho * (1 - rho))
        told = dict(zip(NAMES, map(float, errors), strict=True))
        notes = (
            [f"every {ceil_of(people, len(self.x))}th of {people:,} customers was looked at"]
            if len(self.x) < people
            else []
        )
        if nobody:
            notes.append("hardly anybody leaves within the log: nobody is taken to leave")
        elif alike:
            notes.append("customers do not differ in how soon they leave: all have the same hazard")
        if held[1]:
            notes.append(
                f"the spread of rates stands at the {'lower' if theta[1] < 0 else 'upper'} end of the search: the log does not tell it"
            )
        estimates = {
            "rate": rate,
            "shape": shape,
            "hazard": law.hazard,
            "hazard_shape": law.hazard_shape,
            "there": rho,
        }
        joint = Joint(NAMES, theta, covariance)
        return Fit(law, estimates, told, self(theta)[0], people, tuple(notes), joint)

    def _covariance(self, theta: Array, held: Array) -> Array:
        """Inverse of the curvature with weak priors added, so that what the log does not tell stays as unknown as they say."""
        second = np.empty((5, 5))
        for k in range(5):
            step = np.zeros(5)
            step[k] = 1e-3
            second[k] = (self(theta + step)[1] - self(theta - step)[1]) / 2e-3
        curved = -(second + second.T) / 2
        curved[held] = 0.0
        curved[:, held] = 0.0
        value, vector = np.linalg.eigh(curved)
        curved = (
            vector * np.maximum(value, 0.0)
        ) @ vector.T  # beside the top of a bound the surface may bend upwards
        return np.linalg.inv(curved + np.diag(1 / np.array(PRIOR) ** 2))


def ceil_of(people: int, sample: int) -> int:
    """Every how many-th of the people was taken."""
    return int(np.ceil(people / sample))


def _gamma_weights(grid: Array, step: float, log_mean: float, log_shape: float) -> Array:
    """Weights of a gamma law on a grid of logarithms; what lies below the grid counts to its first point."""
    from scipy.special import gammainc, gammaln

    shape = np.exp(log_shape)
    log_beta = log_shape - log_mean
    w = np.exp(shape * (log_beta + grid) - np.exp(grid + log_beta) - gammaln(shape)) * step
    w[0] += gammainc(shape, np.exp(grid[0] - step / 2 + log_beta))
    return w / w.sum()


def _until(first: Array, days: float) -> float:
    """Day from which nobody new comes: the end of the log, unless nobody was new for longer than chance allows."""
    last = float(first.max()) + 1
    return last if len(first) * np.log(last / days) < np.log(FEW) else days
