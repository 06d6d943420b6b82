"""The page docs/reference/systems.md, written from the words of the rows and from what is declared about them."""

from __future__ import annotations

from regulars.cli.systems.promises import PAGE, Promise
from regulars.cli.systems.rows import KINDS, SCENARIO_IS_CODE
from regulars.ground.errors import RegularsError
from regulars.ground.shelf import checkout

UP = "../" * (len(PAGE.parts) - 1)
HEAD = """\
# Systems

What Regulars holds of customer loyalty (客户粘性), one line a row: what it is, the code that carries it, the scenario that shows
it, the test that proves it, and where it comes from. A row works when it has all of them; `regulars systems --missing` says
which do not, `regulars systems M5` tells one row in full.

Nothing here is written by hand. Modules say `SYSTEMS = {"M1": "tests/...::test_..."}`, scenarios `systems = ["X4"]` in `[about]`, test
modules `PROVES = ("X4",)`; words and sources of the rows are in `sim/regulars/cli/systems/rows.toml`. `regulars systems --markdown` writes the
page. "Source documents" are the four texts on customer loyalty from which the list was taken.
"""


def page(found: dict[str, Promise]) -> str:
    """The page as Markdown; links start from its own folder.

    Raises:
        RegularsError: outside a checkout of the source, where there is nothing to link to.
    """
    if checkout() is None:
        raise RegularsError(
            "the page links to code, scenarios and tests: write it in a checkout of the source"
        )
    parts = [HEAD]
    for kind, heading in KINDS.items():
        lines = [_line(one) for one in found.values() if one.row.kind == kind]
        if lines:
            columns = "| row | what | where | scenario | proof | source |\n|---|---|---|---|---|---|"
            parts.append("\n".join([f"## {kind}. {heading}", "", columns, *lines, ""]))
    return "\n".join(parts)


def _line(one: Promise) -> str:
    row = one.row
    term = f" ({row.term})" if row.term else ""
    code = [_link(file.removeprefix("sim/regulars/"), file) for file in one.code]
    scenarios = [_link(file.removeprefix("scenarios/"), file) for file in one.scenarios or ()]
    proofs = [_link(proof.split("::")[-1].split("/")[-1], proof.split("::")[0]) for proof in one.proofs or ()]
    where = scenarios if row.kind in SCENARIO_IS_CODE else code
    cells = (
        row.id,
        f"**{row.title}**{term}. {row.meaning}",
        *(", ".join(links) or "none" for links in (where, scenarios, proofs)),
        row.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _link(text: str, file: str) -> str:
    return f"[{text}]({UP}{file})"
