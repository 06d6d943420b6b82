"""The tool that makes mutants: they can be read, the sample is the same again and leaves no room out, and tests notice."""

import ast
import collections
from dataclasses import replace

import pytest

from mutants import report
from mutants.__main__ import PACKAGE, ROOT, arguments, folders_for
from mutants.choose import MOST_SECONDS, Case, alternating, chosen, file_by_file, watched, within_limits
from mutants.places import mutants_of, read
from mutants.sample import files_of, room_of, sample, shares
from mutants.trial import KILLED, SURVIVED, TIMEOUT, UNTESTED, Record, Tree, Verdict

CODE = '''
"""Words about 1 + 1."""
LIMIT = 3

@kernel
def area(side, low):
    """Area of 2 things."""
    total = side * low + 1
    for k in range(2):
        if k == 1 and not low:
            continue
        total += k
    return max(total, low)

def told(a: Literal[1, 2], b: float = 0.5) -> bool:
    if a < 0:
        raise ValueError(f"{a + 1} is below {0}")
    print(a + 1)
    return check(a, b, wide=True)
'''
EXPECTED = {
    "comparison": ["a <= 0", "k != 1"], "arithmetic": ["side * low - 1", "side / low", "total -= k"],
    "boolean": ["False"], "min and max": ["min(total, low)"], "and and or": ["k == 1 or not low"], "not": ["low"],
    "argument swap": ["check(b, a, wide=True)"], "keyword": ["check(a, b)"], "statement": ["pass", "pass"],
    "condition": ["False", "False", "True", "True"], "return": ["return max(total, low) + 1", "return not check(a, b, wide=True)"],
    "constant": ["0.55", "1", "2", "2", "3", "4"],
}  # fmt: skip


def test_every_kind_of_mistake_and_nothing_in_words_or_types():
    found = collections.defaultdict(list)
    for mutant in mutants_of(CODE, "room/area.py"):
        found[mutant.operator].append(
            mutant.now.removeprefix("(").removesuffix(")") if mutant.now[0] == "(" else mutant.now
        )
    assert {kind: sorted(changes) for kind, changes in found.items()} == EXPECTED


def test_mutants_know_where_they_are():
    by_words = {(m.was, m.now): m for m in mutants_of(CODE, "room/area.py")}
    swap, limit, default = (
        by_words["check(a, b, wide=True)", "check(b, a, wide=True)"],
        by_words["3", "4"],
        by_words["0.5", "0.55"],
    )
    assert (swap.function, swap.kernel, swap.lines) == ("told", False, (19, 19))
    assert (limit.function, limit.kernel) == ("", True)  # a constant of loops
    assert (default.function, default.lines) == ("told", (15, 19))
    assert by_words["total += k", "pass"].kernel and by_words["total += k", "pass"].function == "area"
    assert len({m.key for m in by_words.values()}) == len(by_words)
    assert replace(swap, source="x").key != swap.key


@pytest.fixture(scope="module")
def taken():
    return sample(PACKAGE, 150, 7)


def test_mutants_can_be_read_and_are_other_code(taken):
    texts = {file: (PACKAGE / file).read_text(encoding="utf-8") for file in files_of(PACKAGE)}
    trees = {file: ast.dump(ast.parse(texts[file])) for file in {m.file for m in taken}}
    for mutant in taken:
        text = texts[mutant.file]
        changed = mutant.applied(text)
        assert ast.dump(ast.parse(changed)) != trees[mutant.file], mutant
        assert text[mutant.start : mutant.end] == mutant.was and text[: mutant.start] + mutant.now in changed
    assert len({m.operator for m in taken}) >= 10


def test_the_sample_is_the_same_again_and_other_with_another_seed(taken):
    one, again, other = (sample(PACKAGE, 60, seed, ["measures"]) for seed in (7, 7, 8))
    assert [m.key for m in again] == [m.key for m in one]
    assert len({m.key for m in one} & {m.key for m in other}) < 15
    assert len({(m.file, m.line) for m in taken}) == len(taken)


def test_all_rooms_are_in_the_sample(taken):
    counts = collections.Counter(room_of(m.file) for m in taken)
    rooms = {room_of(file) for file in files_of(PACKAGE)}
    assert counts.keys() == rooms and len(rooms) > 12
    assert abs(len(taken) - 150) < 20 and min(n for room, n in counts.items() if room != "(top)") >= 5
    assert {room_of(m.file) for m in sample(PACKAGE, 20, 1, ["laws"])} == {"laws"}
    assert {m.file for m in sample(PACKAGE, 9, 1, ["world/purse.py"])} == {"world/purse.py"}
    assert {m.operator for m in sample(PACKAGE, 9, 1, ["world"], ["not"])} == {"not"}


