"""Markets whose truth is known, as users meet them: what is true is drawn from published priors and from ranges of real logs.

Three worlds in four have the forms that a fit assumes (the log of a category, without or with specials; the log of one firm), every
fourth has one that it does not. What no log tells (margin, price sensitivity without changes of price, how far customers look ahead) is
drawn from the priors of `regulars evidence`, whatever the fit makes of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from validate.answer_forms import YEAR

from regulars.evidence.collection import collection

WORLDS = 200
SEED = 29
OURS = "ours"
EVERY = 4  # one world in so many has a form that the fit does not assume
FORESIGHT = {"foresight": "looking-ahead", "daily_discount": "daily-discount", "present_bias": "present-bias", "credit_weight": "credit-weight"}  # fmt: skip
Rng = np.random.Generator
Table = dict[str, Any]


@dataclass
class World:
    """A true market and how its log is written.

    table: the scenario, without arms. elasticity: of the mean brand, or of the firm, as a positive number. form: what of it the fit
    does not assume; empty where there is nothing. one_firm: whether the log holds the purchases at our firm only. margin: what the
    user knows of it. truth: values by the names that findings of a fit have.
    """

    number: int
    kind: str
    form: str
    table: Table
    elasticity: float
    one_firm: bool = False
    margin: float | None = None
    truth: dict[str, float] = field(default_factory=dict)


def prior(name: str, rng: Rng) -> float:
    """A draw of a published prior."""
    return float(collection().priors[name].law(rng.normal()))


def priced(elasticities: str, rng: Rng) -> tuple[float, float]:
    """An elasticity and a margin, which go together as the prior of margins says."""
    first, second = rng.normal(size=2)
    known = collection().priors
    tied = known["margin"].correlation
    return float(known[elasticities].law(first)), float(known["margin"].law(tied * first + np.sqrt(1 - tied**2) * second))  # fmt: skip


def between(low: float, high: float, rng: Rng) -> float:
    """A draw that is even in logarithms."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def world(number: int) -> World:
    """World of this number; the first so many are as good a sample as any."""
    rng = np.random.default_rng([SEED, number])
    turn, place = divmod(number, EVERY)
    if place < EVERY - 1:
        name = list(ASSUMED)[place]
        made = ASSUMED[name](number, rng)
        made.kind, made.form = name, ""
    else:
        name = list(OTHERS)[turn % len(OTHERS)]
        made = OTHERS[name](number, rng)
        made.kind, made.form = "other form", name
    return made


def category(number: int, rng: Rng, elasticities: str = "price-elasticity-of-brands") -> World:
    """A category of two to six firms at steady prices: NBD-Dirichlet with inertia."""
    firms = int(rng.integers(2, 7))
    share = rng.uniform(0.4, 1.6, firms)
    share /= share.sum()
    price = between(1.0, 20.0, rng)
    elasticity, margin = priced(elasticities, rng)
    foresight = {name: prior(told, rng) for name, told in FORESIGHT.items()}
    need = {"mean": between(5.0, 40.0, rng), "shape": rng.uniform(0.5, 2.5), "period": YEAR}
    taste, inertia = between(0.7, 4.0, rng), rng.uniform(0.0, 1.0)
    prices = [price, *(price * between(0.8, 1.25, rng) for _ in share[1:])]
    sensitivity = elasticity / float(
        np.mean(prices * (1 - share))
    )  # the mean of the brands has the elasticity
    table = {
        "market": {"customers": int(rng.integers(300, 501)), "days": YEAR, "focal": OURS, "seed": 1 + number},
        "need": need,
        "taste": {"concentration": taste},
        "switching": {"form": "premium", "relation": inertia, "initial": "share"},
        "choice": {"price_sensitivity": sensitivity},
        "foresight": foresight,
        "spending": {"basket": {"distribution": "lognormal", "mean": 2.0, "sd": 0.8}, "variation": 0.4},
        "firms": [
            {"name": OURS if f == 0 else f"rival {f}", "price": p, "base_price": p, "cost": p * (1 - margin), "share": float(s)}
            for f, (p, s) in enumerate(zip(prices, share, strict=True))
        ],
    }  # fmt: skip
    truth = {
        "need.mean": need["mean"], "need.shape": need["shape"], "taste.concentration": taste, "switching.relation": inertia,
        "choice.price_sensitivity": sensitivity, f"firms.{OURS}.cost": price * (1 - margin),
        **{f"foresight.{name}": value for name, value in foresight.items()},
    }  # fmt: skip
    known = margin if rng.random() < 0.5 else None
    return World(number, "", "", table, elasticity, margin=known, truth=truth)


