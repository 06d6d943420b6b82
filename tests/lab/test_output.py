"""Outputs take the place of nothing, or of what this program wrote and nobody changed; inputs are never replaced."""

import json
import os

import pandas as pd
import pytest

from regulars import Scenario, compare, sweep
from regulars.ground import output
from regulars.ground.errors import RegularsError
from regulars.ground.output import SIGN, signed, whole_file, write_text
from regulars.lab.output import CONTENTS, whole_folder
from regulars.lab.store import write_comparison
from regulars.scenario.files import inputs_of

SHOPS = {
    "about": {"title": "two shops"},
    "market": {"customers": 20, "days": 7},
    "firms": [{"name": "ours", "cost": 0.7}, {"name": "theirs", "cost": 0.7}],
    "arms": {"cheap": {"strategies": {"everyday_low_price": {"discount": 0.05}}}},
}
OURS = f"# {SIGN}{'0' * 16}\nours = 1\n"


def save(path, text=OURS, **options):
    with whole_file(path, **options) as draft:
        draft.write_bytes(signed(text).encode())


def hidden(folder):
    return [file.name for file in folder.rglob(".*")]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------ files


def test_a_file_of_ours_is_written_again_until_somebody_changes_it(tmp_path):
    file = tmp_path / "new" / "x.toml"
    save(file)
    save(file, OURS + "more = 2\n")
    text = file.read_text()
    assert "more = 2" in text and SIGN + "0" * 16 not in text
    file.write_text(text.replace("more = 2", "more = 3"))
    with pytest.raises(RegularsError, match=r"x\.toml: there is a file of this name.*--overwrite"):
        save(file)
    assert "more = 3" in file.read_text() and hidden(tmp_path) == []
    save(file, overwrite=True)
    assert "more" not in file.read_text()


def test_nothing_is_replaced_that_is_not_ours(tmp_path):
    for content in (b"customers = 5\n", b"PAR1", b"\xff\xfe\x00", f"# {SIGN}{'a' * 16}\n".encode()):
        file = tmp_path / "x"
        file.write_bytes(content)
        with pytest.raises(RegularsError, match="x: there is a file of this name"):
            save(file)
        assert file.read_bytes() == content
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(RegularsError, match=r"t\.parquet: there is"):
        save(tmp_path / "t.parquet")
    (tmp_path / "empty").touch()
    save(tmp_path / "empty")  # nothing in it is nothing lost


def test_a_log_of_ours_is_known_and_one_saved_again_by_somebody_is_not(tmp_path):
    file = tmp_path / "log.parquet"
    for _ in range(2):
        with whole_file(file) as draft:
            Scenario(SHOPS).market(log=draft).run()
    pd.read_parquet(file).to_parquet(file)
    with pytest.raises(RegularsError):
        save(file)


@pytest.mark.skipif(os.name != "posix", reason="special files of Unix")
def test_what_is_no_ordinary_file_is_left_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "/dev/null"):
        for overwrite in (False, True):
            with pytest.raises(RegularsError, match="in the way"):
                save(tmp_path / name, overwrite=overwrite)
    assert (tmp_path / "pipe").is_fifo() and not os.path.isfile("/dev/null")


@pytest.mark.skipif(os.name != "posix", reason="links of Unix")
def test_an_input_is_never_replaced_whatever_it_is_called(tmp_path):
    source = tmp_path / "in.toml"
    save(source)
    (tmp_path / "soft").symlink_to(source)
    os.link(source, tmp_path / "hard")
    (tmp_path / "sub").mkdir()
    for name in ("in.toml", "soft", "hard", "sub/../in.toml"):
        with pytest.raises(RegularsError, match="this is an input"):
            save(tmp_path / name, inputs=[source], overwrite=True)
    with pytest.raises(RegularsError, match="this is an input"):
        save(source, inputs=[tmp_path], overwrite=True)  # a folder of logs
    save(tmp_path / "beside.toml", inputs=[tmp_path])
    assert source.read_text() == signed(OURS)


