"""Trees of referral: by hand, conserved sums, the size of cascades, and tables that cannot be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.ground.errors import RegularsError
from regulars.measures.referral_tree import cascade_size, referral_values, reproduction

EXAMPLES = settings(max_examples=100, derandomize=True, deadline=None, database=None)


def referrals(**brought_by):
    return pd.DataFrame(
        {"customer": list(brought_by), "referrer": pd.Series(list(brought_by.values()), dtype=object)}
    )


# ann brought bob and cat, bob brought dan; eve came alone; fay is named as a referrer only
HAND = referrals(ann=None, bob="ann", cat="ann", dan="bob", eve=None, gus="fay")
OWN = pd.Series({"ann": 10.0, "bob": 4.0, "cat": -3.0, "dan": 8.0, "eve": 5.0, "hal": 1.0})


def test_values_by_hand():
    table = referral_values(HAND, OWN)
    assert table["tree"].to_dict() == {
        "ann": 19.0, "bob": 12.0, "cat": -3.0, "dan": 8.0, "eve": 5.0, "gus": 0.0, "fay": 0.0, "hal": 1.0,
    }  # fmt: skip
    assert table["generation"].to_dict() == {
        "ann": 0, "bob": 1, "cat": 1, "dan": 2, "eve": 0, "gus": 1, "fay": 0, "hal": 0,
    }  # fmt: skip
    assert table.loc["ann", ["brought", "descendants"]].tolist() == [2, 3]
    assert table.loc["dan", "root"] == "ann" and table.loc["dan", "referrer"] == "bob"
    assert pd.isna(table.loc["eve", "referrer"]) and table.loc["hal", "root"] == "hal"
    assert reproduction(table) == 4 / 8
    half = referral_values(HAND, OWN, passed_on=0.5)
    assert half.loc["bob", "tree"] == 8.0 and half.loc["ann", "tree"] == 10 + 0.5 * (8 - 3)
    assert half.loc["bob", "credited"] == 4.0 and half["credited"].sum() == OWN.sum()


def test_nothing_passed_on_is_the_own_value():
    """The negative control: with p = 0 friends count for nobody but themselves."""
    table = referral_values(HAND, OWN, passed_on=0.0)
    assert table["tree"].equals(table["own"].rename("tree"))
    assert table["credited"].equals(table["own"].rename("credited"))


@st.composite
def forests(draw):
    """Random forests: customer k was brought by one of those before, or by nobody; rows in any order."""
    n = draw(st.integers(1, 40))
    parents = [draw(st.integers(-1, k - 1)) for k in range(n)]
    names = draw(st.permutations(range(n)))
    rows = [(names[k], names[p] if p >= 0 else None) for k, p in enumerate(parents)]
    own = pd.Series({k: float(draw(st.integers(-50, 50))) for k in range(n)})
    return pd.DataFrame(draw(st.permutations(rows)), columns=["customer", "referrer"]), own


@EXAMPLES
@given(forests(), st.floats(0, 1))
def test_sums_are_conserved(forest, passed_on):
    table, own = forest
    full = referral_values(table, own)
    roots = full[full["generation"] == 0]
    assert roots["tree"].sum() == pytest.approx(own.sum(), abs=1e-9)
    assert len(roots) + roots["descendants"].sum() == len(own)
    part = referral_values(table, own, passed_on=passed_on)
    assert part["credited"].sum() == pytest.approx(own.sum(), abs=1e-9)
    turned = referral_values(table.iloc[::-1], own, passed_on=passed_on).loc[part.index]
    assert turned["tree"].to_numpy() == pytest.approx(part["tree"].to_numpy(), abs=1e-9)
    assert (turned[["root", "generation"]] == part[["root", "generation"]]).all(axis=None)


def cascades(rng, roots, friends):
    """A table of referrals in which everybody brings a Poisson number of friends."""
    parent = [np.full(roots, -1)]
    level = np.arange(roots)
    while len(level):
        parent.append(np.repeat(level, rng.poisson(friends, len(level))))
        level = np.arange(len(parent[-1])) + sum(map(len, parent[:-1]))
    joined = np.concatenate(parent)
    return pd.DataFrame(
        {"customer": np.arange(len(joined)), "referrer": pd.Series(joined).where(joined >= 0)}
    )


@pytest.mark.parametrize(("friends", "size"), [(0.6, 2.5), (0.2, 1.25), (0.0, 1.0)])
def test_size_of_cascades(friends, size):
    """Mean size 1 / (1 - R0); for Poisson its variance is R0 / (1 - R0)^3."""
    assert cascade_size(friends) == pytest.approx(size)
    roots = 20_000
    table = referral_values(cascades(np.random.default_rng(91), roots, friends))
    own = table[table["generation"] == 0]
    error = np.sqrt(friends / (1 - friends) ** 3 / roots)
    assert len(own) == roots
    assert abs((own["descendants"] + 1).mean() - size) <= 4 * error
    assert cascade_size(reproduction(table)) == pytest.approx(
        len(table) / roots
    )  # an identity of what was seen
    assert table.index.dtype.kind == "i"


def test_cascades_that_never_end():
    assert cascade_size(1.0) == np.inf and cascade_size(3.0) == np.inf
    with pytest.raises(RegularsError, match="0 or more"):
        cascade_size(-0.1)


def test_a_long_chain():
    n = 3_000
    table = pd.DataFrame({"customer": np.arange(n), "referrer": np.arange(n) - 1.0})
    table.loc[0, "referrer"] = np.nan
    found = referral_values(table, pd.Series(1.0, index=range(n)))
    assert found.loc[0, "tree"] == n and found.loc[n - 1, "generation"] == n - 1
    half = referral_values(table, pd.Series(1.0, index=range(n)), passed_on=0.5)
    assert half.loc[0, "tree"] == pytest.approx(2.0)


def test_nobody():
    empty = referral_values(HAND.iloc[:0])
    assert empty.empty and np.isnan(reproduction(empty))
    assert referral_values(HAND.iloc[:0], OWN)["tree"].sum() == OWN.sum()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (referrals(ann="ann"), "customer ann is said to have referred itself"),
        (referrals(ann="bob", bob="ann"), "in a circle: ann <- bob <- ann"),
        (referrals(zoe=None, ann="cat", bob="ann", cat="bob", dan="ann"), "circle: (ann|cat|bob)"),
        (pd.concat([referrals(ann="bob"), referrals(ann="cat")]), "ann is named with two referrers"),
        (pd.concat([referrals(ann=None), referrals(ann="cat")]), "ann is named with two referrers"),
        (pd.DataFrame({"customer": [1, 2], "referrer": [-1, 1]}), "leave it missing"),
        (pd.DataFrame({"customer": [None], "referrer": ["ann"]}), "without a customer"),
        (pd.DataFrame({"customer": [1], "by": [2]}), "lack the columns referrer; there are customer, by"),
    ],
)
def test_tables_that_cannot_be(table, says):
    with pytest.raises(RegularsError, match=says):
        referral_values(table)


def test_values_that_cannot_be():
    for own in (pd.Series({"ann": np.nan}), pd.Series([1.0, 2.0], index=["ann", "ann"])):
        with pytest.raises(RegularsError, match="own values"):
            referral_values(HAND, own)
    with pytest.raises(RegularsError, match=r"passed_on=1\.5"):
        referral_values(HAND, OWN, passed_on=1.5)


def test_the_same_row_twice_is_one():
    assert len(referral_values(pd.concat([HAND, HAND]), OWN)) == 8


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("passed_on", [0.0, 0.4, 1.0])
def test_every_column_against_plain_recursion(seed, passed_on):
    """Random forests, named in any order; some with values of their own only, some without."""
    rng = np.random.default_rng(seed)
    names = [f"c{k}" for k in rng.permutation(30)]
    parent = {
        name: names[rng.integers(k)] if k and rng.random() < 0.7 else None for k, name in enumerate(names)
    }
    own = {name: float(rng.normal(10, 5)) for name in [*names[::2], "loner"]}
    table = pd.DataFrame({"customer": names, "referrer": [parent[n] for n in names]}).sample(
        frac=1, random_state=seed
    )
    found = referral_values(table, pd.Series(own), passed_on=passed_on)

    def children(name):
        return [n for n in names if parent[n] == name]

    def tree(name):
        return own.get(name, 0.0) + passed_on * sum(tree(child) for child in children(name))

    def descendants(name):
        return sum(1 + descendants(child) for child in children(name))

    def line(name):
        return [name, *(line(parent[name]) if parent.get(name) else [])]

    assert set(found.index) == {*names, "loner"}
    for name, row in found.iterrows():
        above = parent.get(name)
        assert row["referrer"] == above if above else pd.isna(row["referrer"])
        assert (row["root"], row["generation"]) == (line(name)[-1], len(line(name)) - 1)
        assert (row["brought"], row["descendants"]) == (len(children(name)), descendants(name))
        kept = 1.0 if above is None else 1 - passed_on
        assert row[["own", "tree", "credited"]].tolist() == pytest.approx(
            [own.get(name, 0.0), tree(name), kept * tree(name)]
        )
