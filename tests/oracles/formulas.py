"""Closed forms that a market with the right switches must obey, each with its source.

Plain algebra, nothing imported from the simulator. M and K are the mean and the gamma shape of the category rate,
S the Dirichlet concentration, s a brand's share, t the length of the period in units of M's.
"""

import math

import numpy as np
from scipy.special import betaln, expit, gammaln
from scipy.stats import nbinom, poisson

# ---------------------------------------------------------------- counts


def nbd(n, K, mean):
    """Chance of n purchases, rates gamma over customers (Ehrenberg 1959)."""
    return nbinom.pmf(n, K, K / (K + mean))


def next_period(x, K, mean):
    """Mean purchases of those who bought x times last period (Goodhardt & Ehrenberg 1967): regression to the mean."""
    return (K + x) * mean / (K + mean)


def erlang(n, stages, mean):
    """Chance of n events in a period with `mean` expected, gaps Erlang, process in equilibrium.

    Stages come at Poisson times; we come upon any stage of a gap with equal chance; every `stages`-th ends one.
    """
    phase = np.arange(stages)
    low = np.maximum(n * stages - phase, 0)
    high = (n + 1) * stages - phase  # stages needed for one event more
    return float(np.mean(poisson.cdf(high - 1, stages * mean) - poisson.cdf(low - 1, stages * mean)))


def beta_binomial(n, trials, mean, sd):
    """Chance of n attendances when the chance of attending is beta over customers."""
    size = mean * (1 - mean) / sd**2 - 1
    a, b = mean * size, (1 - mean) * size
    choose = gammaln(trials + 1) - gammaln(n + 1) - gammaln(trials - n + 1)
    return np.exp(choose + betaln(n + a, trials - n + b) - betaln(a, b))


# ---------------------------------------------------------------- NBD-Dirichlet (Goodhardt, Ehrenberg & Chatfield 1984)

COUNTS = np.arange(400)


def never(s, S, n):
    """Chance that none of n category purchases is of the brand."""
    a = S * s
    return np.exp(gammaln(S) + gammaln(S - a + n) - gammaln(S - a) - gammaln(S + n))


def always(s, S, n):
    """Chance that all of n category purchases are of the brand."""
    a = S * s
    return np.exp(gammaln(S) + gammaln(a + n) - gammaln(a) - gammaln(S + n))


def penetration(s, M, K, S, t=1.0):
    """Share of customers who buy the brand in the period."""
    return 1 - float((nbd(COUNTS, K, M * t) * never(s, S, COUNTS)).sum())


def purchase_rate(s, M, K, S, t=1.0):
    """Purchases of the brand per buyer of it."""
    return M * t * s / penetration(s, M, K, S, t)


def category_rate(s, M, K, S, t=1.0):
    """Category purchases per buyer of the brand."""
    buys = nbd(COUNTS, K, M * t) * (1 - never(s, S, COUNTS))
    return float((COUNTS * buys).sum() / buys.sum())


def repeat(s, M, K, S, t=1.0):
    """Share of the brand's buyers of one period who buy it in the next one too."""
    b, both = penetration(s, M, K, S, t), penetration(s, M, K, S, 2 * t)
    return (2 * b - both) / b


def sole_buyers(s, M, K, S, t=1.0):
    """Share of the brand's buyers who buy nothing else."""
    loyal = nbd(COUNTS, K, M * t) * always(s, S, COUNTS)
    return float(loyal[1:].sum() / penetration(s, M, K, S, t))


def duplication(one, other, M, K, S, t=1.0):
    """D: how much likelier buyers of one brand are to buy the other than anybody is."""
    b, c, either = (penetration(x, M, K, S, t) for x in (one, other, one + other))
    return (b + c - either) / (b * c)


def switch_out(s, S):
    """Chance that the purchase after one of the brand is of another one."""
    return S / (1 + S) * (1 - s)


# ---------------------------------------------------------------- choice