def test_lines_elsewhere_do_not_change_the_draw(tmp_path):
    (tmp_path / "room").mkdir()
    file = tmp_path / "room" / "area.py"
    picked = []
    for text in (CODE, "import numpy\n\n\n" + CODE):
        file.write_text(text)
        picked.append([(m.was, m.now) for m in sample(tmp_path, 6, 3)])
    assert picked[0] == picked[1] and len(picked[0]) == 6


def test_shares_are_in_proportion_but_for_the_least():
    assert shares({"a": 600, "b": 300, "c": 100}, 10) == {"a": 6, "b": 5, "c": 5}
    assert shares({"a": 600, "b": 301, "c": 99}, 100) == {"a": 60, "b": 30, "c": 10}
    assert shares({"a": 3, "b": 1000}, 50) == {"a": 3, "b": 49}


def test_folders_of_the_rooms_or_all():
    laws = sample(PACKAGE, 5, 1, ["laws"])
    found = folders_for(laws)
    assert {"laws", "plain", "oracles", "contract", "measures"} <= found and "mutants" not in found
    assert folders_for(laws, "own,plain") == {"laws", "plain"}
    assert arguments(["laws", "--count", "9"]).rooms == ["laws"]


def test_limits_of_number_and_time():
    quick, slow = Case("f.py::a", 0.1, {}), Case("f.py::b", 30.0, {"fixture": 8.0})
    assert within_limits([slow, slow, quick]) == [slow, quick]  # 38 s, 68 s, 38.1 s
    assert within_limits([replace(quick, seconds=99.0), quick]) == [replace(quick, seconds=99.0)]
    assert len(within_limits([quick] * 190)) == 100 and MOST_SECONDS == 40.0


def test_every_file_has_its_turn():
    """However quick the tests of one file are: they may all look at the same."""
    quick = [Case(f"a.py::{k}", 0.1 + k / 100, {}) for k in range(3)]
    slow = [Case("b.py::0", 2.0, {}), Case("b.py::1", 1.0, {"shared": 0.5})]
    assert file_by_file([*slow, *quick]) == [quick[0], slow[1], quick[1], slow[0], quick[2]]
    assert alternating(quick, slow) == [quick[0], slow[0], quick[1], slow[1], quick[2]]
    assert alternating([], slow) == slow


# ---------------------------------------------------------------- a small house of its own

