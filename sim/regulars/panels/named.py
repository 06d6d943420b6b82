"""One word for a log: the name of a dataset or a path."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from regulars.ground.calls import well_called
from regulars.ground.errors import RegularsError, shown
from regulars.panels.columns import or_alike
from regulars.panels.panel import Panel
from regulars.panels.reading import Reading


def as_panel(log: Any) -> Panel:
    """A panel from a panel, from the path of a log or the name of a data set, or from a table in memory.

    Raises:
        RegularsError: for anything else.
    """
    if isinstance(log, Panel):
        return log
    if isinstance(log, (str, os.PathLike)):
        return resolve(os.fspath(log))
    if log is None or not hasattr(log, "columns"):
        raise RegularsError(
            f"a log is needed, not {shown(log)}: a Panel, the path of a file, the name of a data set, or a table of "
            "pandas, polars or Arrow with a customer, a time and an amount"
        )
    from regulars.panels.reader import read

    return read(log)


@well_called
def resolve(
    text: str, *, reading: Reading | None = None, offers: Any = None, name: str | None = None, hash_ids: str | None = None
) -> Panel:  # fmt: skip
    """The panel that a text means: a dataset such as ``yogurt`` or ``complete-journey:coffee``, or a file.

    A file that exists wins over a dataset of the same name.

    Args:
        text: name of a dataset, or path of a file.
        reading: how a file is read; of a dataset, which is read as it is, it sets the label of the money alone.
        offers: prices of what was not bought, a path or a table, as of `read`.
        name: what the panel is called.
        hash_ids: a key with which customers' ids are replaced by a hash.

    Raises:
        RegularsError: neither a file nor a dataset, a file that cannot be read, or options that a dataset does not take.
    """
    from regulars.panels.datasets import NAMES, dataset
    from regulars.panels.reader import read

    if not isinstance(text, (str, os.PathLike)):
        raise RegularsError(f"{shown(text)} is no log: give a path or one of {', '.join(NAMES)}")
    word = str(text).strip()
    if not word:
        raise RegularsError(f"no log named; give a path or one of {', '.join(NAMES)}")
    known = word.partition(":")[0].lower() in {n.partition(":")[0] for n in NAMES}
    if Path(os.path.expanduser(word)).exists() or (not known and any(mark in word for mark in "/\\.")):
        return read(word, reading=reading, offers=offers, name=name, hash_ids=hash_ids)
    if not known:
        raise RegularsError(
            f"{word!r} is neither a file nor a dataset; datasets are {', '.join(NAMES)}{or_alike(word, NAMES)}"
        )
    asked = [o for o in (reading.table() if reading else {}) if o != "currency"] + ["offers"] * (
        offers is not None
    )
    if asked:
        raise RegularsError(f"{word}: a dataset is read as it is; it takes no {', '.join(asked)}")
    panel = dataset(word)
    if hash_ids is not None:
        from regulars.panels.ids import Ids

        panel = Ids(hash_ids).panel(panel)
    return replace(panel, currency=(reading and reading.currency) or panel.currency, name=name or panel.name)
