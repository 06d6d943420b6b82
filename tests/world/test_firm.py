"""A firm is a few doors: books, relations, baseline, file, card, and what the processes of its market answer."""

import inspect
import operator

import numpy as np
import pytest

from regulars import Scenario
from regulars.contract import process
from regulars.ground.errors import RegularsError
from regulars.world import firms, ports

PORTS = [
    kind
    for _, kind in inspect.getmembers(ports, inspect.isclass)
    if issubclass(kind, ports.Port) and kind is not ports.Port
]
EVERYBODY = np.arange(40)


def market(**more):
    return Scenario(
        {"market": {"customers": 40, "days": 7}, "firms": [{"name": "anna"}, {"name": "bob"}], **more}
    ).market()


@pytest.mark.parametrize("name", firms.MOVED)
def test_what_stood_on_the_firm_is_found_there_with_a_note(name):
    """Until 0.3; and the new place is there, on every firm."""
    firm = market().firm("bob")
    new = operator.attrgetter(firms.MOVED[name])(firm)
    with pytest.warns(FutureWarning, match=rf"firm\.{name} is firm\.{firms.MOVED[name]} now"):
        assert getattr(firm, name) == new
    with pytest.raises(AttributeError, match="has no 'spemd'"):
        firm.spemd  # noqa: B018  (negative control: other names are as unknown as before)


@pytest.mark.parametrize("port", PORTS)
def test_each_port_is_answered_by_one_process(port):
    answering = [kind.title() for kind in process.every() if issubclass(kind, port)]
    assert len(answering) == 1
    for name, own in inspect.getmembers(port, inspect.isfunction):
        if not name.startswith("_"):
            (kind,) = (kind for kind in process.every() if issubclass(kind, port))
            assert getattr(kind, name) is not own, f"{kind.__name__} does not answer {port.__name__}.{name}"


def test_a_process_answers_where_it_is_on_and_the_port_where_it_is_not():
    without, with_it = market(), market(relationship={"on": True, "social_weight": 2.0})
    assert type(without.port(ports.Relationships)) is ports.Relationships
    assert with_it.port(ports.Relationships) is with_it.processes["relationship"]
    for one in (without, with_it):
        one.firm("anna").relations.deepen("social", EVERYBODY, 0.5, 0.0)
    pulls = [m.firm("anna").port(ports.Relationships).pull_of(EVERYBODY, 0, 0.0) for m in (without, with_it)]
    np.testing.assert_allclose(pulls[0], 0.0)
    np.testing.assert_allclose(pulls[1], 2.0 * 0.5)


def test_what_cannot_be_answered_says_so():
    """A strategy that needs products says so by `misfits`; one that forgets to is told here."""
    with pytest.raises(RegularsError, match="no process of this market answers ProductRange"):
        market().firm("anna").port(ports.ProductRange).catalogue()


def test_books_are_the_firms_own():
    town = market()
    town.firm("bob").books.spend("staff", 3.0)
    assert (town.ledger.value("staff", "bob"), town.ledger.value("staff", "anna")) == (3.0, 0.0)


def test_the_baseline_is_what_customers_do_without_programmes():
    """One firm, nothing outside: everybody who meets an opportunity buys, so that spending is rate x basket x price."""
    one = Scenario(
        {"market": {"customers": 40, "days": 7}, "firms": [{"name": "anna", "price": 3.0}]}
    ).market()
    c, baseline = one.customers, one.firm("anna").baseline
    np.testing.assert_allclose(baseline.purchase_probability(EVERYBODY), 1.0)
    np.testing.assert_allclose(baseline.spending_rate(EVERYBODY), c.rate * c.basket * 3.0, rtol=1e-6)
    np.testing.assert_allclose(
        baseline.visit_probability(EVERYBODY), 1.0 - np.exp(-c.rate.astype(float)), rtol=1e-6
    )
    np.testing.assert_allclose(baseline.money_weight(EVERYBODY), c.price_sensitivity / c.basket, rtol=1e-6)
