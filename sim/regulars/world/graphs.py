"""Graphs of acquaintance: small worlds, networks with hubs, ties by chance.

All are grown from keyed draws, in memory and (up to sorting) time linear in the number of ties, and handed back as pairs
of customers. `alike` says which firm each customer likes best; a tie between customers of different favourites
is only 1 - homophily times as likely as one between customers of the same.

Sources: Watts & Strogatz 1998, Nature 393:440-442; Barabasi & Albert 1999, Science 286:509-512; Erdos & Renyi 1959,
Publicationes Mathematicae 6:290-297; for likeness in networks with hubs Karimi et al. 2018, Scientific Reports 8:11077.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, philox, purpose, unit
from regulars.ground.kernel import kernel

REWIRE, FAR_END, GROW, PAIR = (purpose("network", name) for name in ("rewire", "far end", "grow", "pair"))
PLACE, STRAY, STRAYED = (purpose("network", name) for name in ("place", "stray", "strayed"))
TRIES = 1000  # draws for one end of a tie before it is given up
MENDS = 100  # rounds in which double ties are drawn anew

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def small_world(alike: NDArray[Any], degree: int, rewiring: float, homophily: float, chance: Chance) -> Pairs:
    """A ring in which everybody knows the `degree` nearest, with far ends moved elsewhere with chance `rewiring`."""
    ring, near = _ring(alike, homophily, chance), degree // 2
    place, step = np.repeat(np.arange(ring.size), near), np.tile(np.arange(1, near + 1), ring.size)
    a, b = ring[place], ring[(place + step) % ring.size]
    moved = chance.uniform(REWIRE, a, step) < rewiring

    def draw(which: NDArray[np.int64], attempt: int) -> None:
        ends = np.empty(which.size, np.int64)
        _far_ends(
            a[which], step[which], attempt, alike, float(homophily), FAR_END, chance.key_a, chance.key_b, ends
        )
        b[which] = ends

    draw(np.flatnonzero(moved), 0)
    return _without_doubles(a, b, moved, draw)


def scale_free(alike: NDArray[Any], degree: int, homophily: float, chance: Chance) -> Pairs:
    """Customers join in random order, each with `degree` / 2 ties to those who have many already."""
    everyone, each = np.arange(alike.size), degree // 2
    joined = np.argsort(chance.uniform(PLACE, everyone), kind="stable")
    ties = each * (each + 1) // 2 + each * (alike.size - each - 1)
    a, b = np.empty(ties, np.int64), np.empty(ties, np.int64)
    _grow(joined, each, alike, float(homophily), GROW, chance.key_a, chance.key_b, a, b)
    return a, b


def by_chance(alike: NDArray[Any], degree: float, homophily: float, chance: Chance) -> Pairs:
    """Ties between any two, all equally likely: degree x customers / 2 of them."""
    n = alike.size
    ties = round(degree * n / 2)
    if 8 * ties > n * (n - 1):  # so many that drawing at random would meet the same pairs again and again
        return _of_all_pairs(alike, ties, homophily, chance)
    a, b = np.empty(ties, np.int64), np.empty(ties, np.int64)

    def draw(which: NDArray[np.int64], attempt: int) -> None:
        ends = np.empty((2, which.size), np.int64)
        _pairs(which, attempt, alike, float(homophily), PAIR, chance.key_a, chance.key_b, ends)
        a[which], b[which] = ends

    draw(np.arange(ties), 0)
    return _without_doubles(a, b, np.ones(ties, np.bool_), draw)


def _ring(alike: NDArray[Any], homophily: float, chance: Chance) -> NDArray[np.int64]:
    """Customers in order around the ring: some beside those with the same favourite, the others anywhere.

    With a share s of the former s^2 + (1 - s^2) q of the ties are between customers of the same favourite, where q is
    that share without homophily; s is such that this is q / (q + (1 - q) (1 - homophily)), as in other networks.
    """
    everyone = np.arange(alike.size)
    ring = np.lexsort((chance.uniform(PLACE, everyone), alike))
    q = float(np.square(np.bincount(alike) / alike.size).sum())
    wanted = q / (q + (1 - q) * (1 - homophily))
    beside = np.sqrt(max(wanted - q, 0.0) / (1 - q)) if q < 1 else 0.0
    stray = np.flatnonzero(chance.uniform(STRAY, ring) >= beside)
    ring[stray] = ring[stray][np.argsort(chance.uniform(STRAYED, ring[stray]), kind="stable")]
    return np.asarray(ring, np.int64)


def _of_all_pairs(alike: NDArray[Any], ties: int, homophily: float, chance: Chance) -> Pairs:
    """`ties` of all pairs, weighted (Efraimidis & Spirakis 2006, Information Processing Letters 97:181-185)."""
    a, b = np.triu_indices(alike.size, 1)
    weight = np.where(alike[a] == alike[b], 1.0, 1.0 - homophily)
    possible = np.flatnonzero(weight > 0)
    a, b, weight = a[possible], b[possible], weight[possible]
    if ties < a.size:
        score = np.log(chance.uniform(PAIR, a, b)) / weight
        best = np.sort(np.argpartition(-score, ties - 1)[:ties])
        a, b = a[best], b[best]
    return a, b


def _without_doubles(
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    loose: NDArray[np.bool_],
    draw: Callable[[NDArray[np.int64], int], None],
) -> Pairs:
    """Draw loose ties anew until none is double; those for which there is no room are left out."""
    n = int(max(a.max(initial=0), b.max(initial=0))) + 1
    for attempt in range(1, MENDS + 1):
        key = np.minimum(a, b) * n + np.maximum(a, b)
        ordered = np.sort(key)
        double = ordered[1:][ordered[1:] == ordered[:-1]]
        wrong = np.zeros(a.size, np.bool_)
        if double.size:  # few: of each the first stays, a tie of the ring before a loose one
            among = np.flatnonzero(double[np.searchsorted(double[:-1], key)] == key)
            among = among[np.lexsort((loose[among], key[among]))]
            wrong[among[1:]] = key[among[1:]] == key[among[:-1]]
        wrong |= a == b
        if not wrong.any():
            break
        if attempt < MENDS:
            draw(np.flatnonzero(wrong), attempt)
    return a[~wrong], b[~wrong]


@kernel
def _far_ends(
    near_end: Any,
    step: Any,
    attempt: Any,
    alike: Any,
    homophily: Any,
    what: Any,
    key_a: Any,
    key_b: Any,
    out: Any,
) -> None:
    """Another far end for every tie; the near end itself where none is found."""
    n = alike.size
    for k in range(near_end.size):
        i = near_end[k]
        out[k] = i
        for trial in range(TRIES):
            v, w, _, _ = philox(i, step[k], attempt * TRIES + trial, what, key_a, key_b)
            j = min(np.int64(unit(v) * n), n - 1)
            if j != i and (alike[i] == alike[j] or unit(w) >= homophily):
                out[k] = j
                break


@kernel
def _pairs(
    which: Any, attempt: Any, alike: Any, homophily: Any, what: Any, key_a: Any, key_b: Any, out: Any
) -> None:
    """Two customers for every tie; twice the same one where no pair is found."""
    n = alike.size
    for k in range(which.size):
        out[0, k] = 0
        out[1, k] = 0
        for trial in range(TRIES):
            u, v, w, _ = philox(which[k], attempt, trial, what, key_a, key_b)
            i = min(np.int64(unit(u) * n), n - 1)
            j = min(np.int64(unit(v) * n), n - 1)
            if j != i and (alike[i] == alike[j] or unit(w) >= homophily):
                out[0, k] = i
                out[1, k] = j
                break


@kernel
def _grow(
    joined: Any, each: Any, alike: Any, homophily: Any, what: Any, key_a: Any, key_b: Any, a: Any, b: Any
) -> None:
    """Preferential attachment: an end of a random tie is a customer in proportion to the number of its ties."""
    ties = 0
    for x in range(each + 1):
        for y in range(x):
            a[ties] = joined[x]
            b[ties] = joined[y]
            ties += 1
    for x in range(each + 1, joined.size):
        i = joined[x]
        before = ties
        for k in range(each):
            j = np.int64(-1)
            for trial in range(TRIES):
                v, w, _, _ = philox(i, k, trial, what, key_a, key_b)
                end: Any = min(np.int64(unit(v) * 2 * before), 2 * before - 1)
                other = a[end // 2] if end % 2 == 0 else b[end // 2]
                fits = alike[i] == alike[other] or unit(w) >= homophily
                for t in range(before, ties):
                    fits = fits and b[t] != other
                if fits:
                    j = other
                    break
            y = 0
            while j < 0:  # nobody alike among those who have joined: the first one not known yet
                known = False
                for t in range(before, ties):
                    known = known or b[t] == joined[y]
                if not known:
                    j = joined[y]
                y += 1
            a[ties] = i
            b[ties] = j
            ties += 1
