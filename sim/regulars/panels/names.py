"""Customers and firms: which spellings are one and the same.

The rule: outer and repeated blanks, full and half width, Unicode forms and invisible letters never tell two names apart, nor does a
number's ``.0``. Upper and lower case tell customers apart (ids may be built so) but not firms, nor e-mail addresses. Whatever
was merged is told, and ``spellings="keep"`` merges nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.panels.column import Column, matching
from regulars.panels.problems import Problems
from regulars.panels.ways import way

MISSING = frozenset(
    ("", "nan", "NaN", "NA", "N/A", "n/a", "null", "NULL", "None", "none", "<NA>", "NaT", "#N/A", "#NV")
)
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
WHOLE = re.compile(r"([+-]?\d+)\.0+")
PLAIN = re.compile(r"0|[1-9]\d{0,17}")
BROKEN = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
SHOWN = 4
LONGEST = 1_000  # letters of a name


@dataclass
class Names:
    """The names of a column, sorted; ``codes`` says which of them each row has (-1 where there is none)."""

    labels: NDArray[np.object_] | NDArray[np.int64]
    codes: NDArray[np.int64]
    notes: list[str] = field(default_factory=list)
    merged: int = 0  # rows whose spelling was changed to another

    def by_row(self) -> NDArray[np.object_] | NDArray[np.int64]:
        """The name in each row."""
        return self.labels[self.codes]


def read_names(column: Column, what: str, spellings: str, problems: Problems) -> Names:
    """Customers or firms by row; rows without one go to ``problems``."""
    texts = column.texts
    absent = texts.isin(MISSING).to_numpy(dtype=bool)
    here = column.counts > 0
    missing = column.spread(absent, True)
    problems.rows_where(
        missing,
        f"no {what} in column {column.name}",
        column if (absent & here & (texts != "").to_numpy()).any() else None,
        f"{way('leave_out', {column.name: next((str(t) for t in texts[absent & here] if t), '')})} leaves such rows out",
    )
    length = texts.str.len().to_numpy(dtype=np.int64, na_value=0)
    endless = length > LONGEST
    if (endless & here).any():
        problems.rows_where(
            column.spread(endless, False),
            f"a name of {int(length.max()):,} letters in column {column.name}: a quote mark that is not closed? A name has {LONGEST:,} at most",
        )
        absent = absent | endless
    used = here & ~absent
    if (quick := _plain(column, texts, used, what)) is not None:
        return quick
    words = [str(t) for t in texts[used]]
    counts = column.counts[used]
    keys, label_of = _grouped(words, counts, what, spellings)
    labels = sorted(set(label_of.values()))
    values: NDArray[np.object_] | NDArray[np.int64]
    if (
        what == "customer" and labels and all(PLAIN.fullmatch(label) for label in labels)
    ):  # 007 and 7 are two customers
        values = np.array(sorted(int(label) for label in labels), np.int64)
        rank = {str(v): k for k, v in enumerate(values)}
    else:
        values = np.array(labels, object)
        rank = {label: k for k, label in enumerate(labels)}
    by_word = np.full(len(texts), -1, np.int64)
    by_word[np.flatnonzero(used)] = [rank[label_of[key]] for key in keys]
    names = Names(values, column.spread(by_word, -1))
    _tell(names, words, keys, counts, label_of, what, column.name, spellings)
    return names


def _plain(column: Column, texts: pd.Series, used: NDArray[np.bool_], what: str) -> Names | None:
    """Customers whose ids are all tidy as they are, at once; None where they must be looked at one by one."""
    here = texts[used]
    if what != "customer" or not len(here) or not matching(here, r"^[!-<>-~][!-~]*$").all():
        return None
    by_word = np.full(len(texts), -1, np.int64)
    labels: NDArray[Any]
    if matching(here, r"^(0|[1-9]\d{0,17})$").all():
        labels, ranks = np.unique(pd.to_numeric(here).to_numpy(dtype=np.int64), return_inverse=True)
        by_word[used] = ranks
        return Names(labels, column.spread(by_word, -1)) if len(labels) == len(here) else None
    if matching(here, r"\.0+$|@|^0|\dE\+").any() or here.str.casefold().duplicated().any():
        return None
    labels, ranks = np.unique(here.to_numpy(dtype=object), return_inverse=True)
    by_word[used] = ranks
    return Names(labels, column.spread(by_word, -1)) if len(labels) == len(here) else None


def tidy(text: str) -> str:
    """A name in one Unicode form and width, without invisible letters and needless blanks; ``7.0`` is ``7``."""
    if text.startswith('="') and text.endswith('"'):  # so spreadsheets are kept from reading ids as numbers
        text = text[2:-1]
    if text.isascii() and "  " not in text and "\t" not in text:
        found = WHOLE.fullmatch(text) if text.endswith("0") else None
        return found[1] if found else text
    plain = " ".join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())
    found = WHOLE.fullmatch(plain)
    return found[1] if found else plain


def _grouped(
    words: Sequence[str], counts: NDArray[np.int64], what: str, spellings: str
) -> tuple[list[str], dict[str, str]]:
    """The key of each word, and the label of each key: the usual spelling of a firm, the tidy one of a customer."""
    if spellings == "keep":
        return list(words), {w: w for w in words}
    tidied = [tidy(w) for w in words]
    keys = [t.casefold() for t in tidied]
    if what == "customer":
        tidied = keys if words and all("@" in w for w in words) else tidied
        return tidied, {t: t for t in tidied}
    best: dict[str, tuple[int, str]] = {}
    often: dict[str, int] = {}
    for t, n in zip(tidied, counts, strict=True):
        often[t] = often.get(t, 0) + int(n)
    for key, t in zip(keys, tidied, strict=True):
        if key not in best or (often[t], best[key][1]) > (best[key][0], t):
            best[key] = (often[t], t)
    return keys, {key: t for key, (_, t) in best.items()}


def _tell(
    names: Names, words: Sequence[str], keys: Sequence[str], counts: NDArray[np.int64], label_of: dict[str, str],
    what: str, column: str, spellings: str,
) -> None:  # fmt: skip
    """What was merged, and what looks alike and was not."""
    numbers = pd.Series(counts)
    if spellings == "merge":
        merged = pd.Series(list(keys)).duplicated(keep=False).to_numpy()
        if merged.any():
            table = pd.DataFrame(
                {
                    "key": np.array(keys)[merged],
                    "word": np.array(words)[merged],
                    "rows": numbers.to_numpy()[merged],
                }
            )
            table = table.sort_values(["rows", "word"], ascending=[False, True], kind="stable")
            usual = table.drop_duplicates("key")["rows"].sum()
            names.merged = int(table["rows"].sum() - usual)
            shown = []
            for _, group in list(table.groupby("key", sort=False))[:SHOWN]:
                shown.append(" = ".join(f"{_quoted(w)} ({n:,} {'row' if n == 1 else 'rows'})" for w, n in zip(group["word"][:3], group["rows"][:3], strict=True)))  # fmt: skip
            several = table["key"].nunique()
            more = f"; and {several - SHOWN:,} more" if several > SHOWN else ""
            one = (
                f"1 {what} is spelled in several ways and is taken as one"
                if several == 1
                else f"{several:,} {what}s are each spelled in several ways and are taken as one each"
            )
            names.notes.append(
                f"{one} (they differ only in case, blanks, width, Unicode form or .0): {'; '.join(shown)}{more}; {way('spellings', 'keep')} keeps them apart"
            )
    labels = [str(v) for v in label_of.values()]
    alike = pd.Series([_bare(label) for label in labels])
    apart = alike.duplicated(keep=False).to_numpy()
    if apart.any():
        groups: dict[str, list[str]] = {}
        for key, label in zip(alike[apart], np.array(labels, object)[apart], strict=True):
            groups.setdefault(key, []).append(label)
        shown = [
            " and ".join(_quoted(g) for g in sorted(group)[:3]) for group in list(groups.values())[:SHOWN]
        ]
        more = f" and {len(groups) - SHOWN:,} more" if len(groups) > SHOWN else ""
        names.notes.append(
            f"{what}s that look alike (they differ only in case, accents or leading zeros) are taken as different: {', '.join(shown)}{more}"
        )
    broken = [w for w in words if BROKEN.fullmatch(w)]
    if broken:
        names.notes.append(
            f"column {column}: ids such as {broken[0]!r} were shortened by a spreadsheet, so that different {what}s may share one; export the ids as text"
        )


def _bare(label: str) -> str:
    if label.isascii():
        return label.casefold().lstrip("0") or "0"
    letters = unicodedata.normalize("NFKD", label)
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()


def _quoted(word: str) -> str:
    """A word as it can be told from one that looks the same."""
    odd = (
        not word.isprintable()
        or unicodedata.normalize("NFKC", word) != word
        or any(unicodedata.combining(c) for c in word)
    )
    return ascii(word) if odd and not any(0xFF00 < ord(c) < 0xFFEF for c in word) else repr(word)
