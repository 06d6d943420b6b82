"""Slips of the pen in scenario files: what is written as people write, and not as TOML has it; files of another kind."""

from __future__ import annotations

import re
from pathlib import Path

from regulars.ground.errors import cut
from regulars.ground.letters import visible
from regulars.ground.written import instead

LONGEST = 120  # letters of a line that is shown
PLACE = re.compile(r"at line (\d+), column \d+")
TABLES = (".csv", ".tsv", ".parquet", ".pq", ".xlsx", ".xls")
INSIDE = re.compile(
    r"([\w-]+)\s*=\s*([+-]?\d+),(\d+)(?=\s*[,}])"
)  # a decimal comma within a table on one line
VALUE = re.compile(r"^(?P<key>[^=#]+?)=\s*(?P<value>[^#]*?)\s*(?:#.*)?$")


def told(file: Path, text: str, error: str) -> str:
    """What is wrong with a text that is no TOML, with the line and what to write in its place where that can be told."""
    if looks_like_a_log(file, text):
        return f"this looks like a log of purchases and is no scenario; `regulars fit {visible(str(file))} --out NAME.toml` makes one of it"
    return problem(text, error)


def problem(text: str, error: str) -> str:
    """What the reader of TOML says of a text, with the line and what to write in its place where that can be told."""
    told = f"this is not TOML: {cut(visible(error), 300)}"
    place = PLACE.search(error)
    lines = text.split("\n")
    number = int(place[1]) if place else 0
    if not 0 < number <= len(lines):
        return told
    line = lines[number - 1].strip()
    instead = meant(line)
    return f"{told}: {cut(visible(line), LONGEST)}{f' (write {instead})' if instead else ''}"


def looks_like_a_log(file: Path, text: str = "") -> bool:
    """Whether a file is a table and no scenario, by its name or by its first two lines."""
    first, second = [*text.lstrip().splitlines()[:2], "", ""][:2]
    alike = any(first.count(sign) == second.count(sign) > 0 for sign in ",;\t")
    return file.suffix.lower() in TABLES or (alike and not set("=[{#") & set(first))


def meant(line: str) -> str:
    """A line as TOML has it; nothing when it is not clear what it should be."""
    if not (found := VALUE.match(line)):
        pair = re.match(r"([\w-]+)\s*:\s*([^\s#][^#]*)", line)  # as YAML has it
        return f"{pair[1]} = {instead(pair[2].strip()) or pair[2].strip()}" if pair else ""
    if "{" in found["value"] and (comma := INSIDE.search(found["value"])):
        return f"{comma[1]} = {comma[2]}.{comma[3]}"
    value = instead(found["value"])
    return f"{found['key'].strip()} = {value}" if value else ""
