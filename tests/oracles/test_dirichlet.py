"""With every switch off the market is the NBD-Dirichlet, the best-tested description of repeat buying there is.

Goodhardt, Ehrenberg & Chatfield 1984, JRSS A 147:621-655; inputs of the UK toothpaste market [C], fitted M, K, S [K].
"""

import numpy as np
import pytest
from oracles import formulas as theory
from oracles.judge import agrees, grouped, groups_of, share_error
from worlds.bare import LARGER, QUARTER, firms, log_of

M, K, S = 1.456, 0.778816, 1.549944
SHARES = np.array([0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02, 0.14])  # eight brands and all others
N = 200_000 * LARGER
BRANDS = range(8)


@pytest.fixture(scope="module")
def toothpaste():
    """Purchases (customers, brands) of two quarters, and the table of purchases."""
    table = {
        "market": {"customers": N, "days": 2 * QUARTER},
        "need": {"mean": M, "shape": K, "period": QUARTER},
        "taste": {"concentration": S},
        "firms": firms(*SHARES),
    }
    log = log_of(table)[1]
    brand, customer = log["firm"].cat.codes.to_numpy(np.int64), log["customer"].to_numpy(np.int64)
    quarter = (log["time"].to_numpy() >= QUARTER).astype(np.int64)
    cells = np.bincount((quarter * N + customer) * len(SHARES) + brand, minlength=2 * N * len(SHARES))
    return cells.reshape(2, N, len(SHARES)), (customer, brand)


def ratio_error(top, bottom):
    """A ratio of two sums over customers, and its standard error."""
    value = top.sum() / bottom.sum()
    return value, np.sqrt(((top - value * bottom) ** 2).sum()) / bottom.sum()


@pytest.mark.parametrize("j", BRANDS)
def test_table(toothpaste, j):
    """Penetration, purchase rate, share of requirements, repeat and sole buyers of each brand."""
    (first, second), _ = toothpaste
    mine, category, s = first[:, j], first.sum(1), SHARES[j]
    buys = mine > 0
    rules = (s, M, K, S)
    agrees(buys.mean(), theory.penetration(*rules), share_error(theory.penetration(*rules), N), sharp=0.1)
    for bought, expected in (
        (mine[buys], theory.purchase_rate(*rules)),
        (category[buys], theory.category_rate(*rules)),
    ):
        agrees(bought.mean(), expected, bought.std() / np.sqrt(bought.size), sharp=0.15)
    requirements = theory.purchase_rate(*rules) / theory.category_rate(*rules)
    value, error = ratio_error(mine[buys], category[buys])
    agrees(value, requirements, error, sharp=0.15)
    again = theory.repeat(*rules)
    agrees((second[buys, j] > 0).mean(), again, share_error(again, buys.sum()), sharp=0.15)
    sole = theory.sole_buyers(*rules)
    agrees((mine == category)[buys].mean(), sole, share_error(sole, buys.sum()), sharp=0.15)


def test_duplication_of_purchase(toothpaste):
    """Buyers of one brand buy any other in proportion to its penetration: D = 1.262 in a quarter [K]."""
    (first, _), _ = toothpaste
    buys = first[:, :8] > 0
    found = []
    for i in BRANDS:
        for j in range(i):
            both = (buys[:, i] & buys[:, j]).mean()
            expected = theory.duplication(SHARES[i], SHARES[j], M, K, S)
            expected *= theory.penetration(SHARES[i], M, K, S) * theory.penetration(SHARES[j], M, K, S)
            agrees(both, expected, share_error(expected, N), sharp=0.35)
            found.append(both / (buys[:, i].mean() * buys[:, j].mean()))
    found = np.array(found)
    assert found.std() / found.mean() < 0.1
    assert found.mean() == pytest.approx(1.262, rel=0.03)


def test_double_jeopardy(toothpaste):
    """Small brands have many fewer buyers, who also buy a little less often; w (1 - b) is about constant [K]."""
    (first, _), _ = toothpaste
    b = (first[:, :8] > 0).mean(0)
    w = first[:, :8].sum(0) / (first[:, :8] > 0).sum(0)
    apart = [0, 1, 2, 5, 6]  # brands of clearly different size
    assert (np.diff(b[apart]) < 0).all() and (np.diff(w[apart]) < 0).all()
    constant = w * (1 - b)
    assert constant.min() > 1.38 and constant.max() < 1.56 and constant.std() / constant.mean() <= 0.05


def test_brands_merge(toothpaste):
    """Closure: two brands taken together behave like one with both shares (.25 + .10: b .2716, w 1.8766 [K])."""
    (first, _), _ = toothpaste
    both = first[:, 0] + first[:, 2]
    b = theory.penetration(0.35, M, K, S)
    assert b == pytest.approx(0.2716, abs=1e-4)
    agrees((both > 0).mean(), b, share_error(b, N))
    agrees(both[both > 0].mean(), 1.8766, both[both > 0].std() / np.sqrt((both > 0).sum()))


def test_leaving_after_a_purchase(toothpaste):
    """Retention double jeopardy: the next purchase is of another brand with chance S/(1+S) (1 - s)."""
    _, (customer, brand) = toothpaste
    same = customer[1:] == customer[:-1]
    here, there, who = brand[:-1][same], brand[1:][same], customer[1:][same]
    for j in (0, 2, 7):
        left = (there != j)[here == j].astype(float)
        rate, error = grouped(np.mean, groups_of(who[here == j]), left)
        agrees(rate, theory.switch_out(SHARES[j], S), error, sharp=0.15)


def test_without_spread_of_taste_a_repeat_is_chance():
    """Negative control: homogeneous tastes, S without end; the last purchase says nothing about the next."""
    table = {"market": {"customers": 40_000, "days": 2 * QUARTER}, "need": {"mean": 4, "period": QUARTER}}
    log = log_of({**table, "taste": {"kind": "homogeneous"}, "firms": firms(1, 2, 3)})[1]
    brand, customer = log["firm"].cat.codes.to_numpy(np.int64), log["customer"].to_numpy()
    same = customer[1:] == customer[:-1]
    again = (brand[1:] == brand[:-1])[same]
    agrees(again.mean(), (1 + 4 + 9) / 36, share_error(14 / 36, again.size))
