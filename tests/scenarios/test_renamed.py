"""Names of the version before are still read, with a note; `regulars migrate` rewrites files and changes nothing else."""

import subprocess
import sys
import tomllib
import warnings

import pytest

import regulars
from regulars import Scenario, load
from regulars.cli.app import app
from regulars.cli.migrate import migrated
from regulars.contract import pricing, process, recommender, strategy
from regulars.contract.strategy import Strategy
from regulars.ground import registered
from regulars.ground.errors import RegularsError
from regulars.ground.folder import _files
from regulars.ground.moved import MOVED
from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.scenario.renamed import SECTIONS, name_now

OLD = (
    """# what we had
[market]
customers = 40
days = 28.0

[experience]
on = true

[loyalty]  # devoted customers
on = true
ease = 0.3

[handling.cost]
distribution = "gamma"
mean = 0.1
sd = 0.1

[[firms]]
name = "talk"       # a firm may be called so

[[firms]]
name = "loyalty.co".replace
""".replace('"loyalty.co".replace', '"loyalty"')
    + """
[uncertainty]
"loyalty.ease" = 0.05

[arms.quiet]
description = "handling = 3 is no key here"
set = { "firms.loyalty.price" = 0.9 }
"""
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text(OLD)
    return path


def test_old_names_are_read_with_a_note(file):
    with pytest.warns(
        FutureWarning, match="'loyalty' is 'devotion' now.*'loyalty.ease' is 'devotion.ease' now"
    ):
        scenario = load(file)
    assert scenario.spec.devotion.ease == 0.3 and scenario.spec.cost_to_serve.cost.mean == 0.1
    assert set(scenario.spec.uncertainty) == {"devotion.ease"}
    assert [firm.name for firm in scenario.spec.firms] == ["loyalty", "talk"]
    with pytest.warns(FutureWarning, match="'loyalty.ease' is 'devotion.ease' now"):
        assert scenario.set({"loyalty.ease": 0.1}).spec.devotion.ease == 0.1


def test_a_section_under_both_names_is_refused():
    both = {"firms": [{"name": "a"}], "loyalty": {}, "devotion": {}}
    with pytest.raises(Problem, match=r"loyalty: this is called \[devotion\] now, which stands here as well"):
        Scenario(both)


def test_migrate_rewrites_names_and_nothing_else(file, capsys):
    app(["migrate", str(file)], standalone_mode=False)
    new = file.read_text()
    assert (
        "[devotion]  # devoted customers" in new
        and "[cost_to_serve.cost]" in new
        and '"devotion.ease" = 0.05' in new
    )
    assert (
        'name = "talk"       # a firm' in new
        and '"firms.loyalty.price"' in new
        and "handling = 3 is no key" in new
    )
    assert "5 lines" in capsys.readouterr().out and len(new.splitlines()) == len(OLD.splitlines()) + 3
    hash_now = load(file).hash
    with pytest.warns(FutureWarning):
        assert Scenario(tomllib.loads(OLD)).hash == hash_now
    app(["migrate", str(file)], standalone_mode=False)
    assert file.read_text() == new and "nothing to change" in capsys.readouterr().out


def test_each_file_is_rewritten_or_named_and_left(file, tmp_path, capsys):
    twice, broken = tmp_path / "twice.toml", tmp_path / "broken.toml"
    twice.write_text("[loyalty]\non = true\n[devotion]\non = true\n")
    broken.write_text("[market\n")
    later = tmp_path / "later.toml"
    later.write_text("[talk]\non = true\n")
    assert app(["migrate", str(twice), str(broken), str(file), str(later)], standalone_mode=False) == 1
    told = capsys.readouterr()
    assert f"{twice}: loyalty: this is called [devotion] now" in told.err and f"{broken}: " in told.err
    assert (
        "2 of 4 files were left as they are" in told.out
        and later.read_text() == "[word_of_mouth]\non = true\n"
    )
    assert "[devotion]" in file.read_text() and twice.read_text().startswith("[loyalty]")


def test_check_only_tells(file, capsys):
    assert app(["migrate", "--check", str(file)], standalone_mode=False) == 1
    assert (
        file.read_text() == OLD and "[loyalty]  # devoted customers -> [devotion]" in capsys.readouterr().out
    )


def test_saved_markets_go_on(tmp_path):
    """A market saved with the old names of its processes."""
    from regulars.market import archive, snapshot

    table = {"market": {"customers": 30, "days": 28}, "experience": {"on": True}, "network": {"on": True, "kind": "mixing"}, "word_of_mouth": {"on": True}, "firms": [{"name": "a"}, {"name": "b"}]}  # fmt: skip
    market = Market(table)
    for _ in range(10):
        market.step()
    state = snapshot.copied(snapshot.take(market))
    state["processes"]["talk"] = state["processes"].pop("word_of_mouth")
    state["scenario"] = state["scenario"].replace("[word_of_mouth]", "[talk]")
    path = archive.write(tmp_path / "old.market", state, "regulars 0.1.0", [], False)
    with pytest.warns(FutureWarning):
        loaded = Market.load(path)
    assert loaded.run().ledger.profit(0) == market.run().ledger.profit(0)


def test_saved_discounts_go_on(tmp_path):
    """Before 0.2 it was not kept what had earned a discount; the discounts themselves were."""
    from regulars.market import archive, snapshot

    firms = [{"name": "a", "strategies": {"cumulative_discount": {"steps": [[2.0, 0.5]]}}}, {"name": "b"}]
    market = Market({"market": {"customers": 30, "days": 28}, "firms": firms})
    for _ in range(14):
        market.step()
    state = snapshot.copied(snapshot.take(market))
    del state["firms"]["a"]["strategies"]["cumulative_discount"]["reached"]
    state["ledger"]["posted"]["revenue"] = state["ledger"]["posted"].pop("gross_sales")
    path = archive.write(tmp_path / "old.market", state, "regulars 0.1.0", [], False)
    loaded, market = Market.load(path).run(), market.run()
    assert loaded.ledger.value("discounts", 0) == market.ledger.value("discounts", 0) > 0


OLD_DOES = """[[firms]]
name = "a"
staff = { people = 4 }
strategies = { surprise = { cost = 1.0 }, staff = { pay_rise = 0.2 } }
[[firms]]
name = "b"
[firms.strategies]
staff = { pay_rise = 0.1 }
[assortment]
on = true
[uncertainty]
"arms.x.strategies.staff.pay_rise" = 0.05
[arms.x]
strategies.staff = { pay_rise = 0.3 }
[arms.y.strategies.staff]
pay_rise = 0.4
[arms.z]
strategies.content = { every = 7.0 }
[arms.w.strategies.recommendation]
every = 14.0
kind = "content"
[arms.v]
strategies.recommendation = { kind = "content" }
set = { "arms.w.strategies.recommendation.kind" = "content" }
"""
NEW_DOES = """[[firms]]
name = "a"
staff = { people = 4 }
strategies = { surprise = { cost = 1.0 }, staff_retention = { pay_rise = 0.2 } }
[[firms]]
name = "b"
[firms.strategies]
staff_retention = { pay_rise = 0.1 }
[assortment]
on = true
[uncertainty]
"arms.x.strategies.staff_retention.pay_rise" = 0.05
[arms.x]
strategies.staff_retention = { pay_rise = 0.3 }
[arms.y.strategies.staff_retention]
pay_rise = 0.4
[arms.z]
strategies.content = { every = 7.0 }
[arms.w.strategies.recommendation]
every = 14.0
kind = "content_based"
[arms.v]
strategies.recommendation = { kind = "content_based" }
set = { "arms.w.strategies.recommendation.kind" = "content_based" }
"""


def test_parts_that_have_other_names_now(tmp_path):
    """The strategy was called as those who work there, and the recommender as content marketing is."""
    for text, found in ((OLD_DOES, FutureWarning), (NEW_DOES, None)):
        file = tmp_path / "does.toml"
        file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("set =")))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            spec = load(file).spec
        assert {w.category for w in told} == ({found} if found else set())
        assert spec.firms[0].strategies["staff_retention"].pay_rise == 0.2 and spec.firms[0].staff.people == 4
        assert spec.arms["y"].strategies["staff_retention"].pay_rise == 0.4
        assert list(spec.uncertainty) == ["arms.x.strategies.staff_retention.pay_rise"]
        assert {spec.arms[arm].strategies["recommendation"].kind for arm in "wv"} == {"content_based"}
        assert list(spec.arms["z"].strategies) == ["content"]
    with pytest.warns(
        FutureWarning,
        match=r"'arms.x.strategies.staff.pay_rise' is 'arms.x.strategies.staff_retention.pay_rise' now",
    ):
        changed = load(file).set({"arms.x.strategies.staff.pay_rise": 0.9})
    assert changed.spec.arms["x"].strategies["staff_retention"].pay_rise == 0.9


