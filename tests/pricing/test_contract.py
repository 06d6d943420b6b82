"""What every policy owes: a name, words, sources, good errors, keyed draws, and eyes for its own desk only."""

from pathlib import Path

import numpy as np
import pytest
from worlds.oligopoly import logit_market, prices

from regulars import pricing as rooms
from regulars.contract import pricing
from regulars.contract.pricing import PricingPolicy
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.market import pricing as deciding
from regulars.scenario import Scenario, json_schema, load

KINDS = pricing.names()
LIVELIER = {  # what a policy is tried with besides `every`; nothing where it is not named
    "follow": ({"gap": -0.01},),
    "imitate": ({"experiment": 0.3},),
    "learn": ({}, {"method": "gradient"}, {"watches": True, "patience": 0.9}),
}
BLIND = [{"kind": kind, "every": 2.0, **more} for kind in KINDS for more in LIVELIER.get(kind, ({},))]
ALL = [*BLIND, {"kind": "best_response", "informed": True, "every": 2.0, "highest": 8.0, "points": 11}]


def named(table):
    return "-".join(str(value) for name, value in table.items() if name != "every")


def test_the_folder_is_the_registry():
    files = Path(rooms.__file__).parent.glob("*.py")
    assert (
        KINDS == sorted(file.stem for file in files if file.stem != "__init__") and "best_response" in KINDS
    )
    assert set(LIVELIER) <= set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_documented(name):
    kind = pricing.find(name)
    assert (
        kind.title() == name
        and kind.__doc__
        and kind.sources
        and all(len(source) > 20 for source in kind.sources)
    )
    for parameter, field in kind.Parameters.model_fields.items():
        assert field.description, parameter


@pytest.mark.parametrize("table", ALL, ids=named)
def test_the_same_seed_the_same_prices_on_any_number_of_threads(table):
    scenario = logit_market(table, customers=9000, days=12.0)
    paths = []
    for options in ({}, {"threads": 2}, {"log": "memory"}):
        market, path = scenario.market(**options), []
        for _ in range(12):
            market.step()
            path.append(prices(market))
        paths.append(np.array(path))
    assert np.array_equal(paths[0], paths[1]) and np.array_equal(paths[0], paths[2])


@pytest.mark.parametrize("table", ALL, ids=named)
@pytest.mark.parametrize("day", [7, 8])
def test_saved_and_loaded_it_decides_the_same(table, day, tmp_path):
    """In the middle of a spell, and on the day of a decision."""
    market = logit_market(
        table, customers=300, days=20.0, **{"need.process": "poisson", "need.mean": 7.0}
    ).market(log="memory")
    for _ in range(day):
        market.step()
    others = [Market.load(market.save(tmp_path / "m")), market.branch()]
    market.run()
    for other in others:
        other.run()
        assert np.array_equal(prices(other), prices(market))
        assert other.log.opportunities().equals(market.log.opportunities())


@pytest.mark.parametrize("table", ALL, ids=named)
def test_order_of_firms_is_nothing(table):
    scenario = logit_market(table, customers=200, days=12.0)
    turned = Scenario({**scenario.table, "firms": scenario.table["firms"][::-1]})
    assert np.array_equal(prices(scenario.market().run()), prices(turned.market().run()))


class Hidden:
    """Customers that nobody may look at."""

    def __getattr__(self, name):
        raise AssertionError(f"a policy looked at customers.{name}")

    __getitem__ = __len__ = __iter__ = __getattr__


def blindfolded(monkeypatch, market):
    """Hide the customers, all choices and all single opportunities whenever a firm decides."""
    own = deciding.decide

    def decide(policies, day, prices):
        seen = market.customers, market.opportunities, market.passing.page, market.board
        market.customers = market.opportunities = market.passing.page = market.board = Hidden()
        kept = [firm.customers for firm in market.firms]
        for firm in market.firms:
            firm.customers = Hidden()
        try:
            own(policies, day, prices)
        finally:
            market.customers, market.opportunities, market.passing.page, market.board = seen
            for firm, customers in zip(market.firms, kept, strict=True):
                firm.customers = customers

    monkeypatch.setattr(deciding, "decide", decide)


@pytest.mark.parametrize("table", BLIND, ids=named)
def test_a_policy_never_looks_at_customers(table, monkeypatch):
    scenario = logit_market(table, customers=100, days=30.0)
    straight = prices(scenario.market().run())
    market = scenario.market()
    blindfolded(monkeypatch, market)
    assert np.array_equal(prices(market.run()), straight)


def test_an_informed_one_does(monkeypatch):
    """Negative control: the blindfold is one."""
    market = logit_market(ALL[-1], customers=100).market()
    blindfolded(monkeypatch, market)
    with pytest.raises(AssertionError, match=r"a policy looked at customers\."):
        market.run()


