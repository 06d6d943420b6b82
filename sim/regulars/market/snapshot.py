"""A market at one moment: taken, and put back into a market that was built from the same or a changed scenario.

Only what changes during a run is kept; draws are functions of seed, customer and occasion, so that they need no
state. A market that goes on from a snapshot lives the same days, to the bit, as one that was never interrupted.

In a branch the scenario is changed. Customers stay who they are: a value follows the scenario only where the
change itself moves it, so that what life has made of a customer stays. Strategies that both scenarios have keep
their state, new ones start on the day of the branch, and those removed take theirs with them (what they owe stays
in the books). A policy whose rules are changed starts anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.ground.moved import ACCOUNTS
from regulars.market.going_on import refuse_others, same_form

if TYPE_CHECKING:
    from regulars.world.customers import Customers

PARTS = (  # of a state
    "scenario", "name", "seed", "replicate", "tick", "beat", "sources", "rows", "collect", "customers", "offers", "opportunities",
    "ledger", "log", "firms", "processes", "shelf",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """State of a market; `before` is the population as the old scenario would make it, when the scenario changed."""

    state: dict[str, Any]
    old: Any  # scenario in which the state was reached
    before: Customers | None = None

    def into(self, market: Any) -> None:
        """Put the state into `market`, whose strategies have not started yet, and start them."""
        state = self.state
        refuse_others(market, state, self.old)
        market.passing.beat = int(state["beat"])
        self._people(market)
        if market.against is None:
            market.opportunities.restore(state["opportunities"])
        for name, process in market.processes.items():
            process.start()
            if name in state["processes"]:
                process.restore(state["processes"][name])
        kept = [s for s in market.plan if s.title() in state["firms"][s.firm.name]["strategies"]]
        for (
            strategy
        ) in kept:  # until 0.3: what earned a discount was not kept before 0.2, so no purchase has earned it
            held = state["firms"][strategy.firm.name]["strategies"][strategy.title()]
            for name, purse in strategy.purses.items():
                held.setdefault(name, np.zeros((int(state["sources"]), purse.held.shape[1]), np.int64))
        for strategy in kept:
            strategy.start()  # makes its tools; what it booked is replaced by the books below
        sources = int(state["sources"]), int(market.sources)
        posted = state["ledger"]["posted"]
        for old in ACCOUNTS.keys() & posted.keys():  # until 0.3
            posted[ACCOUNTS[old]] = posted.pop(old)
        if self.old.spec == market.scenario.spec:
            fresh = _held(market)
            same_form(_by_source(state, fresh, *sources), fresh, "")
        self._offers(market)  # and so are the numbers that it may have changed
        market.ledger.restore(_by_source(state["ledger"], market.ledger.state(), *sources))
        market.log.restore(state["log"])
        market.passing.discounts.shelf = [dict(shares) for shares in state["shelf"]]
        for firm in market.firms:
            held = state["firms"][firm.name]["card"]
            if held is not None:
                held = _by_source(held, firm.card.state(), *sources)
                same_form(held, firm.card.state(), f"firms.{firm.name}.card")
                firm.card.restore(held)
            if (known := state["firms"][firm.name]["file"]) is not None:
                same_form(known, firm.file.state(), f"firms.{firm.name}.file")
                firm.file.restore(known)
        for strategy in kept:
            self._strategy(strategy, sources)
        for strategy in market.plan:
            if strategy not in kept:
                strategy.start()
        for policy in market.pricing:
            policy.start()
            saved = state["firms"][policy.desk.name]["pricing"]
            if saved is not None and saved["kind"] == policy.title() and saved["rules"] == policy.rules():
                policy.restore(saved["state"])

    def _people(self, market: Any) -> None:
        people, saved = market.customers, self.state["customers"]
        for name, column in people.columns.items():
            if name not in saved:
                continue  # a behaviour switched on by the branch
            old = saved[name]
            if self.before is None or people.declared[name].lived or not self.before.has(name):
                column[...] = old
            else:
                column[...] = np.where(self.before.columns[name] == column, old, column)
        parts = [part for part in ("taste", "bond", "experience") if people.has("satisfaction")]
        parts += [part for part in ("taste", "choice", "firms") if people.has("liking")]
        if any(getattr(self.old.spec, part) != getattr(market.scenario.spec, part) for part in parts):
            market.endear()

    def _offers(self, market: Any) -> None:
        """Numbers of the firms as they were, but for those that the change of scenario sets."""
        for name, now in market.offers.arrays.items():
            for f, (then, described) in enumerate(
                zip(self.old.spec.firms, market.scenario.spec.firms, strict=True)
            ):
                if getattr(then, name, None) == getattr(described, name, None):
                    now[f] = self.state["offers"][name][f]

    def _strategy(self, strategy: Any, sources: tuple[int, int]) -> None:
        firm, name = strategy.firm, strategy.title()
        saved = _by_source(self.state["firms"][firm.name]["strategies"][name], strategy.save(), *sources)
        then = next(f for f in self.old.spec.firms if f.name == firm.name).strategies[name]
        changed = then != strategy.parameters
        place = f"firms.{firm.name}.strategies.{name}"
        if changed and (odd := _misfit(strategy, saved)):
            raise RegularsError(
                f"{place}: these rules cannot change in a branch, its '{odd}' would not fit; "
                "branch without the strategy first, then with it anew"
            )
        try:
            strategy.restore(saved)
        except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise RegularsError(f"{place}: what was saved does not fit this strategy ({error!r})") from error
        if changed:
            strategy.revise()


def take(market: Any) -> dict[str, Any]:
    """Everything that changes during a run, and what is needed to build the market again.

    Arrays are the market's own: write them, or copy them with `copied`, before the market goes on.
    """
    held = _held(market)
    firms: dict[str, Any] = held["firms"]
    for policy in market.pricing:
        firms[policy.desk.name]["pricing"] = {
            "kind": policy.title(),
            "rules": policy.rules(),
            "state": policy.save(),
        }
    return {
        "scenario": market.scenario.toml(),
        "name": market.scenario.name,
        "seed": market.chance.seed,
        "replicate": market.replicate,
        "tick": market.tick,
        "beat": market.passing.beat,
        "sources": market.sources,
        "rows": market.log.rows and market.log.path is None,
        "collect": market.collects,
        "shelf": market.passing.discounts.shelf,
        **held,
    }


def _held(market: Any) -> dict[str, Any]:
    """What the parts of a market hold, but for policies, which have nothing before they are started."""
    return {
        "customers": dict(market.customers.columns),
        "offers": dict(market.offers.arrays),
        "opportunities": market.opportunities.state(),
        "ledger": market.ledger.state(),
        "log": market.log.state(),
        "firms": {
            firm.name: {
                "card": firm.card.state() if firm.has_card else None,
                "file": firm.file.state() if firm.has_file else None,
                "strategies": {name: strategy.save() for name, strategy in firm.strategies.items()},
                "pricing": None,
            }
            for firm in market.firms
        },
        "processes": {name: process.save() for name, process in market.processes.items()},
    }


def copied(value: Any) -> Any:
    """A copy of a tree that shares no array with it."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Mapping):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(copied(item) for item in value)
    return value


