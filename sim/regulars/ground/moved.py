"""Modules that stood elsewhere one version ago: imports of a user's own parts still work, with a note, until version 0.3."""

from __future__ import annotations

import importlib
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "regulars.world.strategy": "regulars.contract.strategy",
    "regulars.world.process": "regulars.contract.process",
    "regulars.world.policy": "regulars.contract.policy",
    "regulars.world.recommender": "regulars.contract.recommender",
    "regulars.world.programme": "regulars.kit.programme",
    "regulars.world.contact": "regulars.kit.contact",
    "regulars.world.segments": "regulars.kit.segments",
    "regulars.world.recruiting": "regulars.kit.recruiting",
    "regulars.world.points_book": "regulars.kit.points_book",
    "regulars.laws.histories": "regulars.panels.histories",
    "regulars.behavior.visit_goal": "regulars.kit.visit_goal",
    "regulars.behavior.progress": "regulars.kit.progress",
    "regulars.behavior.collecting": "regulars.kit.collecting",
    "regulars.behavior.qualifying": "regulars.kit.qualifying",
    "regulars.behavior.redeeming": "regulars.kit.redeeming",
    "regulars.measures.attitude": "regulars.minds.attitude",
    "regulars.measures.delivered_value": "regulars.minds.delivered_value",
    "regulars.measures.survey": "regulars.minds.survey",
}


class Moved(MetaPathFinder, Loader):
    """Finds a module under its old name."""

    def __init__(self) -> None:
        self.specs: dict[str, ModuleSpec | None] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A spec for the names of `MOVED` only."""
        return ModuleSpec(fullname, self) if fullname in MOVED else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of today."""
        now = MOVED[spec.name]
        warnings.warn(
            f"{spec.name} is {now} now; `regulars migrate FILE.py` rewrites a file",
            FutureWarning,
            stacklevel=2,
        )
        module = importlib.import_module(now)
        self.specs[now] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has been executed under its own name: put back what the import machinery wrote over."""
        module.__spec__ = self.specs[module.__name__]


def install() -> None:
    """Let old names be imported; once is enough."""
    if not any(isinstance(finder, Moved) for finder in sys.meta_path):
        sys.meta_path.append(Moved())
