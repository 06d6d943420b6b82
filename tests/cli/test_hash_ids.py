"""With `--hash-ids` nothing that is written or told holds an id of a customer."""

import re

import numpy as np
import pandas as pd
import pytest

from regulars import panels
from regulars.ground.errors import RegularsError
from regulars.panels.ids import MARK, Ids

SECRET = re.compile(rb"zq\d\d|Zq\d\d|Anna", re.IGNORECASE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A shop's log with a heavy customer, a guest, an id spelled in two ways, names, and prices that differ by customer."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    n = 1500
    who = np.array([f"zq{k:02d}@x.de" for k in range(90)])[rng.integers(0, 90, n)].astype(object)
    who[:200] = "zq07@x.de"
    who[200:210] = "ZQ08@x.de"
    firm = np.where(rng.random(n) < 0.6, "north", "south")
    table = pd.DataFrame(
        {"customer": who, "name": [f"Anna {w}" for w in who], "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D"),
         "brand": firm, "amount": np.round(rng.gamma(4.0, 2.0, n) + 1, 2)}
    )  # fmt: skip
    table.to_csv("log.csv", index=False)
    table.assign(amount=-table["amount"]).to_csv("bad.csv", index=False)
    offers = [
        (w, "2024-01-01", f, 5.0 + len(f) % 2)
        for w in np.unique(np.char.lower(who.astype(str)))
        for f in ("north", "south")
    ]
    pd.DataFrame(offers, columns=["customer", "date", "brand", "price"]).to_csv("offers.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("json", [[], ["--json"]])
def test_no_output_holds_an_id(call, folder, json):
    before = {file.name for file in folder.iterdir()}
    shown = b""
    for words in (
        ["inspect", "log.csv", "--keep", "r.toml", "--rfm", "rfm.csv", "--leave-out", "customer=zq11@x.de"],
        ["inspect", "log.csv", "--no-page", "--only", "customer=zq99@x.de"],  # there is none
        ["inspect", "bad.csv", "--no-page"],
        ["fit", "log.csv", "--out", "m.toml", "--offers", "offers.csv", "--holdout", "none"],
    ):
        told = call(*words, "--hash-ids", "--hash-key", "a key", *json)
        shown += told.stdout.encode() + told.stderr.encode()
    assert b"heavy" in shown or b"wholesaler" in shown
    made = [file for file in folder.iterdir() if file.name not in before]
    assert {
        "r.toml",
        "rfm.csv",
        "m.toml",
        "m.fit.html",
        "m.reading.toml",
        "m.posterior.parquet",
        "log-log.html",
    } <= {f.name for f in made}
    whole = {file.name: file.read_bytes() for file in made}
    whole["parquet as text"] = pd.read_parquet("m.posterior.parquet").to_csv().encode()
    whole["told"] = shown
    assert {name: SECRET.findall(content) for name, content in whole.items() if SECRET.search(content)} == {}
    without = call("inspect", "log.csv", "--no-page")
    assert SECRET.search(without.stdout.encode())  # the control: without the option they are told


def test_the_same_key_gives_the_same_hashes_and_the_reading_can_be_used_again(call, folder):
    call(
        "inspect",
        "log.csv",
        "--keep",
        "r.toml",
        "--rfm",
        "a.csv",
        "--leave-out",
        "customer=zq11@x.de",
        "--hash-key",
        "k",
        "--no-page",
    )
    call("inspect", "log.csv", "--reading", "r.toml", "--rfm", "b.csv", "--hash-key", "k", "--no-page")
    call("inspect", "log.csv", "--rfm", "c.csv", "--hash-key", "other", "--no-page")
    a, b, c = (pd.read_csv(f"{name}.csv") for name in "abc")
    pd.testing.assert_frame_equal(a, b)
    assert len(c) == len(a) + 1 and not set(c["customer_id"]) & set(a["customer_id"])
    assert all(MARK.fullmatch(who) for who in a["customer_id"])


def test_a_random_key_is_told_once_on_stderr(call, folder):
    told = call("inspect", "log.csv", "--hash-ids", "--no-page")
    key = re.search(r"the key ([0-9a-f]{32}), told only now", told.stderr)[1]
    assert key not in told.stdout
    assert (
        key
        != re.search("key ([0-9a-f]{32})", call("inspect", "log.csv", "--hash-ids", "--no-page").stderr)[1]
    )


def test_the_next_month_stays_hashed_without_being_told(call, folder):
    """The market before was fitted to hashed ids; the reading beside it does not say so, its draws do."""
    call("fit", "log.csv", "--out", "m.toml", "--holdout", "none", "--hash-ids")
    told = call("fit", "log.csv", "--from", "m.toml", "--out", "n.toml", "--holdout", "none")
    assert "ids are hashed with the key" in told.stderr
    assert not SECRET.search((told.stdout + told.stderr).encode() + (folder / "n.fit.html").read_bytes())


def test_a_hashed_log_is_the_same_log(folder):
    plain, hidden = panels.read("log.csv"), panels.read("log.csv", hash_ids="k")
    names = Ids("k")
    assert {names(who) for who in plain.customers} == set(hidden.customers)
    assert len(hidden) == len(plain) and hidden.purchases["amount"].sum() == pytest.approx(
        plain.purchases["amount"].sum()
    )
    assert [o.kind for o in hidden.oddities] == [o.kind for o in plain.oddities]
    assert [c.rows for c in hidden.account.changes] == [
        c.rows for c in plain.account.changes
    ]  # spellings are merged


def test_guests_and_datasets(folder):
    names = Ids("k")
    assert [names(word) for word in ("guest", "0", "", "Summe", "散客")] == [
        "guest",
        "0",
        "",
        "Summe",
        "散客",
    ]
    assert MARK.fullmatch(names("4711")) and names(names("4711")) == names("4711")
    assert all(MARK.fullmatch(who) for who in panels.resolve("bakery", hash_ids="k").customers)
    for key in ("", "x" * 65):
        with pytest.raises(RegularsError, match="give 1 to 64"):
            Ids(key)
