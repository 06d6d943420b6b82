"""What a contract test tells whoever has added a part that its small market does not see."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def livelier(file, table, part, why, example):
    """A message: what was tried, why it will not do, and the file, line and form of the settings to add."""
    path = Path(file)
    text = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, words in enumerate(text, 1) if words.strip().startswith(table))
    place = f"{path.relative_to(ROOT).as_posix()}, line {line} ({table.removeprefix('def ')})"
    return f"{part}: {why}. Write down what it is to be tried with, in {place}, for example:\n    {example}"