def test_parts_are_rewritten_by_their_names_of_today(tmp_path):
    file = tmp_path / "does.toml"
    for text in (OLD_DOES, NEW_DOES):
        assert migrated(text, file) == NEW_DOES


def test_a_strategy_of_one_s_own_keeps_the_name_that_another_one_had(monkeypatch):
    monkeypatch.setattr(registered, "_own", {})

    @regulars.register(name="staff")
    class Own(Strategy):
        """Nobody else's."""

        def open(self, day):
            pass

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        own = Scenario({"firms": [{"name": "a", "strategies": {"staff": {}}}]})
    assert list(own.spec.firms[0].strategies) == ["staff"]


def test_no_two_kinds_of_parts_that_come_along_share_a_name():
    names = [name for kind in (strategy, process, pricing, recommender) for name in _files(kind.FOLDER)]
    assert len(names) == len(set(names)) > 50


def test_modules_are_found_under_their_old_names(tmp_path, monkeypatch, capsys):
    for old, now in [*MOVED.items(), ("regulars.policies.markup", "regulars.pricing.markup")]:
        sys.modules.pop(old, None)
        with pytest.warns(FutureWarning, match=now):
            __import__(old)
        assert sys.modules[old] is sys.modules[now] and sys.modules[now].__spec__.name == now
    part = tmp_path / "mine.py"
    part.write_text(
        "from regulars.world.strategy import State, Strategy\nimport regulars.world.programme as p\n"
        "self.firm.spend(1, 2); market.firms[f].please(who, 0.1); firm.spending; purse.spend(1)\n"
    )
    app(["migrate", str(part)], standalone_mode=False)
    assert (
        part.read_text()
        == "from regulars.contract.strategy import State, Strategy\nimport regulars.kit.programme as p\n"
        "self.firm.books.spend(1, 2); market.firms[f].relations.move_satisfaction(who, 0.1); firm.spending; purse.spend(1)\n"
    )


