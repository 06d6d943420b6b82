"""The likelihood behind `fit_arrivals`, on a grid of rates and hazards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
RATES, HAZARDS = 0.25, 0.5  # steps of the grids, in logarithms
STEP, FAR = (
    0.6,
    5.0,
)  # steps over shapes of hazards, in logarithms, and the log-likelihood below which they end
LEAST = 1e-30  # likelihood of a history, in units of its largest part


class Surface:
    """The likelihood of histories [n] on a fixed grid of rates [Q] and hazards [M], as a function of five free numbers.

    theta = (log mean rate, log shape, log mean hazard, log hazard shape, logit of the share of those seen who were there at
    the start). The grid stays, the weights move, so that everything is smooth and two matrix products make a gradient.

    Args:
        x: purchases of each customer. first, last: days of the first and last one.
        days: length of the log. until: day from which nobody new comes.
        waits: whether newcomers come unseen and wait for their first purchase, or come with it.
    """

    def __init__(self, x: Array, first: Array, last: Array, days: float, until: float, waits: bool) -> None:
        self.x, self.days = x, days
        t1, tx = first + 0.5, last + 0.5  # a day's purchase stands in its middle
        often = float((x / np.maximum(days - t1, 1.0)).max())
        self.u = np.arange(np.log(0.02 / days), np.log(3 * often), RATES)
        self.v = np.arange(np.log(0.02 / days), np.log(max(0.7, 20.0 / days)), HAZARDS)
        rate, hazard = np.exp(self.u)[:, None], np.exp(self.v)[None, :]
        both = rate + hazard
        day = np.log(np.expm1(rate))  # a day with purchases, one or several: (e^l - 1) times a day without
        self.there_seen = rate / both * -np.expm1(-both * days)
        self.came_seen = np.ones_like(both)
        if waits:
            gone = np.exp(-both * (days - until)) * -np.expm1(-both * until) / (both * until)
            self.came_seen = rate / both * (1 - gone)
        ready = [np.empty((len(x), both.size), np.float32) for _ in range(2)]
        top = np.empty((2, len(x)))
        for k in range(len(x)):
            end = np.logaddexp(np.log(hazard) - both * tx[k], np.log(rate) - both * days) - np.log(both)
            there = x[k] * day + end
            if waits:  # over all days on which they may have come
                span = both * min(t1[k], until)
                came = there + span + np.log(-np.expm1(-span) / (both * until))
            else:
                # what they buy on the rest of their first day is not told apart from the first purchase
                came = there - day + both * t1[k] + rate / 2 - np.log(until)
            for part, log in enumerate((there, came)):
                top[part, k] = log.max()
                ready[part][k] = np.exp(log - top[part, k]).ravel()
        self.scale = top.max(axis=0)
        self.there, self.came = (
            m * np.exp(t - self.scale)[:, None].astype(np.float32) for m, t in zip(ready, top, strict=True)
        )
        if not waits:
            self.came[t1 > until] = 0.0

    def weights(self, theta: Array) -> tuple[Array, Array]:
        """Weights of the rates [Q] and of the hazards [M]."""
        rates = _gamma_weights(self.u, RATES, theta[0], theta[1])
        return rates, _gamma_weights(self.v, HAZARDS, theta[2], theta[3])

    def seen(self, theta: Array) -> tuple[float, float]:
        """Shares of those who were there, and of those who came, that buy within the log."""
        w, v = self.weights(theta)
        return float(w @ self.there_seen @ v), float(w @ self.came_seen @ v)

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient."""
        rho = 1 / (1 + np.exp(-theta[4]))
        w, v = self.weights(theta)
        both = np.outer(w, v).ravel().astype(np.float32)
        of_there, of_came = self.seen(theta)
        a, b = (self.there @ both).astype(float) / of_there, (self.came @ both).astype(float) / of_came
        each = np.maximum(rho * a + (1 - rho) * b, LEAST)
        value = float(np.log(each).sum() + self.scale.sum())
        down = self.there.T @ (rho / of_there / each).astype(np.float32)
        down += self.came.T @ ((1 - rho) / of_came / each).astype(np.float32)
        slope = down.astype(float).reshape(len(w), len(v))
        slope -= self.there_seen * (rho * (a / each).sum() / of_there)
        slope -= self.came_seen * ((1 - rho) * (b / each).sum() / of_came)
        out = np.empty(5)
        for k in range(4):
            step = np.zeros(5)
            step[k] = 1e-4
            (w1, v1), (w0, v0) = self.weights(theta + step), self.weights(theta - step)
            out[k] = ((w1 - w0) @ slope @ v + w @ slope @ (v1 - v0)) / 2e-4
        out[4] = float(((a - b) / each).sum()) * rho * (1 - rho)
        return value, out

    def maximum(self, begin: list[Array], bounds: list[tuple[float, float]]) -> tuple[Array, float]:
        """The best of the maxima found from some beginnings: (theta, log-likelihood)."""
        from scipy.optimize import minimize

        n = len(self.x)

        def cost(theta: Array) -> tuple[float, Array]:
            value, slope = self(theta)
            return -value / n, -slope / n

        found = [minimize(cost, b, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200, "ftol": 1e-8}) for b in begin]  # fmt: skip
        best = min(found, key=lambda f: float(f.fun))
        return np.asarray(best.x), -float(best.fun) * n

    def doubt(self, theta: Array, held: Array, prior: Array, bounds: list[tuple[float, float]]) -> Array:
        """Mean squares about theta [5, 5] of what is known of the five numbers, whatever the hazards' shape may be.

        Between hazards that differ much and hazards that are alike the likelihood is no parabola: seen from an end of it, the mean
        hazard looks as if it were known well. So the shape is walked over, from its estimate to both sides as far as the log
        allows; at each step the others are estimated anew, and the steps are weighed by likelihood times the spread that it leaves
        the others (Laplace's approximation given the shape, integrated over the shape).
        """
        free, fixed = np.array([0, 1, 2, 4]), held.copy()
        fixed[3] = True

        def at(start: Array, shape: float) -> tuple[Array, float, Array]:
            there = np.where(np.arange(5) == 3, shape, start)
            best, value = self.maximum(
                [there], [b if k != 3 else (shape, shape) for k, b in enumerate(bounds)]
            )
            spread = self.covariance(best, fixed, prior)[np.ix_(free, free)]
            return best, value + float(np.linalg.slogdet(spread)[1]) / 2, spread

        low, high = bounds[3]
        steps = [at(theta, float(theta[3]))]
        for way in (-STEP, STEP):
            start, shape = theta, float(theta[3]) + way
            while low <= shape <= high:
                steps.append(at(start, shape))
                if steps[-1][1] < steps[0][1] - FAR:
                    break
                start, shape = steps[-1][0], shape + way
        weight = np.exp([value - max(v for _, v, _ in steps) for _, value, _ in steps])
        squares = np.zeros((5, 5))
        squares[3, 3] = STEP**2 / 12  # the shape within a step
        for share, (best, _, spread) in zip(weight / weight.sum(), steps, strict=True):
            squares += share * np.outer(best - theta, best - theta)
            squares[np.ix_(free, free)] += share * spread
        return squares

    def covariance(self, theta: Array, held: Array, prior: Array) -> Array:
        """Inverse of the curvature with weak priors added, so that what the log does not tell stays as unknown as they say.

        held: which numbers stand at an end of the search. prior: standard deviations.
        """
        second = np.empty((5, 5))
        for k in range(5):
            step = np.zeros(5)
            step[k] = 1e-3
            second[k] = (self(theta + step)[1] - self(theta - step)[1]) / 2e-3
        curved = -(second + second.T) / 2
        curved[held] = 0.0
        curved[:, held] = 0.0
        value, vector = np.linalg.eigh(curved)
        curved = (vector * np.maximum(value, 0.0)) @ vector.T  # beside the top of a bound it may bend upwards
        return np.asarray(np.linalg.inv(curved + np.diag(1 / prior**2)))


def _gamma_weights(grid: Array, step: float, log_mean: float, log_shape: float) -> Array:
    """Weights of a gamma law on a grid of logarithms; what lies below the grid counts to its first point."""
    from scipy.special import gammainc, gammaln

    shape = np.exp(log_shape)
    log_beta = log_shape - log_mean
    w = np.exp(shape * (log_beta + grid) - np.exp(grid + log_beta) - gammaln(shape)) * step
    w[0] += gammainc(shape, np.exp(grid[0] - step / 2 + log_beta))
    return w / w.sum()
