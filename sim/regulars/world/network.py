"""Who talks to whom: sparse ties between customers, which talk, norms and referral travel along.

kind          ties
none          nobody talks
small_world   a ring of neighbours with some ties moved elsewhere (Watts & Strogatz 1998)
scale_free    a few with very many ties (Barabasi & Albert 1999)
random        a tie between any two equally likely (Erdos & Renyi 1959)
mixing        no fixed ties: every message meets a fresh random customer
edges         the user's own pairs

Ties hold for all who are ever in the market, newcomers too; only those who are in the market at the time talk and listen.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from regulars.ground.chance import Chance, philox, unit
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Problem, par
from regulars.world import graphs
from regulars.world.customers import Customers
from regulars.world.pairs import first_problem, numbers, plain

SYSTEMS = {"M7": "tests/behavior/test_network.py::test_who_is_told_is_a_friend"}
DRAWN = ("small_world", "scale_free", "random")
EVEN = ("small_world", "scale_free")
STRANGERS = 64  # draws for a random partner before a message is lost


class Network(ParameterSet):
    """Who talks to whom."""

    # fmt: off
    on: bool = par(False, "", "", "whether customers know one another")
    kind: Literal["small_world", "scale_free", "random", "mixing", "edges"] = par("small_world", "", "", "form of the network", "Watts & Strogatz 1998; Barabasi & Albert 1999; Erdos & Renyi 1959")
    degree: float = par(10.0, "ties per customer", "[0, 100000]", "mean number of ties; even for small_world and scale_free")
    rewiring: float = par(0.1, "probability", "[0, 1]", "chance that a tie of the ring is moved elsewhere (small_world)", "Watts & Strogatz 1998")
    homophily: float = par(0.0, "", "[0, 1]", "how much rarer ties are between customers with different favourite firms: 1 - homophily times as likely", "Karimi et al. 2018; Van den Bulte et al. 2018")
    edges: str | tuple[tuple[int, int], ...] = par((), "", "", "the user's own ties: pairs of numbers of customers, or text with one pair per line")
    file: str = par("", "", "", "CSV file with one pair of numbers of customers per line, relative to the scenario; read into edges")
    # fmt: on

    @field_validator("edges", mode="before")
    @classmethod
    def _pairs(cls, edges: Any) -> Any:
        if not isinstance(edges, str):
            edges, told = plain(edges)
            if told:
                raise Problem(told)
        return edges


def problems(rules: Network, customers: int) -> list[tuple[tuple[str | int, ...], str]]:
    """What is wrong with a network among `customers` (numbers 0 to customers - 1): (path, message)."""
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    if rules.file:
        told = f"'{rules.file}' has not been read: load the scenario, or give the pairs as edges"
        wrong.append((("network", "file"), told))
    if not rules.on:
        return wrong
    if rules.kind in EVEN and (rules.degree < 2 or rules.degree % 2):
        told = f"{rules.degree:g} will not do: a {rules.kind} network needs an even number of ties, 2 or more"
        wrong.append((("network", "degree"), told))
    if rules.kind in DRAWN and rules.degree > customers - 1:
        told = (
            f"{rules.degree:g} ties are too many: {customers} customers can have at most {customers - 1} each"
        )
        wrong.append((("network", "degree"), told))
    if rules.kind == "edges":
        if len(rules.edges) == 0 and not rules.file:
            told = 'kind = "edges" needs pairs of customers, such as edges = [[0, 1], [1, 2]], or file = "ties.csv"'
            wrong.append((("network", "edges"), told))
        if told := first_problem(rules.edges, customers):
            wrong.append((("network", "edges"), told))
    return wrong


class Ties:
    """All ties: `friend[start[i]:start[i + 1]]` are the friends of customer i, in order of number.

    start (int64, customers + 1), friend (int32): symmetric, nobody a friend of itself or twice. Under mixing there are
    no ties, only partners.
    """

    def __init__(
        self, pairs: tuple[Any, Any], customers: Customers, chance: Chance, homophily: float = 0.0, mixing: bool = False
    ) -> None:  # fmt: skip
        n = customers.count
        a, b = (np.asarray(end, np.int64) for end in pairs)
        key = np.unique(np.minimum(a, b) * n + np.maximum(a, b))
        a, b = key // n, key % n
        self.start = np.zeros(n + 1, np.int64)
        np.cumsum(np.bincount(a, minlength=n) + np.bincount(b, minlength=n), out=self.start[1:])
        self.friend = np.empty(2 * key.size, np.int32)
        _enter(a, b, self.start[:-1].copy(), self.friend)
        self.customers, self.chance = customers, chance
        self.mixing, self.homophily = mixing, float(homophily)
        self.alike = favourites(customers) if mixing else np.zeros(0, np.int32)
        self._most = int(self.degree.max(initial=0))

    @property
    def degree(self) -> NDArray[np.int64]:
        """Number of friends of every customer."""
        return np.diff(self.start)

    @property
    def nbytes(self) -> int:
        """Memory of the ties, bytes."""
        return int(self.start.nbytes + self.friend.nbytes)

    def friends(self, customer: int) -> NDArray[np.int32]:
        """Numbers of the friends of one customer."""
        return self.friend[self.start[customer] : self.start[customer + 1]]

    def neighbours(self, customers: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """All friends of `customers`: (row, friend), where row says whose friend, as a position in `customers`."""
        first, count = self.start[customers], self.start[np.asarray(customers) + 1] - self.start[customers]
        row = np.repeat(np.arange(count.size), count)
        before = np.repeat(np.cumsum(count) - count, count)
        return row, self.friend[np.repeat(first, count) + np.arange(row.size) - before]

    def share_of_friends(self, those: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Share of every customer's friends who are among `those` (a mask); 0 without friends, all others under mixing."""
        if self.mixing:
            return (those.sum() - those) / max(those.size - 1, 1)
        found = np.concatenate([[0], np.cumsum(those[self.friend])])
        return (found[self.start[1:]] - found[self.start[:-1]]) / np.maximum(self.degree, 1)

    def partners(
        self, what: int, customers: NDArray[Any], occasions: Any, numbers: Any, times: Any
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Whom each of `customers` meets: `numbers` different friends (all, if there are fewer), or random strangers.

        Only people who are in the market at `times` (days) are met. The draws are those of purpose `what`, keyed by
        customer and occasion. Returns (row, partner) as `neighbours`.
        """
        who = np.asarray(customers, np.int64)
        shape = who.shape
        occasion, number = (np.array(np.broadcast_to(x, shape), np.int64) for x in (occasions, numbers))
        time = np.array(np.broadcast_to(times, shape), np.float64)
        c, keys = self.customers, (what, self.chance.key_a, self.chance.key_b)
        out = np.full(int(number.sum()), -1, np.int64)
        met = who, occasion, number, time, c.entry, c.exit
        if self.mixing:
            _strangers(*met, self.alike, self.homophily, *keys, out)
        else:
            _friends(*met, self.start, self.friend, np.empty(self._most, np.int64), *keys, out)
        row, found = np.repeat(np.arange(who.size), number), out >= 0
        return row[found], out[found]

    def __repr__(self) -> str:
        if self.mixing:
            return f"Ties(mixing, {self.start.size - 1} customers)"
        return f"Ties({self.start.size - 1} customers, {self.friend.size // 2} ties)"


def tie(rules: Network, customers: Customers, chance: Chance) -> Ties | None:
    """The network of a population that knows its tastes; None where nobody talks."""
    if not rules.on:
        return None
    nothing = np.empty(0, np.int64)
    if rules.kind == "mixing":
        return Ties((nothing, nothing), customers, chance, rules.homophily, mixing=True)
    if rules.kind == "edges":
        return Ties(tuple(numbers(rules.edges).T), customers, chance)
    alike, likeness = favourites(customers), rules.homophily
    if rules.kind == "small_world":
        pairs = graphs.small_world(alike, int(rules.degree), rules.rewiring, likeness, chance)
    elif rules.kind == "scale_free":
        pairs = graphs.scale_free(alike, int(rules.degree), likeness, chance)
    else:
        pairs = graphs.by_chance(alike, rules.degree, likeness, chance)
    return Ties(pairs, customers, chance)


def favourites(customers: Customers) -> NDArray[np.int32]:
    """The firm that each customer likes best by taste alone."""
    return np.argmax(customers.taste, axis=1).astype(np.int32)


@kernel
def _enter(a: Any, b: Any, at: Any, friend: Any) -> None:
    """Enter ties a < b, sorted, at both their ends; rows come out sorted."""
    for k in range(a.size):
        friend[at[a[k]]] = b[k]
        at[a[k]] += 1
        friend[at[b[k]]] = a[k]
        at[b[k]] += 1


@kernel
def _friends(
    who: Any,
    occasion: Any,
    number: Any,
    time: Any,
    entry: Any,
    leave: Any,
    start: Any,
    friend: Any,
    present: Any,
    what: Any,
    key_a: Any,
    key_b: Any,
    out: Any,
) -> None:
    """Different friends who are in the market (Fisher & Yates), at most as many as there are."""
    at = 0
    for r in range(who.size):
        i = who[r]
        there = 0
        for k in range(start[i], start[i + 1]):
            j = friend[k]
            if entry[j] <= time[r] and leave[j] > time[r]:
                present[there] = j
                there += 1
        for k in range(min(number[r], there)):
            w = philox(i, occasion[r], k, what, key_a, key_b)
            further: Any = min(np.int64(unit(w[0]) * (there - k)), there - k - 1)
            pick = k + further
            out[at + k] = present[pick]
            present[pick] = present[k]
        at += number[r]


@kernel
def _strangers(
    who: Any,
    occasion: Any,
    number: Any,
    time: Any,
    entry: Any,
    leave: Any,
    alike: Any,
    homophily: Any,
    what: Any,
    key_a: Any,
    key_b: Any,
    out: Any,
) -> None:
    """A fresh random customer for every message, among those who are in the market."""
    n = entry.size
    at = 0
    for r in range(who.size):
        i = who[r]
        for k in range(number[r]):
            for trial in range(STRANGERS):
                v, w, _, _ = philox(i, occasion[r], k * STRANGERS + trial, what, key_a, key_b)
                j = min(np.int64(unit(v) * n), n - 1)
                there = j != i and entry[j] <= time[r] and leave[j] > time[r]
                if there and (alike[i] == alike[j] or unit(w) >= homophily):
                    out[at + k] = j
                    break
        at += number[r]
