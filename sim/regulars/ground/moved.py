"""Modules and classes that were called otherwise one version ago: a user's own parts still work, with a note, until version 0.3."""

from __future__ import annotations

import importlib
import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {  # with all that is in them
    "regulars.world.strategy": "regulars.contract.strategy",
    "regulars.world.process": "regulars.contract.process",
    "regulars.world.policy": "regulars.contract.pricing",
    "regulars.contract.policy": "regulars.contract.pricing",
    "regulars.policies": "regulars.pricing",
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
    "regulars.strategies.staff": "regulars.strategies.staff_retention",
    "regulars.recommenders.content": "regulars.recommenders.content_based",
}
CALLED = {"Policy": "PricingPolicy", "PolicyParameters": "PricingParameters"}  # classes, in whatever module

PARTS = {  # names of parts in scenarios, by folder; a part of the user's own may be called so
    "strategies": {"staff": "staff_retention"},
    "recommenders": {"content": "content_based"},
}
ACCOUNTS = {"revenue": "gross_sales"}  # of a firm's books; revenue is what customers pay after discounts


def account_now(name: str) -> str:
    """The name of an account as it is today, with a note where another one was given."""
    if not isinstance(name, str) or name not in ACCOUNTS:
        return name
    note(f"the account '{name}'", f"'{ACCOUNTS[name]}'", above=3)
    return ACCOUNTS[name]


def name_now(name: str) -> str:
    """The name of a module as it is today."""
    for old, now in MOVED.items():
        if name == old or name.startswith(f"{old}."):
            return now + name[len(old) :]
    return name


def note(old: str, now: str, above: int = 1) -> None:
    """Tell that a name was used that is another one now, at the line so many calls `above` the one that tells."""
    warnings.warn(
        f"{old} is {now} now; `regulars migrate FILE.py` rewrites a file", FutureWarning, stacklevel=2 + above
    )


class Moved(MetaPathFinder, Loader):
    """Finds a module under its old name."""

    def __init__(self) -> None:
        self.specs: dict[str, ModuleSpec | None] = {}

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A spec for what `MOVED` names only."""
        return ModuleSpec(fullname, self) if name_now(fullname) != fullname else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of today."""
        now = name_now(spec.name)
        note(spec.name, now)
        module = importlib.import_module(now)
        self.specs[now] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has been executed under its own name: put back what the import machinery wrote over; classes have their old names, too."""
        module.__spec__ = self.specs[module.__name__]
        for old, now in CALLED.items():
            if now in vars(module):
                setattr(module, old, vars(module)[now])


def install() -> None:
    """Let old names be imported; once is enough."""
    if not any(isinstance(finder, Moved) for finder in sys.meta_path):
        sys.meta_path.insert(
            0, Moved()
        )  # first: what is inside a package that moved would be found there once more
