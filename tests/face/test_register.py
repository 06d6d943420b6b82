"""Parts of one's own: out of a module, a notebook, an installed package or a file, here and in worker processes."""

import os
import subprocess
import sys
import textwrap
import threading
from typing import ClassVar

import pytest
from face import things
from typer.testing import CliRunner

from regulars import Market, Scenario, compare, register, sweep
from regulars.cli.app import app
from regulars.contract import pricing, recommender, strategy
from regulars.ground import registered
from regulars.ground.errors import RegularsError
from regulars.parts import ParameterSet, PricingParameters, PricingPolicy, Recommender, State, Strategy, par

HALF = 0.5  # a name of this module that classes use


class HalfPrice(Strategy):
    """A share off for everybody."""

    class Parameters(ParameterSet):
        """How much."""

        discount: float = par(HALF, "share", "[0, 1)", "taken off")

    state: ClassVar[tuple[State, ...]] = (State("seen", "i4", "visits", "how often"),)

    def offer(self, board, day):
        board.shelf_factor[self.firm.index] *= 1.0 - self.parameters.discount

    def settle(self, round):
        self.seen[round.who[round.rows(self.firm.index)]] += 1


class Always(PricingPolicy):
    """One price."""

    class Parameters(PricingParameters):
        """Which."""

        level: float = par(1.5, "currency", "[0, inf)", "the price")

    def price(self, day):
        return self.parameters.level


class Plain(Recommender):
    """What is popular, under another name."""


SOURCE = '''
from regulars.parts import ParameterSet, Strategy, par

def off(share):
    return 1.0 - share

class TenOff(Strategy):
    """A tenth off."""

    class Parameters(ParameterSet):
        discount: float = par(0.1, "share", "[0, 1)", "taken off")

    def offer(self, board, day):
        board.shelf_factor[self.firm.index] *= off(self.parameters.discount)
'''
MAIN = """
from regulars import Scenario, compare, register
{source}
register(TenOff)
table = {table!r}
for jobs in (1, 2):
    print(compare(Scenario(table), replicates=2, jobs=jobs).estimate("own").mean)
"""


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    monkeypatch.setattr(registered, "_own", {})


def shops(name, **does):
    return {**things.SHOPS, "arms": {"own": {"strategies": {name: does}}}}


def gains(table, **options):
    return [
        compare(table, replicates=2, jobs=jobs, **options).wide("incremental_profit")["own"].tolist()
        for jobs in (1, 2)
    ]


def test_a_class_of_a_module():
    """What the test module of pytest is to workers: a module that they cannot import."""
    assert register(HalfPrice) is HalfPrice
    alone, apart = gains(shops("half_price"))
    assert alone == apart and all(gain < -1 for gain in alone)
    assert strategy.find("half_price") is HalfPrice and HalfPrice.title() == "half_price"
    market = Market({**things.SHOPS, "firms": [{"name": "a", "strategies": {"half_price": {}}}]}).run()
    assert market.firm("a").strategies["half_price"].seen.sum() == market.firm("a").purchases > 0
    assert register(HalfPrice, "other") is HalfPrice


def test_without_being_registered_it_is_not_known():
    with pytest.raises(RegularsError, match=r"half_price: no strategy of this name"):
        compare(shops("half_price"))


def test_parameters_are_checked_like_any():
    register(HalfPrice)
    with pytest.raises(RegularsError, match=r"discount: 2.0 is outside \[0, 1\)"):
        Scenario(shops("half_price", discount=2.0))
    with pytest.raises(RegularsError, match="did you mean 'half_price'"):
        Scenario(shops("half_prize"))
    swept = sweep(
        shops("half_price"), {"arms.own.strategies.half_price.discount": [0.0, 0.4]}, replicates=2, jobs=2
    )
    assert swept.best()["mean"].tolist()[0] == 0.0 > swept.best()["mean"].tolist()[1]


def test_policies_and_recommenders():
    register(Always)
    register(name="plain")(Plain)
    table = {**things.SHOPS, "firms": [{"name": "a", "pricing": {"kind": "always"}}, {"name": "b"}]}
    market = Market(table)
    market.step()
    assert market.firm("a").price == 1.5 and pricing.find("always") is Always
    assert recommender.find("plain") is Plain and "plain" in recommender.names()
    table["arms"] = {"own": {"set": {"firms.a.pricing.level": 2.0}}}
    alone, apart = gains(table)
    assert alone == apart and all(alone)


