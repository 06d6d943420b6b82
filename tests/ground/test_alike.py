"""Which names are like a wrong one."""

from regulars.ground.alike import LONGEST, alike


def test_the_likest_come_first_in_their_own_spelling():
    assert alike(
        "Custmer ID",
        ["customer_id", "amount", "customer"],
        2,
        spelled=lambda n: n.casefold().replace(" ", "_"),
    ) == ["customer_id", "customer"]
    assert alike("zzz", ["b", "a"]) == [] and alike("", ["a"]) == []
    assert alike("ab", ["abcd"], at_least=0.7) == [] and alike("ab", ["abcd"]) == ["abcd"]


def test_names_without_end_take_no_time():
    assert alike("x" * 10**6, ["x" * (LONGEST + 5), "y"]) == ["x" * (LONGEST + 5)]
