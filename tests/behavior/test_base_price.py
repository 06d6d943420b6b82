"""Base prices: what is asked above or below them counts; choices at base prices do not hang on price sensitivity."""

from regulars import Scenario

SHOPS = {
    "market": {"customers": 300, "days": 84},
    "need": {"mean": 2.0, "shape": 1.0},
    "choice": {"price_sensitivity": {"distribution": "lognormal", "mean": 1.0, "sd": 0.5}, "outside": True},
    "firms": [
        {"name": "ann", "price": 3.0, "base_price": 3.0, "share": 0.7},
        {"name": "bob", "price": 2.0, "base_price": 2.0, "share": 0.3},
    ],
}


def bought(**change):
    log = Scenario(SHOPS).set(change).market(log="memory").run().log.purchases()
    return log["firm"].astype(str).value_counts().to_dict()


def test_choices_at_base_prices_do_not_hang_on_price_sensitivity():
    usual = bought()
    assert bought(**{"choice.price_sensitivity.mean": 4.0}) == usual
    assert bought(**{"choice.price_sensitivity": 0.0}) == usual
    # without base prices they do
    bare = {"firms.ann.base_price": 0.0, "firms.bob.base_price": 0.0}
    assert bought(**bare) != bought(**bare, **{"choice.price_sensitivity.mean": 4.0})


def test_a_price_above_the_base_loses_what_the_sensitivity_says():
    """b (p - base) is all that counts: the same as so much less appeal where all are alike."""
    one = {"choice.price_sensitivity": 1.5}
    dearer = bought(**one, **{"firms.ann.price": 3.4})
    assert dearer == bought(**one, **{"firms.ann.appeal": -0.6})
    assert dearer["ann"] < bought(**one)["ann"]
