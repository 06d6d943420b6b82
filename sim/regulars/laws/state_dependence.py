"""Does the last purchase change the next one, or do customers merely differ? Read from the order of purchases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError


@dataclass(frozen=True)
class Contrast:
    """The exchangeability contrast: P(j | last j, before not j) - P(j | last not j, before j).

    Exactly 0 in expectation where customers differ but do not change, whatever their tastes; (e^g - 1) / (e^g + J - 1) for J
    equal firms and alike customers with state dependence g.

    Attributes:
        value: the contrast, a difference of probabilities.
        standard_error: clustered by customer.
        after_last: P(j | last j, before not j), pooled over firms.
        after_before: P(j | last not j, before j), pooled over firms.
        n: customers with three purchases or more.
    """

    value: float
    standard_error: float
    after_last: float
    after_before: float
    n: int

    def table(self) -> pd.DataFrame:
        """One row with the contrast and what it is made of."""
        return pd.DataFrame([asdict(self)])


@dataclass(frozen=True)
class RepeatRates:
    """The repeat rate beside what the same customers would show with their purchases in random order.

    ``shuffled`` is taste alone; ``excess`` is what the order adds: switching costs, inertia, habit (or runs of promotions).

    Attributes:
        repeat: share of purchases that are of the same firm as the customer's one before.
        shuffled: its expectation over all orders of each customer's purchases.
        excess: repeat - shuffled.
        standard_error: of the excess, clustered by customer.
        pairs: purchases with one before.
        n: customers with two purchases or more.
    """

    repeat: float
    shuffled: float
    excess: float
    standard_error: float
    pairs: int
    n: int

    def table(self) -> pd.DataFrame:
        """One row with all of it."""
        return pd.DataFrame([asdict(self)])


def exchangeability_contrast(purchases: pd.DataFrame) -> Contrast:
    """The exchangeability contrast of a log, pooled over firms and weighted by how often they occur.

    P(j | last j, before not j) - P(j | last not j, before j): 0 where customers differ but do not change, whatever their tastes.
    Source: the exchangeability of zero-order histories; Dubé, Hitsch & Rossi (2010), RAND 41(3), 417-445 for its use.

    Args:
        purchases: columns ``customer`` and ``firm``, in order within each customer (see ``Panel.one_per_trip`` for baskets of several
            firms).

    Returns:
        The contrast, a difference of probabilities, with its standard error.

    Raises:
        RegularsError: nobody bought three times.
    """
    customer, firm = _ordered(purchases)
    same = (customer[2:] == customer[1:-1]) & (customer[2:] == customer[:-2])
    before, last, now = firm[:-2][same], firm[1:-1][same], firm[2:][same]
    who = customer[2:][same]
    if not len(who):
        raise RegularsError("no customer has three purchases: the contrast needs triples")
    turned = before != last
    if not turned.any():
        nan = float("nan")
        return Contrast(nan, nan, nan, nan, len(np.unique(who)))
    before, last, now, who = before[turned], last[turned], now[turned], who[turned]
    # each triple with before != last tells once of the firm bought last and once of the firm bought before
    total = np.bincount(who).astype(float)
    returned = np.bincount(who, weights=now == before)
    stayed = np.bincount(who, weights=now == last)
    n = total.sum()
    value = (stayed.sum() - returned.sum()) / n
    influence = (stayed - returned - value * total) / n
    return Contrast(
        float(value),
        float(np.sqrt((influence**2).sum())),
        float(stayed.sum() / n),
        float(returned.sum() / n),
        len(np.unique(customer[2:][same])),
    )


def repeat_rates(purchases: pd.DataFrame) -> RepeatRates:
    """Repeat rate and its expectation after shuffling each customer's purchases (no random numbers are drawn).

    A customer with n purchases, n_j of firm j, would repeat with probability sum_j n_j (n_j - 1) / (n (n - 1)) in random order.
    Source: the exchangeability of zero-order histories; Massy, Montgomery & Morrison (1970), Stochastic Models of Buying Behavior.

    Args:
        purchases: columns ``customer`` and ``firm``, in order within each customer.

    Returns:
        Shares from 0 to 1 of the purchases that have one before, with the standard error of their difference.

    Raises:
        RegularsError: nobody bought twice.
    """
    customer, firm = _ordered(purchases)
    if not len(customer):
        raise RegularsError("no purchases: there is no repeat rate")
    follows = customer[1:] == customer[:-1]
    who = customer[1:][follows]
    size = int(customer.max()) + 1
    repeats = np.bincount(who, weights=(firm[1:] == firm[:-1])[follows], minlength=size)
    pairs = np.bincount(who, minlength=size).astype(float)
    if not pairs.sum():
        raise RegularsError("no customer bought twice: there is no repeat rate")
    cells, counts = np.unique(customer.astype(np.int64) * (firm.max() + 1) + firm, return_counts=True)
    same = np.bincount(cells // (firm.max() + 1), weights=counts * (counts - 1.0), minlength=size)
    taste = same / np.maximum(pairs + 1, 1)
    total = pairs.sum()
    excess = (repeats.sum() - taste.sum()) / total
    influence = (repeats - taste - excess * pairs) / total
    return RepeatRates(
        float(repeats.sum() / total),
        float(taste.sum() / total),
        float(excess),
        float(np.sqrt((influence**2).sum())),
        int(total),
        int((pairs > 0).sum()),
    )


def logit_markov_shares(values: Sequence[float], inertia: float) -> np.ndarray:
    """Stationary purchase shares of the chain P(j | i) = exp(v_j + g 1{i=j}) / Z_i.

    pi_j is proportional to e^{v_j} [sum_k e^{v_k} + (e^g - 1) e^{v_j}] (the chain is reversible). An outside option that leaves
    the state alone does not change the shares of purchases. Source: Kelly (1979), Reversibility and Stochastic Networks, ch. 1.

    Args:
        values: v, logits of each firm, shape (firms,).
        inertia: g, logits of the firm bought from last.

    Returns:
        Shares that sum to 1, shape (firms,).
    """
    return logit_markov_state_shares(values, inertia, 0.0)


def logit_markov_state_shares(values: Sequence[float], inertia: float, outside: float = 1.0) -> np.ndarray:
    """Share of customers whose last purchase was of each firm, when not buying leaves the state alone.

    Source: Kelly (1979), Reversibility and Stochastic Networks, ch. 1; the chain is that of ``logit_markov_shares``.

    Args:
        values: v, logits of each firm, shape (firms,).
        inertia: g, logits of the firm bought from last.
        outside: weight of not buying, exp of its logits.

    Returns:
        Shares that sum to 1, shape (firms,).
    """
    e = np.exp(np.asarray(values, dtype=float))
    weight = e * (outside + e.sum() + np.expm1(inertia) * e)
    return weight / weight.sum()


def symmetric_repeat(firms: int, inertia: float) -> float:
    """Repeat rate of alike customers among J equal firms: e^g / (e^g + J - 1), the logit of McFadden (1974) with inertia.

    Args:
        firms: how many (J).
        inertia: g, logits of the firm bought from last.

    Returns:
        A share of purchases, 1/J to 1.
    """
    return float(np.exp(inertia) / (np.exp(inertia) + firms - 1))


def symmetric_contrast(firms: int, inertia: float) -> float:
    """Exchangeability contrast of alike customers among J equal firms: (e^g - 1) / (e^g + J - 1), from the logit of McFadden (1974).

    Args:
        firms: how many (J).
        inertia: g, logits of the firm bought from last.

    Returns:
        A difference of probabilities; 0 without inertia.
    """
    return float(np.expm1(inertia) / (np.exp(inertia) + firms - 1))


def _ordered(purchases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Customer and firm codes, by customer and in order of purchase."""
    customer = pd.factorize(purchases["customer"])[0]
    firm = pd.factorize(purchases["firm"])[0]
    order = np.lexsort((purchases["time"].to_numpy(), customer))
    return customer[order], firm[order]
