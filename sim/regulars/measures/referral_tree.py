"""Who brought whom: the trees of referral, and what customers are worth together with those they brought."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError

SYSTEMS = {"M12": "tests/measures/test_referral_tree.py::test_values_by_hand"}


def referral_values(
    referrals: pd.DataFrame, own: pd.Series | None = None, *, passed_on: float = 1.0
) -> pd.DataFrame:
    """What each customer is worth alone, with the friends brought, and when merit is shared out.

    ``tree`` = own + p x (sum of the trees of the friends brought): a descendant k generations down counts p^k. Trees
    overlap, so they must not be added up, except those of the roots with p = 1, which hold everybody once.
    ``credited`` can always be added up: a referred customer passes p of the tree on to the referrer and keeps 1 - p, so that
    it sums to the value of all customers. With p = 1 the roots have it all, with p = 0 everybody has the own value.
    Source: Kumar, Petersen & Leone (2010), Journal of Marketing 74(5), 1-17 (referral value beside lifetime value).

    Args:
        referrals: ``customer`` and ``referrer`` (missing: came alone), one row per customer; referrers need no row of their own.
        own: value of each customer, in money (``customer_value.lifetime_value``); 0 for those it does not name. Without it
            values are 0, and the table shows who brought whom.
        passed_on: p, share of a friend's merit passed on per generation, 0 to 1.

    Returns:
        A table by customer: ``referrer``, ``root`` of the tree, ``generation`` (0 for a root), ``brought`` (direct) and
        ``descendants``, in customers, and in money ``own``, ``tree``, ``credited``.

    Raises:
        RegularsError: a share outside 0 to 1; referrals that lack a column, name two referrers of one customer or go in a circle; own values
            that are missing or infinite.
    """
    if not 0 <= passed_on <= 1:
        raise RegularsError(f"passed_on={passed_on:g}: a share between 0 and 1 is needed")
    people, parent = _parents(referrals, own)
    levels = _generations(people, parent)
    n = len(people)
    value = np.zeros(n)
    if own is not None:
        value[people.get_indexer(pd.Index(own.index, dtype=object))] = own.to_numpy(dtype=float)
    generation, root = np.zeros(n, np.int64), np.arange(n)
    for depth, level in enumerate(levels):
        generation[level] = depth
        if depth:
            root[level] = root[parent[level]]
    brought = np.bincount(parent[parent >= 0], minlength=n)
    tree, descendants = value.copy(), np.zeros(n, np.int64)
    for level in levels[:0:-1]:
        np.add.at(tree, parent[level], passed_on * tree[level])
        np.add.at(descendants, parent[level], descendants[level] + 1)
    referrer = people.to_numpy(dtype=object)[parent]
    referrer[parent < 0] = None
    table = {
        "referrer": referrer,
        "root": people.to_numpy()[root],
        "generation": generation,
        "brought": brought,
        "descendants": descendants,
        "own": value,
        "tree": tree,
        "credited": np.where(parent < 0, tree, (1 - passed_on) * tree),
    }
    return pd.DataFrame(table, index=people.infer_objects().rename("customer"))


def reproduction(trees: pd.DataFrame) -> float:
    """Friends that a customer brings on average, R0: those referred over all customers.

    Right for cascades that have run their course; where customers are young it is too low.

    Args:
        trees: of ``referral_values``.

    Returns:
        Friends per customer; NaN without customers.
    """
    return float((trees["generation"] > 0).mean()) if len(trees) else float("nan")


def cascade_size(friends: float) -> float:
    """Expected number of customers that one customer stands for, itself included: 1 / (1 - R0); infinite from R0 = 1 on.

    A branching process: its mean does not depend on how the number of friends is spread, its variance does
    (R0 / (1 - R0)^3 for Poisson). Source: Harris (1963), The Theory of Branching Processes, ch. I.

    Args:
        friends: R0, mean number of friends that each customer brings, the same in every generation.

    Returns:
        Customers.

    Raises:
        RegularsError: fewer than 0 friends.
    """
    if not 0 <= friends < np.inf:
        raise RegularsError(
            f"a customer brings {friends} friends on average: a number of 0 or more is needed"
        )
    return 1 / (1 - friends) if friends < 1 else float("inf")


def _parents(referrals: pd.DataFrame, own: pd.Series | None) -> tuple[pd.Index, np.ndarray]:
    """Everybody named anywhere, and the place of each one's referrer (-1: none)."""
    missing = [c for c in ("customer", "referrer") if c not in referrals.columns]
    if missing:
        found = ", ".join(map(str, referrals.columns)) or "none"
        raise RegularsError(f"the referrals lack the columns {', '.join(missing)}; there are {found}")
    table = referrals[["customer", "referrer"]].drop_duplicates()
    if table["customer"].isna().any():
        raise RegularsError("the referrals have rows without a customer")
    twice = table["customer"][table["customer"].duplicated()]
    if len(twice):
        raise RegularsError(
            f"customer {twice.iloc[0]} is named with two referrers; there can be one, or none"
        )
    customers = pd.Index(table["customer"], dtype=object)
    known = table["referrer"].notna().to_numpy()
    referrers = pd.Index(_like(table["referrer"][known], table["customer"]), dtype=object)
    alone = pd.Index([], dtype=object)
    if own is not None:
        alone = pd.Index(own.index, dtype=object)
        if alone.has_duplicates or not np.isfinite(own.to_numpy(dtype=float)).all():
            raise RegularsError("own values: every customer once, with a finite value in money")
    people = customers.append([referrers, alone]).unique()
    parent = np.full(len(people), -1, np.int64)
    parent[people.get_indexer(customers[known])] = people.get_indexer(referrers)
    itself = np.flatnonzero(parent == np.arange(len(people)))
    if len(itself):
        raise RegularsError(f"customer {people[itself[0]]} is said to have referred itself")
    return people, parent


def _like(referrer: pd.Series, customer: pd.Series) -> pd.Series:
    """Numbers of referrers as whole as those of customers; a column with gaps holds them as floats."""
    if not pd.api.types.is_numeric_dtype(referrer) or not len(referrer):
        return referrer
    if (referrer < 0).any():
        raise RegularsError(f"referrer {referrer.min():g}: leave it missing where nobody referred")
    whole = pd.api.types.is_integer_dtype(customer) and bool((referrer % 1 == 0).all())
    return referrer.astype(customer.dtype) if whole else referrer


def _generations(people: pd.Index, parent: np.ndarray) -> list[np.ndarray]:
    """Places of the customers of each generation, roots first; refuses circles."""
    order = np.argsort(parent, kind="stable")
    first = np.searchsorted(parent[order], np.arange(len(parent) + 1))
    levels, level = [], np.flatnonzero(parent < 0)
    while len(level):
        levels.append(level)
        size = first[level + 1] - first[level]
        skipped = np.repeat(first[level] - np.concatenate([[0], np.cumsum(size)[:-1]]), size)
        level = order[skipped + np.arange(size.sum())]
    if sum(map(len, levels)) < len(parent):
        reached = np.zeros(len(parent), bool)
        reached[np.concatenate([*levels, np.empty(0, np.int64)])] = True
        place = int(np.flatnonzero(~reached)[0])
        seen: dict[int, int] = {}
        while place not in seen:
            seen[place] = len(seen)
            place = int(parent[place])
        circle = [*list(seen)[seen[place] :], place]
        named = " <- ".join(str(people[k]) for k in circle[:6]) + (" <- ..." if len(circle) > 6 else "")
        raise RegularsError(
            f"the referrals go in a circle: {named}; nobody can be brought by an own descendant"
        )
    return levels
