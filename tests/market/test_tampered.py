"""Saved markets of a stranger's making, and damaged ones: told as what they are, and nothing of them is run or made room for."""

import io
import json
import pickle
import random
import warnings
import zipfile

import numpy as np
import pytest
from worlds.busy import world
from worlds.lives import after, differences

from regulars.ground.errors import LONGEST_MESSAGE, RegularsError
from regulars.market import Market, archive

STRATEGIES = {"threshold_rebate": {}, "points": {}, "tiers": {}, "referral": {}, "greeting": {}, "focus": {}}


@pytest.fixture(scope="module")
def market():
    return after(world(STRATEGIES, **{"market.customers": 30}).market(log="memory"), 12)


@pytest.fixture
def file(market, tmp_path):
    return market.save(tmp_path / "market")


def refused(file, told="."):
    with pytest.raises(RegularsError, match=told) as error:
        Market.load(file)
    assert len(str(error.value)) <= LONGEST_MESSAGE
    return str(error.value)


# ------------------------------------------------------------------ damage


def test_damage_is_told_or_changes_nothing(market, file):
    chance, whole = random.Random(3), file.read_bytes()
    told = 0
    for at in [chance.randrange(len(whole)) for _ in range(100)] + list(range(len(whole) - 30, len(whole))):
        damaged = bytearray(whole)
        damaged[at] ^= 1 + chance.randrange(255)
        file.write_bytes(damaged)
        try:
            loaded = Market.load(file)
        except RegularsError:
            told += 1
        else:
            assert differences(market, loaded) == [], at
    assert told > 65  # half; the rest hit what says nothing, such as dates


