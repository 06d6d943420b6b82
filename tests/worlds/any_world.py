"""Random markets for hypothesis in which nobody's life touches another's, small enough to run in milliseconds."""

from hypothesis import strategies as st


def number(low, high):
    """A number that somebody might write: three digits after the point."""
    return st.floats(low, high).map(lambda x: round(x, 3))


SHARE = number(0.0, 1.0)
STRATEGIES = {
    "everyday_low_price": st.fixed_dictionaries({"discount": number(0.0, 0.5)}),
    "threshold_rebate": st.fixed_dictionaries(
        {
            "days": st.integers(1, 4),
            "window": st.sampled_from([4, 7, 14]),
            "returns": st.sampled_from(["share", "amount"]),
            "rate": SHARE,
            "amount": number(0.0, 9.0),
            "paid_as": st.sampled_from(["credit", "cash"]),
            "counts": st.sampled_from(["all", "money"]),
            "lapse": number(0.0, 15.0),
            "enrolment": st.sampled_from(["automatic", "offered", "randomised"]),
            "effort": st.just({"distribution": "lognormal", "mean": 20.0, "sd": 200.0}),
        }
    ),
    "lottery_rebate": st.fixed_dictionaries(
        {
            "days": st.integers(1, 3),
            "frame": st.sampled_from(["expected", "gain", "price"]),
            "chances": st.just((0.3, 0.3, 0.3)),
            "paid_as": st.sampled_from(["credit", "cash"]),
        }
    ),
    "points": st.fixed_dictionaries(
        {
            "per_unit": number(0.0, 100.0),
            "lot": st.just(7.0),
            "purchase_valid": st.sampled_from([0.0, 7.0, 14.0]),
            "review_valid": st.just(7.0),
            "share_valid": st.just(14.0),
            "endowed": number(0.0, 20.0),
        }
    ),
}


def spread(low, high):
    """One number for all, or a distribution over customers."""
    middle = number(low + (high - low) / 10, high)
    return st.one_of(
        number(low, high),
        middle.map(lambda m: {"distribution": "uniform", "low": low, "high": m}),
        middle.map(lambda m: {"distribution": "lognormal", "mean": m, "sd": m / 2}),
        middle.map(lambda m: {"distribution": "gamma", "mean": m, "sd": m / 2}),
        middle.map(lambda m: {"distribution": "normal", "mean": m, "sd": (high - low) / 8}),
    )


NEED = st.fixed_dictionaries(
    {
        "process": st.sampled_from(["poisson", "erlang", "calendar"]),
        "mean": number(0.5, 10.0),
        "shape": st.sampled_from([0.0, 0.5, 2.0]),
        "regularity": st.integers(1, 5),
        "interval": st.sampled_from([0.5, 1.0, 2.0]),
        "attendance": spread(0.2, 1.0),
        "together": st.booleans(),
    }
)
TASTE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["homogeneous", "dirichlet", "normal", "hotelling"]),
        "concentration": number(0.05, 20.0),
        "sd": number(0.0, 3.0),
        "correlation": number(0.0, 0.9),
    }
)
CHOICE = st.fixed_dictionaries(
    {
        "mood": st.sampled_from(["gumbel", "gumbel", "none"]),
        "outside": st.booleans(),
        "outside_utility": number(-5.0, 5.0),
        "price_sensitivity": spread(0.0, 2.0),
        "quality_weight": st.one_of(number(0.0, 2.0), spread(0.0, 2.0)),
        "service_weight": st.one_of(st.just(0.0), spread(0.0, 2.0)),
        "risk_weight": st.one_of(st.just(0.0), spread(0.0, 2.0)),
    }
)
SWITCHING = st.fixed_dictionaries(
    {
        "form": st.sampled_from(["penalty", "premium"]),
        "money": spread(0.0, 3.0),
        "time": spread(0.0, 2.0),
        "hour": number(0.0, 5.0),
        "relation": spread(0.0, 2.0),
        "initial": st.sampled_from(["nobody", "share", "even", "taste"]),
    }
)
FEELING = st.fixed_dictionaries(
    {
        "experience": st.fixed_dictionaries(
            {
                "on": st.just(True),
                "noise": number(0.0, 0.5),
                "memory": SHARE,
                "adaptation": SHARE,
                "disconfirmation_weight": SHARE,
            }
        ),
        "bond": st.fixed_dictionaries(
            {
                "on": st.booleans(),
                "response": st.sampled_from(["linear", "two_threshold"]),
                "lower": spread(0.0, 0.9),
                "width": number(0.001, 1.0),
            }
        ),
        "search": st.fixed_dictionaries({"on": st.booleans(), "transparency": SHARE}),
    }
)
TURNOVER = st.fixed_dictionaries(
    {
        "exit_rate": number(0.0, 20.0),
        "exit_shape": st.sampled_from([0.0, 0.8]),
        "entry_rate": number(0.0, 10.0),
        "aware": SHARE,
        "noticing_rate": number(0.0, 20.0),
    }
)

