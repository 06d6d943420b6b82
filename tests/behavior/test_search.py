"""Looking around: what an arm makes of it (the model itself is tested in oracles/test_search.py)."""

from regulars import Scenario, compare


def test_an_arm_may_open_the_market():
    """Reviews and easy comparison are around the customers: theirs are the same people, who stray when they compare."""
    result = compare(
        Scenario(
            {
                "market": {"customers": 200, "days": 56, "window": 28.0},
                "need": {"process": "calendar", "attendance": 0.5},
                "taste": {"kind": "homogeneous"},
                "experience": {"on": True, "noise": 0.0},
                "bond": {"lower": 0.0, "upper": 0.1, "width": 0.01},
                "search": {"on": True, "transparency": 0.0},
                "firms": [{"name": name, "cost": 0.5, "quality": 0.6} for name in "ab"],
                "arms": {"open": {"set": {"search.transparency": 1.0}}, "as it is": {}},
            }
        ),
        replicates=2,
        jobs=1,
    )
    kept = result.wide("share_of_requirements")
    assert (kept["control"] > 0.99).all() and (kept["open"] < 0.6).all()
    assert (kept["as it is"] == kept["control"]).all()
