"""`regulars check` finds all that `compare` would refuse, of every kind, and says the same; what runs it calls fine."""

import pytest

from regulars import compare, load
from regulars.cli.problems import problems_of
from regulars.ground.errors import RegularsError

MARKET = """[market]
customers = 60
days = 14

[switching]
relation = { distribution = "uniform", low = 0.1, high = 0.2 }

[[firms]]
name = "ours"
cost = 0.5

[[firms]]
name = "theirs"
strategies.points = {}

[arms.cheap]
strategies.everyday_low_price = {}
"""
REFUSED = {
    "an unknown name in an arm": '[arms.x]\nset = { "firms.ours.prise" = 1 }',
    "no such firm": '[arms.x]\nset = { "firms.nobody.price" = 1 }',
    "no such strategy": "[arms.x]\nstrategies.poinst = {}",
    "no such parameter of a strategy": "[arms.x]\nstrategies.points = { per_unti = 1 }",
    "a value out of bounds only in an arm": '[arms.x]\nset = { "firms.ours.failure" = 2 }',
    "a strategy out of bounds only in an arm": "[arms.x]\nstrategies.everyday_low_price = { discount = 2 }",
    "a strategy that misfits the market": "[arms.x]\nstrategies.paid_traffic = {}",
    "an audience that is nobody": '[arms.x]\nstrategies.coupons = { audience = "members:points" }',
    "an audience that an arm takes away": '[[firms]]\nname = "third"\nstrategies.points = {}\nstrategies.coupons = { audience = "members:points" }\n[arms.x]\nset = { "firms.third.strategies" = { coupons = { audience = "members:points" } } }',
    "a market that an arm takes away": '[platform]\non = true\n[[firms]]\nname = "third"\nstrategies.paid_traffic = {}\n[arms.x]\nset = { "platform.on" = false }',
    "an unknown policy in an arm": '[arms.x]\nset = { "firms.ours.pricing" = { kind = "folow" } }',
    "another focal firm in an arm": '[arms.x]\nset = { "market.focal" = "theirs" }',
    "no focal firm": '[arms.x]\nset = { "market.focal" = "nobody" }',
    "the focal firm renamed": '[arms.x]\nset = { "firms.ours.name" = "mine" }',
    "two firms of a name": '[arms.x]\nset = { "firms.theirs" = { name = "ours" } }',
    "other customers": '[arms.x]\nset = { "need.mean" = 3.0 }',
    "two names of one value": '[arms.x]\nset = { "firms.0.price" = 1.0, "firms.ours.price" = 2.0 }',
    "a part that is not there": '[arms.x]\nset = { "firms.ours.lease.term" = 5.0 }',
    "too much money": '[arms.x]\nset = { "firms.ours.price" = 1e12 }',
    "a file that is missing": '[arms.x]\nset = { "network.file" = "nowhere.csv" }',
    "an arm called control": "[arms.control]",
    "an arm that is no table": "[arms]\nx = 5",
    "no uncertain value of this name": '[uncertainty]\n"choice.nothing" = 0.1',
    "an uncertain value that is in no arm": '[uncertainty]\n"firms.ours.strategies.points.per_unit" = 0.1',
    "an uncertain whole number": '[uncertainty]\n"firms.theirs.strategies.points.most_rewards" = 1',
    "a standard error below 0": '[uncertainty]\n"firms.ours.price" = -0.1',
    "a value too far off": '[uncertainty]\n"switching.relation.low" = 0.05',
    "no value of this name is known": '[posterior]\n"choice.nothing" = [1.0, 2.0, 3.0]',
    "draws of several lengths": '[posterior]\n"firms.ours.cost" = [0.5, 0.4]\n"firms.ours.price" = [1.0, 1.1, 0.9]',
    "no draw": '[posterior]\n"firms.ours.cost" = [0.5]',
    "draws that do not go together": '[posterior]\n"switching.relation.low" = [0.1, 0.1, 0.5]\n"switching.relation.high" = [0.2, 0.3, 0.4]',
    "values that do not go together": '[uncertainty]\n"switching.relation.low" = 0.03\n"switching.relation.high" = 0.025',
    "a draw that does not go with an arm": '[posterior]\n"firms.theirs.strategies.points.endowed" = [0.0, 1.0, 120.0]\n[arms.x]\nset = { "firms.theirs.strategies.points.endowed_again" = true }',
    "draws in a file that is missing": '[posterior]\nfile = "nowhere.parquet"',
}  # fmt: skip
FINE = {
    "as it stands": "",
    "another policy": '[arms.x]\nset = { "firms.theirs.pricing" = { kind = "follow" } }',
    "draws beyond a bound are put onto it": '[posterior]\n"firms.ours.failure" = [0.1, 2.0, -1.0]',
    "uncertain values": '[uncertainty]\n"firms.ours.cost" = 0.05\n"arms.cheap.strategies.everyday_low_price.discount" = 0.01',
}  # fmt: skip


def compared(file):
    """What `compare` says before or while it runs."""
    try:
        compare(load(file), replicates=4, jobs=1)
    except RegularsError as error:
        return str(error)
    return ""


@pytest.fixture
def written(tmp_path):
    def write(more):
        file = tmp_path / "shops.toml"
        file.write_text(f"{MARKET}{more}\n")
        return file

    return write


def checked(file):
    try:
        return [one.message for one in problems_of(file)[1]]
    except RegularsError as error:
        return [str(error)]


@pytest.mark.parametrize("kind", REFUSED)
def test_what_compare_refuses_check_tells_in_the_same_words(kind, written):
    file = written(REFUSED[kind])
    refused = compared(file)
    assert refused
    messages = checked(file)
    assert messages and any(message in refused for message in messages), (messages, refused)


@pytest.mark.parametrize("kind", FINE)
def test_what_runs_is_fine(kind, written):
    """Control: a check that refused everything would pass the test above."""
    file = written(FINE[kind])
    assert checked(file) == [] and compared(file) == ""


def test_nothing_is_refused_in_the_middle(written, monkeypatch):
    """What does not go together is found before the first replicate runs, whichever it is in."""
    import regulars.lab.compare as lab

    monkeypatch.setattr(lab, "results", lambda *_: pytest.fail("it has begun"))
    assert "replicate 1 " in compared(written(REFUSED["draws that do not go together"]))