@pytest.mark.parametrize(
    "way",
    [pytest.param("command", marks=pytest.mark.slow), "exec", pytest.param("script", marks=pytest.mark.slow)],
)
def test_a_class_from_a_notebook(way, tmp_path):
    """Defined in the main module: given on the command line, run by exec as cells are, and in a script without a guard."""
    code = MAIN.format(source=SOURCE, table=shops("ten_off"))
    if way == "exec":
        code = f"import __main__\nexec(compile({code!r}, '<cell>', 'exec'), vars(__main__))"
    script = tmp_path / "script.py"
    script.write_text(code)
    words = [script] if way == "script" else ["-c", code]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    alone, apart = map(float, done.stdout.split())
    assert alone == apart < -0.1


def install(
    folder, source=SOURCE, lines="[regulars.strategies]\nten_off = my_parts:TenOff\n", name="my-parts"
):
    """A distribution as pip would leave it."""
    (folder / f"{name.replace('-', '_')}.py").write_text(source)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(lines)


def test_a_class_of_an_installed_package(tmp_path, monkeypatch):
    install(tmp_path)
    with pytest.raises(RegularsError, match="no strategy of this name"):
        compare(shops("ten_off"))
    monkeypatch.syspath_prepend(tmp_path)
    assert "ten_off" in strategy.names() and "my_parts" not in sys.modules
    alone, apart = gains(shops("ten_off"))
    assert alone == apart and all(alone)
    assert strategy.find("ten_off").title() == "ten_off"
    assert registered.packages() == ["my-parts 1.0"]


@pytest.mark.parametrize(
    ("source", "lines", "name", "told"),
    [
        (
            "1 / 0",
            "ten_off = my_parts:TenOff",
            "ten_off",
            "the package 'my-parts' offers it and it cannot be imported",
        ),
        (
            "TenOff = 3",
            "ten_off = my_parts:TenOff",
            "ten_off",
            "the package 'my-parts' offers it, and it is no strategy",
        ),
        (
            SOURCE,
            "points = my_parts:TenOff",
            "points",
            "the package 'my-parts' offers another one of this name",
        ),
    ],
)
def test_a_package_that_offers_what_will_not_do(source, lines, name, told, tmp_path, monkeypatch):
    install(tmp_path, source, f"[regulars.strategies]\n{lines}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_parts", raising=False)
    with pytest.raises(RegularsError, match=told):
        strategy.find(name)
    monkeypatch.delitem(sys.modules, "my_parts", raising=False)


def test_two_packages_that_offer_the_same_name(tmp_path, monkeypatch):
    install(tmp_path)
    install(tmp_path, SOURCE, "[regulars.strategies]\nten_off = others:TenOff\n", "others")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RegularsError, match="both offer it; uninstall one of them"):
        strategy.find("ten_off")


@pytest.mark.parametrize(
    ("part", "name", "told"),
    [
        (None.__class__, None, "is no part of one's own"),
        (
            3,
            None,
            "3 is no part of one's own: a class is needed that builds on one of Strategy, PricingPolicy, Recommender",
        ),
        (Strategy, None, "is no part of one's own"),
        (HalfPrice, "points", "there is a strategy called 'points' already"),
        (HalfPrice, "Half Price", "'Half Price' is no name of a strategy"),
        (HalfPrice, 3, "3 is no name of a strategy"),
        (type("Odd", (Strategy,), {"Parameters": dict}), None, "is no ParameterSet"),
        (type("Odd", (PricingPolicy,), {"Parameters": ParameterSet}), None, "is no PricingParameters"),
    ],
)
def test_what_cannot_be_registered(part, name, told):
    with pytest.raises(RegularsError, match=told):
        register(part, name)


def test_a_cell_that_is_run_again_takes_the_place_of_the_former():
    def cell(discount):
        names = {"__name__": "__main__"}
        exec(SOURCE.replace("0.1", discount), names)
        return register(names["TenOff"])

    first, second = cell("0.1"), cell("0.2")
    assert strategy.find("ten_off") is second is not first
    other = type("TenOff", (Strategy,), {"__module__": "elsewhere"})
    with pytest.raises(RegularsError, match="there is a strategy called 'ten_off' already"):
        register(other)


def test_names_in_small_letters():
    for name, told in {"EDLPNow": "edlp_now", "Half": "half", "Points2Go": "points2_go"}.items():
        register(type(name, (Strategy,), {}))
        assert told in strategy.names()


def test_what_cannot_travel_is_told_with_the_ways_out():
    lock = threading.Lock()

    class Locked(Strategy):
        """Holds what belongs to this process."""

        def offer(self, board, day):
            with lock:
                board.shelf_factor[self.firm.index] *= 0.9

    register(Locked)
    assert compare(shops("locked"), replicates=2, jobs=1).arms == ("own",)
    with pytest.raises(
        RegularsError, match=r"locked: this class cannot be sent .* next to the notebook .* jobs=1"
    ):
        compare(shops("locked"), replicates=2, jobs=2)