KERNEL = """
class Kernel:
    def __init__(self, function): self.function = function
    def __call__(self, *args): return self.function(*args)
def kernel(function): return Kernel(function)
"""
SUMS = """
from regulars.ground.kernel import kernel

@kernel
def double(x):
    return x + x

LIMITS = {True: 10}
LIMIT = LIMITS[True]

@kernel
def area(a, b):
    return double(a) * b

def is_large(x, limit=LIMIT):
    while x > 1000:
        x -= 1
    return x > limit

def unused(x):
    return x + 1
"""
TESTS = """
import pytest
from regulars.room.sums import area, is_large

@pytest.fixture(scope="module")
def whole():
    return area(2, 3)

def test_area(whole):
    assert whole == 12

def test_large():
    assert is_large(1100) and not is_large(9)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    root = tmp_path_factory.mktemp("house")
    files = {
        "sim/regulars/__init__.py": "", "sim/regulars/ground/__init__.py": "", "sim/regulars/ground/kernel.py": KERNEL,
        "sim/regulars/room/__init__.py": "", "sim/regulars/room/sums.py": SUMS, "tests/room/test_sums.py": TESTS,
    }  # fmt: skip
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "tests" / "mutants").symlink_to(ROOT / "tests" / "mutants")
    return root


@pytest.fixture(scope="module")
def watched_house(house):
    said = []
    return watched(house, house / "sim/regulars", house / "kept", ["room"], said.append), said


def test_tests_that_execute_a_mutant_are_found(house, watched_house):
    """Of loops by their calls, also within one another and in fixtures; of plain code by line; of constants by file."""
    (folder,), said = watched_house
    assert said == ["watching tests/room"] and {t.name.split("::")[1] for t in folder.tests} == {
        "test_area",
        "test_large",
    }
    by_words = {(m.was, m.now): m for m in read(house / "sim/regulars", "room/sums.py")}

    def found(*words):
        return [test.name.split("::")[1] for test in chosen(by_words[words], [folder])]

    def first(*words):
        return found(*words)[:1]

    assert first("x + x", "(x - x)") == first("double(a) * b", "(double(a) / b)") == ["test_area"]
    assert first("x > limit", "(x >= limit)") == ["test_large"]
    assert sorted(found("10", "11")) == [
        "test_area",
        "test_large",
    ]  # the faster first, whichever that is today
    assert sorted(found("x + 1", "(x - 1)")) == ["test_area", "test_large"]  # they may start other processes
    again = []
    watched(house, house / "sim/regulars", house / "kept", ["room"], again.append)
    assert again == []  # watched once


def test_verdicts(house, watched_house, monkeypatch):
    """Noticed, not noticed, out of time, untested; the working tree stays as it is."""
    (folder,), _ = watched_house
    package = house / "sim/regulars"
    by_words = {(m.was, m.now): m for m in read(package, "room/sums.py")}
    tree = Tree(house, package, house / "tree")
    for words, outcome in (
        (("x + x", "(x - x)"), KILLED),
        (("x > limit", "(x >= limit)"), SURVIVED),
        (("True", "False"), KILLED),  # nothing can be imported
        (("x -= 1", "pass"), TIMEOUT),
        (("x + 1", "(x - 1)"), SURVIVED),  # nothing executes it
    ):
        monkeypatch.setattr("mutants.trial.START", 2.0 if outcome == TIMEOUT else 90.0)
        verdict = tree.try_out(by_words[words], chosen(by_words[words], [folder]), "tests")
        assert verdict.outcome == outcome and ("x + x" not in words or verdict.by.endswith("::test_area")), (
            words
        )
        assert (
            (package / "room/sums.py").read_text()
            == SUMS
            == (house / "tree/regulars/room/sums.py").read_text()
        )
    assert tree.try_out(by_words["x + 1", "(x - 1)"], [], "").outcome == UNTESTED  # there is no test
    assert "+    return (x >= limit)" in report.survivor(by_words["x > limit", "(x >= limit)"], verdict, SUMS)


def test_verdicts_are_kept_until_code_or_tests_change(tmp_path):
    one, two, three = mutants_of(CODE, "room/area.py")[:3]
    record = Record(tmp_path / "verdicts.jsonl")
    record.add(Verdict(one.key, SURVIVED, against="old"))
    record.add(Verdict(two.key, KILLED, "a test", 3, against="old"))
    again = Record(tmp_path / "verdicts.jsonl")
    assert again.known(one, "old").outcome == SURVIVED and again.known(one, "new") is None
    assert again.known(two, "new").by == "a test" and again.known(three, "old") is None
    assert again.known(replace(two, source="changed"), "old") is None


def test_the_score_is_by_room_and_equivalents_say_why(tmp_path):
    first, second = mutants_of(CODE, "room/area.py")[0], mutants_of(CODE, "other/area.py")[0]
    verdicts = {first.key: Verdict(first.key, TIMEOUT), second.key: Verdict(second.key, SURVIVED)}
    lines = [" ".join(line.split()) for line in report.by_room([first, second], verdicts)]
    assert lines[1:-1] == ["other 1 0 0% 0", "room 1 1 100% 1", "all rooms 2 1 50% 1"]
    (tmp_path / "e.toml").write_text(
        '[[mutant]]\nfile = "a.py"\nfunction = "f"\nwas = "1"\nnow = "2"\nwhy = " "\n'
    )
    with pytest.raises(ValueError, match="say why"):
        report.equivalents(tmp_path / "e.toml")


def test_fractions_in_drawings_are_taste_and_all_else_is_not():
    text = "def draw(a):\n    return a.line(0.06, width=2) if a.high > 1.5 * a.low else a.at(0.0)\n"
    drawing, other = (
        {(m.operator, m.was) for m in mutants_of(text, file)} for file in ("show/plots/x.py", "show/x.py")
    )
    assert other - drawing == {("constant", "0.06"), ("constant", "1.5")} and drawing < other
    assert {("constant", "2"), ("constant", "0.0"), ("arithmetic", "1.5 * a.low")} <= drawing


def test_equivalents_are_mutants_of_the_code_as_it_is():
    shown = report.equivalents()
    there = {report.name(m) for file in {file for file, *_ in shown} for m in read(PACKAGE, file)}
    assert shown <= there