@pytest.mark.skipif(os.name != "posix", reason="links of Unix")
def test_a_link_stays_a_link_and_what_it_leads_to_is_judged(tmp_path):
    (tmp_path / "real.toml").write_text("mine")
    (tmp_path / "link.toml").symlink_to("real.toml")
    with pytest.raises(RegularsError, match=r"link\.toml: there is a file"):
        save(tmp_path / "link.toml")
    save(tmp_path / "link.toml", overwrite=True)
    assert (tmp_path / "link.toml").is_symlink() and (tmp_path / "real.toml").read_text() == signed(OURS)
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(RegularsError, match="cannot be written"):
        save(tmp_path / "a")


def test_what_comes_in_the_way_meanwhile_is_kept_and_so_is_the_result(tmp_path):
    file = tmp_path / "x.toml"
    with pytest.raises(RegularsError, match="the result is in") as told, whole_file(file) as draft:
        draft.write_text("result")
        file.write_text("mine")
    assert file.read_text() == "mine"
    assert (tmp_path / str(told.value).rpartition("/")[2]).read_text() == "result"


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, RuntimeError, OSError(28, "No space left on device"), SystemExit]
)
def test_nothing_is_left_of_what_did_not_come_to_an_end(tmp_path, error):
    with pytest.raises((KeyboardInterrupt, RuntimeError, RegularsError, SystemExit)) as told:
        with whole_file(tmp_path / "a" / "b" / "x.toml") as draft:
            draft.write_text("half")
            raise error
    assert list(tmp_path.iterdir()) == [] and not output._drafts
    if isinstance(error, OSError):
        assert "x.toml: cannot be written (no space left on device)" in str(told.value)


def test_a_text_that_cannot_be_written_whole_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output.os, "replace", full)
    with pytest.raises(RegularsError, match="no space left"):
        write_text(tmp_path / "x.json", "{}")
    assert list(tmp_path.iterdir()) == []


def test_an_error_elsewhere_is_told_with_its_own_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nosuch\.csv"), whole_file(tmp_path / "x"):
        open(tmp_path / "nosuch.csv")


def test_inputs_are_all_files_that_a_scenario_reads(tmp_path):
    (tmp_path / "c.toml").write_text("extends = 'a.toml'\n")  # a circle, refused elsewhere
    (tmp_path / "b.toml").write_text("extends = 'c.toml'\n[network]\nfile = 'ties.csv'\n")
    (tmp_path / "a.toml").write_text("extends = 'b.toml'\n")
    assert [path.name for path in inputs_of(tmp_path / "a.toml")] == [
        "a.toml",
        "b.toml",
        "ties.csv",
        "c.toml",
    ]
    (tmp_path / "d.toml").write_text("[network]\nfile = ''\n")
    assert inputs_of(tmp_path / "d.toml") == [tmp_path / "d.toml"]
    assert inputs_of(None) == [] and inputs_of(tmp_path / "nosuch") == [tmp_path / "nosuch"]


# ------------------------------------------------------------------ folders


def results(folder, **files):
    with whole_folder(folder) as draft:
        for name, text in files.items():
            (draft / name).write_text(text)


def texts(folder):
    return {file.name: file.read_text() for file in folder.iterdir() if file.name != CONTENTS}


def test_a_results_folder_is_written_again_around_what_somebody_put_there(tmp_path):
    folder = tmp_path / "r"
    results(folder, a="1", b="1")
    (folder / "notes.md").write_text("mine")
    (folder / "sub").mkdir()
    (folder / "sub" / "a").write_text("mine")
    results(folder, a="2", c="2")
    assert (folder / "sub" / "a").read_text() == "mine"
    (folder / "sub" / "a").unlink()
    (folder / "sub").rmdir()
    assert texts(folder) == {"a": "2", "c": "2", "notes.md": "mine"}  # b is ours and no longer written
    assert list(json.loads((folder / CONTENTS).read_text())["files"]) == ["a", "c"]
    assert hidden(tmp_path) == []


def test_a_results_folder_with_a_changed_file_is_refused(tmp_path):
    folder = tmp_path / "r"
    results(folder, a="1")
    (folder / "a").write_text("mine")
    with pytest.raises(RegularsError, match=r"r.a: this was changed since it was written"):
        results(folder, a="2")
    assert texts(folder) == {"a": "mine"}
    (folder / "a").rename(folder / "a2")
    results(folder, a="2")
    assert texts(folder) == {"a": "2", "a2": "mine"}


