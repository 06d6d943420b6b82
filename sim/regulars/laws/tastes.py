"""How tastes may differ over customers in a choice model: a few points with weights stand for the distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from regulars.ground.errors import RegularsError

Array = np.ndarray


class Tastes(Protocol):
    """A distribution of tastes over J firms, as R points that depend smoothly on some parameters."""

    size: int

    def start(self, shares: Array) -> Array:
        """Parameters to begin the search with, given the market shares."""

    def points(self, theta: Array) -> tuple[Array, Array]:
        """Tastes [R, J] in logits and log weights [R]."""

    def slope(self, theta: Array, by_taste: Array, by_log_weight: Array) -> Array:
        """The gradient by the parameters, from that by tastes [R, J] and that by log weights [R]."""

    def named(self, theta: Array, firms: tuple[str, ...]) -> dict[str, float]:
        """What the parameters mean."""


def tastes(kind: str, firms: int, draws: int, classes: int) -> Tastes:
    """The distribution of this name: ``none``, ``dirichlet``, ``normal`` or ``classes``."""
    if kind == "none":
        return Same(firms)
    if kind == "dirichlet":
        return DirichletTastes(firms, draws)
    if kind == "normal":
        return NormalTastes(firms, draws)
    if kind == "classes":
        return Classes(firms, classes)
    raise RegularsError(f"heterogeneity {kind!r}: choose none, dirichlet, normal or classes")


def cube(draws: int, dimension: int) -> Array:
    """Evenly spread points of the unit cube, the same at every call: Sobol's, moved to the middle of their cells."""
    from scipy.stats import qmc

    power = max(1, int(np.ceil(np.log2(draws))))
    return qmc.Sobol(dimension, scramble=False).random_base2(power) + 0.5 / 2**power


class Same:
    """Everybody has the same tastes; the largest firm's is 0."""

    def __init__(self, firms: int) -> None:
        self.size = firms - 1

    def start(self, shares: Array) -> Array:
        """Shares as if tastes were alike, or nearly so."""
        return np.log(shares[1:] / shares[0])

    def points(self, theta: Array) -> tuple[Array, Array]:
        """The taste points and their log weights."""
        return np.concatenate([[0.0], theta])[None, :], np.zeros(1)

    def slope(self, theta: Array, by_taste: Array, by_log_weight: Array) -> Array:
        """Gradient by this distribution's own parameters."""
        return by_taste[0, 1:]

    def named(self, theta: Array, firms: tuple[str, ...]) -> dict[str, float]:
        """The parameters in the words of the literature."""
        return {f"taste {f}": float(v) for f, v in zip(firms[1:], theta, strict=True)}


ALL_ALIKE = 12.0  # log of a Dirichlet parameter from which more makes no difference to choices


def _alpha(theta: Array) -> Array:
    """Dirichlet parameters; where customers are alike the likelihood only rises with them, without end."""
    return np.exp(np.clip(theta, -20.0, ALL_ALIKE))


class DirichletTastes:
    """Tastes log G_j with G_j ~ Gamma(S s_j): with Gumbel noise, choice probabilities are Dirichlet(S s)."""

    def __init__(self, firms: int, draws: int) -> None:
        self.size = firms
        self.u = cube(draws, firms)

    def start(self, shares: Array) -> Array:
        """Shares as if tastes were alike, or nearly so."""
        return np.log(1.5 * shares)

    def points(self, theta: Array) -> tuple[Array, Array]:
        """The taste points and their log weights."""
        return _log_gamma_quantile(_alpha(theta), self.u), np.full(len(self.u), -np.log(len(self.u)))

    def slope(self, theta: Array, by_taste: Array, by_log_weight: Array) -> Array:
        """Gradient by this distribution's own parameters."""
        h = 1e-4
        up, down = (_log_gamma_quantile(_alpha(theta + s), self.u) for s in (h, -h))
        return (by_taste * (up - down) / (2 * h)).sum(axis=0)

    def named(self, theta: Array, firms: tuple[str, ...]) -> dict[str, float]:
        """The parameters in the words of the literature."""
        alpha = _alpha(theta)
        shares = {f"preference {f}": float(a / alpha.sum()) for f, a in zip(firms, alpha, strict=True)}
        return {"diversity": float(alpha.sum())} | shares


