"""Customers as objects: read from and written to the arrays that the engine runs on."""

import numpy as np
import pytest
from worlds.busy import world
from worlds.lives import after

from regulars.ground.errors import RegularsError


@pytest.fixture
def market():
    return after(world(**{"market.customers": 50, "turnover.entry_rate": 0.0}).market(), 10)


def test_reading(market):
    customer, arrays = market.customers[17], market.customers
    assert customer.unique_id == customer.index == 17
    assert customer.basket == arrays.basket[17] and isinstance(customer.basket, float)
    assert customer.taste == {"a": arrays.taste[17, 0], "b": arrays.taste[17, 1]}
    assert customer.incumbent == [None, "a", "b"][arrays.incumbent[17] + 1]
    assert set(customer.as_dict()) == set(arrays.columns)
    assert set(arrays.columns) <= set(dir(customer))
    assert market.customers[-1].index == 49


def test_writing(market):
    customer, arrays = market.customers[17], market.customers
    customer.basket, customer.incumbent = 3.5, "b"
    assert arrays.basket[17] == 3.5 and arrays.incumbent[17] == 1
    customer.incumbent = None
    assert arrays.incumbent[17] == -1 and customer.incumbent is None
    customer.expectation = {"a": 0.25}
    assert customer.expectation == {"a": 0.25, "b": pytest.approx(arrays.expectation[17, 1])}
    before = arrays.attraction[17].copy()
    customer.taste = {"a": customer.taste["a"] + 2.0}
    np.testing.assert_allclose(arrays.attraction[17] - before, [2.0, 0.0], atol=1e-6)
    customer.satisfaction = {"a": 0.0, "b": 1.0}
    market.endear()
    assert customer.attraction["a"] - customer.taste["a"] < 0 < customer.attraction["b"] - customer.taste["b"]


def test_what_is_written_is_what_happens(market):
    """A customer made to love b buys there; the others live on as they did."""
    other = market.branch(log="memory")
    for customer in other.customers.select(range(5)):
        customer.taste = {"b": 50.0}
        customer.aware_from = {"b": 0.0}
        customer.incumbent = "b"
        customer.basket = 123.0
    rows, straight = (m.run().log.purchases() for m in (other, market.branch(log="memory")))
    changed = rows["customer"] < 5
    assert (rows[changed]["firm"] == "b").all() and rows[changed]["quantity"].mean() > 60
    assert (
        rows[~changed]
        .reset_index(drop=True)
        .equals(straight[straight["customer"] >= 5].reset_index(drop=True))
    )


def test_iterating_and_selecting(market):
    everybody = market.customers
    assert [customer.index for customer in everybody] == list(range(50)) and len(everybody) == 50
    faithful = everybody.select(lambda customer: customer.incumbent == "a")
    assert [customer.index for customer in faithful] == list(np.flatnonzero(everybody.incumbent == 0)) != []
    assert everybody.select(everybody.incumbent == 0) == faithful
    assert everybody.select([3, 4]) == [everybody[3], everybody[4]] != [everybody[4], everybody[3]]
    assert len({everybody[3], everybody[3], everybody[4]}) == 2


def test_repr(market):
    market.customers[17].incumbent = "b"
    assert repr(market.customers[17]) == "Customer(17, incumbent='b')"
    assert repr(market.customers).startswith("Customers: 50 at 2 firms (a, b)")


@pytest.mark.parametrize(
    ("act", "error", "told"),
    [
        (lambda c: c[50], RegularsError, "no customer 50: this market has customers 0 to 49"),
        (lambda c: c["anna"], RegularsError, "a customer has a number, not 'anna'"),
        (lambda c: c[3].tastes, AttributeError, "no 'tastes'; did you mean 'taste'"),
        (lambda c: c[3].count, AttributeError, "no 'count'"),
        (lambda c: setattr(c[3], "baskets", 2), AttributeError, "did you mean 'basket'"),
        (lambda c: setattr(c[3], "incumbent", "c"), RegularsError, "no firm is called 'c'"),
        (lambda c: setattr(c[3], "taste", {"c": 1.0}), RegularsError, "no firm is called 'c'"),
        (
            lambda c: setattr(c[3], "basket", None),
            RegularsError,
            "basket = None will not do: a number is needed, in units",
        ),
    ],
)
def test_mistakes_are_told(market, act, error, told):
    with pytest.raises(error, match=told):
        act(market.customers)


def test_what_is_off_says_so():
    from regulars.scenario import Scenario

    with pytest.raises(AttributeError, match="the behaviour that needs it is switched off"):
        _ = Scenario({"firms": [{"name": "a"}]}).market().customers[0].satisfaction
