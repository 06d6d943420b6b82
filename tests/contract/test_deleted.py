"""The folder is the registry: a part whose file is gone is gone from everything, and nothing else breaks."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import regulars
from regulars.contract import process, strategy

SOURCE = Path(regulars.__file__).parent
SHOPS = {
    "market": {"customers": 20, "days": 21},
    "choice": {"outside": True},
    "experience": {"on": True},
    "firms": [{"name": "anna"}, {"name": "berta"}],
}
WITHOUT = """
import json
import sys

from regulars import Market
from regulars.cli import catalogue
from regulars.contract import pricing, process, recommender, strategy
from regulars.scenario import json_schema, whole_spec

folder, name, (sections, of_firm, columns) = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
known = {"strategies": strategy, "processes": process, "pricing": pricing, "recommenders": recommender}[folder].names()
assert name not in known, known
schema = json_schema()
assert not set(sections) & {*whole_spec().model_fields, *schema["properties"]}
firm = schema["$defs"]["FirmOffer"]["properties"]
assert not set(of_firm) & set(firm)
assert not set(columns) & set(process.columns())
assert name not in firm["strategies"]["properties"] or folder != "strategies"
market = Market(json.loads(sys.argv[4])).run()
assert market.log.totals.purchases.sum() > 20
assert not set(columns) & set(dir(market.customers[0]))
"""


def without(tmp_path, folder, name, declared=((), (), ())):
    """Run what must hold in a copy of the package from which one file is deleted."""
    shutil.copytree(SOURCE, tmp_path / "regulars", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "regulars" / folder / f"{name}.py").unlink()
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT, folder, name, json.dumps(declared), json.dumps(SHOPS)],
        env={
            "PYTHONPATH": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "HOME": str(Path.home()),
            "NUMBA_DISABLE_JIT": "1",
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr[-3000:]


def declared(kind):
    """Sections of the market, sections of a firm, and columns that a process declares."""
    return [*kind.sections], [*kind.of_firm], [column.name for column in kind.columns]


def test_a_deleted_process_is_gone(tmp_path):
    without(tmp_path, "processes", "word_of_mouth", declared(process.find("word_of_mouth")))


@pytest.mark.slow
@pytest.mark.parametrize("kind", process.every(), ids=lambda kind: kind.title())
def test_every_deleted_process_is_gone(kind, tmp_path):
    without(tmp_path, "processes", kind.title(), declared(kind))


@pytest.mark.parametrize(("folder", "name"), [("pricing", "markup"), ("recommenders", "content_based")])
@pytest.mark.slow
def test_a_deleted_part_of_a_firm_is_gone(folder, name, tmp_path):
    without(tmp_path, folder, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", strategy.names())
def test_every_deleted_strategy_is_gone(name, tmp_path):
    without(tmp_path, "strategies", name)
