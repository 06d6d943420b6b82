"""`regulars fit`: the health card first, the draws beside the scenario, and options that are refused with what would be right."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import typer
from lab.logs_of_known_truth import one_firm

from regulars.cli.values import share
from regulars.scenario import load


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    table = one_firm(customers=70, days=182, rate=0.6).purchases
    table.rename(columns={"time": "day"}).to_csv(path, index=False)
    return path


@pytest.mark.big
def test_the_card_comes_first_and_the_draws_lie_beside(call, log, tmp_path):
    out = tmp_path / "m.toml"
    told = call("fit", str(log), "--columns", "time=day", "--out", str(out))
    assert told.exit_code == 0, told.stderr
    assert told.stdout.splitlines()[0].split()[0] in ("PASS", "REVIEW", "FAIL")
    assert "money level" in told.stdout.splitlines()[0]
    assert load(out).spec.posterior and (tmp_path / "m.posterior.parquet").exists()
    again = call("fit", str(log), "--columns", "time=day", "--out", str(out), "--json")
    found = json.loads(again.stdout)
    assert f"pictures: {tmp_path / 'm.fit.html'}" in told.stdout and found["report"].endswith("m.fit.html")
    assert "May the fitted market be trusted?" in (tmp_path / "m.fit.html").read_text()
    assert [row["check"] for row in found["health"]][:2] == ["money level", "moments"]
    assert next(iter(found)) == "health" and found["posterior"].endswith("m.posterior.parquet")


@pytest.mark.parametrize(
    ("asked", "says"),
    [((), "without the last 91 days"), (("--holdout", "none"), "was not fitted to a part of the log")],
)
def test_the_end_of_the_log_is_held_out_unless_it_is_declined(call, tmp_path, asked, says):
    log = tmp_path / "log.csv"
    one_firm(customers=120, rate=0.3).purchases.rename(columns={"time": "day"}).to_csv(log, index=False)
    told = call("fit", log, "--columns", "time=day", "--out", tmp_path / "m.toml", *asked)
    assert told.exit_code == 0, told.stderr
    assert says in " ".join(told.stdout.split())
    assert says in (tmp_path / "m.fit.html").read_text()


def test_the_name_of_a_scenario_ends_in_toml(call, log, tmp_path):
    """Or its draws would be those of `m.toml`."""
    told = call("fit", str(log), "--columns", "time=day", "--out", str(tmp_path / "m"))
    assert told.exit_code == 1 and "write it as m.toml" in told.stderr and not list(tmp_path.glob("m*"))


@pytest.mark.parametrize("text", ["13", "13x", "0w", "w", "-3d"])
def test_a_time_that_is_none_is_refused(call, log, tmp_path, text):
    told = call("fit", str(log), "--out", str(tmp_path / "m.toml"), f"--holdout={text}")
    if text == "13":  # days
        assert "--holdout" not in (told.stdout + told.stderr)
    else:
        assert told.exit_code == 2 and "13w" in (told.stdout + told.stderr)
    assert not list(tmp_path.glob("m*")) or text == "13"


@pytest.mark.parametrize("beside", ["posterior.parquet", "fit.html", "reading.toml"])
def test_what_is_not_ours_is_not_written_over(call, log, tmp_path, beside):
    mine = tmp_path / f"m.{beside}"
    mine.write_text("mine")
    told = call("fit", str(log), "--columns", "time=day", "--out", str(tmp_path / "m.toml"))
    assert told.exit_code == 1 and mine.name in (told.stdout + told.stderr)
    assert mine.read_text() == "mine" and not (tmp_path / "m.toml").exists()


@pytest.fixture(scope="module")
def two_shops(tmp_path_factory):
    """A log of a hundred customers of two shops, the first twice as large."""
    chance = np.random.default_rng(5)
    buyers = chance.integers(1, 9, 100)
    customer = np.repeat(np.arange(100), buyers)
    rows = {
        "customer": customer,
        "time": chance.uniform(0, 364, customer.size).round(2),
        "firm": np.where(chance.random(customer.size) < 2 / 3, "large", "small"),
        "amount": chance.gamma(4.0, 2.5, customer.size).round(2) + 0.01,
    }
    file = tmp_path_factory.mktemp("log") / "shops.csv"
    pd.DataFrame(rows).to_csv(file, index=False)
    return file


def test_what_is_asked_for_is_in_the_scenario(call, two_shops, tmp_path):
    file = tmp_path / "m.toml"
    words = ["--name", "Corner shops", "--currency", "crowns", "--customers", 77, "--focal", "small"]
    told = call("fit", two_shops, "--out", file, *words, "--margin", 0.4, "--holdout", "none", "--json")
    assert told.exit_code == 0 and not told.stderr
    market = load(file)
    assert market.spec.about.title == "Corner shops" and market.focal == "small"
    assert (market.spec.market.currency, market.spec.market.customers) == ("crowns", 77)
    assert all(firm.cost == pytest.approx(0.6 * firm.price) for firm in market.spec.firms)
    document = json.loads(told.stdout)
    assert document["scenario"] == str(file) and document["log"] == "shops"
    assert document["estimates"] and document["moments"] and document["identified"]


def test_left_out_it_is_all_of_the_log_in_words(call, two_shops, tmp_path):
    file = tmp_path / "m.toml"
    told = call("fit", two_shops, "--out", file, "--holdout", "none")
    assert told.exit_code == 0 and f"\nscenario: {file}\n" in told.stdout
    assert "repeat" in told.stdout and not told.stdout.startswith("{")
    market = load(file)
    assert market.spec.about.title == "shops, fitted" and market.focal == "large"
    assert 100 <= market.spec.market.customers < 110  # some who belong to it bought nothing
    assert all(firm.cost == pytest.approx(0.65 * firm.price) for firm in market.spec.firms)


def test_a_share_is_read_as_people_write_it():
    assert [share(word) for word in ("0.6", "60%", "0,6", " 60 % ", 0.6)] == pytest.approx([0.6] * 5)
    with pytest.raises(typer.BadParameter, match=r"'sixty' is no share; write 0\.6 or 60%"):
        share("sixty")


@pytest.mark.big
def test_the_next_month_in_one_command(call, tmp_path, monkeypatch):
    """Reading, name, firm and margin come from the market before; what is typed wins."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    for name, first in (("a", "2024-01-01"), ("b", "2024-07-01"), ("c", "2024-06-01")):
        n = 1200
        firm = np.where(rng.random(n) < 0.6, "north", "south")
        when = pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, 182, n), unit="D")
        paid = [f"{x:.2f}".replace(".", ",") for x in rng.gamma(4.0, 2.0, n) + 1]
        table = pd.DataFrame({"who": rng.integers(0, 120, n), "tag": when.strftime("%d.%m.%Y"), "brand": firm, "paid": paid, "art": ["x", "weg"] * (n // 2)})  # fmt: skip
        table.to_csv(f"{name}.csv", index=False, sep=";")
    words = [
        "--columns",
        "customer=who,time=tag,amount=paid",
        "--leave-out",
        "art=weg",
        "--currency",
        "EUR",
        "--holdout",
        "none",
    ]
    first = call(
        "fit",
        "a.csv",
        "--out",
        "a.toml",
        *words,
        "--focal",
        "south",
        "--margin",
        "40%",
        "--name",
        "Two brands",
    )
    assert first.exit_code == 0, first.stderr
    told = call("fit", "b.csv", "--from", "a.toml", "--out", "b.toml", "--holdout", "none")
    assert told.exit_code == 0, told.stderr
    market = load(tmp_path / "b.toml")
    assert (market.spec.about.title, market.focal, market.spec.market.currency) == (
        "Two brands",
        "south",
        "EUR",
    )
    assert all(firm.cost == pytest.approx(0.6 * firm.price) for firm in market.spec.firms)
    assert (
        "beside a.toml:" in told.stdout
        and "is pooled" in " ".join(told.stdout.split())
        and "within its error" in told.stdout
    )
    assert "Compared with the market before" in (tmp_path / "b.fit.html").read_text()
    typed = call(
        "fit",
        "c.csv",
        "--from",
        "a.toml",
        "--out",
        "c.toml",
        "--holdout",
        "none",
        "--focal",
        "north",
        "--name",
        "C",
        "--margin",
        "0.1",
        "--json",
    )
    found = json.loads(typed.stdout)
    assert "stands alone" in found["changed"][0] and {row["parameter"] for row in found["changes"]} >= {
        "basket",
        "taste concentration S",
    }
    market = load(tmp_path / "c.toml")
    assert (market.spec.about.title, market.focal) == ("C", "north") and market.spec.firms[
        0
    ].cost == pytest.approx(0.9 * market.spec.firms[0].price)
    over = call("fit", "b.csv", "--from", "a.toml", "--out", "a.toml", "--overwrite")
    assert over.exit_code == 1 and "this is an input" in over.stderr
    (tmp_path / "a.posterior.parquet").unlink()
    assert call("fit", "b.csv", "--from", "a.toml", "--out", "d.toml").exit_code == 1


@pytest.mark.big
@pytest.mark.parametrize(("given", "kept"), [(None, None), (0.4, 0.4)])
def test_a_margin_that_was_assumed_stays_assumed(tmp_path, given, kept):
    """So that it is drawn again; one that was given is given again, as is a cost that was written into the market."""
    from regulars.cli.again import taken_from
    from regulars.lab.fit import fit

    place = fit(one_firm(customers=60), margin=given).write(tmp_path / "m.toml")
    assert taken_from(place).margin == kept and taken_from(None).known is None
    text = place.read_text()
    price = load(place).spec.firms[0].price
    place.write_text(re.sub(r"(?m)^cost = .*$", f"cost = {0.3 * price}", text))
    assert taken_from(place).margin == pytest.approx(0.7)