def _by_source(saved: Any, fresh: Any, old: int, new: int) -> Any:
    """Holdings by source, for a market that is compared now and was not before, or the other way round.

    What was earned before the comparison began was earned by no opportunity of it: the last source.
    """
    if old == new:
        return saved
    if isinstance(saved, Mapping) and isinstance(fresh, Mapping):
        return {key: _by_source(item, fresh.get(key), old, new) for key, item in saved.items()}
    if not (isinstance(saved, np.ndarray) and isinstance(fresh, np.ndarray)) or saved.ndim != fresh.ndim:
        return saved
    for axis in range(saved.ndim):
        others = [saved.shape[k] == fresh.shape[k] for k in range(saved.ndim) if k != axis]
        if saved.shape[axis] == old and fresh.shape[axis] == new and all(others):
            out = np.zeros(fresh.shape, saved.dtype)
            np.moveaxis(out, axis, 0)[-1] = saved.sum(axis=axis)
            return out
    return saved


def _misfit(strategy: Any, saved: Mapping[str, Any]) -> str:
    """Name of a saved array that changed rules have given another shape, unless the strategy can derive it again."""
    from regulars.contract.strategy import Strategy

    derives = type(strategy).revise is not Strategy.revise
    for name, then, now in _pairs(saved, strategy.save(), ""):
        if np.shape(then) != np.shape(now) and not (derives and name not in strategy.arrays):
            return name
    return ""


def _pairs(a: Any, b: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in a:
            yield from _pairs(a[key], b.get(key), f"{name}.{key}" if name else str(key))
    elif isinstance(a, np.ndarray):
        yield name, a, b