class NormalTastes:
    """Tastes relative to the largest firm are jointly normal, with any correlation."""

    def __init__(self, firms: int, draws: int) -> None:
        from scipy.special import ndtri

        self.k = firms - 1
        self.z = ndtri(cube(draws, self.k))
        self.lower = np.tril_indices(self.k)
        self.size = self.k + len(self.lower[0])

    def start(self, shares: Array) -> Array:
        """Shares as if tastes were alike, or nearly so."""
        return np.concatenate([np.log(shares[1:] / shares[0]), np.eye(self.k)[self.lower]])

    def points(self, theta: Array) -> tuple[Array, Array]:
        """The taste points and their log weights."""
        tastes = np.zeros((len(self.z), self.k + 1))
        tastes[:, 1:] = theta[: self.k] + self.z @ self._root(theta).T
        return tastes, np.full(len(self.z), -np.log(len(self.z)))

    def slope(self, theta: Array, by_taste: Array, by_log_weight: Array) -> Array:
        """Gradient by this distribution's own parameters."""
        by_root = by_taste[:, 1:].T @ self.z
        return np.concatenate([by_taste[:, 1:].sum(axis=0), by_root[self.lower]])

    def named(self, theta: Array, firms: tuple[str, ...]) -> dict[str, float]:
        """The parameters in the words of the literature."""
        spread = np.sqrt((self._root(theta) ** 2).sum(axis=1))
        means = {f"taste {f}": float(v) for f, v in zip(firms[1:], theta, strict=False)}
        return means | {f"sd {f}": float(v) for f, v in zip(firms[1:], spread, strict=True)}

    def _root(self, theta: Array) -> Array:
        root = np.zeros((self.k, self.k))
        root[self.lower] = theta[self.k :]
        return root


@dataclass
class Classes:
    """A few kinds of customers, each with its own tastes."""

    firms: int
    classes: int

    def __post_init__(self) -> None:
        if self.classes < 2:
            raise RegularsError(f"classes={self.classes}: latent classes need 2 or more")
        self.size = self.classes * (self.firms - 1) + self.classes - 1

    def start(self, shares: Array) -> Array:
        """Shares as if tastes were alike, or nearly so."""
        base = np.log(shares)
        each = np.repeat(base[None, :], self.classes, axis=0)
        each[np.arange(self.classes), np.arange(self.classes) % self.firms] += 2.0
        return np.concatenate([(each[:, 1:] - each[:, :1]).ravel(), np.zeros(self.classes - 1)])

    def points(self, theta: Array) -> tuple[Array, Array]:
        """The taste points and their log weights."""
        cut = self.classes * (self.firms - 1)
        tastes = np.zeros((self.classes, self.firms))
        tastes[:, 1:] = theta[:cut].reshape(self.classes, -1)
        score = np.concatenate([[0.0], theta[cut:]])
        return tastes, score - np.logaddexp.reduce(score)

    def slope(self, theta: Array, by_taste: Array, by_log_weight: Array) -> Array:
        """Gradient by this distribution's own parameters."""
        weight = np.exp(self.points(theta)[1])
        return np.concatenate([by_taste[:, 1:].ravel(), (by_log_weight - by_log_weight.sum() * weight)[1:]])

    def named(self, theta: Array, firms: tuple[str, ...]) -> dict[str, float]:
        """The parameters in the words of the literature."""
        points, log_weight = self.points(theta)
        out = {f"class {c + 1} share": float(w) for c, w in enumerate(np.exp(log_weight))}
        for c in range(self.classes):
            out |= {
                f"class {c + 1} taste {f}": float(v) for f, v in zip(firms[1:], points[c, 1:], strict=True)
            }
        return out


def _log_gamma_quantile(shape: Array, u: Array) -> Array:
    """Log of the gamma quantile; its limit (log u + log Gamma(shape + 1)) / shape where the quantile underflows."""
    from scipy.special import gammaincinv, gammaln

    small = (np.log(u) + gammaln(shape + 1)) / shape
    value = gammaincinv(shape, u)
    return np.where(small < -30, small, np.log(np.maximum(value, 1e-300)))