def markov(v, cost, outside=0.0, form="penalty"):
    """A logit market with state dependence, in the long run: purchase shares, shares of last firm, purchase incidence.

    A customer whose last firm is i buys j with chance exp(v_j + pull) / Z_i. Both forms are reversible chains: the
    state shares are proportional to exp(v_i) Z_i, and the flow i -> j to exp(v_i) exp(v_j), times exp(cost) if i = j.
    So the purchase shares are the same in both forms and for any outside option; state and incidence are not.

    premium: Z_i = o + E + (exp(cost) - 1) exp(v_i);   penalty: Z_i = o + exp(-cost) E + (1 - exp(-cost)) exp(v_i)
    """
    e = np.exp(np.asarray(v, float))
    total, g = e.sum(), math.exp(cost)
    z = outside + total + (g - 1) * e if form == "premium" else outside + total / g + (1 - 1 / g) * e
    purchases, state = e * (total + (g - 1) * e), e * z
    return purchases / purchases.sum(), state / state.sum(), float((e * (z - outside)).sum() / state.sum())


def stays(firms, cost):
    """Chance of buying from the last firm again, firms being alike; the contrast of exchangeability follows."""
    return math.exp(cost) / (math.exp(cost) + firms - 1)


def exchangeability_contrast(firms, cost):
    """P(j | last j, before not j) - P(j | last not j, before j); 0 for any mere heterogeneity of taste."""
    return (math.exp(cost) - 1) / (math.exp(cost) + firms - 1)


def mixed_contrast(weights, cost):
    """The same contrast where customers differ: rows of `weights` are exp(taste), one customer each.

    Each counts by how often it changes firm. Not between 0 and the value for customers who are alike: whoever cares
    for two firms only behaves as in a market of two, where the contrast is larger.
    """
    e, g = np.asarray(weights, float), math.exp(cost)
    z = e.sum(1, keepdims=True) + (g - 1) * e
    state = e * z / (e * z).sum(1, keepdims=True)
    moves, gain = 0.0, 0.0
    for a in range(e.shape[1]):
        for b in range(e.shape[1]):
            if a != b:
                flow = state[:, a] * e[:, b] / z[:, a]
                moves, gain = moves + flow, gain + flow * (g * e[:, b] - e[:, a]) / z[:, b]
    return float(gain.sum() / moves.sum())


def mixed_logit(v, sd, correlations, nodes=40):
    """Choice shares and chances of choosing the same firm twice, tastes normal over customers (Gauss-Hermite)."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    dims = len(v)
    z = np.stack(np.meshgrid(*[x] * dims, indexing="ij"), -1).reshape(-1, dims)
    weight = np.prod(np.stack(np.meshgrid(*[w] * dims, indexing="ij"), -1).reshape(-1, dims), 1)
    u = np.asarray(v) + sd * z @ np.linalg.cholesky(np.asarray(correlations, float)).T
    p = np.exp(u - u.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    weight = weight / weight.sum()
    return weight @ p, weight @ p**2


def hotelling(places, utilities, transport):
    """Shares of firms on a line of customers spread evenly over [0, 1]: neighbours split at the indifferent one."""
    places, u = np.asarray(places, float), np.asarray(utilities, float)
    edges = (places[:-1] + places[1:]) / 2 + (u[:-1] - u[1:]) / (2 * transport)
    return np.diff(np.concatenate([[0.0], edges, [1.0]]))


def logit(value, outside):
    """Chance of buying against buying nothing."""
    return expit(np.asarray(value) - outside)


# ---------------------------------------------------------------- satisfaction


def two_thresholds(s, low, high, collapse, rise, zone_slope, width):
    """Bond in logits: a collapse below `low`, a rise above `high`, nearly flat between them."""
    s = np.asarray(s, float)
    inside = np.clip(s - low, 0, high - low)
    return -collapse * expit((low - s) / width) + rise * expit((s - high) / width) + zone_slope * inside


def smoothed_sd(memory, sd):
    """Standard deviation in the long run of S' = (1 - l) S + l x."""
    return sd * math.sqrt(memory / (2 - memory))
