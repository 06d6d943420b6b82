"""`regulars inspect`, and the options of reading that it shares with `fit`."""

import json

import pandas as pd
import pytest

from regulars.panels import Reading

SHOP = "Kunde;Datum;Umsatz;Art\n" + "".join(
    f"{k % 60};{1 + k % 28:02d}.{1 + k // 28 % 12:02d}.2024;{10 + k % 7},50;{'Retoure' if k % 50 == 49 else 'Verkauf'}\n"
    for k in range(900)
)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.csv").write_text(SHOP, encoding="utf-8")
    return "shop.csv"


def test_tells_the_reading_and_draws_a_page(call, shop, tmp_path):
    told = call("inspect", shop, "--ignore", "Art", "--keep", "r.toml", "--rfm", "rfm.csv")
    assert told.exit_code == 0, told.output
    for words in (
        "Umsatz: amount",
        "column Umsatz: decimal comma",
        "60 customers, 1 firm",
        "page of pictures: shop-log.html",
    ):
        assert words in told.output
    page = (tmp_path / "shop-log.html").read_text()
    assert (
        page.count("<svg") == 5
        and "Purchases over time" in page
        and "http" not in page.replace("http-equiv", "")
    )
    reading = Reading.load(tmp_path / "r.toml")
    assert (reading.decimal, reading.delimiter, reading.ignore) == (",", ";", ("Art",))
    assert list(pd.read_csv("rfm.csv")) == ["customer_id", "frequency", "recency", "T", "monetary_value"]
    again = call("inspect", shop, "--reading", "r.toml", "--json", "--no-page")
    assert json.loads(again.output)["money"] == json.loads(again.output)["money_read"]


def test_a_page_takes_the_place_of_no_file_of_others(call, shop, tmp_path):
    (tmp_path / "mine.html").write_text("mine")
    assert call("inspect", shop, "--ignore", "Art", "--out", "mine.html").exit_code == 1
    assert (tmp_path / "mine.html").read_text() == "mine"
    assert call("inspect", shop, "--ignore", "Art", "--out", shop, "--overwrite").exit_code == 1
    assert (tmp_path / shop).read_text() == SHOP


def test_what_a_message_advises_can_be_typed(call, shop, tmp_path):
    refused = call("fit", shop, "--out", "m.toml")
    assert (
        refused.exit_code == 1
        and not (tmp_path / "m.toml").exists()
        and not (tmp_path / "m.reading.toml").exists()
    )
    assert "--returned Art=Retoure --returns net" in refused.output
    fitted = call("fit", shop, "--out", "m.toml", "--returned", "Art=Retoure", "--returns", "net")
    assert fitted.exit_code == 0, fitted.output
    kept = Reading.load(tmp_path / "m.reading.toml")
    assert kept.returned == {"Art": ("Retoure",)} and kept.returns == "net" and kept.decimal == ","
    before = (tmp_path / "m.toml").read_bytes()
    again = call("fit", shop, "--out", "m.toml", "--reading", "m.reading.toml")
    assert again.exit_code == 0 and (tmp_path / "m.toml").read_bytes() == before
    assert Reading.load(tmp_path / "m.reading.toml") == kept


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--columns", "amount"), 2, "OURS=YOURS"),
        (
            ("--columns", "amount=Umsatz,customer=Kunde", "--columns", "time=Tag"),
            1,
            "there is no column 'Tag'",
        ),
        (("--leave-out", "Art"), 2, "COLUMN=VALUE"),
        (("--rates", "USD"), 2, "CODE=WORTH"),
        (("--returns", "sell"), 1, "choose one of refuse, net, drop"),
        (("--reading", "none.toml"), 1, "cannot be read as a reading"),
        (("--since", "soon"), 1, "give a date"),
    ],
)
def test_wrong_options_are_told(call, shop, words, code, says):
    told = call("inspect", shop, *words)
    assert told.exit_code == code and says in told.output


def test_columns_with_commas_in_their_names(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "l.csv").write_text('who;"paid, net";when\n1;2.5;2024-01-01\n2;3;2024-02-01\n')
    told = call(
        "inspect", "l.csv", "--columns", "customer=who,amount=paid, net,time=when", "--json", "--no-page"
    )
    assert json.loads(told.output)["money"] == 5.5


def test_columns_of_a_reading_and_of_the_command_line_add_up(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.toml").write_text('[reading]\ncolumns = { customer = "who", amount = "gross" }\n')
    (tmp_path / "l.csv").write_text("who,gross,net,when\n1,3,2,2024-01-01\n")
    told = call(
        "inspect", "l.csv", "--reading", "r.toml", "--columns", "amount=net,time=when", "--json", "--no-page"
    )
    assert json.loads(told.output)["reading"]["columns"] == {
        "customer": "who",
        "amount": "net",
        "time": "when",
    }
    assert json.loads(told.output)["money"] == 2


def test_a_dataset_is_read_as_it_is(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "takes no returns" in call("inspect", "yogurt", "--returns", "net").output
