"""Attitude beside behaviour: what customers feel and think of a firm, what they do, and how far the two agree.

Loyalty has dimensions that are measured apart (Dick & Basu 1994, JAMS 22:99-113; Oliver 1999, J. Marketing 63:33-44):

* attitudinal: the preference gap, lasting attraction of the firm less that of the best other one, in logits. Lasting
  attraction is all that draws a customer except money and habit: taste, what quality, service and the trouble of
  buying are worth, the firm's appeal, the bond of satisfaction, and the stocks of the relationship where there are
  any. Prices, advertising of the day, programmes and switching costs are left out: they act on behaviour only;
* cognitive: the place of the firm in the consideration set, from awareness, lasting attraction and habit;
* behavioural: share of purchases and of the budget, repeats and duration, from the log alone.

The first two are read from the customers' minds, as no firm could; `regulars.measures.survey` asks instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.behavior import levers
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.measures.loyalty import wallet_shares
from regulars.measures.repeat_buying import window

if TYPE_CHECKING:
    from regulars.market import Market

SYSTEMS = {"M8": "tests/measures/test_attitude.py::test_spurious_loyalty_ends_with_switching_costs"}
CELLS = ("loyalty", "latent", "spurious", "none")
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
    """All that lasts of the pull of every firm, without price, programmes and switching costs: (customers, firms), logits.

    With `bond=False` without what satisfaction adds: the pull as if no experience had been made.
    """
    c, spec = market.customers, market.scenario.spec
    columns = c.columns
    base = columns["attraction"] if bond else columns.get("liking", columns["taste"])
    pull = base[customers].astype(np.float64) + np.array([firm.appeal for firm in spec.firms])
    worth = levers.common(spec.choice)
    if worth is not None:
        pull += worth @ np.array([market.offers.arrays[name] for name in levers.LEVERS])
    relationship: Any = market.processes.get("relationship")
    if relationship is not None:
        for f in range(len(market.names)):
            pull[:, f] += relationship.pull_of(customers, f, market.day)
    return pull


def best_other(market: Market, pull: NDArray[np.float64], firm: int) -> NDArray[np.float64]:
    """The largest pull of another firm; of buying nothing where there is no other firm. Rows of `pull`, logits."""
    if pull.shape[1] == 1:
        return np.full(len(pull), float(market.scenario.spec.choice.outside_utility))
    return np.delete(pull, firm, axis=1).max(axis=1)


def preference_gap(market: Market, firm: str, customers: NDArray[Any]) -> NDArray[np.float64]:
    """Attitudinal loyalty: lasting attraction of the firm less that of the best other one, logits, by customer.

    Firms that a customer does not know count as well: it is what the customer would feel. Source: Dick & Basu (1994).
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


# ---------------------------------------------------------------- Dick & Basu


def medians(
    reference: pd.DataFrame, attitude: str = "attitudinal", patronage: str = "share"
) -> dict[str, float]:
    """Thresholds for `dick_basu` that halve a table of reference; keep them for every later table.

    Example:
        >>> table = pd.DataFrame({"attitudinal": [-1.0, 0.0, 2.0], "share": [0.1, 0.4, 0.9]})
        >>> medians(table)
        {'attitude_threshold': 0.0, 'patronage_threshold': 0.4}
    """
    return {
        "attitude_threshold": float(reference[attitude].median()),
        "patronage_threshold": float(reference[patronage].median()),
    }


def dick_basu(
    table: pd.DataFrame,
    attitude_threshold: float,
    patronage_threshold: float,
    *,
    attitude: str = "attitudinal",
    patronage: str = "share",
) -> pd.Series:
    """The four cells of relative attitude and repeat patronage, by customer.

    Both high: ``loyalty``; attitude only: ``latent``; patronage only: ``spurious``; neither: ``none``; missing where
    either is. High means above the threshold. Thresholds are yours and fixed: a split at the median of each table
    would move with the sample, so that a change of cells would mean nothing (`medians` of one table of reference is
    the explicit way). Source: Dick & Basu (1994), JAMS 22:99-113.

    Args:
        table: by customer, as from `constructs` or from a survey.
        attitude_threshold: in the unit of the column `attitude`; 0 logits: prefers the firm to any other.
        patronage_threshold: in the unit of the column `patronage`.
        attitude: column of the relative attitude.
        patronage: column of the repeat patronage.
    """
    for name in (attitude, patronage):
        if name not in table:
            raise RegularsError(f"the table has no column '{name}'; {nearest(name, map(str, table.columns))}")
    likes, buys = table[attitude] > attitude_threshold, table[patronage] > patronage_threshold
    code = np.where(likes, np.where(buys, 0, 1), np.where(buys, 2, 3)).astype(np.int8)
    code[(table[attitude].isna() | table[patronage].isna()).to_numpy()] = -1
    return pd.Series(
        pd.Categorical.from_codes(code, categories=pd.Index(CELLS)), index=table.index, name="cell"
    )


def excess_attrition(
    cells: pd.Series,
    arm: pd.DataFrame,
    control: pd.DataFrame,
    firm: str,
    *,
    start: float,
    end: float | None = None,
) -> pd.DataFrame:
    """How much faster the firm's customers of each cell leave in the arm than in the control, from the two logs.

    At risk are customers whose last purchase before `start` was of the firm. They leave with their first purchase
    elsewhere; the hazard of a cell is departures over purchases at risk.

    Returns:
        A table by cell: ``customers`` at risk, ``hazard_control`` and ``hazard`` (per purchase), ``excess`` (their
        difference), its ``standard_error`` (customers are the independent units, paired) and the ``hazard_ratio``.
    """
    before = window(control, None, start).sort_values(["customer", "time"], kind="stable")
    last = before.drop_duplicates("customer", keep="last").set_index("customer")["firm"]
    cells = cells[cells.index.isin(last.index[last == firm])].dropna()
    sides = [
        _departures(window(log, start, end), firm).reindex(cells.index, fill_value=0.0)
        for log in (control, arm)
    ]
    rows = {}
    for name in CELLS:
        mine = (cells == name).to_numpy()
        parts = [_hazard(side[mine]) for side in sides]
        (low, low_left), (high, high_left) = parts
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.float64(high) / low
        error = float(np.sqrt(((high_left - low_left) ** 2).sum()))
        rows[name] = (int(mine.sum()), low, high, high - low, error, float(ratio))
    names = ["customers", "hazard_control", "hazard", "excess", "standard_error", "hazard_ratio"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("cell")


def _departures(later: pd.DataFrame, firm: str) -> pd.DataFrame:
    """By customer: purchases up to and with the first one elsewhere, and whether there was one."""
    ordered = later.sort_values(["customer", "time"], kind="stable")
    away = (ordered["firm"] != firm).astype(float)
    gone = away.groupby(ordered["customer"]).cumsum() - away  # departures before this purchase
    risk = ordered[gone == 0].assign(away=away)
    found = risk.groupby("customer")["away"]
    return pd.DataFrame({"left": found.max(), "risk": found.size().astype(float)})


def _hazard(side: pd.DataFrame) -> tuple[float, NDArray[np.float64]]:
    """Departures over purchases at risk, and what each customer contributes to its error."""
    risk = float(side["risk"].sum())
    if risk == 0:
        return float("nan"), np.zeros(len(side))
    hazard = float(side["left"].sum()) / risk
    return hazard, (side["left"] - hazard * side["risk"]).to_numpy() / risk
