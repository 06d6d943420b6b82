"""Image: cheap-looking rewards cost a premium brand, and only that."""

import numpy as np
import pytest
from worlds.lives import differences

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market

PROVES = ("M18",)


def scenario(brand=0.9, looks=0.1, on=True, strategies=None, **changes):
    """A shop gives a small reward on each visit, and a rival; the reward itself is worth next to nothing."""
    reward = {"threshold_rebate": {"days": 1, "rate": 1e-6, "looks": looks}}
    return Scenario(
        {
            "market": {"customers": 600, "days": 84},
            "need": {"mean": 3.0},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True},
            "image": {"on": on},
            "firms": [
                {
                    "name": "shop",
                    "price": 10.0,
                    "cost": 5.0,
                    "brand": brand,
                    "strategies": reward if strategies is None else strategies,
                },
                {"name": "rival", "price": 10.0, "cost": 5.0},
            ],
        }
    ).set(changes)


def run(*args, **options):
    return scenario(*args, **options).market(log="memory").run()


def sales(*args, **options):
    return run(*args, **options).firm("shop").purchases


def test_cheap_rewards_cost_a_premium_brand():
    """The same gift: a premium brand loses customers by it, an ordinary one does not, nor does a fitting gift."""
    plain = sales(on=False)
    assert sales(brand=0.9, looks=0.1) < 0.9 * plain
    assert sales(brand=0.1, looks=0.1) == plain  # control: nothing to lose
    assert sales(brand=0.9, looks=0.9) == plain  # control: the gift fits
    assert sales(brand=0.9, strategies={}) == sales(brand=0.9, strategies={}, on=False)  # control: no gift


def test_the_cheaper_it_looks_the_more_is_lost():
    sold = [sales(looks=looks) for looks in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert sold == sorted(sold) and sold[0] < 0.97 * sold[2]
    sold = [sales(brand=brand) for brand in (0.0, 0.3, 0.6, 1.0)]
    assert sold == sorted(sold, reverse=True)


def test_rewards_are_premium_unless_told():
    market = run(strategies={"threshold_rebate": {"days": 1}, "points": {}}, brand=1.0)
    assert not market.customers.tarnish.any()


def image(**rules):
    """A market that has not begun, and its image."""
    market = scenario(**{f"image.{name}": value for name, value in rules.items()}).market()
    return market, market.processes["image"], market.names.index("shop")


def test_loss_by_hand():
    """damage (brand - looks) at first sight, then the less the more is lost already, never more than the worst."""
    market, seen, f = image(damage=0.5, worst=1.0, half_life=0.0)
    who = np.array([3, 5])
    seen.seen(f, who, 0.1, 0.0)
    assert market.customers.tarnish[who, f] == pytest.approx(0.4)
    seen.seen(f, who[:1], 0.1, 7.0)
    assert market.customers.tarnish[who, f] == pytest.approx([0.4 + 0.4 * 0.6, 0.4])
    for day in range(100):
        seen.seen(f, who, 0.1, 7.0 + day)
    assert market.customers.tarnish[who, f] == pytest.approx(1.0)
    assert not np.delete(market.customers.tarnish[:, f], who).any()
    assert not market.customers.tarnish[:, 1 - f].any()


def test_people_forget():
    market, seen, f = image(damage=0.5, half_life=30.0)
    who = np.arange(10)
    seen.seen(f, who, 0.1, 0.0)
    seen.seen(f, who, 0.1, 30.0)
    assert market.customers.tarnish[who, f] == pytest.approx(0.2 + 0.4 * (1 - 0.2 / 2.0))


def test_what_is_lost_is_missing_from_the_pull():
    """A logit with the loss taken off, for those who saw the reward and for them only."""
    loss = 1.5
    changes = {
        "image.damage": loss / 0.9,
        "image.half_life": 0.0,
        "market.customers": 8000,
        "market.days": 7.0,
        "need.process": "calendar",
    }
    market = scenario(looks=0.0, strategies={}, **changes).market(log="memory")
    market.firm("shop").relations.show_reward(np.arange(0, 8000, 2), 0.0, 0.0)
    log = market.run().log.opportunities()
    for odd, less in ((0, loss), (1, 0.0)):
        here = (log["firm"] == "shop")[log["customer"] % 2 == odd]
        p = 0.5 * np.exp(-less) / (0.5 * np.exp(-less) + 0.5 + 1.0)
        assert abs(here.mean() - p) <= 4 * np.sqrt(p * (1 - p) / len(here))


@pytest.mark.parametrize("name", ["lottery_rebate", "points"])
def test_every_reward_is_seen(name):
    points = {"lot": 14, "purchase_valid": 28, "review_valid": 14, "share_valid": 14, "per_unit": 20.0}
    rules = {"lottery_rebate": {"days": 1, "frame": "price"}, "points": points}[name]
    market = run(strategies={name: {**rules, "looks": 0.0}})
    rewarded = market.log.events().query("event == 'reward'")["customer"].unique()
    assert rewarded.size > 50
    assert set(np.flatnonzero(market.customers.tarnish[:, market.names.index("shop")])) == set(rewarded)


def test_off_is_nothing_at_all():
    """No process, no columns; and with nothing cheap about them on is off, to the bit."""
    off, on = run(on=False), run(looks=0.9)
    assert "image" not in off.processes and not off.customers.has("tarnish")
    assert off.log.opportunities().equals(on.log.opportunities()) and off.ledger.table() == on.ledger.table()


def test_it_goes_on_where_it_was_saved(tmp_path):
    straight, market = (scenario().market() for _ in range(2))
    straight.run()
    for _ in range(40):
        market.step()
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


def test_mistakes_are_told():
    with pytest.raises(Problem, match=r"looks.*from cheap to premium"):
        scenario(looks=1.5)
