"""Networks are what their inventors say they are, and people meet their friends."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error

from regulars.ground.chance import Chance, purpose
from regulars.scenario import Scenario
from regulars.world.customers import Customers
from regulars.world.network import Network, tie

DRAWN = ("small_world", "scale_free", "random")
SHOPS = {"market": {"customers": 60, "days": 7}, "firms": [{"name": "a"}, {"name": "b"}]}
MEET = purpose("a test of meetings")


def people(count=2000, firms=2, seed=1):
    """Customers of whom every firm has the same share of favourites, drawn at random."""
    customers = Customers(count, tuple(f"shop {f}" for f in range(firms)))
    for name, value in (("entry", 0.0), ("exit", np.inf)):
        customers.add(name, value)
    draws = [Chance(seed).uniform(purpose("taste of a test"), np.arange(count), 0, f) for f in range(firms)]
    customers.add("taste", np.transpose(draws))
    return customers


def ties(kind, count=2000, firms=2, seed=1, replicate=0, **rules):
    return tie(Network(on=True, kind=kind, **rules), people(count, firms), Chance(seed, replicate))


def ends(network):
    row, friend = network.neighbours(np.arange(network.start.size - 1))
    return row, friend.astype(np.int64)


def clustering(network):
    """Share of pairs of friends of a customer who are friends themselves, over all pairs."""
    known = [set(network.friends(i).tolist()) for i in range(network.start.size - 1)]
    closed = pairs = 0
    for mine in known:
        pairs += len(mine) * (len(mine) - 1)
        closed += sum(len(known[j] & mine) for j in mine)
    return closed / pairs


# ---------------------------------------------------------------- what every network is


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize(
    ("count", "degree"), [(2000, 10.0), (2000, 2.0), (12, 8.0), (13, 12.0), (3, 2.0), (50, 40.0)]
)
@pytest.mark.parametrize("homophily", [0.0, 0.8])
def test_ties_are_mutual_single_and_with_others(kind, count, degree, homophily):
    network = ties(kind, count, degree=degree, homophily=homophily)
    row, friend = ends(network)
    assert network.start.dtype == np.int64 and network.friend.dtype == np.int32
    assert network.start[-1] == network.friend.size == network.degree.sum()
    assert (row != friend).all() and ((friend >= 0) & (friend < count)).all()
    assert set(zip(row, friend, strict=True)) == set(zip(friend, row, strict=True))
    key = row * count + friend
    assert np.array_equal(key, np.unique(key))  # no doubles, and rows in order


@pytest.mark.parametrize("kind", DRAWN)
def test_as_many_ties_as_asked_for(kind):
    network = ties(kind, 2000, degree=10)
    clique = 5 * 6 // 2  # of the first six in a network with hubs, whose ties count less
    assert network.friend.size // 2 == (clique + 5 * (2000 - 6) if kind == "scale_free" else 10_000)


@pytest.mark.parametrize("kind", DRAWN)
def test_same_seed_same_ties(kind):
    one, other = ties(kind), ties(kind)
    assert np.array_equal(one.friend, other.friend)
    for seed, replicate in ((1, 1), (2, 0)):
        changed = ties(kind, seed=seed, replicate=replicate)
        assert changed.friend.size != one.friend.size or not np.array_equal(changed.friend, one.friend)


@pytest.mark.parametrize("count", [1000, 4000])
def test_memory_is_linear(count):
    assert ties("small_world", count).nbytes == 8 * (count + 1) + 4 * 10 * count


def test_everybody_can_know_everybody():
    for kind, degree in (("random", 29.0), ("small_world", 30.0)):
        count = int(degree) + 1
        assert (ties(kind, count, degree=degree, rewiring=0.0).degree == count - 1).all()


# ---------------------------------------------------------------- what its inventors say


def test_a_ring_is_a_ring():
    """Clustering 3 (k - 2) / (4 (k - 1)) without moved ties (Watts & Strogatz 1998)."""
    network = ties("small_world", 500, degree=10, rewiring=0.0)
    assert (network.degree == 10).all()
    assert clustering(network) == pytest.approx(3 * 8 / (4 * 9))


@pytest.mark.parametrize("rewiring", [0.1, 0.3])
def test_moved_ties_open_triangles(rewiring):
    """About (1 - p)^3 of the triangles stay (Barrat & Weigt 2000), whatever the size."""
    network = ties("small_world", 4000, degree=10, rewiring=rewiring)
    assert clustering(network) == pytest.approx(2 / 3 * (1 - rewiring) ** 3, rel=0.03)
    assert clustering(ties("random", 4000, degree=10)) < 0.01


def test_a_small_world_is_small():
    """A few moved ties make long ways short."""

    def farthest(network):
        far = np.full(network.start.size - 1, -1)
        far[0], edge, steps = 0, np.array([0]), 0
        while edge.size:
            steps += 1
            edge = np.unique(network.neighbours(edge)[1])
            edge = edge[far[edge] < 0]
            far[edge] = steps
        return far.max()

    assert farthest(ties("small_world", 2000, degree=10, rewiring=0.0)) == 200
    assert farthest(ties("small_world", 2000, degree=10, rewiring=0.1)) < 15


def test_hubs():
    """Shares of degrees 2 m (m + 1) / (k (k + 1) (k + 2)) (Bollobas et al. 2001), against a network by chance."""
    count, m = 20_000, 5
    hubs, chance = (ties(kind, count, degree=2.0 * m).degree for kind in ("scale_free", "random"))
    for k in (m, m + 1, 2 * m):
        theory = 2 * m * (m + 1) / (k * (k + 1) * (k + 2))
        agrees((hubs == k).mean(), theory, share_error(theory, count), sharp=0.2)
    assert hubs.max() > 200 and chance.max() < 40


def test_ties_by_chance_are_poisson():
    degree = ties("random", 20_000, degree=6.0).degree
    agrees(degree.var(), 6.0, 6.0 * np.sqrt(2 / 20_000), sharp=0.1)
    agrees((degree == 0).mean(), np.exp(-6), share_error(np.exp(-6), 20_000), sharp=0.6)


@pytest.mark.parametrize("kind", [*DRAWN, "mixing"])
@pytest.mark.parametrize(("firms", "homophily"), [(2, 0.0), (2, 0.5), (4, 0.7), (4, 1.0)])
def test_homophily(kind, firms, homophily):
    """Of all ties q / (q + (1 - q)(1 - h)) are among customers with the same favourite, q without homophily."""
    network = ties(kind, 6000, firms, homophily=homophily)
    alike = np.argmax(network.customers.taste, axis=1)
    if kind == "mixing":
        row, friend = network.partners(MEET, np.arange(6000), 0, 5, 0.0)
    else:
        row, friend = ends(network)
    q = np.square(np.bincount(alike) / alike.size).sum()
    theory = q / (q + (1 - q) * (1 - homophily))
    alone = 0.002 if homophily == 1 else 0.0  # strangers to all who joined before them
    error = share_error(theory, len(row) / 2) * (4 if kind == "small_world" else 1)  # ring and moved ties
    assert abs((alike[row] == alike[friend]).mean() - theory) <= 4 * error + alone


@pytest.mark.parametrize("kind", ["random", "small_world"])
def test_where_nobody_is_alike(kind):
    """A tie that may go to nobody is left out, not tied to the customer itself."""
    customers = people(30, 30)
    customers.taste[:] = np.eye(30)
    network = tie(Network(on=True, kind=kind, degree=2.0, homophily=1.0, rewiring=1.0), customers, Chance(1))
    assert network.friend.size == 0


# ---------------------------------------------------------------- meeting


def star(count=6, **people_are):
    """Customer 0 knows all others, customer 1 also knows 2."""
    customers = people(count)
    for name, values in people_are.items():
        getattr(customers, name)[:] = values
    pairs = (*((0, k) for k in range(1, count)), (2, 1))
    return tie(Network(on=True, kind="edges", edges=pairs), customers, Chance(3))


def test_neighbours_by_hand():
    network = star()
    row, friend = network.neighbours(np.array([1, 5, 0]))
    assert row.tolist() == [0, 0, 1, 2, 2, 2, 2, 2] and friend.tolist() == [0, 2, 0, 1, 2, 3, 4, 5]
    assert network.friends(2).tolist() == [0, 1] and network.degree.tolist() == [5, 2, 2, 1, 1, 1]
    assert network.neighbours(np.empty(0, np.int64))[0].size == 0


def test_share_of_friends_by_hand():
    those = np.array([True, False, True, False, False, False])
    assert star().share_of_friends(those).tolist() == [1 / 5, 1, 1 / 2, 1, 1, 1]
    alone = tie(Network(on=True, kind="edges", edges=((0, 1),)), people(6), Chance(1))
    assert alone.share_of_friends(those).tolist() == [0, 1, 0, 0, 0, 0]
    mixed = tie(Network(on=True, kind="mixing"), people(6), Chance(1))
    assert mixed.share_of_friends(those).tolist() == [1 / 5, 2 / 5, 1 / 5, 2 / 5, 2 / 5, 2 / 5]


def test_who_is_told_is_a_friend():
    """As many different friends as asked for, all of them when there are fewer, and each as likely."""
    network = star()
    row, friend = network.partners(MEET, np.array([0, 3, 1]), 7, np.array([3, 4, 0]), 0.0)
    assert row.tolist() == [0, 0, 0, 1] and len(set(friend[:3])) == 3 and friend[3] == 0
    asked = np.zeros(4000, np.int64)
    row, friend = network.partners(MEET, asked, np.arange(4000), 2, 0.0)
    assert np.bincount(row).tolist() == [2] * 4000 and (friend[::2] != friend[1::2]).all()
    agrees(np.bincount(friend)[1:] / 4000, 0.4, share_error(0.4, 4000), sharp=0.1)


def test_only_those_in_the_market_are_met():
    network = star(entry=[0, 0, 5, 0, 0, 0], exit=[np.inf, 3, np.inf, 9, np.inf, np.inf])
    for day, there in ((0.0, [1, 3, 4, 5]), (4.0, [3, 4, 5]), (5.0, [2, 3, 4, 5]), (9.0, [2, 4, 5])):
        assert sorted(network.partners(MEET, np.array([0]), 0, 9, day)[1]) == there


def test_strangers_are_anybody_else():
    network = ties("mixing", 20)
    row, friend = network.partners(MEET, np.repeat(np.arange(20), 500), np.tile(np.arange(500), 20), 3, 0.0)
    who = np.repeat(np.arange(20), 500)[row]
    assert row.size == 30_000 and (who != friend).all() and network.friend.size == 0
    met = np.bincount(who * 20 + friend, minlength=400).reshape(20, 20)
    expected = 30_000 / 380
    chi = ((met[~np.eye(20, dtype=bool)] - expected) ** 2 / expected).sum()
    assert 380 - 20 - 4 * np.sqrt(2 * 380) < chi < 380 + 4 * np.sqrt(2 * 380)


def test_nobody_to_meet():
    alone = tie(Network(on=True, kind="mixing"), people(1), Chance(1))
    assert alone.partners(MEET, np.array([0]), 0, 5, 0.0)[1].size == 0


# ---------------------------------------------------------------- in a market


def test_a_network_by_itself_changes_nothing():
    without = Scenario(SHOPS).market(log="memory").run()
    assert without.network is None and without.firms[0].network is None
    for kind in (*DRAWN, "mixing"):
        market = Scenario(SHOPS).set({"network.on": True, "network.kind": kind}).market(log="memory").run()
        assert market.firms[0].network is market.network is not None
        assert market.log.opportunities().equals(without.log.opportunities())


def test_arms_share_their_network():
    scenario = Scenario({**SHOPS, "network": {"on": True, "kind": "random", "homophily": 0.5}})
    one, other = scenario.market(), scenario.set({"firms.a.price": 3.0}).market()
    assert np.array_equal(one.network.friend, other.network.friend)