def test_half_a_file(file):
    whole = file.read_bytes()
    for part in (1, 2, 3, 30, 500, len(whole) // 2, len(whole) - 23, len(whole) - 1):
        file.write_bytes(whole[:part])
        refused(file, "market: this is (no|a damaged) saved market")


# ------------------------------------------------------------------ hostile zips


def rewritten(file, change):
    """The file with its members, a list of (name, content), changed."""
    with zipfile.ZipFile(file) as box:
        members = [(name, box.read(name)) for name in box.namelist()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of doubles
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as box:
            for name, content in change(members):
                box.writestr(name, content)


def member(name, change):
    return lambda members: [(n, change(content) if n == name else content) for n, content in members]


def about(**values):
    return member("about.json", lambda content: json.dumps({**json.loads(content), **values}))


def npy(array, **header):
    """An .npy file, with another header than its array has."""
    file = io.BytesIO()
    right = {"descr": np.lib.format.dtype_to_descr(array.dtype), "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_1_0(file, {**right, **header})
    return file.getvalue() + array.tobytes()


class Evil:
    def __reduce__(self):
        return __import__("os").makedirs, ("pwned", 0o777, True)


def pickled():
    file = io.BytesIO()
    np.lib.format.write_array(file, np.array([Evil()], object), allow_pickle=True)
    return file.getvalue()


FIVE = np.arange(5.0)
JUNK = b"\x93NUMPY\x01\x00"
HOSTILE = {
    "a million million arrays": about(arrays=10**12),
    "fewer arrays than none": about(arrays=-1),
    "a text of arrays": about(arrays="3"),
    "no number of arrays": about(arrays=None),
    "a version that is a list": about(version=["1"] * 100_000),
    "another version": about(version=2, made_by="x" * 100_000),
    "a large about": about(x="x" * 2_000_000),
    "about nothing": member("about.json", lambda _: "null"),
    "a member more": lambda members: [*members, ("../evil", b"x")],
    "a member twice": lambda members: [*members, members[-1]],
    "a member less": lambda members: members[:-1],
    "no tree": lambda members: [m for m in members if m[0] != "tree.json"],
    "lists in lists": member("tree.json", lambda _: "[" * 200_000 + "]" * 200_000),
    "tables in tables": member("tree.json", lambda _: '{"a":' * 50_000 + "1" + "}" * 50_000),
    "a number of 5,000 digits": member("tree.json", lambda _: '{"a": ' + "9" * 5000 + "}"),
    "no JSON": member("tree.json", lambda content: content[:-1]),
    "no UTF-8": member("tree.json", lambda _: b"\xff\xfe\xfd"),
    "a list": member("tree.json", lambda _: "[]"),
    **{
        f"a tag {tag}": member("tree.json", lambda _, tag=tag: json.dumps({"a": tag}))
        for tag in (
            {"$": "array", "at": 10**9}, {"$": "array", "at": -1}, {"$": "array", "at": True}, {"$": "array", "at": "0"}, {"$": "array"},
            {"$": "tuple", "of": 5}, {"$": "tuple"}, {"$": "table", "of": [[[1], 2]]}, {"$": "table", "of": [1]}, {"$": "code"}, {"$": []},
        )
    },
    "a pickle": member("arrays/0.npy", lambda _: pickled()),
    "only a pickle": member("arrays/0.npy", lambda _: pickle.dumps(Evil())),
    "an array longer than it is": member("arrays/0.npy", lambda _: npy(FIVE, shape=(10**12,))),
    "an array shorter than it is": member("arrays/0.npy", lambda _: npy(FIVE, shape=(4,))),
    "an array of less than nothing": member("arrays/0.npy", lambda _: npy(FIVE, shape=(-1, -5))),
    "texts of no letters": member("arrays/0.npy", lambda _: npy(FIVE[:0], descr="<U0", shape=(10**12,))),
    "records": member("arrays/0.npy", lambda _: npy(np.zeros(2, [("a", "f8"), ("b", "i4")]))),
    "raw bytes": member("arrays/0.npy", lambda _: npy(FIVE, descr="|V8")),
    "complex numbers": member("arrays/0.npy", lambda _: npy(FIVE * 1j)),
    "a header that is code": member("arrays/0.npy", lambda _: JUNK + b"\x30\x00" + b"__import__('os').mkdir('pwned')".ljust(47) + b"\n"),
    "a header of junk": member("arrays/0.npy", lambda _: JUNK + b"\x30\x00" + b"{'a': \x00(((".ljust(48)),
    "a header without end": member("arrays/0.npy", lambda _: JUNK + b"\xff\xff{"),
    "another version of arrays": member("arrays/0.npy", lambda content: content[:6] + b"\x09\x09" + content[8:]),
    "no array": member("arrays/0.npy", lambda _: b""),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name, file, monkeypatch):
    monkeypatch.chdir(file.parent)
    rewritten(file, HOSTILE[name])
    with pytest.raises(RegularsError, match=r"saved (market|by)"):
        archive.read(file)
    refused(file)
    assert not (file.parent / "pwned").exists() and not (file.parent.parent / "evil").exists()


def test_another_compression(file):
    """Of which this library and that one read other things."""
    with zipfile.ZipFile(file) as box:
        members = [(name, box.read(name)) for name in box.namelist()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as box:
        for name, content in members:
            box.writestr(name, content)
    refused(file, "compressed in another way")


def test_a_bomb_is_told_before_it_is_read(file, monkeypatch):
    """What the members say of themselves is held against the memory of the machine."""
    rewritten(file, member("arrays/0.npy", lambda _: npy(np.zeros(10**6))))
    monkeypatch.setattr(archive, "_memory", lambda: 7.9e6)
    monkeypatch.setattr(archive, "_array", lambda _: pytest.fail("an array was read"))
    refused(file, r"takes 0\.0 GiB, more than the 0\.0 GiB of memory here")


@pytest.mark.parametrize("path", [5, None, b"x", ["x"], "a\0b", "x" * 5000])
def test_paths_that_are_none(path, market):
    with pytest.raises(RegularsError):
        Market.load(path)
    with pytest.raises(RegularsError):
        market.save(path)


# ------------------------------------------------------------------ whole files with other things in them


def places(tree, place=()):
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from places(value, (*place, name))
    else:
        yield place, tree


def with_value(tree, place, value):
    """A copy of a tree with one value changed; None takes it out."""
    copy = dict(tree)
    if len(place) > 1:
        copy[place[0]] = with_value(tree[place[0]], place[1:], value)
    elif value is None:
        del copy[place[0]]
    else:
        copy[place[0]] = value
    return copy


def test_arrays_of_another_form(market, file):
    """Another length, shape or type, one array after another; also what is lost."""
    tree = archive.read(file)
    arrays = [
        (place, value) for place, value in places(tree) if isinstance(value, np.ndarray) and place[0] != "log"
    ]
    assert len(arrays) > 90
    chance = random.Random(11)
    others = (
        lambda a: a[:1] if len(a) > 1 else np.concatenate([a, a]), lambda a: np.concatenate([a, a[:1]]), lambda a: a[..., None],
        lambda a: a.astype("U9"), lambda a: a.astype(np.int8 if a.dtype.kind == "f" else np.float32), lambda a: np.float64(1.0), lambda _: None,
    )  # fmt: skip
    for place, value in chance.sample(arrays, 40):
        which = chance.randrange(len(others))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of casts
            other = others[which](value)
        if np.shape(other) == value.shape and getattr(other, "dtype", None) == value.dtype:
            continue  # nothing, twice
        if place[-2:] == ("file", "segments") or "segments" in place:
            continue  # masks that a firm made: there are none at the start
        archive.write(file, with_value(tree, place, other), "a test")
        told = refused(file)
        assert str(place[-1]) in told or "no market can be built" in told, (place, which, told)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("scenario",), "firms = 5"), (("scenario",), "not TOML ["), (("scenario",), 5), (("beat",), "x"), (("beat",), 10**9), (("beat",), -1), (("seed",), []),
        (("customers",), 5), (("firms", "a"), {}), (("firms",), []), (("ledger", "by_strategy"), 5), (("ledger", "by_strategy"), {("a", "b"): []}),
        (("customers", "incumbent"), np.full(32, 7, np.int16)), (("opportunities",), {}), (("log", "totals"), {}), (("sources",), "x"),
        (("log", "events"), {"customer": np.arange(3), "time": np.arange(2.0)}), (("firms", "a", "strategies"), {}),
    ],
    ids=lambda x: str(x)[:30],
)  # fmt: skip
def test_values_of_another_kind(place, value, file):
    tree = archive.read(file)
    if place == ("customers", "incumbent"):
        value = np.full(len(tree["customers"]["incumbent"]), 7, np.int16)
    archive.write(file, with_value(tree, place, value), "a test")
    refused(file)


def test_bytes_in_another_order_are_the_same_market(market, file):
    """Of a machine that writes the large end of a number first."""
    tree = archive.read(file)
    for place, value in places(tree):
        if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
            tree = with_value(tree, place, value.astype(value.dtype.newbyteorder(">")))
    archive.write(file, tree, "a test")
    assert differences(market, Market.load(file)) == []