def with_specials(number: int, rng: Rng) -> World:
    """The same, where each firm has specials in some weeks."""
    made = category(number, rng)
    chance, depth = rng.uniform(0.15, 0.4), rng.uniform(0.1, 0.3)
    for firm in made.table["firms"]:
        firm["pricing"] = {"kind": "specials", "every": 7.0, "usual": firm["price"], "depth": depth, "chance": chance}  # fmt: skip
    return made


def one_firm(number: int, rng: Rng) -> World:
    """The customers of one firm, of whose opportunities all alike a share ends there; in half of the worlds they come and go."""
    made = category(number, rng, "price-elasticity-of-shops")
    table, here = made.table, float(np.clip(prior("ends-here", rng), 0.05, 0.95))
    ours = table["firms"][0]
    sensitivity = made.elasticity / (ours["price"] * (1 - here))
    table |= {
        "firms": [{**ours, "share": 1.0}],
        "taste": {"kind": "homogeneous"},
        "choice": {"price_sensitivity": sensitivity, "outside": True, "outside_utility": float(np.log((1 - here) / here))},
        "need": {**table["need"], "mean": table["need"]["mean"] / here},
    }  # fmt: skip
    del table["switching"]
    if rng.random() < 0.5:
        leave = rng.uniform(0.1, 0.8)
        table["turnover"] = {"exit_rate": leave, "entry_rate": leave * rng.uniform(0.7, 1.3)}
    # fitted logs without prices have a unit of money for a unit
    made.truth = {"need.shape": table["need"]["shape"], "choice.price_sensitivity": sensitivity * ours["price"], "choice.outside_utility": table["choice"]["outside_utility"],
                  f"firms.{OURS}.cost": ours["cost"] / ours["price"], **{k: v for k, v in made.truth.items() if k.startswith("foresight")}}  # fmt: skip
    made.one_firm = True
    return made


def satisfied(number: int, rng: Rng) -> World:
    """Satisfaction that pulls, in a line."""
    made = category(number, rng)
    made.table |= {
        "experience": {"on": True, "noise": 0.15},
        "bond": {"on": True, "response": "linear", "slope": rng.uniform(1.0, 3.0)},
    }
    for firm in made.table["firms"]:
        firm |= {"quality": float(np.clip(rng.normal(0.55, 0.1), 0.2, 0.9)), "failure": 0.05, "severity": 0.4}
    return made


def fading(number: int, rng: Rng) -> World:
    """Inertia that fades with the time since the purchase."""
    made = category(number, rng)
    made.table["switching"] = {"form": "premium", "relation": 0.0, "initial": "share"}
    made.table["fading"] = {"on": True, "relation": rng.uniform(0.5, 2.0), "half_life": between(5.0, 40.0, rng)}  # fmt: skip
    return made


def elastic(number: int, rng: Rng) -> World:
    """A category that grows where it is cheaper: opportunities may end without a purchase."""
    made = category(number, rng)
    bought = rng.uniform(0.3, 0.8)
    nothing = np.log(made.table["taste"]["concentration"] * (1 - bought) / bought)
    made.table["choice"] |= {"outside": True, "outside_utility": float(nothing)}
    made.table["need"]["mean"] /= bought
    return made


def seasonal(number: int, rng: Rng) -> World:
    """A category that grows and shrinks over the year."""
    made = elastic(number, rng)
    made.table["season"] = {"on": True, "height": rng.uniform(0.3, 1.2)}
    return made


def normal_tastes(number: int, rng: Rng) -> World:
    """Tastes of a mixed logit."""
    made = category(number, rng)
    made.table["taste"] = {"kind": "normal", "sd": rng.uniform(0.8, 2.0)}
    return made


def unlike(number: int, rng: Rng) -> World:
    """Customers who differ in how much they mind prices and in how far they look ahead."""
    made = category(number, rng)
    sensitivity = made.table["choice"]["price_sensitivity"]
    made.table["choice"]["price_sensitivity"] = {"distribution": "lognormal", "mean": sensitivity, "sd": 0.6 * sensitivity}  # fmt: skip
    for name, told in FORESIGHT.items():
        mean = made.table["foresight"][name]
        sd = min(float(collection().priors[told].customers_sd), 0.8 * float(np.sqrt(mean * (1 - mean))))
        made.table["foresight"][name] = {"distribution": "beta", "mean": mean, "sd": sd}
    return made


def of_several(number: int, rng: Rng) -> World:
    """One firm's log of a market of several, in which customers differ in tastes."""
    made = category(number, rng)
    made.one_firm = True
    return made


Maker = Callable[[int, Rng], World]
ASSUMED: dict[str, Maker] = {
    "category": category,
    "category with specials": with_specials,
    "one firm": one_firm,
}
OTHERS: dict[str, Maker] = {
    "one firm of several": of_several, "category that can grow": elastic, "linear satisfaction": satisfied, "inertia that fades": fading,
    "season": seasonal, "normal tastes": normal_tastes, "customers unlike": unlike,
}  # fmt: skip
