"""Customer lifetime value in closed form, with its timing named, and the value of a customer base."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.ground.timing import at_start


def geometric_clv(
    margin: float,
    retention: float,
    discount: float,
    *,
    timing: str,
    horizon: int | None = None,
    growth: float = 0.0,
) -> float:
    """Lifetime value of a new customer who stays each period with the same chance.

    ``timing="start"``: the first margin comes at once (t = 0), CLV = m (1+d) / (1+d-r).
    ``timing="end"``: the first margin comes after the first renewal (t = 1), CLV = m r / (1+d-r).
    The two differ by exactly one margin.
    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24; Berger & Nasr (1998), same journal 12(1), 17-30.

    Args:
        margin: money per period and active customer (m).
        retention: chance to stay, per period (r).
        discount: rate per period (d).
        timing: ``"start"`` or ``"end"``.
        horizon: count only this many margins.
        growth: relative growth of the margin per period of tenure (g); r is then r (1 + g) in the formulas, and with
            ``timing="end"`` the first margin counted has grown once.

    Returns:
        Money per customer.

    Raises:
        RegularsError: a retention that is no chance, a rate that is not above 0, another ``timing``, or a value without end.
    """
    rate = _checked(retention, discount, timing) * (1 + growth)
    if rate >= 1 + discount and horizon is None:
        raise RegularsError(
            f"margins that grow by {growth:g} at retention {retention:g} outrun the discount rate {discount:g}: "
            "the value is infinite; give a horizon"
        )
    q = rate / (1 + discount)
    first = margin if timing == "start" else margin * q
    if horizon is None:
        return first / (1 - q)
    return first * float(np.sum(q ** np.arange(horizon)))


def retention_elasticity(retention: float, discount: float, *, timing: str) -> float:
    """Relative change of CLV per relative change of retention: r/(1+d-r) from the start, (1+d)/(1+d-r) from the end.

    Source: Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41, 7-18.

    Args:
        retention: chance to stay, per period (r).
        discount: rate per period (d).
        timing: as of ``geometric_clv``.

    Returns:
        Percent of value per percent of retention.

    Raises:
        RegularsError: as ``geometric_clv``.
    """
    r = _checked(retention, discount, timing)
    return (r if timing == "start" else 1 + discount) / (1 + discount - r)


def discount_elasticity(retention: float, discount: float, *, timing: str) -> float:
    """Relative change of CLV per relative change of the discount rate: -d/(1+d-r) from the end, d/(1+d) more from the start.

    Source: Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41, 7-18.

    Args:
        retention: chance to stay, per period (r).
        discount: rate per period (d).
        timing: as of ``geometric_clv``.

    Returns:
        Percent of value per percent of the rate, 0 or less.

    Raises:
        RegularsError: as ``geometric_clv``.
    """
    r = _checked(retention, discount, timing)
    end = -discount / (1 + discount - r)
    return end if timing == "end" else end + discount / (1 + discount)


def value_of_fewer_defections(
    retention: float, discount: float, fewer: float = 0.05, growth: float = 0.0
) -> float:
    """Relative gain in the value of a customer when fewer defect.

    (1+d-r) / (1+d-r-fewer) - 1 for the margins from now on: an identity, not an effect, at zero cost of retention.
    Source: the arithmetic of Reichheld & Sasser (1990), Harvard Business Review 68(5), 105-111.

    Args:
        retention: chance to stay, per period (r).
        discount: rate per period (d).
        fewer: how much higher the chance to stay becomes: 0.05 for 5 points.
        growth: relative growth of the margin per period of tenure, as of ``geometric_clv``.

    Returns:
        A share of the value before: 0.25 for 25% more.

    Raises:
        RegularsError: chances and rates that leave no finite value.
    """
    r = _checked(retention, discount, "start") * (1 + growth)
    after = (retention + fewer) * (1 + growth)
    if retention + fewer > 1 or after >= 1 + discount:
        raise RegularsError(
            f"retention {retention:g} + {fewer:g} leaves no finite value at discount {discount:g}"
        )
    return (1 + discount - r) / (1 + discount - after) - 1


def equity_matrix(switching: np.ndarray | Sequence[Sequence[float]], discount: float) -> np.ndarray:
    """Discounted expected purchases from each firm by a customer now at a firm: (I - A/(1+d))^-1.

    Source: Rust, Lemon & Zeithaml (2004), Journal of Marketing 68, 109-127.

    Args:
        switching: A, probability that the next purchase is from the column's firm, given the last from the row's, shape (firms, firms).
        discount: rate per purchase occasion (d).

    Returns:
        Purchases, in the shape of A; rows sum to (1+d)/d: each customer buys once per period from somebody.

    Raises:
        RegularsError: rows that do not sum to 1, or a rate that is not above 0.
    """
    a = np.asarray(switching, dtype=float)
    if (
        a.ndim != 2
        or a.shape[0] != a.shape[1]
        or (a < 0).any()
        or not np.allclose(a.sum(axis=1), 1, atol=1e-6)
    ):
        raise RegularsError("a switching matrix is square, its rows are probabilities that sum to 1")
    if not discount > 0:
        raise RegularsError(f"a discount rate must be above 0, not {discount}")
    return np.linalg.inv(np.eye(len(a)) - a / (1 + discount))


def firm_value(
    customers: float,
    arrivals: Sequence[float],
    margin: float,
    retention: float,
    discount: float,
    acquisition_cost: float,
) -> float:
    """Value of today's and tomorrow's customers, in money of today.

    Today's customers and each later cohort, less what acquiring it costs, are worth ``geometric_clv(timing="end")`` when they
    arrive: n CLV + sum over k of a_k (CLV - c) / (1 + d)^k.
    Source: Gupta, Lehmann & Stuart (2004), Journal of Marketing Research 41, 7-18.

    Args:
        customers: of today (n).
        arrivals: customers who come in period k = 1, 2, ... (a_k).
        margin: money per period and active customer.
        retention: chance to stay, per period.
        discount: rate per period (d).
        acquisition_cost: money per customer acquired (c).

    Returns:
        Money.
    """
    worth = geometric_clv(margin, retention, discount, timing="end")
    k = np.arange(1, len(arrivals) + 1)
    cohorts = float((np.asarray(arrivals, dtype=float) / (1 + discount) ** k).sum()) if len(arrivals) else 0.0
    return customers * worth + cohorts * (worth - acquisition_cost)


def _checked(retention: float, discount: float, timing: str) -> float:
    at_start(timing)
    if not 0 <= retention <= 1 or not discount > 0:
        raise RegularsError(
            f"retention is a chance between 0 and 1 and the discount rate above 0, not {retention} and {discount}"
        )
    return retention
