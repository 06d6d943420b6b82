"""What people write that TOML has not: the line is shown, with what to write in its place."""

import pytest

from regulars import Scenario, load
from regulars.ground.errors import RegularsError
from regulars.ground.written import instead

SLIPS = {
    "exit_rate = 0,207": "exit_rate = 0.207",
    "discount = 5%": "discount = 0.05",
    "discount = 2,5 %": "discount = 0.025",
    "start = 01.02.2025": "start = 2025-02-01",
    "start = 2025/2/1": "start = 2025-02-01",
    "start = 2025-2-1": "start = 2025-02-01",
    "start = 31/12/2025": "start = 2025-12-31",
    "start = 01/02/2025": "start = 2025-02-01 or 2025-01-02",
    "customers = 10,000": "customers = 10000 or 10.000",
    "customers = 1.000.000": "customers = 1000000",
    "customers = 1'000'000": "customers = 1000000",
    "price = .5": "price = 0.5",
    "price = 5.": "price = 5.0",
    "price = 3.50€": "price = 3.50",
    "price = $3": "price = 3",
    "seed = 007": "seed = 7",
    "on = True": "on = true",
    "on = no": "on = false",
    "name = Anna's": "",
    "name = Anna": 'name = "Anna"',
    "name: 5": "name = 5",
    "price = 5 + 5": "",
    "start = 45.45.2025": "",
    'rewards = [{ name = "cup", worth = 5,0, cost = 5.0 }]': "worth = 5.0",
}


@pytest.mark.parametrize("line", SLIPS)
def test_the_line_is_shown_and_what_to_write(line, tmp_path):
    (tmp_path / "t.toml").write_text(f'firms = [{{name = "a"}}]\n[turnover]\n{line} # told\nx = 1\n')
    with pytest.raises(RegularsError) as error:
        load(tmp_path / "t.toml")
    told = str(error.value)
    assert "t.toml: this is not TOML: " in told and "line 3" in told and f": {line} # told" in told
    assert told.endswith(f" (write {SLIPS[line]})" if SLIPS[line] else "# told")
    if "write" in told and " or " not in SLIPS[line]:
        import tomllib

        assert tomllib.loads(SLIPS[line])


@pytest.mark.parametrize("text", ['x = """no end\nprice = 5%', "x = [1, # no end\n# price = 5%"])
def test_where_no_line_is_known_none_is_shown(text, tmp_path):
    """What never ends is noticed at the end of the file only; the last line has nothing to do with it."""
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(RegularsError, match=r"this is not TOML: .*at end of document") as error:
        load(tmp_path / "t.toml")
    assert "5%" not in str(error.value) and "write" not in str(error.value)


def test_a_line_of_letters_that_a_terminal_obeys_is_written_out(tmp_path):
    (tmp_path / "t.toml").write_text("x = \x1b[31m" + "y" * 500)
    with pytest.raises(RegularsError) as error:
        load(tmp_path / "t.toml")
    assert str(error.value).isprintable() and len(str(error.value)) < 800


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("5%", "write 0.05"),
        ("0,207", "write 0.207"),
        ("5", "not a number (wanted"),
        ("five", "not a number (wanted"),
    ],
)
def test_a_text_for_a_number_says_the_number(value, told):
    with pytest.raises(RegularsError) as error:
        Scenario({"firms": [{"name": "a", "failure": value}]})
    assert f"firms.0.failure: '{value}' is not a number" in str(error.value) and told in str(error.value)
    assert instead("5") == instead("inf") == instead("0.5") == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("l.csv", b"customer,time\n1,2\n"),
        ("l.parquet", b"PAR1\xff\xfe"),
        ("l.txt", b"a;b;c\n1;2;3\n"),
        ("l.csv", b"\xff,"),
    ],
)
def test_a_log_in_place_of_a_scenario(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        RegularsError, match=rf"this looks like a log of purchases.*`regulars fit .*{name} --out NAME.toml`"
    ):
        load(tmp_path / name)


@pytest.mark.parametrize(
    "text", ["Hello, world", "Hello, world\nand all", "a = 1,\nb = 2,", "[a, b\nc, d", "", "#, a\n#, b\nx"]
)
def test_what_is_neither_is_no_log(tmp_path, text):
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(RegularsError) as error:
        load(tmp_path / "t.toml")
    assert "looks like a log" not in str(error.value)
