"""Integrals over the moment of leaving and over the time to come, and the hypergeometric function that they need."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Array = np.ndarray
POINTS = 40  # of a rule: exact to 1e-12 for integrands that fall by up to e^-FALL
FALL = 40.0  # where the integrand has fallen by e^-40, its tail is left out


def gauss(a: Array | float, b: Array | float, c: Array, z: Array) -> Array:
    """2F1(a, b; c; z) for 0 <= z < 1; by its series where the library's own gives up (whole numbers, c above 100, z near 1)."""
    from scipy.special import hyp2f1

    value = np.array(hyp2f1(a, b, c, z), dtype=float)
    lost = ~np.isfinite(value)
    if lost.any():
        a, b, c, z = (np.broadcast_to(v, value.shape)[lost][:, None] for v in (a, b, c, z))
        k = np.arange(400)
        value[lost] = 1 + np.cumprod((a + k) * (b + k) / ((c + k) * (k + 1)) * z, axis=1).sum(axis=1)
    return value


def spent(s: float, log_growth: Array) -> Array:
    """[1 - exp(-(s-1) g)] / (s-1), with its limit g at s = 1."""
    if abs(s - 1) < 1e-9:
        return log_growth
    return -np.expm1(-(s - 1) * log_growth) / (s - 1)


def steps(end: Array, length: float = 0.5) -> Iterator[tuple[Array, Array]]:
    """Nodes and weights [..., POINTS] of the integral from 0 to ``end`` [...], in panels of about ``length`` at most."""
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    panels = max(1, int(np.ceil(float(np.max(end, initial=0.0)) / length)))
    width = np.asarray(end, dtype=float)[..., None] / panels
    for k in range(panels):
        yield width * (k + 0.5 * (1 + node)), 0.5 * width * weight


def tricomi(s: float, z: Array) -> Array:
    """Tricomi's confluent hypergeometric function U(1, 2 - s, z) = e^z E_s(z), for s, z > 0.

    From its integral, over v > 0 of exp(-z (e^v - 1) - (s - 1) v): scipy's ``hyperu`` loses all digits near whole s.
    """
    end = np.log1p(1.5 * FALL / z)
    if s > 1:
        end = np.minimum(end, FALL / (s - 1))
    value = np.zeros(np.shape(z))
    for v, weight in steps(end, 2.0):
        value += (np.exp(-z[..., None] * np.expm1(v) - (s - 1) * v) * weight).sum(axis=-1)
    return value


def log_integral(first: tuple[float, Array], second: tuple[float, Array], low: Array, high: Array) -> Array:
    """Log of the integral from low to high of (a + u)^-p (b + u)^-q du, for a <= b and p, q >= 0.

    By Gauss-Legendre in v = log((a + u) / (a + low)), in which the integrand is smooth and its logarithm concave; cut off where
    it has fallen by e^-40. Relative error below 1e-10.

    Args:
        first: a > 0 and p, an array like ``low``.
        second: b >= a and q, an array like ``low``.
        low: lower ends, 0 or more.
        high: upper ends; -inf is returned where they do not exceed ``low``.
    """
    (a, p), (b, q) = first, second
    base, ratio = a + low, (a + low) / (b + low)
    end = np.log1p((high - low) / base)
    rate = p - 1 + q * ratio  # the fall per v at the lower end; it only grows from there
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = np.where(rate > 0, np.minimum(end, FALL / rate), end)
    for _ in range(6):  # Newton's steps from the right towards a fall of FALL, which is convex in v
        grown = np.expm1(cut)
        fall = (p - 1) * cut + q * np.log1p(ratio * grown)
        slope = p - 1 + q * ratio * (1 + grown) / (1 + ratio * grown)
        with np.errstate(divide="ignore", invalid="ignore"):
            cut = np.where(fall > FALL, cut - (fall - FALL) / slope, cut)
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    v = 0.5 * cut[:, None] * (1 + node)
    log = (1 - p)[:, None] * v - q[:, None] * np.log1p(ratio[:, None] * np.expm1(v))
    with np.errstate(divide="ignore"):
        return (1 - p) * np.log(base) - q * np.log(b + low) + np.log(0.5 * cut * (np.exp(log) @ weight))