OLD_PARTS = """from regulars.measures.attitude import dick_basu, in_mind
from regulars.measures import brand_table, survey as ask  # both
from regulars import measures as m


def f(market, log):
    from regulars.measures import SurveyRules
    return m.constructs(market, log, "ä"), m.rfm(log), SurveyRules(), ask(market, "ä"), brand_table(log)
"""
NEW_PARTS = """from regulars.measures import dick_basu
from regulars.minds.attitude import in_mind
from regulars.measures import brand_table
from regulars.minds import survey as ask  # both
from regulars import measures as m
from regulars import minds


def f(market, log):
    from regulars.minds import SurveyRules
    return minds.constructs(market, log, "ä"), m.rfm(log), SurveyRules(), ask(market, "ä"), brand_table(log)
"""


def test_accounts_are_rewritten(tmp_path):
    part = tmp_path / "mine.py"
    part.write_text(
        "books.post(self.index, Account.CASH, Account.REVENUE, 5); ledger.value('revenue', 0); m.balance(\"revenue\", f)\n"
        "firm.revenue + self.firm.revenue_per_head; table['revenue']; clv.value(revenue)\n"
    )
    app(["migrate", str(part)], standalone_mode=False)
    assert part.read_text() == (
        "books.post(self.index, Account.CASH, Account.GROSS_SALES, 5); ledger.value('gross_sales', 0); m.balance(\"gross_sales\", f)\n"
        "firm.gross_sales + self.firm.revenue_per_head; table['revenue']; clv.value(revenue)\n"
    )


def test_names_that_moved_to_another_package_are_rewritten(tmp_path, capsys):
    part = tmp_path / "mine.py"
    part.write_text(OLD_PARTS, encoding="utf-8")
    app(["migrate", str(part)], standalone_mode=False)
    assert part.read_text(encoding="utf-8") == NEW_PARTS
    told = capsys.readouterr().out
    assert "from regulars.minds import SurveyRules" in told and "return m.constructs" in told
    app(["migrate", str(part)], standalone_mode=False)
    assert part.read_text(encoding="utf-8") == NEW_PARTS and "nothing to change" in capsys.readouterr().out


def test_an_import_with_a_comment_in_it_is_named_and_left(tmp_path, capsys):
    part, broken = tmp_path / "mine.py", tmp_path / "broken.py"
    part.write_text("from regulars.measures import (\n    rfm,  # a comment\n    survey,\n)\n")
    broken.write_text("from regulars.measures import (\n")
    was = part.read_text()
    assert app(["migrate", str(part), str(broken)], standalone_mode=False) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert (
        "survey is in regulars.minds now" in told
        and "line 1: this is no Python" in told
        and part.read_text() == was
    )


