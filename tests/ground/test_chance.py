"""Draws: known answers of the generator, uniformity, the distributions made of them, and independence of everything else."""

import math

import numpy as np
import pytest
from scipy.stats import chi2, gamma, gumbel_r, kstest, norm

from regulars.ground import chance as drawn
from regulars.ground.chance import Chance, cos_turn, gumbel, ln, normal, philox, purpose, unit
from regulars.plain.chance import Dice
from regulars.plain.chance import philox as plain_philox

N = 100_000
WHO = np.arange(N)
ONES = 0xFFFFFFFF

KNOWN = [  # the known answers of philox4x32-10 that come with Random123 (Salmon et al. 2011): counter, key, words
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_known_answers(counter, key, words):
    assert tuple(int(word) for word in philox(*counter, *key)) == words
    assert plain_philox(counter, key) == words


def test_ends_of_the_unit_interval():
    """Never 0 and never 1, so that logarithms are finite; the largest word and the smallest are mirror images."""
    low, high = unit(np.uint64(0)), unit(np.uint64(ONES))
    assert 0 < low < 1e-9 and 1 - 1e-9 < high < 1
    assert low == 1 - high
    assert math.isfinite(gumbel(low)) and math.isfinite(gumbel(high)) and math.isfinite(normal(low, high))


def test_uniform():
    u = Chance(1).uniform(purpose("a"), WHO)
    assert kstest(u, "uniform").pvalue > 1e-3
    counts = np.bincount((u * 1000).astype(int), minlength=1000)
    assert chi2.sf(((counts - N / 1000) ** 2 / (N / 1000)).sum(), 999) > 1e-3


@pytest.mark.parametrize(
    "other",
    [
        lambda: Chance(1).uniform(purpose("b"), WHO),
        lambda: Chance(2).uniform(purpose("a"), WHO),
        lambda: Chance(1, 1).uniform(purpose("a"), WHO),
        lambda: Chance(1).uniform(purpose("a"), WHO + 1),
        lambda: Chance(1).uniform(purpose("a"), WHO, 1),
        *[lambda slot=slot: Chance(1).uniform(purpose("a"), WHO, 0, slot) for slot in (1, 2, 3, 4, 9)],
    ],
)
def test_every_part_of_the_key_matters(other):
    """Another purpose, seed, replicate, customer, occasion or slot gives other draws, uncorrelated with these."""
    u, v = Chance(1).uniform(purpose("a"), WHO), other()
    assert (u != v).mean() > 0.999
    assert abs(np.corrcoef(u, v)[0, 1]) < 4 / math.sqrt(N)
    assert kstest((u + v) % 1, "uniform").pvalue > 1e-3


def test_who_asks_first_does_not_matter():
    one, other = Chance(7), Chance(7)
    other.uniform(purpose("noise"), WHO)
    shuffled = np.random.default_rng(0).permutation(1000)
    a = one.uniform(purpose("a"), np.arange(1000), 3, 2)
    assert (a[shuffled] == other.uniform(purpose("a"), shuffled, 3, 2)).all()
    assert a[17] == Chance(7).uniform(purpose("a"), [17], 3, 2)[0] == Dice(7).uniform(purpose("a"), 17, 3, 2)


def test_shapes():
    """Customers and occasions are broadcast together."""
    block = Chance(1).uniform(purpose("a"), [[1], [2]], [0, 5, 9])
    assert block.shape == (2, 3)
    assert block[1, 2] == Chance(1).uniform(purpose("a"), [2], [9])[0]
    assert Chance(1).uniform(purpose("a"), []).shape == (0,)
    assert Chance(1).uniform(purpose("a"), [3]).shape == (1,)


def test_purposes_are_apart():
    """All purposes of the behaviours have different codes."""
    from regulars.behavior import bond, choice, experience, need, spending, switching, taste, turnover

    modules = (bond, choice, experience, need, spending, switching, taste, turnover)
    codes = [
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, int) and value > 2**16
    ]
    assert len(codes) > 12 and len(set(codes)) == len(codes)
    assert purpose("a", "b") == purpose("a/b") != purpose("ab")
    assert 0 <= purpose("x") < 2**32


def test_exponential_and_normal():
    c = Chance(5)
    assert kstest(c.exponential(purpose("e"), WHO), "expon").pvalue > 1e-3
    z = c.normal(purpose("n"), WHO)
    assert kstest(z, norm.cdf).pvalue > 1e-3
    assert abs(z.mean()) < 4 / math.sqrt(N) and abs(z.std() - 1) < 4 / math.sqrt(2 * N)


@pytest.mark.parametrize("shape", [0.02, 0.3, 1.0, 2.5, 60.0])
def test_gamma(shape):
    """Logarithms of gamma draws, also for shapes so small that the draws themselves are nothing to a computer."""
    logs = Chance(5).log_gamma(purpose("g"), WHO, shape)
    assert np.isfinite(logs).all()
    draws = np.exp(np.maximum(logs, -700))
    if shape > 0.1:  # below that most draws are nothing
        assert kstest(draws, gamma(shape).cdf).pvalue > 1e-3
    assert abs(draws.mean() - shape) < 4 * math.sqrt(shape / N)
    from scipy.special import digamma, polygamma

    assert abs(logs.mean() - digamma(shape)) < 4 * math.sqrt(polygamma(1, shape) / N)


def test_gamma_draws_of_one_customer_are_apart():
    """Slots are far apart, so that the trials of one draw never meet those of another."""
    c = Chance(5)
    a, b = (c.log_gamma(purpose("g"), WHO, 0.7, 0, slot) for slot in (0, 1))
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(N)
    assert c.log_gamma(purpose("g"), [11], 0.7, 0, 1)[0] == b[11]


def test_compiled_pieces():
    """Logarithm, cosine, Gumbel and normal agree with the mathematics to the last digits."""
    u = (np.arange(2000) + 0.5) / 2000
    wide = np.concatenate([u, 10.0 ** np.linspace(-12, 8, 500), 1 + 10.0 ** np.linspace(-15, -1, 50)])
    assert [ln(x) for x in wide] == pytest.approx(np.log(wide), rel=4e-16, abs=1e-17)
    assert [cos_turn(x) for x in u] == pytest.approx(np.cos(2 * np.pi * u), abs=2e-15)
    assert [gumbel(x) for x in u] == pytest.approx(gumbel_r.ppf(u), rel=1e-12, abs=1e-13)
    v = np.roll(u, 700)
    expected = np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)
    assert [normal(a, b) for a, b in zip(u, v, strict=True)] == pytest.approx(expected, abs=1e-13)


def test_box_and_muller_is_normal():
    c = Chance(9)
    u, v = (c.uniform(purpose("u"), WHO[:20_000], 0, slot) for slot in (0, 1))
    assert kstest([normal(a, b) for a, b in zip(u, v, strict=True)], norm.cdf).pvalue > 1e-3


def test_the_words_are_all_used():
    """Slot s is word s % 4 of block s // 4."""
    c = Chance(3)
    for slot in range(9):
        words = plain_philox((42, 6, slot // 4, purpose("w")), (c.key_a, c.key_b))
        assert c.uniform(purpose("w"), [42], 6, slot)[0] == (words[slot % 4] + 0.5) / 2**32
    assert drawn.UNIT == 2.0**-32
