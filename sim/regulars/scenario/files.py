"""Scenario files: read, with all that they extend."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, cut, shown
from regulars.ground.parameter import Problem, dotted
from regulars.ground.shelf import scenario_files
from regulars.scenario import slips
from regulars.scenario.lines import line_of
from regulars.scenario.renamed import up_to_date
from regulars.scenario.tables import plain

LONGEST_CHAIN = 100  # scenarios that extend one another
LONGEST_PATH = 300  # characters of a path in a message


def read_table(path: str | Path) -> dict[str, Any]:
    """The table of a scenario file with all that it extends, as it is written; nothing of it is checked yet."""
    return read_file(Path(path), ())


def read_text(file: Path) -> str:
    """The text of a scenario file, without the mark that some editors write at its beginning.

    Errors: no such file, a folder, a file that may not be read, another kind of file.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = [p.stem for p in file.parent.glob("*.toml")] if file.parent.is_dir() else []
        near += scenario_files() if file.parent == Path() else ()
        hint = nearest(file.stem, near) if near else "give the path of a .toml file, or a table"
        raise RegularsError(f"{shown_path(file)}: there is no such scenario; {hint}") from None
    except IsADirectoryError:
        raise RegularsError(f"{shown_path(file)}: this is a folder; a scenario is a .toml file") from None
    except UnicodeDecodeError as error:
        if slips.looks_like_a_log(file):
            raise RegularsError(f"{shown_path(file)}: {slips.told(file, '', '')}") from None
        raise RegularsError(
            f"{shown_path(file)}: a scenario is UTF-8 text, this is not ({error.reason} at byte {error.start})"
        ) from None
    except OSError as error:
        raise RegularsError(f"{shown_path(file)}: {error.strerror or error}") from None
    except ValueError:  # a character that no path has
        raise RegularsError(f"{shown_path(file)} is not the path of a scenario") from None


def read_file(file: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """The table of a scenario file merged over those that it extends; `seen` guards against circles."""
    text = read_text(file)
    place = file.resolve()
    if place in seen:
        chain = cut(" -> ".join(p.name for p in (*seen, place)), 500)
        raise RegularsError(f"{shown_path(file)}: a scenario cannot extend itself ({chain})")
    if len(seen) >= LONGEST_CHAIN:
        raise RegularsError(
            f"{shown_path(file)}: more than {LONGEST_CHAIN} scenarios extend one another in a row"
        )
    try:
        table = with_draws(with_ties(up_to_date(plain(tomllib.loads(text))), file.parent), file.parent)
    except Problem as problem:
        placed = [(line_of(text, path), path, words) for path, words in problem.items]
        lines = [
            f"{f', line {line}' if line else ''}: {dotted(path)}: {words}" for line, path, words in placed
        ]
        raise RegularsError("\n".join(shown_path(file) + line for line in lines)) from None
    except RecursionError:
        raise RegularsError(
            f"{shown_path(file)}: this is not TOML that can be read: lists or tables are nested too deep"
        ) from None
    except ValueError as error:  # not TOML, or a number of thousands of digits
        told = slips.told(file, text, str(error).partition(";")[0])
        raise RegularsError(f"{shown_path(file)}: {told}") from None
    base = table.pop("extends", None)
    if base is None:
        return table
    if not isinstance(base, str):
        raise RegularsError(f"{shown_path(file)}: extends = {shown(base)} is not the path of a scenario")
    return _merge(read_file(file.parent / base, (*seen, place)), table)


def inputs_of(file: Path | None) -> list[Path]:
    """The file of a scenario, with all that it extends and the tables that these read."""
    found: list[Path] = []
    while file is not None and file not in found:
        found.append(file)
        try:
            table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError):
            break
        base = table.get("extends")
        ties = network.get("file") if isinstance(network := table.get("network"), dict) else None
        found += [file.parent / ties] if ties and isinstance(ties, str) else []
        drawn = table["posterior"].get("file") if isinstance(table.get("posterior"), dict) else None
        found += [file.parent / drawn] if drawn and isinstance(drawn, str) else []
        file = file.parent / base if isinstance(base, str) else None
    return found


