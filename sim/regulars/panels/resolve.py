"""One word for a log: the name of a dataset or a path."""

from __future__ import annotations

from pathlib import Path

from regulars.ground.errors import RegularsError
from regulars.panels.columns import nearest
from regulars.panels.panel import Panel


def resolve(text: str) -> Panel:
    """The panel that ``text`` means: a dataset such as ``yogurt`` or ``complete-journey:coffee``, or a file.

    A file that exists wins over a dataset of the same name.
    """
    from regulars.panels.datasets import NAMES, dataset
    from regulars.panels.read import read

    word = str(text).strip()
    if not word:
        raise RegularsError(f"no log named; give a path or one of {', '.join(NAMES)}")
    if Path(word).expanduser().exists():
        return read(word)
    if word.partition(":")[0].lower() in {n.partition(":")[0] for n in NAMES}:
        return dataset(word)
    if any(mark in word for mark in "/\\."):
        return read(word)
    raise RegularsError(
        f"{word!r} is neither a file nor a dataset; datasets are {', '.join(NAMES)}{nearest(word, NAMES)}"
    )