def test_a_folder_that_we_did_not_write_is_refused(tmp_path):
    folder = tmp_path / "r"
    folder.mkdir()
    results(folder, a="1")  # an empty one is nothing
    for listed in ("{", "[]", '{"files": [1]}', "{}"):
        (folder / CONTENTS).write_text(listed)
        with pytest.raises(RegularsError, match="regulars did not write"):
            results(folder, a="2")
    assert texts(folder) == {"a": "1"}


@pytest.mark.skipif(os.name != "posix", reason="links of Unix")
def test_links_in_the_place_of_results_are_not_followed(tmp_path):
    other = tmp_path / "other"
    results(other, a="1")
    (tmp_path / "r").symlink_to(other)
    with pytest.raises(RegularsError, match="a link to elsewhere"):
        results(tmp_path / "r", a="2")
    results(tmp_path / "s", a="1")
    (tmp_path / "s" / "a").unlink()
    (tmp_path / "s" / "a").symlink_to(other / "a")
    with pytest.raises(RegularsError, match="changed"):
        results(tmp_path / "s", a="2")
    assert texts(other) == {"a": "1"}


def test_a_list_cannot_reach_out_of_its_folder(tmp_path):
    folder = tmp_path / "r"
    results(folder, a="1")
    (tmp_path / "victim").write_text("1")
    listed = json.loads((folder / CONTENTS).read_text())
    listed["files"] |= {"../victim": listed["files"]["a"], str(tmp_path / "victim"): listed["files"]["a"]}
    (folder / CONTENTS).write_text(json.dumps(listed))
    results(folder, a="2")
    assert (tmp_path / "victim").read_text() == "1"


def test_what_came_into_a_folder_meanwhile_is_kept_under_another_name(tmp_path):
    folder = tmp_path / "r"
    results(folder, a="1")
    with pytest.warns(UserWarning, match="was not ours and is now"), whole_folder(folder) as draft:
        (draft / "a").write_text("2")
        (draft / "new.txt").write_text("2")
        (folder / "new.txt").write_text("mine")
    assert texts(folder) == {"a": "2", "new.txt": "2", "new-kept-1.txt": "mine"}