def test_kept_points_of_a_sweep_know_the_parts(tmp_path):
    """Points computed with another version of a part are not taken for this one's."""
    found = []
    for discount in ("0.1", "0.3", "0.3"):
        file = tmp_path / "ten_off.py"
        file.write_text(SOURCE.replace("0.1", discount))
        registered._own.clear()
        words = [
            "sweep",
            str(toml(tmp_path)),
            "--over",
            "firms.anna.price=1.0,1.1",
            "--replicates",
            "2",
            "--jobs",
            "1",
        ]
        done = CliRunner().invoke(
            app, [*words, "--parts", str(file), "--out", str(tmp_path / "out"), "--json"]
        )
        assert done.exit_code == 0, done.output
        found.append((done.stdout, len(list((tmp_path / "out" / "points").iterdir()))))
    assert found[0][0] != found[1][0] == found[2][0]
    assert [count for _, count in found] == [2, 4, 4]


def test_a_file_is_run_as_it_stands(tmp_path):
    """Also right after an edit that changes neither its length nor the second at which it was written."""
    from regulars.contract.registering import register_file

    file = tmp_path / "ten_off.py"
    for discount in ("0.1", "0.3"):
        file.write_text(SOURCE.replace("0.1", discount))
        os.utime(file, (1e9, 1e9))
        registered._own.clear()
        (name,) = register_file(file)
        assert strategy.find(name).Parameters().discount == float(discount)


def toml(folder):
    file = folder / "shops.toml"
    file.write_text(Scenario({**things.SHOPS, "arms": {}}).toml() + "\n[arms.own.strategies.ten_off]\n")
    return file


@pytest.mark.parametrize("command", ["check", "run", "compare"])
def test_a_file_of_parts_on_the_command_line(command, tmp_path):
    file, words = (
        tmp_path / "ten_off.py",
        {"compare": ["--replicates", "2", "--jobs", "2", "--no-report", "--out", str(tmp_path)]},
    )
    file.write_text(SOURCE)
    words = [command, str(toml(tmp_path)), *words.get(command, ())]
    without = CliRunner().invoke(app, words)
    assert without.exit_code == 1 and "no strategy of this name" in without.output
    done = CliRunner().invoke(app, [*words, "--parts", str(file)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1\n1 / 0\n", r"mine\.py, line 2: ZeroDivisionError"),
        ("def f(:\n", r"mine\.py, line 1: SyntaxError"),
        ("x = 1\n", r"mine\.py defines no strategy, process, pricing policy or recommender"),
        ("from regulars.parts import Strategy\n", "defines no strategy"),
        (None, r"mine\.py: there is no such file of parts \(\.py\); did you mean 'mime\.py'"),
    ],
)
def test_a_file_of_parts_that_will_not_do(source, told, tmp_path):
    from regulars.contract.registering import register_file

    (tmp_path / "mime.py").write_text("")
    file = tmp_path / "mine.py"
    if source is not None:
        file.write_text(source)
    with pytest.raises(RegularsError, match=told):
        register_file(file)


def test_a_file_of_parts_may_register_by_itself(tmp_path):
    from regulars.contract.registering import register_file

    file = tmp_path / "mine.py"
    file.write_text(
        textwrap.dedent(SOURCE).replace(
            "class TenOff", "from regulars import register\n@register(name='tenth')\nclass TenOff"
        )
    )
    assert register_file(file) == ["tenth"] and "tenth" in strategy.names()
    assert register_file(file) == ["tenth"]


def test_a_scenario_cannot_load_code(tmp_path):
    """Whatever it says, no file of Python is run for it."""
    (tmp_path / "evil.py").write_text("raise SystemExit('run')")
    for key in ("parts", "register", "import"):
        with pytest.raises(RegularsError, match="no parameter of this name"):
            Scenario({**things.SHOPS, key: [str(tmp_path / "evil.py")]})
    with pytest.raises(RegularsError, match="no strategy of this name"):
        Scenario(shops(str(tmp_path / "evil")))


def test_what_goes_wrong_in_a_part_of_ones_own_is_told_there(tmp_path):
    """With its file and line, and not as a failure of ours."""
    file = tmp_path / "mine.py"
    file.write_text(
        "from regulars.parts import Strategy\n\nclass Late(Strategy):\n    def close(self, day):\n        if day == 3:\n            self.parametres\n"
    )
    shop = tmp_path / "shop.toml"
    shop.write_text('[market]\ncustomers = 20\ndays = 7.0\n[[firms]]\nname = "a"\nstrategies.late = {}\n')
    told = subprocess.run(
        [sys.executable, "-m", "regulars", "run", str(shop), "--parts", str(file)],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1 and f"{file}, line 6, in Late.close" in told.stderr
    assert "parametres" in told.stderr and "did you mean 'parameters'?" in told.stderr
    assert "failure of regulars" not in told.stderr
