"""The examples of the public face run as they stand."""

import doctest
import importlib

import pytest


@pytest.mark.big
@pytest.mark.parametrize("name", ["market.market", "lab.compare", "lab.fit", "scenario.scenario"])
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"regulars.{name}")
    found = doctest.testmod(module)
    assert found.attempted and not found.failed
