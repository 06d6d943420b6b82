"""Pairs of customers as people write them, and as they should not."""

import random

import numpy as np
import pytest

from regulars.ground.errors import RegularsError
from regulars.scenario import Scenario
from regulars.world.pairs import first_problem, numbers


def scenario(edges, customers=4):
    return Scenario(
        {
            "market": {"customers": customers},
            "network": {"on": True, "kind": "edges", "edges": edges},
            "firms": [{"name": "a"}],
        }
    )


@pytest.mark.parametrize(
    "text",
    [
        "0,1\n2,3", "0;1\n2;3\n", "0\t1\r\n2\t3\r\n", "  0   1  \n\n  2 , 3\n", "customer,friend\n0,1\n2,3", "# ties.csv\n0,1\n2,3",
        "# ties.csv\na;b\n# a remark\n+0;1\n2;3", "\u0660,1\n2,3",
    ],
    ids=repr,
)  # fmt: skip
def test_pairs_in_text(text):
    assert numbers(text).tolist() == [[0, 1], [2, 3]]
    assert scenario(text).spec.network.edges == text


ODD = [  # text, what is said
    ("0,1\n2", "'2' will not do"), ("0,1\n2,3,", "'2,3,' will not do"), ("0,1\n,2,3", "will not do"), ("0,1\n2.0,3", "'2.0,3' will not do"),
    ("0,1\n1e3,2", "will not do"), ("0,1\n1_0,2", "will not do"), ("0,1\n0x1,2", "will not do"), ("0,1\n\"1\",\"2\"", "will not do"),
    ("0,1\n" + "9" * 30 + ",2", "will not do"), ("0,1\n\0,2", "will not do"), ("0,1\n--1,2", "will not do"), ("0,1\n² ,2", "will not do"),
    ("# f.csv\n0,1\n2;x", "f.csv, line 2: '2;x' will not do"), ("a,b", "no pair of customers in it"), ("#\n", "no pair"), (" ", "no pair"), ("\ufeff", "no pair"),
    ("0,4", r"\[0, 4\] names a customer who is not there: they are 0 to 3"), ("0,-1", "not there"), ("0,1\n2,2", "ties customer 2 to itself"),
    ("0,1\n" + "x" * 10**6 + ",1", r"'xxx.*\.\.\. will not do"),
    ("# " + "n" * 10**6 + "\n0,x", "nnn.*line 1"), ("0,1\n" + " ".join(["1"] * 10**5), "will not do"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), ODD, ids=lambda x: repr(x)[:30])
def test_text_that_holds_no_pairs(text, told):
    with pytest.raises(RegularsError, match=rf"network\.edges: .*{told}") as error:
        scenario(text)
    assert len(str(error.value)) < 600


def test_one_long_word_costs_no_memory():
    """Texts of one length each would be 80 GB."""
    text = "# f.csv\n" + "0,1\n" * 10_000 + "x" * 10**6 + ",1\n"
    assert first_problem(text, 4).startswith("f.csv, line 10001: 'xxx")


@pytest.mark.parametrize(
    ("edges", "told"),
    [
        ([[0, 10**30]], r"pair 0: \[0, 1000000000000000000000000000000\] names"), ([[0, 1], [2**63, 0]], "pair 1: .* names"), ([[0, 1], [-(10**400), 0]], "pair 1: "),
        ([[0, 1], [1, 1]], "pair 1: .*itself"), ([[0, 4]], "not there"), ([0, 1], "0 will not do"), ([[0, 1, 2]], r"0: \[0, 1, 2\] will not do"),
        ([[0, 1.0]], "will not do"), ([[0, True]], "will not do"), ([["0", "1"]], "will not do"), ([[]], "will not do"), (5, "5 will not do"), ({}, "will not do"),
        ([], "needs pairs"), (np.zeros((2, 3), int), "will not do"), ([["x" * 10**6, 1]], r"\.\.\. will not do"),
    ],
    ids=lambda x: str(x)[:30],
)  # fmt: skip
def test_lists_that_hold_no_pairs(edges, told):
    with pytest.raises(RegularsError, match=rf"network\.edges.*{told}") as error:
        scenario(edges)
    assert len(str(error.value)) < 600


def test_any_text_is_read_or_told():
    """Characters that stand in tables of pairs, in any order."""
    chance = random.Random(9)
    letters = '00112233,,,;; \t\n#-+.xe_\r\0"\u0663\u2028'
    read = 0
    for _ in range(5000):
        text = "".join(chance.choice(letters) for _ in range(chance.randrange(1, 9)))
        told = first_problem(text, 4)
        assert isinstance(told, str)
        if not told:
            pairs = numbers(text)
            assert pairs.shape[1] == 2 and pairs.size and ((pairs >= 0) & (pairs < 4)).all(), repr(text)
            read += 1
    assert 20 < read < 1000
