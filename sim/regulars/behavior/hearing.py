"""What hearing praise and blame of several firms does to a customer's chances of buying, all of it at once.

Praise of a firm moves the chance p of buying there toward 1, blame moves it toward 0, and everything else keeps its
proportions. Messages mix evenly: with rates a_f = -(praise of f) log(1 - praise) and b_f = -(blame of f) log(1 - blame),

    dp_f/ds = a_f - (sum of all a) p_f - b_f p_f + p_f sum_{g != f} b_g p_g / (1 - p_g),      s from 0 to 1.

So no firm is heard first, names decide nothing, and chances stay chances. One firm alone has the closed form
p -> a / (a + b) + (p - a / (a + b)) exp(-(a + b)), which for one message is p + praise (1 - p), or p - blame p; praise
of several firms, with A the sum of all a, has p_f -> a_f / A + (p_f - a_f / A) exp(-A). The rest is integrated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SURE = 1e-9  # no chance of buying is closer to 0 or 1, or the logit would be endless
FINE = 0.25  # most that a step of the integration may move
SETTLED = 16.0  # after so much talk chances have come to rest, to one part in ten million


def heard(
    chances: NDArray[np.float64], praise: NDArray[np.float64], blame: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Chances of buying at each firm after so much talk, shape (customers, firms) as all arguments.

    chances: before, at most 1 in sum (the rest is for buying nothing); praise, blame: rates a and b as above.
    """
    p = np.clip(chances, SURE, 1.0 - SURE)
    out = p.copy()
    told = (praise + blame) > 0
    count = told.sum(axis=1)
    only_praise = ~blame.any(axis=1)
    alone = np.flatnonzero(count == 1)
    praised = np.flatnonzero((count > 1) & only_praise)
    mixed = np.flatnonzero((count > 1) & ~only_praise)
    if alone.size:
        out[alone] = _alone(p[alone], praise[alone], blame[alone], told[alone])
    if praised.size:
        total = praise[praised].sum(axis=1, keepdims=True)
        goal = praise[praised] / total
        out[praised] = goal + (p[praised] - goal) * np.exp(-total)
    if mixed.size:
        out[mixed] = _mixed(p[mixed], praise[mixed], blame[mixed])
    return np.clip(out, SURE, 1.0 - SURE)


def moves(
    before: NDArray[Any], after: NDArray[Any], told: NDArray[np.bool_], outside: bool
) -> NDArray[np.float64]:
    """By how many logits each firm's pull must move for chances `before` to become `after`; 0 where nothing was `told`.

    What nobody talked of stays as it is; where all firms were talked of and there is no `outside` (buying nothing), the
    mean does.
    """
    p, q = np.clip(before, SURE, 1.0 - SURE), np.clip(after, SURE, 1.0 - SURE)
    shift = np.log(q / p)
    rest, left = (np.maximum(1.0 - (x * told).sum(axis=1), SURE) for x in (p, q))
    anchored = np.full(len(told), True) if outside else ~told.all(axis=1)
    common = np.where(anchored, np.log(left / rest), shift.mean(axis=1))
    return np.where(told, shift - common[:, None], 0.0)


def _alone(p: Any, praise: Any, blame: Any, told: Any) -> NDArray[np.float64]:
    row = np.arange(len(p))
    firm = told.argmax(axis=1)
    a, b, own = praise[row, firm], blame[row, firm], p[row, firm]
    after = np.clip(own + (a / (a + b) - own) * -np.expm1(-(a + b)), SURE, 1.0 - SURE)
    left = np.maximum(
        1.0 - own, p.sum(axis=1) - own
    )  # the same, but for what rounding adds where one firm has all
    out = p * ((1.0 - after) / left)[:, None]
    out[row, firm] = after
    return np.asarray(out)


def _mixed(p: Any, praise: Any, blame: Any) -> NDArray[np.float64]:
    """Runge & Kutta's method of fourth order, for each in as many steps as there is talk: 1, 2, 4, ... 64."""
    talk = praise.sum(axis=1) + blame.sum(axis=1)
    scale = np.minimum(SETTLED / talk, 1.0)
    a, b = praise * scale[:, None], blame * scale[:, None]
    halvings = np.ceil(np.log2(np.maximum(talk * scale / FINE, 1.0))).astype(np.int64)
    out = np.empty_like(p)
    for many in np.unique(halvings):  # nobody's steps hang on what others were told
        rows = halvings == many
        out[rows] = _integrated(p[rows], a[rows], b[rows], 2 ** int(many))
    return out


def _integrated(p: Any, a: Any, b: Any, steps: int) -> NDArray[np.float64]:
    total = a.sum(axis=1, keepdims=True)

    def slope(x: Any) -> Any:
        # what blame of a firm gives to all others, by their chance; never more than it takes, however sums are rounded
        away = b * x / np.maximum(np.maximum(1.0 - x, x.sum(axis=1, keepdims=True) - x), SURE)
        return a - (total + b) * x + x * (away.sum(axis=1, keepdims=True) - away)

    h = 1.0 / steps
    for _ in range(steps):
        one = slope(p)
        two = slope(p + 0.5 * h * one)
        three = slope(p + 0.5 * h * two)
        p = p + h / 6.0 * (one + 2.0 * (two + three) + slope(p + h * three))
    return np.asarray(p)
