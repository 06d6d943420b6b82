"""The options of a market, checked before anything is built; `Market`, `Market.load` and `Market.branch` all pass here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import Any, get_args

import mesa
import numpy as np

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.ground.output import place_for
from regulars.market.batch import Run
from regulars.scenario import Scenario, whole_spec
from regulars.world.log import Keep

LARGEST_SEED = 2**64 - 1


@dataclass(frozen=True)
class Options:
    """What a market was asked for: `seed` is None for the scenario's own, `changes` are by dotted name."""

    seed: int | None
    replicate: int
    threads: int
    log: Any  # `Keep` or a Path
    collect: bool
    changes: dict[str, Any]


def checked(changes: Mapping[str, Any], run: Run | None, **given: Any) -> Options:
    """The options, when all of them will do.

    Args:
        changes: values of the scenario by name, with `__` or dots.
        run: the run of mesa's `batch_run` that asks; its iteration is the replicate where none is given and mesa gives no seeds.
        **given: `seed`, `rng`, `replicate`, `log`, `threads`, `collect`, `against` and `overwrite`, as of `Market`.

    Errors: an unknown name, with the nearest one that exists; a value of the wrong kind or outside its bounds; `seed` and
    `rng` that disagree; a file that could not be written.
    """
    for name in changes:
        if name not in (sections := whole_spec().model_fields) and "__" not in name and "." not in name:
            raise RegularsError(
                f"a market has no option '{name}'; {nearest(name, (*given, *sections))} (values of the scenario "
                "are written with __ for the dots, as market__customers=500)"
            )
    seed, rng, replicate = given["seed"], given["rng"], given["replicate"]
    first = None if seed is None else _whole("seed", seed, 0, LARGEST_SEED)
    second = None if rng is None else _seed_of(rng)
    if first is not None and second is not None and first != second:
        raise RegularsError(
            f"seed: {seed!r} and rng: {rng!r} are both given and are not the same seed; give one of them"
        )
    if replicate is None:
        replicate = 0 if run is None or run.seeded else run.iteration
    collect, against = given["collect"], given["against"]
    for name in ("collect", "overwrite"):
        if not isinstance(given[name], (bool, np.bool_)):
            raise RegularsError(f"{name}: {given[name]!r} will not do; True or False")
    if against is not None and not isinstance(against, mesa.Model):
        raise RegularsError(f"against: {against!r} is not a market; give the control, as Market(...) made it")
    return Options(
        second if first is None else first,
        _whole("replicate", replicate, 0),
        _whole("threads", given["threads"], 1),
        _log(given["log"]),
        bool(collect),
        {name.replace("__", "."): value for name, value in changes.items()},
    )


def clear(log: Any, scenario: Scenario, overwrite: bool) -> None:
    """Refuse a log that would take the place of a file that the scenario was read from, or of somebody else's.

    Errors: says what is in the way, before anything is built.
    """
    if isinstance(log, Path):
        place_for(log, scenario.inputs, overwrite)


def _whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise RegularsError(f"{name}: {value!r} will not do; a whole number {_bounds(least, most)}")
    number = int(value)
    if number < least or (most is not None and number > most):
        raise RegularsError(f"{name}: {value!r} is out of bounds; a whole number {_bounds(least, most)}")
    return number


def _bounds(least: int, most: int | None) -> str:
    return f"from {least} on" if most is None else f"from {least} to {most}"


def _seed_of(rng: Any) -> int:
    """The seed that mesa's `rng` stands for: the number itself, or what a seed sequence or numbers for one come to."""
    if isinstance(rng, Integral) and not isinstance(rng, bool):
        return _whole("rng", rng, 0, LARGEST_SEED)
    if isinstance(rng, np.ndarray):
        rng = rng.tolist()
    if isinstance(rng, Sequence) and not isinstance(rng, (str, bytes)) and len(rng):
        numbers = [_whole("rng", number, 0) for number in rng]
        return int.from_bytes(hashlib.blake2b(repr(numbers).encode(), digest_size=8).digest(), "little")
    if hasattr(rng, "generate_state"):  # a numpy SeedSequence, which this leaves as it is
        return int(rng.generate_state(1, np.uint64)[0])
    raise RegularsError(
        f"rng: {rng!r} gives no seed that could be told and used again; give a whole number from 0 to {LARGEST_SEED}, "
        "whole numbers, or a numpy SeedSequence (of a generator: rng=int(generator.integers(2**63)))"
    )


def _log(log: Any) -> Any:
    kept = get_args(Keep)
    if isinstance(log, str) and log in kept:
        return log
    right = f"{' or '.join(repr(word) for word in kept)}, or a path that ends in .parquet"
    if not isinstance(log, (str, os.PathLike)):
        raise RegularsError(f"log: {log!r} will not do; {right}")
    path = Path(log)
    if path.suffix.lower() != ".parquet":
        raise RegularsError(f"log: '{path}' will not do; {right}; {nearest(str(path), kept)}")
    folder = path.parent
    if not folder.is_dir():
        raise RegularsError(f"log: '{path}' cannot be written, there is no folder '{folder}'; make it first")
    if path.is_dir():
        raise RegularsError(f"log: '{path}' is a folder; give the path of a file")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise RegularsError(f"log: '{path}' cannot be written, you may not write there; give another folder")
    return path
