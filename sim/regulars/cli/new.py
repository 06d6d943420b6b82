"""`regulars new`: a part or a scenario of one's own, complete and passing from the start."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.options import JsonOption
from regulars.cli.places import LONGEST
from regulars.cli.say import shortened
from regulars.ground.errors import RegularsError
from regulars.ground.shelf import checkout

ROOMS = {  # folders of the code and of the tests of a part
    "strategy": ("strategies", "strategies"),
    "behaviour": ("processes", "behavior"),
    "pricing": ("pricing", "pricing"),
    "recommender": ("recommenders", "recommenders"),
}
NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", show_default=False, help="A name such as thank_you_card.")
]
PathArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", show_default=False, help="A name such as corner-shop, or the path of a .toml file."
    ),
]


def new_strategy(name: NameArgument, json: JsonOption = False) -> None:
    """Write a working strategy, its test and a scenario that compares it; nothing is overwritten."""
    _new_part("strategy", name, json)


def new_behaviour(name: NameArgument, json: JsonOption = False) -> None:
    """Write a working behaviour and its test; nothing is overwritten."""
    _new_part("behaviour", name, json)


def new_pricing(name: NameArgument, json: JsonOption = False) -> None:
    """Write a working pricing policy and its test; nothing is overwritten."""
    _new_part("pricing", name, json)


def new_recommender(name: NameArgument, json: JsonOption = False) -> None:
    """Write a working recommender and its test; nothing is overwritten."""
    _new_part("recommender", name, json)


def _new_part(kind: str, name: str, json: bool) -> None:
    plain = _name(
        name.replace("-", "_"), r"[a-z][a-z0-9_]*", "small letters, digits and _, beginning with a letter"
    )
    if keyword.iskeyword(plain):
        raise RegularsError(f"{name}: this word belongs to Python; choose another name")
    if kind == "behaviour" and plain in _sections():
        raise RegularsError(f"{name}: scenarios have a section of this name already; choose another name")
    root = checkout()
    if root is None:
        raise RegularsError(
            f"a {'pricing policy' if kind == 'pricing' else kind} is a file in the source: get the source, install it with `pip install -e .` and run this there"
        )
    words = {
        "name": plain,
        "title": _title(plain),
        "class_name": "".join(part.capitalize() for part in plain.split("_")),
    }
    code, tests = ROOMS[kind]
    test = root / "tests" / tests / f"test_{plain}.py"
    texts = {
        root / "sim" / "regulars" / code / f"{plain}.py": _filled(f"{kind}.py.txt", words),
        test: _filled(f"test_{kind}.py.txt", words),
    }
    hint = f"try it: python -m pytest {test.relative_to(root).as_posix()}"
    if kind == "strategy":
        texts[root / "scenarios" / f"{plain}.toml"] = _filled("strategy.toml.txt", words)
        hint = f"try it: regulars compare {plain}"
    _write(texts, json, hint)


def new_scenario(name: PathArgument, json: JsonOption = False) -> None:
    """Write a scenario that runs, to be changed; nothing is overwritten."""
    path = Path(name)
    plain = _name(path.name.removesuffix(".toml"), r"[A-Za-z0-9][\w-]*", "letters, digits, - and _")
    if path.name == name and path.suffix != ".toml":
        root = checkout()
        here = Path("scenarios")
        inside = root is not None and Path.cwd().is_relative_to(root.resolve())  # no writing where nobody is
        folder = here if here.is_dir() else root / "scenarios" if root and inside else Path()
        path = folder / f"{plain}.toml"
    words = {"name": plain, "title": _title(plain)}
    _write({path: _filled("scenario.toml.txt", words)}, json, f"try it: regulars compare {path}")


def _sections() -> set[str]:
    """Names that a behaviour cannot have: those of sections that scenarios have without it."""
    from regulars.scenario import whole_spec

    return {*whole_spec().model_fields}


def _name(name: str, form: str, right: str) -> str:
    if len(name) > LONGEST:
        raise RegularsError(
            f"{shortened(name)}: {len(name)} letters are too many for a name; {LONGEST} at most"
        )
    if not re.fullmatch(form, name, re.ASCII):
        raise RegularsError(f"{shortened(name)!r} will not do as a name: {right}")
    return name


def _title(name: str) -> str:
    return re.sub(r"[_-]+", " ", name).strip().capitalize()


def _filled(template: str, words: dict[str, str]) -> str:
    from importlib.resources import files
    from string import Template

    return Template((files("regulars") / "scaffold" / template).read_text(encoding="utf-8")).substitute(words)


def _write(texts: dict[Path, str], json: bool, hint: str) -> None:
    """Write all the files or none."""
    from regulars.cli import say

    there = [str(path) for path in texts if path.exists()]
    if there:
        raise RegularsError(f"nothing was written: {', '.join(there)} exists already; choose another name")
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    if json:
        say.document({"written": [str(path) for path in written]})
        return
    for path in written:
        say.text(f"wrote {path}")
    say.text(hint)
