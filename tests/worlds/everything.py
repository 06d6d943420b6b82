"""A small market of three firms in which everything is switched on."""

UNIFORM = {"distribution": "uniform", "low": 0.2, "high": 0.9}
WORLD = {
    "market": {"customers": 60, "days": 30, "seed": 5, "focal": "anna"},
    "need": {"mean": 8.0, "shape": 2.0},
    "taste": {"kind": "normal", "sd": 0.8},
    "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": {"distribution": "lognormal", "mean": 0.3, "sd": 0.2}},
    "spending": {"basket": {"distribution": "gamma", "mean": 20.0, "sd": 8.0}, "variation": 0.6},
    "switching": {"relation": 0.4, "money": 1.0, "time": 0.5, "hour": 2.0},
    "experience": {"on": True, "noise": 0.2, "disconfirmation_weight": 0.3},
    "bond": {"on": True, "response": "two_threshold", "lower": UNIFORM, "upper": UNIFORM},
    "search": {"on": True, "transparency": 0.3},
    "foresight": {"foresight": UNIFORM, "daily_discount": {"distribution": "uniform", "low": 0.98, "high": 1.0}, "present_bias": 0.9},
    "turnover": {"exit_rate": 0.5, "entry_rate": 0.5, "aware": 0.9, "noticing_rate": 4.0},
    "network": {"on": True, "kind": "mixing"},
    "platform": {"on": True, "visitors": 3.0, "floor": 0.2},
    "image": {"on": True},
    "availability": {"disappointment": 0.02},
    "voice": {"on": True},
    "assortment": {"on": True, "products": 6},
    "returns": {"on": True, "return_rate": 0.2, "earliest": 2, "window": 9, "refund": 0.9, "handling": 0.1, "resale": 0.8},
    "firms": [
        {
            "name": "anna", "price": 2.0, "cost": 1.2, "share": 2.0, "quality": 0.6, "failure": 0.1, "availability": 0.9, "brand": 0.6,
            "rent": 2.0, "online": True, "staff": {"people": 4, "wage": 1.0, "quit_rate": 2.0, "learning": 60.0, "gain": 0.3, "hiring": 5.0},
        },
        {"name": "berta", "price": 1.8, "cost": 1.1, "quality": 0.5},
        {"name": "carla", "price": 2.2, "cost": 1.5, "quality": 0.7},
    ],
}  # fmt: skip
HERE = "anna"


def table(strategies, firms=(HERE,), **market):
    """The market with strategies at some of its firms."""
    rows = [
        {**firm, "strategies": dict(strategies) if firm["name"] in firms else {}} for firm in WORLD["firms"]
    ]
    return {**WORLD, "market": {**WORLD["market"], **market}, "firms": rows}
