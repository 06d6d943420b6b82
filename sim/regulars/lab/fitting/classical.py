"""Classical laws as rivals of the market in a holdout: what each foretells of the rest of a log from its first part alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.laws.of_log import fit_law

if TYPE_CHECKING:
    from regulars.laws.logs.dirichlet import DirichletOfLog
    from regulars.panels.panel import Panel

TAIL = 1e-6  # chance of still more purchases at which choices ahead are no longer followed
REPEATS = "share of repeats"


def share_of(firm: str) -> str:
    """Name of the quantity."""
    return f"share of {firm}"


def buyers_of(firm: str) -> str:
    """Name of the quantity."""
    return f"buyers of {firm}"


def of_known(before: Panel, days: float) -> float:
    """Purchases in the next `days` of the customers of one firm's log, as BG/NBD foretells them; NaN where nobody came back."""
    repeated = np.floor(before.purchases["time"]).groupby(before.purchases["customer"]).nunique() > 1
    if not repeated.any():
        return float("nan")
    return float(fit_law("bgnbd", before).predict(days / 7)["purchases"].sum())


def of_dirichlet(before: Panel, one: Panel, days: float) -> dict[str, float]:
    """Buyers and share of each firm, and the share of repeats among purchases with one before, which tastes alone give.

    Args:
        before: the first part of the log, for buyers.
        one: the same with one choice an occasion, for choices: firms of one basket do not follow one another.
        days: length of the rest.
    """
    whole: DirichletOfLog = fit_law("dirichlet", before, by_day=False)
    found = {
        buyers_of(str(firm)): float(n) for firm, n in whole.predict(days / before.days)["buyers"].items()
    }
    table = fit_law("dirichlet", one, by_day=False).predict()
    found |= {share_of(str(firm)): float(share) for firm, share in table["share"].items()}
    return found | {REPEATS: float((table["share"] * table["next_repeat"]).sum())}


def of_lagged_logit(one: Panel, days: float) -> dict[str, float]:
    """Share of each firm, and the share of repeats, each customer's last choice known.

    A customer makes as many purchases as the NBD expects after those of the first part; so do those who made none in it, of whom
    nothing else is known.

    Args:
        one: the first part of the log, one choice an occasion.
        days: length of the rest.
    """
    from scipy.stats import nbinom

    law = fit_law("lagged_logit", one)
    counts = one.purchases.groupby("customer").size().reindex(law.customers).to_numpy(float)
    need = fit_law("truncated_nbd", one, by_day=False)
    unseen = need.people - len(counts)
    bought = np.append(counts, 0.0)  # the last stands for those who were not seen
    mean = need.law.conditional_mean(bought) * days / one.days
    shape = need.law.shape + bought
    chance = shape / (shape + mean)
    most = int(nbinom.isf(TAIL, shape, chance).max()) + 1
    at_least = nbinom.sf(np.arange(most)[None, :], shape[:, None], chance[:, None])  # k + 1 or more
    chosen, _, later = law.forecast.ahead(at_least[:-1])
    shares, repeats = law.forecast.steady()
    ahead, again = at_least[-1].sum() * unseen, at_least[-1, 1:].sum() * unseen
    by_firm = chosen.sum(axis=0) + ahead * shares
    pairs = float(at_least[:-1, 1:].sum() + again)
    found = {share_of(firm): float(n) for firm, n in zip(law.forecast.data.firms, by_firm / by_firm.sum(), strict=True)}  # fmt: skip
    return found | {REPEATS: float((later.sum() + again * repeats.sum()) / pairs) if pairs else float("nan")}