@pytest.mark.parametrize("table", ALL, ids=named)
def test_a_policy_changes_nothing_but_the_price(table):
    """Where the price it sets is put back every day, everything is as without any policy."""
    scenario = logit_market(table, customers=200, days=12.0)
    plain = scenario.set({f"firms.{k}.pricing": {} for k in range(2)}).market(log="memory").run()
    market = scenario.market(log="memory")
    own = [p.price for p in market.pricing]
    for p, price in zip(market.pricing, own, strict=True):
        p.price = lambda day, price=price: (price(day), None)[1]
    assert market.run().log.opportunities().equals(plain.log.opportunities())


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            {"margin": 0.3},
            r"firms\.0\.pricing\.kind: a pricing policy needs a kind; known here: .*best_response, .*fixed",
        ),
        (
            {"kind": "mark-up"},
            r"firms\.0\.pricing\.kind: no pricing policy is called 'mark-up'; did you mean 'markup'",
        ),
        ({"kind": 3}, "no pricing policy is called 3"),
        (
            {"kind": "markup", "margn": 0.3},
            r"firms\.0\.pricing\.margn: no parameter of this name; did you mean 'margin'",
        ),
        (
            {"kind": "markup", "margin": -2},
            r"firms\.0\.pricing\.margin: -2.0 is outside \[-1, 1000\] \(wanted: in share of cost",
        ),
        ({"kind": "markup", "margin": "30%"}, "'30%' is not a number"),
        ({"kind": "markup", "every": 0}, r"every: 0.0 is outside \[1, 36525\]"),
        (
            {"kind": "follow", "whom": "f7"},
            "whom: no rival is called 'f7'; known here: f1, highest, lowest, mean",
        ),
        ({"kind": "follow", "whom": "f0"}, "'f0' cannot follow itself"),
        ({"kind": "best_response", "lowest": 3, "highest": 2}, "highest: 2 is not above lowest = 3"),
        ({"kind": "learn", "lowest": 3, "highest": 2}, "highest: 2 is not above lowest = 3"),
        ({"kind": "learn", "method": "deep"}, "method: 'deep' will not do"),
    ],
)
def test_mistakes_are_told_with_their_place(table, told):
    with pytest.raises(Problem, match=told):
        logit_market({"kind": "fixed"}).set({"firms.0.pricing": table})


def test_mistakes_are_told_with_their_line(tmp_path):
    file = tmp_path / "shop.toml"
    file.write_text('[[firms]]\nname = "corner"\n\n[firms.pricing]\nkind = "markup"\nmargn = 0.3\n')
    with pytest.raises(
        Problem, match=r"shop\.toml, line [456]: firms\.0\.pricing\.margn: .*did you mean 'margin'"
    ):
        load(file)


def test_nobody_to_follow():
    with pytest.raises(Problem, match="'a' has no rival to follow"):
        Scenario({"firms": [{"name": "a", "pricing": {"kind": "follow"}}]})


def test_defaults_are_written_out_and_read_back():
    import tomllib

    scenario = logit_market({"kind": "markup"})
    assert scenario.resolved()["firms"][0]["pricing"] == {"kind": "markup", "every": 28.0, "margin": 0.3}
    assert (
        Scenario(tomllib.loads(scenario.toml())).hash
        == scenario.hash
        != scenario.set({"firms.0.pricing.margin": 0.4}).hash
    )
    assert scenario.value("firms.f1.pricing.margin") == 0.3


def test_schema():
    kinds = json_schema()["$defs"]["FirmOffer"]["properties"]["pricing"]["anyOf"]
    assert [kind["properties"]["kind"]["const"] for kind in kinds[:-1]] == KINDS


def test_arms_may_differ_in_policy():
    scenario = Scenario(
        {
            **logit_market({}).table,
            "arms": {"dear": {"set": {"firms.f0.pricing": {"kind": "markup", "margin": 2.0}}}},
        }
    )
    control = scenario.arm("control").market()
    arm = scenario.arm("dear").market(against=control)
    control.step()
    arm.step()
    assert list(prices(arm)) == [1.5, 1.0] and list(prices(control)) == [1.0, 1.0]


def test_a_price_that_is_none_is_refused():
    market = logit_market({"kind": "markup"}).market()
    market.pricing[0].price = lambda day: float("nan")
    with pytest.raises(RegularsError, match=r"firms\.f0\.pricing: markup wants a price of nan on day 0"):
        market.step()


def test_a_branch_keeps_what_was_learned_unless_the_rules_change():
    market = logit_market({"kind": "learn", "every": 1.0}).market()
    for _ in range(10):
        market.step()
    assert market.branch().pricing[0].decided == 10
    assert market.branch({"firms.0.pricing.rate": 0.5}).pricing[0].decided == 0
    assert isinstance(market.branch({"firms.0.pricing": {"kind": "fixed"}}).pricing[0], pricing.find("fixed"))
    assert len(market.branch({"firms.0.pricing": {}}).pricing) == 1


def test_the_base_does_nothing():
    market = logit_market({"kind": "fixed"}).market()
    assert PricingPolicy(market.pricing[0].desk, pricing.find("markup").Parameters()).price(0.0) is None