def test_names_that_moved_are_found_under_their_old_ones():
    """In a process of its own: an import of an old module stands in the package from then on."""
    code = """
import warnings, regulars
from regulars import minds
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    from regulars.measures import SurveyRules, survey
    assert survey is minds.survey and SurveyRules is minds.SurveyRules and regulars.measures.constructs is minds.constructs
    from regulars.measures.survey import foreseen_chance
    from regulars.measures.attitude import dick_basu, in_mind
    from regulars.measures.repeat_buying import brand_table, pareto_share
    assert dick_basu is regulars.measures.dick_basu and pareto_share is regulars.measures.pareto_share
print([str(one.message).partition(";")[0] for one in told if one.filename == "<string>"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for old in (
        "measures.SurveyRules",
        "measures.survey is",
        "measures.constructs",
        "minds.survey now",
        "measures.dick_basu now",
        "measures.pareto_share now",
    ):
        assert old in done.stdout, done.stdout


PRICED = """# policy = one of these
[market]
customers = 40
days = 28.0

[[firms]]
name = "policy"
[firms.policy]  # what it asks
kind = "markup"
margin = 0.5

[[firms]]
name = "theirs"
policy.kind = "follow"
categories = { policy = 0.0 }

[[categories]]
name = "policy"

[uncertainty]
"firms.policy.policy.margin" = 0.05

