"""What the plain day leaves out is refused by name, and nothing else is."""

import math

import pytest

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.plain import Here, PlainFirm, PlainMarket
from regulars.plain.rebate import log_mean

FIRMS = [{"name": "ann"}, {"name": "bob"}]
GAMMA = {"distribution": "gamma", "mean": 1.0, "sd": 0.5}


def doing(**what):
    return {"firms": [{**FIRMS[0], **what}, FIRMS[1]]}


LEFT_OUT = {
    "a behaviour": ({"cost_to_serve": {"on": True, "cost": 0.1}}, r"the behaviour 'cost_to_serve' \(it knows categories, devotion, relationship\)"),
    "returns": ({"returns": {"on": True}}, "the behaviour 'returns'"),
    "of a firm": (doing(availability=0.5), "the behaviour 'availability'"),
    "a distribution": ({"switching": {"relation": GAMMA}}, r"switching\.relation: the gamma distribution \(it knows fixed, lognormal, normal, uniform\)"),
    "another": ({"foresight": {"foresight": {"distribution": "beta", "mean": 0.5, "sd": 0.2}}}, r"foresight\.foresight: the beta distribution"),
    "a policy": (doing(pricing={"kind": "markup", "margin": 0.3}), r"firms\.ann\.pricing: the policy 'markup' \(it knows fixed prices\)"),
    "a strategy": (doing(strategies={"points": {}}), r"firms\.ann\.strategies\.points \(it knows everyday_low_price, threshold_rebate\)"),
    "members": (doing(strategies={"threshold_rebate": {"enrolment": "offered"}}), r'firms\.ann\.strategies\.threshold_rebate\.enrolment = "offered"'),
    "money only": (doing(strategies={"threshold_rebate": {"counts": "money"}}), r'firms\.ann\.strategies\.threshold_rebate\.counts = "money" \(it knows all\)'),
    "a cap": (doing(strategies={"threshold_rebate": {"reward_cap": 2}}), r"firms\.ann\.strategies\.threshold_rebate\.reward_cap = 2 \(it knows 0\)"),
    "a budget": (doing(strategies={"threshold_rebate": {"budget": 9.5}}), r"firms\.ann\.strategies\.threshold_rebate\.budget = 9\.5 \(it knows 0\)"),
    "a minimum": (doing(strategies={"threshold_rebate": {"least": 1.0}}), r"firms\.ann\.strategies\.threshold_rebate\.least = 1 \(it knows 0\)"),
}  # fmt: skip
FINE = {
    "nothing": {},
    "what it knows": doing(
        strategies={"threshold_rebate": {}, "everyday_low_price": {}}, pricing={"kind": "fixed"}
    ),
    "a distribution of one value": {"switching": {"relation": {**GAMMA, "sd": 0.0}}},
    "who knows whom, of no use to anybody": {"network": {"on": True}},
}


def table(changes):
    return {"market": {"customers": 20, "days": 7}, "firms": FIRMS, **changes}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_left_out_is_refused(name):
    changes, told = LEFT_OUT[name]
    with pytest.raises(
        RegularsError, match=rf"the plain day leaves out {told}.*\. Take them out, or use Market"
    ):
        PlainMarket(table(changes))


def test_all_of_it_is_told_at_once():
    with pytest.raises(RegularsError) as told:
        PlainMarket(
            table(
                {**LEFT_OUT["a behaviour"][0], **LEFT_OUT["a distribution"][0], **LEFT_OUT["a strategy"][0]}
            )
        )
    assert all(
        word in str(told.value) for word in ("cost_to_serve", "switching.relation", "strategies.points")
    )


