"""What regulars asks for, as its metadata say, and the versions that a number may depend on."""

import importlib.metadata
import tomllib
from pathlib import Path

from regulars.ground import packages
from regulars.lab.store import environment

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_versions_are_those_of_all_that_is_required():
    wanted = [packages.requirement(text) for text in PROJECT["dependencies"]]
    here = [one.name for one in wanted if one.marker is None or one.marker.evaluate()]
    found = packages.versions()
    assert list(found) == ["regulars", *here]
    assert found["numpy"] == importlib.metadata.version("numpy") and "pytest" not in found
    assert environment()["packages"] == found


def test_extras_are_told_apart():
    found = {(one.name, extra) for one, extra in packages.asked()}
    assert ("numpy", "") in found and ("pytest", "test") in found and ("pytest", "") not in found


def test_what_is_not_installed_is_said(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["no-such-package-here"])
    assert packages.versions()["no-such-package-here"] == packages.ABSENT

    def never(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", never)
    assert list(packages.versions()) == ["regulars"]