[arms.dear]
description = "policy = 3, and 'firms.policy.policy.margin' = 3, are no keys here"
set = { "firms.policy.policy.margin" = 0.9, "firms.policy.price" = 2.0 }
"""


def test_pricing_is_read_under_its_old_name_and_rewritten(tmp_path, capsys):
    file = tmp_path / "shop.toml"
    file.write_text(PRICED)
    with pytest.warns(
        FutureWarning, match=r"'firms\.\*\.policy' is 'firms\.\*\.pricing' now, 'firms.policy.policy.margin'"
    ):
        old = load(file)
    assert [firm.pricing.kind for firm in old.spec.firms] == ["markup", "follow"]
    assert old.arm("dear").value("firms.policy.pricing.margin") == 0.9
    with pytest.warns(FutureWarning, match=r"'firms\.0\.policy\.margin' is 'firms\.0\.pricing\.margin' now"):
        assert old.set({"firms.0.policy.margin": 0.2}).value("firms.0.pricing.margin") == 0.2
    with pytest.warns(FutureWarning, match="is 'firms.policy.pricing.margin' now"):
        assert old.value("firms.policy.policy.margin") == 0.5
    app(["migrate", str(file)], standalone_mode=False)
    assert "4 lines" in capsys.readouterr().out
    new = file.read_text()
    assert "[firms.pricing]  # what it asks" in new and 'pricing.kind = "follow"' in new
    for same in (
        "# policy = one of these",
        'name = "policy"',
        "{ policy = 0.0 }",
        "policy = 3, and 'firms.policy.policy.margin' = 3",
        '"firms.policy.price" = 2.0',
    ):
        assert same in new
    assert load(file).hash == old.hash


def test_defaults_and_tables_on_one_line_are_rewritten_too():
    from pathlib import Path

    from regulars.cli.migrate import migrated

    text = 'firms = [{ name = "a", policy = { kind = "markup" } }, { name = "b" }]\n[firm_defaults.policy]\nkind = "follow"\n'
    assert migrated(text, Path("a.toml")) == text.replace("policy", "pricing")
    with pytest.warns(FutureWarning, match="'firm_defaults.policy' is 'firm_defaults.pricing' now"):
        made = Scenario(tomllib.loads(text))
    assert [firm.pricing.kind for firm in made.spec.firms] == ["markup", "follow"]


def test_pricing_under_both_names_is_refused():
    both = {"firms": [{"name": "a", "policy": {}, "pricing": {}}]}
    with pytest.raises(Problem, match=r"firms\.a\.policy: this is called 'pricing' now, which stands here"):
        Scenario(both)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[loyalty]\non = true\n\neasee = 0.3\n", "line 6: devotion.easee: .*'ease'"),
        ("[loyalty]\n[devotion]\n", "line 3: loyalty: this is called"),
        ("[experience]\non = true\n[handling.cost]\nmean = -1\n", "line 5: cost_to_serve.cost: -1.0 is outside"),
        ("[[firms]]\nname = 'b'\n[firms.policy]\nkind = 'markup'\nmargn = 1\n", "line 7: firms.1.pricing.margn: .*'margin'"),
        ("[firm_defaults]\nprice = 2\n[firm_defaults.policy]\nkind = 'markup'\nmargn = 1\n", "line 7: firm_defaults.pricing.margn: .*'margin'"),
        ("[[firms]]\nname = 'b'\npolicy = {}\n\npricing = {}\n", "line 5: firms.b.policy: this is called"),
    ],
)  # fmt: skip
def test_errors_under_an_old_name_keep_their_line(tmp_path, text, told):
    file = tmp_path / "shop.toml"
    file.write_text(f"[[firms]]\nname = 'a'\n{text}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        with pytest.raises(RegularsError, match=told):
            load(file)


def test_classes_are_found_and_rewritten_under_their_old_names(tmp_path):
    from regulars import parts

    with pytest.warns(FutureWarning, match=r"regulars\.parts\.Policy is regulars\.parts\.PricingPolicy now"):
        assert parts.Policy is parts.PricingPolicy
    part = tmp_path / "mine.py"
    part.write_text(
        "from regulars.parts import Policy, PolicyParameters as P\nimport regulars.policies.markup as m\nfrom regulars import parts\n\n"
        'class Policyholder(Policy):\n    """A Policy é."""\n    x = "é", Policy, parts.PolicyParameters, P.Policy\n'
    )
    app(["migrate", str(part)], standalone_mode=False)
    assert part.read_text() == (
        "from regulars.parts import PricingPolicy, PricingParameters as P\nimport regulars.pricing.markup as m\nfrom regulars import parts\n\n"
        'class Policyholder(PricingPolicy):\n    """A Policy é."""\n    x = "é", PricingPolicy, parts.PricingParameters, P.Policy\n'
    )
    own = tmp_path / "own.py"  # a class of one's own that is called so is left
    own.write_text("class Policy: ...\nPolicy()\n")
    app(["migrate", str(own)], standalone_mode=False)
    assert own.read_text() == "class Policy: ...\nPolicy()\n"


def test_saved_pricing_goes_on(tmp_path):
    """A market saved when a pricing policy stood under `policy` keeps what the policy has learned."""
    from regulars.market import archive, snapshot

    learn = {"kind": "learn", "every": 2.0, "highest": 2.0}
    table = {
        "market": {"customers": 30, "days": 40},
        "firms": [{"name": "a", "pricing": learn}, {"name": "b"}],
    }
    market = Market(table)
    for _ in range(20):
        market.step()
    state = snapshot.copied(snapshot.take(market))
    for held in state["firms"].values():
        held["policy"] = held.pop("pricing")
    state["scenario"] = (
        state["scenario"].replace("[firms.pricing]", "[firms.policy]").replace("pricing = {", "policy = {")
    )
    assert state["scenario"].count("policy") == 2
    path = archive.write(tmp_path / "old.market", state, "regulars 0.1.0", [], False)
    with pytest.warns(FutureWarning):
        loaded = Market.load(path)
    assert loaded.pricing[0].decided == market.pricing[0].decided == 10
    assert loaded.run().ledger.profit(0) == market.run().ledger.profit(0)


def test_names_of_today_mean_themselves():
    """Negative control: no name of today is an old one, and each old one leads to one that there is."""
    from regulars.scenario import whole_spec

    assert not set(SECTIONS) & set(whole_spec().model_fields) and set(SECTIONS.values()) <= set(
        whole_spec().model_fields
    )
    assert name_now("firms.talk.price") == "firms.talk.price" and name_now("talk.on") == "word_of_mouth.on"


def test_the_command_line_tells_it_in_a_line(file):
    import subprocess

    told = subprocess.run(
        [sys.executable, "-m", "regulars", "check", str(file)], capture_output=True, text=True
    )
    notes = [line for line in told.stderr.splitlines() if "is 'devotion' now" in line]
    assert len(notes) == 1 and notes[0].startswith("regulars: note: 'loyalty'") and ".py" not in notes[0]


def test_the_list_of_policies_is_the_one_of_pricing(capsys):
    app(["list", "pricing"], standalone_mode=False)
    now = capsys.readouterr()
    app(["list", "policies"], standalone_mode=False)
    old = capsys.readouterr()
    assert old.out == now.out and "markup" in now.out and not now.err
    assert "'policies' are called 'pricing' now" in old.err


def test_a_bare_old_section_is_told_where_it_stands(tmp_path, capsys):
    """Lines that are put in later do not shift what became of the lines before them."""
    file = tmp_path / "old.toml"
    file.write_text(
        '[market]\ncustomers = 30\n\n[loyalty]\non = true\n\n[network]\nkind = "small_world"\n\n[bond]\nresponse = "linear"\n\n[[firms]]\nname = "a"\n[[firms]]\nname = "b"\n'
    )
    app(["migrate", "--check", str(file)], standalone_mode=False)
    told = [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]
    assert told == ["[loyalty] -> [devotion]", "+ on = true", "+ on = true"]
