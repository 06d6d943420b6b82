"""The funnel of five steps: publicity, traffic, conversion, repurchase, fission; how many get through, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import COLUMNS, population, window
from regulars.measures.loyalty import wallet_shares

SYSTEMS = {"M19": "tests/measures/test_funnel.py::test_funnel_by_hand"}
STEPS = ("publicity", "traffic", "conversion", "repurchase", "fission")
KINDS: Mapping[str, tuple[str, ...]] = {
    "publicity": ("contact", "aware"),
    "traffic": ("click", "visit"),
    "fission": ("referred",),
}
COSTS: Mapping[str, str] = {  # what the money was for -> the step that it moves customers to
    "communication": "publicity",
    "acquisition": "traffic",
    "first_rewards": "conversion",
    "later_rewards": "repurchase",
    "referral_bonuses": "fission",
}
CLASSES = ("first-time", "returning", "loyal")


def funnel(
    purchases: pd.DataFrame | None,
    events: pd.DataFrame | None = None,
    *,
    firm: str | None = None,
    start: float | None = None,
    end: float | None = None,
    customers: int | None = None,
    costs: Mapping[str, float] | None = None,
    kinds: Mapping[str, Sequence[str]] = KINDS,
) -> pd.DataFrame:
    """How many customers reach each step in the window, what share goes on to the next, and what it costs.

    publicity: a message reached the customer, or the firm became known. traffic: a click, a visit or a purchase.
    conversion: the first purchase in the whole log. repurchase: any later one. fission: recruited somebody. Purchases before
    the window are remembered, so that old customers never convert again.

    Args:
        purchases: the log, from its beginning; None or an empty table for none.
        events: ``customer``, ``time``, ``event``, ``firm``; kinds not listed in ``kinds`` are ignored. None for none.
        firm: of this firm only.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        customers: size of the population; by default everybody in the two tables.
        costs: money by purpose (``COSTS``), spent in the window; ``reward_costs`` gives the last three. Others are 0.
        kinds: kinds of events that show a step; the customer of a ``fission`` event is the one who recruited.

    Returns:
        A table by step: ``customers``; ``times`` (messages, days on which a customer met the shop, first purchases, later
        purchases, recruitments); ``share`` of the population; ``rate``, the share of the customers of the step before (of the
        population at first) who reach this one, too; ``entered``, those of this step who skipped the one before (as the
        passer-by whom no message reached); in money ``cost``, ``cost_per_customer`` of the step, and ``cost_so_far`` of this
        and all steps before per customer of the step. Costs per customer are infinite where money moved nobody; what would
        be a share of nobody is NaN.

    Raises:
        RegularsError: a table that lacks a column, or has rows without a customer or time; an empty window; costs of no purpose, or that
            are no finite sum of money; fewer customers than bought or met the firm.
    """
    log = _table(purchases, COLUMNS, "purchases")
    told = _table(events, ("customer", "time", "event", "firm"), "events")
    people = pd.concat([log["customer"].astype(object), told["customer"].astype(object)])
    size = population(pd.DataFrame({"customer": people}), customers, people.nunique())
    if firm is not None:
        log, told = log[log["firm"] == firm], told[told["firm"] == firm]
    log, told = _between(log.assign(later=_is_later(log)), start, end), _between(told, start, end)
    seen = {step: told[told["event"].isin(kinds.get(step, ()))] for step in KINDS}
    met = pd.concat([part[["customer", "time"]].astype(object) for part in (seen["traffic"], log)])
    met = met.assign(time=np.floor(met["time"].astype(float))).drop_duplicates()
    rows = [seen["publicity"], met, log[~log["later"]], log[log["later"]], seen["fission"]]
    reached = [set(part["customer"]) for part in rows]
    spent = _step_costs(costs)
    n = np.array([len(who) for who in reached], dtype=float)
    passed = np.array([len(b & a) for a, b in pairwise(reached)], dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        table = {
            "customers": n.astype(int),
            "times": [len(part) for part in rows],
            "share": n / size if size else np.full(5, np.nan),
            "rate": np.concatenate([[n[0] / size if size else np.nan], passed / n[:-1]]),
            "entered": np.concatenate([[0], n[1:] - passed]).astype(int),
            "cost": spent,
            "cost_per_customer": spent / n,
            "cost_so_far": np.cumsum(spent) / n,
        }
    return pd.DataFrame(table, index=pd.Index(STEPS, name="step"))


def reward_costs(
    purchases: pd.DataFrame | None,
    events: pd.DataFrame | None = None,
    *,
    firm: str | None = None,
    start: float | None = None,
    end: float | None = None,
    bonuses: Sequence[str] = ("referral",),
) -> dict[str, float]:
    """What discounts and rewards of the window were for: first purchases, later ones, or referrals; for ``funnel``.

    A discount (``listed`` less ``amount``, where the log has both) belongs to its purchase. A reward (events of the kind
    ``reward``, ``amount`` in money when granted, before any of it lapses) belongs to the first purchase if the customer
    has made no second one by the end of the day it is granted on, else to the later ones, and to referral if one of
    the strategies in ``bonuses`` grants it.

    Args:
        purchases: the log, from its beginning; None or an empty table for none.
        events: ``customer``, ``time``, ``event``, ``firm``, ``strategy``, ``amount``. None for none.
        firm: of this firm only.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        bonuses: strategies whose rewards are for bringing friends.

    Returns:
        Money by purpose: ``first_rewards``, ``later_rewards`` and ``referral_bonuses``.

    Raises:
        RegularsError: a table that lacks a column, or has rows without a customer or time; an empty window.
    """
    log = _table(purchases, COLUMNS, "purchases")
    told = _table(events, ("customer", "time", "event", "firm", "strategy", "amount"), "events")
    if firm is not None:
        log, told = log[log["firm"] == firm], told[told["firm"] == firm]
    log = log.assign(later=_is_later(log))
    second = log[log["later"]].groupby("customer")["time"].min()
    given = _between(told[told["event"] == "reward"], start, end)
    bonus = given["strategy"].isin(bonuses)
    late = given["customer"].map(second).astype(float) < np.floor(given["time"].astype(float)) + 1
    paid = given["amount"].astype(float)
    first_rewards, later_rewards = float(paid[~bonus & ~late].sum()), float(paid[~bonus & late].sum())
    if "listed" in log.columns:
        part = _between(log, start, end)
        off = (part["listed"] - part["amount"]).astype(float)
        first_rewards += float(off[~part["later"]].sum())
        later_rewards += float(off[part["later"]].sum())
    return {
        "first_rewards": first_rewards,
        "later_rewards": later_rewards,
        "referral_bonuses": float(paid[bonus].sum()),
    }


def customer_classes(
    purchases: pd.DataFrame,
    firm: str,
    *,
    start: float | None = None,
    end: float | None = None,
    often: int = 3,
    share: float = 0.5,
) -> pd.Series:
    """The firm's buyers of the window as first-time, returning and loyal customers, at its end.

    first-time: one purchase of the firm in the log so far. returning: two or more. loyal: at least ``often`` purchases
    so far, and in the window more than ``share`` of the category spending.

    Args:
        purchases: the log, from its beginning.
        firm: name of the firm.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        often: purchases from which a customer may be loyal.
        share: share of wallet, 0 to 1, that a loyal customer exceeds.

    Returns:
        By ``customer``: one of the three categories.

    Raises:
        RegularsError: ``often`` below 2, or a ``share`` outside 0 to 1; as ``window``.
    """
    if often < 2 or not 0 <= share < 1:
        raise RegularsError(
            f"often={often} and share={share:g}: loyal means 2 or more purchases, and a share from 0 up to 1"
        )
    part = window(purchases, start, end)
    so_far = window(purchases, None, end)
    count = so_far[so_far["firm"] == firm].groupby("customer").size()
    count = count[count.index.isin(part.loc[part["firm"] == firm, "customer"])]
    shares = wallet_shares(part)
    own = shares[firm].reindex(count.index).fillna(0.0) if firm in shares else count * 0.0
    place = (count >= 2).astype(int) + ((count >= often) & (own > share)).astype(int)
    kinds = pd.Categorical.from_codes(place.to_numpy(), categories=pd.Index(CLASSES), ordered=True)
    return pd.Series(kinds, index=count.index.rename("customer"), name="class")


def _table(table: pd.DataFrame | None, columns: Sequence[str], what: str) -> pd.DataFrame:
    if table is None or not (len(table) or len(table.columns)):
        return pd.DataFrame(
            {c: pd.Series(dtype=float if c in ("time", "amount") else object) for c in columns}
        )
    missing = [c for c in columns if c not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns))
        raise RegularsError(f"the {what} lack the columns {', '.join(missing)}; there are {found}")
    for column in ("customer", "time"):
        if table[column].isna().any():
            raise RegularsError(f"the {what} have rows without a {column}")
    return table


def _between(table: pd.DataFrame, start: float | None, end: float | None) -> pd.DataFrame:
    low, high = -np.inf if start is None else start, np.inf if end is None else end
    if not low < high:
        raise RegularsError(f"the window from {low:g} to {high:g} is empty; end must be after start")
    return table[(table["time"] >= low) & (table["time"] < high)]


def _is_later(log: pd.DataFrame) -> np.ndarray:
    """Whether a purchase is not its customer's first, row by row."""
    order = np.argsort(log["time"].to_numpy(dtype=float), kind="stable")
    later = np.zeros(len(log), bool)
    later[order] = log["customer"].iloc[order].duplicated().to_numpy()
    return later


def _step_costs(costs: Mapping[str, float] | None) -> np.ndarray:
    spent = dict.fromkeys(STEPS, 0.0)
    for purpose, money in (costs or {}).items():
        if purpose not in COSTS:
            hint = "; reward_costs tells first from later ones" if purpose in ("rewards", "discounts") else ""
            raise RegularsError(f"costs: {purpose!r} is none of {', '.join(COSTS)}{hint}")
        if not (np.isfinite(money) and money >= 0):
            raise RegularsError(f"costs: {purpose} = {money}: a finite sum of money of 0 or more is needed")
        spent[COSTS[purpose]] += float(money)
    return np.array([spent[step] for step in STEPS])
