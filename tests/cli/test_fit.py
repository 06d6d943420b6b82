"""`regulars fit`: a log becomes a scenario, and words or a document say how well."""

import json

import numpy as np
import pandas as pd
import pytest

from regulars import load


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """A log of a hundred customers of two shops, the first twice as large."""
    chance = np.random.default_rng(5)
    buyers = chance.integers(1, 9, 100)
    customer = np.repeat(np.arange(100), buyers)
    rows = {
        "customer": customer,
        "time": chance.uniform(0, 364, customer.size).round(2),
        "firm": np.where(chance.random(customer.size) < 2 / 3, "large", "small"),
        "amount": chance.gamma(4.0, 2.5, customer.size).round(2) + 0.01,
    }
    file = tmp_path_factory.mktemp("log") / "log.csv"
    pd.DataFrame(rows).to_csv(file, index=False)
    return file


def test_what_is_asked_for_is_in_the_scenario(call, log, tmp_path):
    file = tmp_path / "m.toml"
    words = ["--name", "Corner shops", "--currency", "crowns", "--customers", 77, "--focal", "small"]
    told = call("fit", log, "--out", file, *words, "--margin", 0.4, "--json")
    assert told.exit_code == 0 and not told.stderr
    market = load(file)
    assert market.spec.about.title == "Corner shops" and market.focal == "small"
    assert (market.spec.market.currency, market.spec.market.customers) == ("crowns", 77)
    assert all(firm.cost == pytest.approx(0.6 * firm.price) for firm in market.spec.firms)
    document = json.loads(told.stdout)
    assert document["scenario"] == str(file) and document["log"] == "log"
    assert document["estimates"] and document["moments"] and document["identified"]


def test_left_out_it_is_all_of_the_log_in_words(call, log, tmp_path):
    file = tmp_path / "m.toml"
    told = call("fit", log, "--out", file)
    assert told.exit_code == 0 and f"\nscenario: {file}\n" in told.stdout
    assert "repeat" in told.stdout and not told.stdout.startswith("{")
    market = load(file)
    assert market.spec.about.title == "log, fitted" and market.focal == "large"
    assert 100 <= market.spec.market.customers < 110  # some who belong to it bought nothing
    assert all(firm.cost == pytest.approx(0.75 * firm.price) for firm in market.spec.firms)
