"""Every process in lively settings, by section, and every policy: what else a market can have besides strategies.

`sections` of a behaviour are those of the scenario, `firm` what each of some firms has besides. What is not written down
here is tried as it declares itself: a process with its own sections switched on, a policy that decides every other day.
"""

from worlds.everything import WORLD
from worlds.telling import livelier

from regulars.contract import pricing
from regulars.contract.process import every, find

FELT = {"experience": {"on": True, "noise": 0.2, "disconfirmation_weight": 0.3}}
TALKING = {"network": {"on": True, "kind": "small_world", "degree": 4, "rewiring": 0.2}}
BEHAVIOURS = {
    "lease": {"firm": {"rent": 1.0, "lease": {"term": 5.5, "share": 0.5, "rise_limit": 0.5, "move_above": 1.6, "left_behind": 0.4}}},
    "staff": {"firm": {"staff": {"people": 4, "wage": 1.0, "quit_rate": 20.0, "learning": 20.0, "gain": 0.5, "hiring": 5.0}}},
    "availability": {"sections": {"availability": {"disappointment": 0.1}}, "firm": {"availability": 0.7}},
    "platform": {
        "sections": {"platform": {"on": True, "visitors": 5.0, "floor": 0.2, "pull": 2.0}},
        "firm": {"strategies": {"paid_traffic": {"budget": 2.0, "limit": 5.0, "review": 5}}},
    },
    "image": {
        "sections": {"image": {"on": True, "damage": 1.0, "half_life": 10.0}},
        "firm": {"brand": 0.8, "strategies": {"coupons": {"audience": "everybody", "every": 4.5, "looks": 0.0, "reach": 0.5}}},
    },
    "categories": {
        "sections": {
            "categories": [{"name": "milk", "share": 2.0}, {"name": "books", "basket": 3.0}],
            "mix": {"concentration": 1.0, "unfamiliar": 1.0, "kinds": [{"name": "readers", "shares": {"books": 4.0}}, {"name": "others"}]},
        }
    },
    "assortment": {"sections": {"assortment": {"on": True, "products": 6, "season": 1.0, "cycle": 20.0, "sequel": 1.0}}},
    "portability": {"sections": {"portability": {"on": True, "day": 8.5, "removes": 0.9}}},
    "subscription": {"sections": {"subscription": {"on": True, "attention": 0.4, "lose_interest": 4.0}}},
    "cost_to_serve": {"sections": {"cost_to_serve": {"on": True, "cost": {"distribution": "gamma", "mean": 2.0, "sd": 2.0}}}},
    "relationship": {
        "sections": {"relationship": {"on": True, "personal_contact": 0.3, "confidence_half_life": 10.0, "social_weight": 1.5}},
        "firm": {"failure": 0.2, "risk": 0.5},
    },
    "devotion": {"sections": {**FELT, "devotion": {"on": True, "basket": 1.0}}},
    "voice": {"sections": {**FELT, "voice": {"on": True, "half_life": 10.0, "forgetting": 10.0}}, "firm": {"failure": 0.3}},
    "situations": {
        "sections": {
            "choice": {**WORLD["choice"], "outside": True},
            "situations": [{"name": "rain", "chance": 0.4, "together": True, "price_weight": 3.0}, {"name": "gift", "price_weight": 0.1}],
            "mood": {"on": True, "sd": 1.0},
        }
    },
    "norm": {"sections": {**TALKING, "norm": {"on": True, "weight": 1.0}}},
    "word_of_mouth": {
        "sections": {**FELT, **TALKING, "word_of_mouth": {"on": True, "good_above": 0.1, "bad_below": -0.1, "praise": 0.3, "blame": 0.3, "half_life": 9.0}},
        "firm": {"failure": 0.2},
    },
}  # fmt: skip
RULES = {  # under which a policy moves its price within weeks; {"every": 2.5} where nothing is said
    "best_response": {"every": 2.0, "probe": 0.3},
    "fixed": {},
    "follow": {"every": 3.5, "gap": -0.05},
    "imitate": {"every": 4.5, "experiment": 0.8, "spread": 0.2},
    "learn": {"every": 2.5},
    "markup": {"every": 5.0, "margin": 0.5},
}


def settings(section):
    """How a process is switched on: as written above, or else by the `on` of its own sections, all else at its defaults."""
    if section in BEHAVIOURS:
        return BEHAVIOURS[section]
    own = find(section).sections.items()
    return {
        "sections": {
            name: {"on": True} for name, said in own if "on" in getattr(said.kind, "model_fields", ())
        }
    }


def rules(name):
    """The rules of a policy: as written above, or else its defaults, with a decision every other day."""
    return RULES.get(name, {"every": 2.5})


def more_of_a_process(section, why):
    """What to do about a process that is not seen at its defaults."""
    example = f'"{section}": {{"sections": {{"{section}": {{"on": True, ...}}}}, "firm": {{...}}}},'
    return livelier(__file__, "BEHAVIOURS", f"the process '{section}'", why, example)


def more_of_a_policy(name, why):
    """What to do about a policy that is not seen at its defaults."""
    return livelier(__file__, "RULES", f"the policy '{name}'", why, f'"{name}": {{"every": 2.0, ...}},')


def with_behaviour(section, world, firms=None):
    """A market with a process switched on, at its firms of these names (all when left out)."""
    kind = settings(section)
    rows = [
        {**firm, **(kind.get("firm", {}) if firms is None or firm["name"] in firms else {})}
        for firm in world["firms"]
    ]
    return {**world, **kind.get("sections", {}), "firms": rows}


def with_policy(name, world, firms=None):
    """A market in which firms of these names (all when left out) set their prices by a policy."""
    rule = {"pricing": {"kind": name, **rules(name)}}
    rows = [{**firm, **(rule if firms is None or firm["name"] in firms else {})} for firm in world["firms"]]
    return {**world, "firms": rows}


SECTIONS = [kind.title() for kind in every()]
POLICIES = pricing.names()