@pytest.mark.parametrize("at", range(1, 5))
def test_an_interruption_in_the_middle_of_the_move_does_no_harm(tmp_path, monkeypatch, at):
    folder, calls, real = tmp_path / "r", [], os.replace
    results(folder, a="1", b="1")

    def interrupted(*paths):
        calls.append(paths)
        if len(calls) == at:
            raise KeyboardInterrupt
        real(*paths)

    monkeypatch.setattr(output.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        results(folder, a="2", b="2")
    monkeypatch.undo()
    assert hidden(tmp_path) == []
    results(folder, a="2", b="2")
    assert texts(folder) == {"a": "2", "b": "2"}


def test_a_folder_in_use_by_another_process_is_shared(tmp_path):
    folder = tmp_path / "r"
    with whole_folder(folder) as first:
        (first / "a").write_text("1")
        results(folder, a="1", b="1")
    assert texts(folder) == {"a": "1"} and hidden(tmp_path) == []


def test_a_file_in_place_of_a_folder(tmp_path):
    (tmp_path / "r").write_text("mine")
    for place in (tmp_path / "r", tmp_path / "r" / "deep"):
        with pytest.raises(RegularsError, match=str(place)):
            results(place, a="1")
    for out in ("", None, 5):
        with pytest.raises(RegularsError, match="name a folder"):
            write_comparison(compare(SHOPS, replicates=1, jobs=1), out)
    with pytest.raises(RegularsError, match="name a folder"):
        sweep(SHOPS, {"firms.ours.price": [1.0]}, replicates=1, out="")


def test_a_comparison_and_a_sweep_keep_notes_and_their_input(tmp_path):
    found = compare(SHOPS, replicates=1, jobs=1)
    ways = [
        lambda: write_comparison(found, "results", report=False),
        lambda: sweep(SHOPS, {"firms.ours.price": [1.0]}, replicates=1, out="results").folder,
    ]
    for way in ways:
        folder = way()
        (folder / "notes.md").write_text("mine")
        before = {name: text for name, text in texts_of_bytes(folder).items()}
        assert way() == folder and texts_of_bytes(folder) == before
        (folder / "scenario.toml").write_text("mine")
        with pytest.raises(RegularsError, match="changed"):
            way()


def texts_of_bytes(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_result_is_not_written_over_the_scenario_in_it(tmp_path):
    from typer.testing import CliRunner

    from regulars.cli.app import app

    (tmp_path / "scenario.toml").write_text(Scenario(SHOPS).toml())
    words = ["--replicates", "1", "--jobs", "1", "--no-report", "--out", "results"]
    folder = (
        next((tmp_path / "results").iterdir())
        if CliRunner().invoke(app, ["compare", "scenario.toml", *words]).exit_code == 0
        else None
    )
    again = CliRunner().invoke(app, ["compare", str(folder / "scenario.toml"), *words])
    assert again.exit_code == 1 and "this input lies where the results would go" in again.stderr


# ------------------------------------------------------------------ the command line


@pytest.fixture
def call(tmp_path):
    from typer.testing import CliRunner

    from regulars.cli.app import app

    (tmp_path / "t.toml").write_text("extends = 'base.toml'\n")
    (tmp_path / "base.toml").write_text(Scenario(SHOPS).toml())
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(
    "words",
    [
        ("run", "t.toml", "--log", "t.toml"),
        ("run", "t.toml", "--log", "base.toml"),
        ("fit", "t.toml", "--out", "t.toml"),
        ("fit", "t.toml", "--out", "./x/../t.toml"),
    ],
)
def test_no_command_replaces_its_input(call, tmp_path, words):
    before = texts(tmp_path)
    for more in ([], ["--overwrite"]):
        told = call(*words, *more)
        assert told.exit_code == 1 and "this is an input" in told.stderr
    assert texts(tmp_path) == before


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("run", "t.toml", "--log", "l.parquet"), "l.parquet"),
        (("run", "t.toml", "--log", "l.parquet"), "l-programmes.parquet"),
        (("schema", "--out", "s.json"), "s.json"),
        (("fit", "base.toml", "--out", "m.toml"), "m.toml"),
    ],
)
def test_no_command_replaces_what_is_not_ours_unless_told_to(call, tmp_path, words, name):
    (tmp_path / name).write_text("mine")
    told = call(*words)
    assert told.exit_code == 1 and f"{name}: there is a file of this name" in told.stderr
    assert (tmp_path / name).read_text() == "mine" and hidden(tmp_path) == []
    if words[0] != "fit":
        assert call(*words, "--overwrite").exit_code == 0
        assert call(*words).exit_code == 0  # it is ours now


def test_an_empty_name_of_a_folder_is_wrong_usage(call, tmp_path):
    for command in (["compare"], ["sweep", "--over", "firms.0.price=1"]):
        told = call(command[0], "t.toml", *command[1:], "--out", "")
        assert told.exit_code == 2 and "--out" in told.stderr
    assert sorted(texts(tmp_path)) == ["base.toml", "t.toml"]


def test_what_is_in_the_way_is_told_before_anything_runs(call, tmp_path, monkeypatch):
    from regulars.market import Market

    call("compare", "t.toml", "--replicates", 1, "--jobs", 1, "--no-report")
    call("sweep", "t.toml", "--over", "firms.0.price=1", "--replicates", 1, "--jobs", 1)
    for folder in (tmp_path / "results").glob("t-*"):
        (folder / "scenario.toml").write_text("mine")
    (tmp_path / "l.parquet").write_text("mine")
    monkeypatch.setattr(Market, "step", lambda self: pytest.fail("something ran"))
    for words in (
        ("compare", "t.toml", "--replicates", 1, "--jobs", 1, "--no-report"),
        ("sweep", "t.toml", "--over", "firms.0.price=1", "--replicates", 1, "--jobs", 1, "--fresh"),
        ("run", "t.toml", "--log", "l.parquet"),
    ):
        assert call(*words).exit_code == 1
