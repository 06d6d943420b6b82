"""Reading the pages of the documentation: links, headings, fences."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Fence:
    """One block of code: its language, what its mark says, its text and the line on which the text begins."""

    language: str
    mark: tuple[str, ...]
    text: str
    line: int


def pages() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


def guides() -> list[Path]:
    """The pages whose every block of code is marked: all but the records of decisions and the command line."""
    return [p for p in pages() if "adr" not in p.parts and p.name != "cli.md"]


def name(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def fences(page: Path) -> list[Fence]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        language, *mark = match[1].split() or [""]
        found.append(Fence(language, tuple(mark), match[2], text[: match.start(2)].count("\n") + 1))
    return found


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Names by which the headings of a page can be linked to."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def rows(page: Path, columns: int) -> list[list[str]]:
    """Rows of the tables of a page that have so many columns and begin with a name in backticks."""
    found = []
    for line in prose(page).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            found.append(cells)
    return found


SMALLER = ((r"--replicates \d+", "--replicates 2"), (r"\breplicates=\d+", "replicates=2"), (r"\bjobs=2", "jobs=1"), (r"--customers \d+", "--customers 150"),
           (r"\bregulars (compare|sweep) ", r"regulars \1 --jobs 1 "), (r"\bregulars (pilot|update) ", r"regulars \1 --customers 60 "), (r"market.days(\W+)182", r"market.days\g<1>70"),
           ("complete-journey:soft-drinks", "yogurt"), ("brand-103", "dannon"),
           ("--out results$", "--out results --arms threshold_rebate,everyday_low_price"), (r"(--parts \S+ --replicates 2)", r"\1 --no-report"))  # fmt: skip


def smaller(text: str) -> str:
    """A block of code with fewer replicates, customers, arms and reports, on a smaller log, in one process."""
    for pattern, less in SMALLER:
        text = re.sub(pattern, less, text, flags=re.MULTILINE)
    return text
