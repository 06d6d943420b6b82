"""Scenario files: read, with all that they extend."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem, nearest


def read_table(path: str | Path) -> dict[str, Any]:
    """The table of a scenario file with all that it extends, firms in order of name; nothing of it is checked yet."""
    return sorted_firms(read_file(Path(path), ()))


def read_file(file: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """The table of a scenario file merged over those that it extends; `seen` guards against circles."""
    place = file.resolve()
    if place in seen:
        raise RegularsError(
            f"{file}: a scenario cannot extend itself ({' -> '.join(p.name for p in (*seen, place))})"
        )
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = [p.stem for p in file.parent.glob("*.toml")] if file.parent.is_dir() else []
        raise RegularsError(
            f"{file}: there is no such scenario" + (f"; {nearest(file.stem, near)}" if near else "")
        ) from None
    except IsADirectoryError:
        raise RegularsError(f"{file}: this is a folder; a scenario is a .toml file") from None
    except UnicodeDecodeError as error:
        raise RegularsError(
            f"{file}: a scenario is UTF-8 text, this is not ({error.reason} at byte {error.start})"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise RegularsError(f"{file}: this is not TOML: {error}") from None
    try:
        table = with_ties(table, file.parent)
    except Problem as problem:
        raise RegularsError(f"{file}: {problem}") from None
    base = table.pop("extends", None)
    if base is None:
        return table
    if not isinstance(base, str):
        raise RegularsError(f"{file}: extends = {base!r} is not the path of a scenario")
    return _merge(read_file(file.parent / base, (*seen, place)), table)


def with_ties(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The table with the pairs of `network.file`, a path from `folder`, read into `network.edges` below its name."""
    network = table.get("network")
    if not isinstance(network, Mapping) or not (name := network.get("file")):
        return table
    if not isinstance(name, str):
        raise Problem([(("network", "file"), f"{name!r} is not the path of a file")])
    try:
        text = (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Problem([(("network", "file"), f"{name}: there is no such file in {folder}")]) from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        told = getattr(error, "strerror", None) or "a table of pairs is UTF-8 text, this is not"
        raise Problem([(("network", "file"), f"{name}: {told}")]) from None
    rest = {key: value for key, value in network.items() if key != "file"}
    return {**table, "network": {**rest, "edges": f"# {name}\n{text}"}}


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        old = merged.get(name)
        if name == "firms" and isinstance(value, list) and isinstance(old, list):
            merged[name] = _merge_firms(old, value)
        elif isinstance(old, dict) and isinstance(value, Mapping):
            merged[name] = _merge(old, value)
        else:
            merged[name] = value
    return merged


def _merge_firms(old: list[Any], new: list[Any]) -> list[Any]:
    by_name = {firm.get("name"): firm for firm in old}
    for firm in new:
        name = firm.get("name")
        by_name[name] = _merge(by_name[name], firm) if name in by_name else firm
    return list(by_name.values())


def sorted_firms(table: dict[str, Any]) -> dict[str, Any]:
    """Firms in order of name, so that no result depends on the order in which they are written.

    The first firm written stays the focal one.
    """
    firms = table.get("firms")
    if (
        isinstance(firms, (list, tuple))
        and firms
        and all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in firms)
    ):
        market = dict(table.get("market", {}))
        if isinstance(table.get("market", {}), dict):
            market.setdefault("focal", firms[0]["name"])
            table["market"] = market
        table["firms"] = sorted(firms, key=lambda firm: firm["name"])
    return table