def ties_file(table: Mapping[str, Any], folder: Path) -> list[Path]:
    """The file from which `with_ties` read the pairs of a table."""
    network = table.get("network")
    text = network.get("edges") if isinstance(network, Mapping) else None
    first = text.partition("\n")[0] if isinstance(text, str) else ""
    name = first.removeprefix("# ").strip()
    return [folder / name] if first.startswith("# ") and name.isprintable() and name else []


def shown_path(file: Path | str) -> str:
    """A path as it is shown in a message: characters that a screen would obey are written out."""
    text = cut(str(file), LONGEST_PATH)
    return text if text.isprintable() else repr(text)[1:-1]


def with_ties(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The table with the pairs of `network.file`, a path from `folder`, read into `network.edges` below its name."""
    network = table.get("network")
    if not isinstance(network, Mapping) or not (name := network.get("file")):
        return table
    if not isinstance(name, str):
        raise Problem([(("network", "file"), f"{shown(name)} is not the path of a file")])
    try:
        text = (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Problem(
            [(("network", "file"), f"{shown_path(name)}: there is no such file in {folder}")]
        ) from None
    except UnicodeDecodeError:
        told = f"{shown_path(name)}: a table of pairs is UTF-8 text, this is not"
        raise Problem([(("network", "file"), told)]) from None
    except OSError as error:
        raise Problem([(("network", "file"), f"{shown_path(name)}: {error.strerror or error}")]) from None
    except ValueError:  # a character that no path has
        raise Problem([(("network", "file"), f"{shown(name)} is not the path of a file")]) from None
    rest = {key: value for key, value in network.items() if key != "file"}
    return {**table, "network": {**rest, "edges": f"# {name}\n{text}"}}


def with_draws(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The table with the draws of `posterior.file`, a path from `folder`, in `posterior`, by dotted name."""
    posterior = table.get("posterior")
    if not isinstance(posterior, Mapping) or "file" not in posterior:
        return table
    name = posterior["file"]
    if not isinstance(name, str) or not name:
        raise Problem([(("posterior", "file"), f"{shown(name)} is not the path of a file")])
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_table(folder / name)
        draws = {str(c): [float(v) for v in found[c].to_pylist()] for c in found.column_names if c != "draw"}
    except FileNotFoundError:
        told = f"{shown_path(name)}: there is no such file in {folder}; it is written beside a fitted scenario and moves with it"
        raise Problem([(("posterior", "file"), told)]) from None
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        reason = cut(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
        raise Problem(
            [(("posterior", "file"), f"{shown_path(name)}: no table of draws ({reason})")]
        ) from None
    return {**table, "posterior": {**{k: v for k, v in posterior.items() if k != "file"}, **draws}}


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
    """Firms of `old` with what `new` says of those of the same name, then the others; what is no firm is told later."""
    names = [_firm_name(firm) for firm in old]
    merged = list(old)
    for firm in new:
        name = _firm_name(firm)
        if name is not None and name in names:
            merged[names.index(name)] = _merge(merged[names.index(name)], firm)
        else:
            merged.append(firm)
    return merged


def _firm_name(firm: Any) -> str | None:
    name = firm.get("name") if isinstance(firm, dict) else None
    return name if isinstance(name, str) else None


def sorted_firms(table: dict[str, Any]) -> dict[str, Any]:
    """Firms in order of name, so that no result depends on the order in which they are written.

    The first firm written stays the focal one.
    """
    firms, market = table.get("firms"), table.get("market", {})
    if isinstance(firms, list) and firms and all(_firm_name(firm) is not None for firm in firms):
        if isinstance(market, dict):
            table["market"] = {"focal": firms[0]["name"], **market}
        table["firms"] = sorted(firms, key=lambda firm: firm["name"])
    return table
