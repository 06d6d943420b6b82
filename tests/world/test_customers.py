"""The population as declared arrays; tests/market/test_customers.py looks at single customers."""

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.world.customers import Customers

FIRMS = [{"name": "anna"}, {"name": "berta"}]


@pytest.fixture
def people():
    table = {"market": {"customers": 5, "days": 7}, "experience": {"on": True}, "firms": FIRMS}
    return Scenario(table).market().run().customers


@pytest.mark.parametrize("number", [5, -6, 99])
def test_nobody_there(people, number):
    with pytest.raises(RegularsError, match=f"no customer {number}: this market has customers 0 to 4"):
        people[number]


def test_what_is_switched_off_says_so():
    people = Scenario({"market": {"customers": 2}, "firms": FIRMS}).market().customers
    assert not people.has("satisfaction") and people.has("taste")
    with pytest.raises(
        AttributeError, match="no 'satisfaction': the behaviour that needs it is switched off"
    ):
        _ = people.satisfaction
    with pytest.raises(AttributeError, match="no 'satisfaction'"):
        people[0].satisfaction = {"anna": 1, "berta": 1}
    with pytest.raises(AttributeError):
        _ = people.hat_size
    with pytest.raises(AttributeError):
        people[0].hat_size = 7


def test_columns_are_declared(people):
    """Every array has the type and shape that its declaration says, with a unit and a meaning."""
    for name, array in people.columns.items():
        column = people.declared[name]
        assert array.dtype == np.dtype(column.dtype)
        assert array.shape == ((5, 2) if column.pair else (5,))
        assert column.unit and column.meaning
    with pytest.raises(KeyError):
        Customers(2, ("anna",)).add("hat_size", 7)