@pytest.mark.parametrize("name", FINE)
def test_nothing_else_is_refused(name):
    assert PlainMarket(table(FINE[name])).run()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"seed": -1}, r"seed = -1 will not do: a whole number from 0 to 18446744073709551615 is needed"),
        ({"seed": 2**64}, "seed = 18446744073709551616 will not do"),
        ({"seed": 1.0}, "seed = 1.0 will not do"),
        ({"seed": True}, "seed = True will not do"),
        ({"replicate": -1}, "replicate = -1 will not do: a whole number from 0 on is needed"),
        ({"hand": 3}, "hand = 3 will not do: a function is needed"),
        ({"sed": 1}, "PlainMarket has no argument 'sed'; did you mean 'seed'"),
    ],
)
def test_options_that_will_not_do(options, told):
    with pytest.raises(RegularsError, match=told):
        PlainMarket(table({}), **options)


def test_ends_of_the_seeds_will_do():
    assert PlainMarket(table({}), seed=0, replicate=10**9).seed == 0
    assert PlainMarket(table({}), seed=2**64 - 1).seed == 2**64 - 1


def test_firms_and_accounts_by_name():
    market = PlainMarket(table({}))
    assert market.firm("bob") is market.firms[1] and isinstance(market.firms[1], PlainFirm)
    with pytest.raises(RegularsError, match="no firm is called 'bobb'; did you mean 'bob'"):
        market.firm("bobb")
    for wrong in (("cas", "gross_sales"), ("gross_sales", "cas")):
        with pytest.raises(RegularsError, match="no account is called 'cas'; did you mean 'cash'"):
            market.firms[0].post(*wrong, 5)
    assert set(market.firms[0].books.values()) == {0}


def test_a_hand_writes_on_the_board():
    """Whoever is blocked everywhere but at bob buys there; with an idle hand nothing changes."""

    def to_bob(customer, occasion, firm, here):
        assert here == Here()
        here.blocked = customer < 10 and firm == 0

    free, led = PlainMarket(table({})).run(), PlainMarket(table({}), hand=to_bob).run()
    assert (
        {row.firm for row in led if row.customer < 10}
        == {"bob"}
        != {row.firm for row in free if row.customer < 10}
    )
    assert [row for row in led if row.customer >= 10] == [row for row in free if row.customer >= 10]
    assert PlainMarket(table({}), hand=lambda *_: None).run() == free


FAR = {
    "a window of a year": doing(strategies={"threshold_rebate": {"days": 300, "window": 366}}),
    "a reward beyond measure": {**doing(strategies={"threshold_rebate": {"days": 1, "window": 3, "returns": "amount", "amount": 1e6}}), "choice": {"price_sensitivity": 5.0}},
    "a price beyond measure": {**doing(price=3000.0, strategies={"threshold_rebate": {"days": 1, "window": 3}}), "choice": {"price_sensitivity": 5.0}},
    "hardly any need": {"need": {"mean": 1.0, "shape": 0.01}, **doing(strategies={"threshold_rebate": {"days": 1}})},
    "noticed in ages": {"turnover": {"aware": 0.5, "noticing_rate": 1e-300}},
}  # fmt: skip


@pytest.mark.parametrize("name", FAR)
def test_far_out_it_agrees_as_well(name):
    """Where exp() ends, and single precision: the same choices as the market, customers being alike or at a loss to choose."""
    world = Scenario({**table(FAR[name]), "taste": {"kind": "homogeneous"}})
    market = world.market(log="memory").run()
    log = market.log.opportunities().sort_values(["customer", "occasion"])
    rows = sorted(PlainMarket(world).run(), key=lambda row: (row.customer, row.occasion))
    assert [row.firm for row in rows] == log["firm"].astype(object).where(log["firm"].notna(), None).tolist()


def test_the_mean_of_a_choice_by_hand():
    assert log_mean(0.5, 0.0, 0.0) == 0.0
    assert log_mean(0.25, 1.0, 2.0) == pytest.approx(math.log(0.75 * math.e + 0.25 * math.e**2), rel=1e-12)
    assert log_mean(0.25, 1001.0, 1002.0) == pytest.approx(1000 + log_mean(0.25, 1.0, 2.0), rel=1e-12)
    assert log_mean(0.0, 0.0, 5000.0) == 0.0 and log_mean(1.0, 0.0, 5000.0) == 5000.0