MIX = st.fixed_dictionaries(
    {
        "concentration": st.sampled_from([0.0, 0.5, 5.0]),
        "unfamiliar": number(0.0, 3.0),
        "kinds": st.sampled_from([[], [{"name": "parents", "shares": {"books": 3.0}}, {"name": "others"}]]),
    }
)
RELATIONS = st.fixed_dictionaries(
    {
        "on": st.just(True),
        "social_weight": number(-2.0, 2.0),
        "confidence_gain": SHARE,
        "personal_contact": SHARE,
    }
)
DEVOTION = st.fixed_dictionaries({"on": st.just(True), "ease": SHARE, "immunity": SHARE, "basket": SHARE})
APART = {  # processes that leave everybody else's life alone
    "relationship": RELATIONS,
    "subscription": st.fixed_dictionaries(
        {"on": st.just(True), "attention": number(0.1, 1.0), "lose_interest": number(0.0, 20.0)}
    ),
    "portability": st.fixed_dictionaries({"on": st.just(True), "day": number(0.0, 28.0), "removes": SHARE}),
    "cost_to_serve": st.fixed_dictionaries({"on": st.just(True), "cost": spread(0.0, 2.0)}),
    "returns": st.fixed_dictionaries(
        {
            "on": st.just(True),
            "return_rate": SHARE,
            "earliest": st.integers(1, 3),
            "window": st.integers(3, 20),
            "refund": SHARE,
            "handling": number(0.0, 1.0),
            "resale": SHARE,
        }
    ),
    "image": st.just({"on": True}),
    "mix": MIX,
}
KNOWN_TO_THE_PLAIN_DAY = ("relationship", "devotion", "categories", "mix")


def behaviours(draw, feeling):
    """Sections of processes, some of them."""
    sections = {}
    for name in draw(st.lists(st.sampled_from(sorted(APART)), max_size=3, unique=True)):
        sections[name] = draw(APART[name])
    if feeling:
        sections["devotion"] = draw(st.one_of(st.just({}), DEVOTION))
    if "mix" in sections:
        sections["categories"] = [
            {"name": "toys", "share": 2.0},
            {"name": "books", "basket": draw(number(0.1, 3.0))},
        ]
    return sections


@st.composite
def worlds(draw):
    """A table of a scenario in which customers' lives do not touch."""
    count = draw(st.integers(1, 4))
    firms = []
    for f in range(count):
        chosen = draw(st.lists(st.sampled_from(sorted(STRATEGIES)), max_size=2, unique=True))
        firms.append(
            {
                "name": f"firm{f}",
                "price": draw(number(0.0, 5.0)),
                "cost": draw(number(0.0, 3.0)),
                "share": draw(number(0.05, 5.0)),
                "base_price": draw(st.sampled_from([0.0, 0.0, 1.5])),
                "quality": draw(SHARE),
                "service": draw(st.sampled_from([0.0, 0.2])),
                "risk": draw(st.sampled_from([0.0, 0.5])),
                "failure": draw(SHARE),
                "position": draw(SHARE),
                "strategies": {name: draw(STRATEGIES[name]) for name in chosen},
            }
        )
    feeling = draw(st.one_of(st.just({}), FEELING))
    tick = draw(st.sampled_from([1.0, 1.0, 0.5]))
    return {
        "market": {
            "customers": draw(st.integers(1, 30)),
            "days": 28,
            "seed": draw(st.integers(0, 2**32)),
            "tick": tick,
        },
        "need": draw(NEED),
        "taste": draw(TASTE),
        "choice": draw(CHOICE),
        "spending": {"basket": draw(spread(0.5, 10.0)), "variation": draw(number(0.0, 2.0))},
        "switching": draw(SWITCHING),
        **feeling,
        **behaviours(draw, feeling),
        "foresight": {"foresight": draw(spread(0.0, 1.0)), "daily_discount": draw(number(0.9, 1.0))},
        "turnover": draw(st.one_of(st.just({}), TURNOVER)),
        "firms": firms,
    }
