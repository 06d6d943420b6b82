"""Small logs whose truth is known: customers of one firm who come and go, and brands with changing prices and launches."""

import numpy as np
import pandas as pd

from regulars import Scenario
from regulars.panels.panel import Panel


def one_firm(turnover=None, customers=500, days=364, rate=0.5, shape=1.0, since=0, seed=3, amount=8.0, price=None):  # fmt: skip
    """A firm's customers, who all buy at an opportunity; one row a day, from day `since` on.

    price: of a unit; a quarter less in three weeks of ten, to which nobody responds. `amount` is then in units.
    """
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"mean": rate, "shape": shape},
        "turnover": turnover or {},
        "spending": {"basket": {"distribution": "lognormal", "mean": amount, "sd": 0.4 * amount}},
        "firms": [{"name": "A"}],
    }
    rows = Scenario(table).market(seed=seed, log="memory").run().log.purchases()
    rows = rows[rows["time"] >= since]
    rows = rows.assign(firm="A", time=np.floor(rows["time"]) - since)
    rows = rows.groupby(["customer", "time", "firm"], as_index=False)["amount"].sum()
    if price is not None:
        promoted = np.random.default_rng(seed + 99).random(int(days // 7) + 1) < 0.3
        rows["price"] = price * np.where(promoted[(rows["time"] // 7).astype(int)], 0.75, 1.0)
        rows["amount"] *= rows["price"]
    return Panel(rows, days=float(days - since))


def brands(customers=250, mean=12.0, weights=(0.4, 0.3, 0.2, 0.1), prices=None, b=0.0, habit=0.0, absent=(), seed=1, days=364.0, differ=0.0, before=0.0, usual=1.0):  # fmt: skip
    """Several brands with Dirichlet tastes, a habit in logits, weekly promotions of 25%, and stretches without a brand.

    differ: coefficient of variation of price sensitivity over customers. before: days of buying, at the usual prices, that the log
    does not show, so that it begins in mid-life. usual: of a brand's price the
    part at which tastes hold; where it is not 1, each brand is promoted in as many weeks, so that mean prices are no chance.
    """
    rng = np.random.default_rng(seed)
    weeks = np.random.default_rng(seed + 99).random((int(days // 7) + 1, len(weights)))
    weeks = (weeks if usual == 1 else weeks.argsort(axis=0).argsort(axis=0) / len(weeks)) < 0.3
    base = np.ones(len(weights)) if prices is None else np.asarray(prices, float)
    rows = []
    for customer in range(customers):
        sigma = np.sqrt(np.log1p(differ**2))
        own = b * np.exp(sigma * rng.normal() - sigma**2 / 2) if differ else b
        taste, last = rng.gamma(2.0 * np.asarray(weights)) + 1e-9, -1
        for time in np.sort(
            rng.uniform(-before, days, rng.poisson(rng.gamma(1.2, mean / 1.2) * (1 + before / days)))
        ):
            promoted = weeks[int(time // 7)] & (prices is not None) & (time >= 0)
            asked = base * np.where(promoted, 0.75, 1.0)
            pull = taste * np.exp(-own * (asked - usual * base))
            pull[last] *= np.exp(habit) if last >= 0 else 1.0
            for brand, start, end in absent:
                pull[brand] *= not start <= time < end
            last = int(rng.choice(len(weights), p=pull / pull.sum()))
            units = 1 + rng.poisson(0.5)
            if time >= 0:
                rows.append((customer, time, "abcdefgh"[last], asked[last] * units, asked[last]))
    return Panel(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount", "price"]), days=days)
