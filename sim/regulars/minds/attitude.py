"""Attitude beside behaviour: what customers feel and think of a firm, what they do, and how far the two agree.

Loyalty has dimensions that are measured apart (Dick & Basu 1994, JAMS 22:99-113; Oliver 1999, J. Marketing 63:33-44):

* attitudinal: the preference gap, lasting attraction of the firm less that of the best other one, in logits. Lasting
  attraction is all that draws a customer except money and habit: taste, what quality, service and the trouble of
  buying are worth, the firm's appeal, the bond of satisfaction, and the stocks of the relationship where there are
  any. Prices, advertising of the day, programmes and switching costs are left out: they act on behaviour only;
* cognitive: the place of the firm in the consideration set, from awareness, lasting attraction and habit;
* behavioural: share of purchases and of the budget, repeats and duration, from the log alone.

The first two are read from the customers' minds, as no firm could; `regulars.minds.survey` asks instead. Cells of
attitude and patronage, from a table of either kind, are `regulars.measures.dick_basu`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.behavior import levers
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.ground.moved_names import old_names
from regulars.measures.log import window
from regulars.measures.loyalty import wallet_shares
from regulars.world.ports import Relationships

if TYPE_CHECKING:
    from regulars.market import Market

SYSTEMS = {"M8": "tests/minds/test_attitude.py::test_attitude_is_the_lasting_preference"}
HABIT = 1.0  # logits by which the firm bought from last comes to mind before others


def number_of(market: Market, firm: str) -> int:
    """Number of the firm of this name."""
    if firm not in market.names:
        raise RegularsError(f"no firm is called {firm!r}; {nearest(firm, market.names)}")
    return market.names.index(firm)


def present(market: Market) -> NDArray[np.bool_]:
    """Who is in the market today: yes or no for every customer."""
    c = market.customers
    return (c.entry <= market.day) & (market.day < c.exit)


def lasting_attraction(market: Market, customers: NDArray[Any], *, bond: bool = True) -> NDArray[np.float64]:
    """All that lasts of the pull of every firm, without price, programmes and switching costs.

    Args:
        market: the market as it stands.
        customers: numbers of customers, shape (n,).
        bond: with what satisfaction adds; without it the pull is as if no experience had been made.

    Returns:
        Logits, shape (n, firms).
    """
    c, spec = market.customers, market.scenario.spec
    columns = c.columns
    base = columns["attraction"] if bond else columns.get("liking", columns["taste"])
    pull = base[customers].astype(np.float64) + np.array([firm.appeal for firm in spec.firms])
    worth = levers.common(spec.choice)
    if worth is not None:
        pull += worth @ np.array([market.offers.arrays[name] for name in levers.LEVERS])
    relationships = market.port(Relationships)
    for f in range(len(market.names)):
        pull[:, f] += relationships.pull_of(customers, f, market.day)
    return pull


def best_other(market: Market, pull: NDArray[np.float64], firm: int) -> NDArray[np.float64]:
    """The largest pull of another firm; of buying nothing where there is no other firm. Rows of `pull`, logits."""
    if pull.shape[1] == 1:
        return np.full(len(pull), float(market.scenario.spec.choice.outside_utility))
    return np.delete(pull, firm, axis=1).max(axis=1)


def preference_gap(market: Market, firm: str, customers: NDArray[Any]) -> NDArray[np.float64]:
    """Attitudinal loyalty: lasting attraction of the firm less that of the best other one.

    Firms that a customer does not know count as well: it is what the customer would feel; a firm that is alone is held against
    buying nothing. Source: Dick & Basu (1994), JAMS 22:99-113.

    Args:
        market: the market as it stands.
        firm: name of the firm.
        customers: numbers of customers, shape (n,).

    Returns:
        Logits, shape (n,); above 0 where the firm is liked best.

    Raises:
        RegularsError: no firm of this name.
    """
    f = number_of(market, firm)
    pull = lasting_attraction(market, customers)
    return pull[:, f] - best_other(market, pull, f)


def in_mind(market: Market, customers: NDArray[Any], habit: float = HABIT) -> NDArray[np.float64]:
    """How strongly every firm comes to mind: lasting attraction, and `habit` logits for the firm bought from last.

    Shape (customers, firms); minus infinity for a firm that the customer does not know. Form: Nedungadi (1990),
    J. Consumer Research 17:263-276, on what brings brands into consideration; the default of `habit` is assumed.
    """
    c = market.customers
    strength = lasting_attraction(market, customers)
    strength += habit * (c.incumbent[customers][:, None] == np.arange(len(market.names)))
    if c.has("aware_from"):
        strength[c.aware_from[customers] > market.day] = -np.inf
    return strength


def constructs(
    market: Market,
    purchases: pd.DataFrame,
    firm: str,
    *,
    start: float | None = None,
    end: float | None = None,
    habit: float = HABIT,
) -> pd.DataFrame:
    """The dimensions of loyalty to a firm side by side, for everybody in the market today.

    Args:
        market: the market as it stands; minds are read today.
        purchases: its log, `market.log.purchases()`; behaviour is read from here alone.
        firm: name of the firm.
        start: first day of the window for behaviour; open by default.
        end: end of the window (not included); open by default.
        habit: logits by which the firm bought from last comes to mind first.

    Returns:
        A table by customer: ``attitudinal`` (preference gap, logits); ``satisfaction`` (0 to 1; missing before the first
        purchase in the log and where customers do not learn); ``rank`` (place in the consideration set, 1 the first;
        missing when not known) and ``first_in_mind``; ``share`` of purchases and ``budget_share`` that go to the firm
        (missing without any purchase in the category); ``repeat`` (share of purchases of the firm followed by another
        one of it; missing without a next one); ``purchases`` of the firm; ``duration`` of the relationship (days from
        the first to the last purchase of the firm, from the whole log before `end`).
    """
    f = number_of(market, firm)
    customers = np.flatnonzero(present(market))
    index = pd.Index(customers, name="customer")
    strength = in_mind(market, customers, habit)
    rank = 1.0 + (strength > strength[:, [f]]).sum(axis=1)
    rank[np.isneginf(strength[:, f])] = np.nan
    part, known = window(purchases, start, end), window(purchases, None, end)
    here = known[known["firm"] == firm].groupby("customer")["time"]
    shares = {of: _own(wallet_shares(part, of=of), firm) for of in ("purchases", "amount")}
    table = pd.DataFrame(
        {
            "attitudinal": preference_gap(market, firm, customers),
            "satisfaction": np.nan,
            "rank": rank,
            "first_in_mind": rank == 1.0,
            "share": shares["purchases"].reindex(index),
            "budget_share": shares["amount"].reindex(index),
            "repeat": _repeats(part, firm).reindex(index),
            "purchases": part[part["firm"] == firm].groupby("customer").size().reindex(index, fill_value=0),
            "duration": (here.max() - here.min()).reindex(index),
        },
        index=index,
    )
    if market.customers.has("satisfaction"):
        felt = market.customers.satisfaction[customers, f].astype(np.float64)
        table["satisfaction"] = np.where(index.isin(here.groups), felt, np.nan)
    return table


def _own(shares: pd.DataFrame, firm: str) -> pd.Series:
    return shares[firm] if firm in shares else pd.Series(0.0, index=shares.index)


def _repeats(purchases: pd.DataFrame, firm: str) -> pd.Series:
    """Share of each customer's purchases of the firm, but a last one, after which the next one is of the firm again."""
    ordered = purchases.sort_values(["customer", "time"], kind="stable")
    here, who = ordered["firm"] == firm, ordered["customer"]
    counted = here & (who == who.shift(-1))
    again = here.shift(-1, fill_value=False)[counted].astype(float)
    return again.groupby(who[counted]).mean()


__getattr__ = old_names(__name__)
