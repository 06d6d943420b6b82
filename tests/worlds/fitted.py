"""A made-up comparison of a market that says of itself what a fit says."""

import dataclasses

from worlds.comparisons import comparison

FOUND = {
    "about.health": [
        "PASS money level: the market sells as much: within 1%",
        "REVIEW moments: 8 of 22 are missed",
        "NOT TRIED recovery: `--recover 20` does",
    ],
    "about.assumed": [
        "ASSUMED: cost of goods = 0.75 share of price (standard error 0.1), assumed: no log of sales holds costs " + "x" * 300,
        "NOT IN THE MARKET: season = 0.1, left out",
        "NOT IDENTIFIED: how rivals would react: they keep their prices",
    ],
    "about.log_firm": "Alpha", "about.log_days": 182.0, "about.log_sales": 300_000.0, "about.log_customers": 1000.0,
    "uncertainty": {"foresight.present_bias": 0.1, "choice.price_sensitivity": 0.1},
}  # fmt: skip


def fitted(changes=FOUND, **made):
    found = comparison(**{"replicates": 20, **made})
    return dataclasses.replace(found, scenario=found.scenario.set(changes))
