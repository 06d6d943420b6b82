"""What commands say and how they end: one JSON document or text on stdout, troubles on stderr, an exit code."""

from __future__ import annotations

import functools
import json
import math
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import typer

from regulars.cli import stop
from regulars.ground.errors import RegularsError, is_ours
from regulars.ground.letters import visible

FINE, WRONG, USAGE, OURS = 0, 1, 2, 3
CODES = (
    "Exit codes: 0 fine; 1 wrong input, a file in the way or too little memory; 2 wrong usage; 3 a failure of ours; 130 interrupted, "
    "and 128 + n by any other signal n."
)
TRACE = "REGULARS_TRACE"
LONGEST = 200  # letters of a name within a message


def told(command: Callable[..., None]) -> Callable[..., None]:
    """Wrap a command so that it ends with the right exit code and never with a traceback."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        stop.leaves()
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _aside
                command(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            trouble(stop.message())
            raise typer.Exit(stop.code()) from None
        except BrokenPipeError:
            _silence()
            raise typer.Exit(FINE) from None
        except Exception as error:
            if hasattr(error, "exit_code"):  # typer's own way out
                raise
            raise typer.Exit(explain(error)) from None

    return wrapped


def _aside(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
    """A warning as a message: what it says, not where in our code it was raised."""
    trouble(f"note: {message}")


def explain(error: Exception) -> int:
    """Tell what went wrong on stderr; returns the exit code."""
    if os.environ.get(TRACE):
        traceback.print_exception(error)
    if isinstance(error, RegularsError):
        trouble(str(error))
        return WRONG
    if isinstance(error, OSError):
        place = "" if error.filename is None else f"{error.filename}: "
        trouble(place + (error.strerror or str(error)).lower())
        return WRONG
    if isinstance(error, ImportError):
        from regulars.cli.installed import told_missing

        if told_missing(error):
            return WRONG
    if not is_ours(error):
        trouble("there is not enough memory for this; use fewer customers, or fewer --jobs")
        return WRONG
    what = f"{type(error).__name__}: {error}{_meant(error)}"
    place, theirs = _in_part(error)
    if theirs:
        trouble(f"{place}: {what}\nThis part is at fault, not the scenario. {TRACE}=1 shows the way there.")
        return WRONG
    trouble(
        f"{place}{': ' if place else ''}{what}\nThis is a failure of regulars, not of your input. {TRACE}=1 shows where."
    )
    return OURS


def _in_part(error: BaseException) -> tuple[str, bool]:
    """File, line and function of the part in which an error was raised ("" where there is none), and whether users may mend it.

    They may where they registered it, and where they work on the source, in which their own parts lie beside ours.
    """
    from regulars.ground import registered
    from regulars.ground.folder import part_rooms
    from regulars.ground.shelf import checkout

    modules = (sys.modules.get(kind.__module__) for kind in registered.everything().values())
    own = {getattr(module, "__file__", None) for module in modules}
    rooms = {str(room) for room in part_rooms()}
    found, theirs = "", False
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file in own or os.path.dirname(file) in rooms:
            found = f"{file}, line {line}, in {frame.f_code.co_qualname}"
            theirs = file in own or checkout() is not None
    return found, theirs


def _meant(error: BaseException) -> str:
    """The nearest right name, where an error is about a name that there is not."""
    from regulars.ground.alike import alike

    if not isinstance(error, AttributeError) or error.obj is None or error.name is None:
        return ""
    near = alike(error.name, [name for name in dir(error.obj) if not name.startswith("_")])
    return f"; did you mean '{near[0]}'?" if near and near[0] not in str(error) else ""


def shortened(name: str) -> str:
    """A name for a message, cut when it is very long."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}..."


def trouble(text: str) -> None:
    """A message on stderr."""
    with suppress(OSError):  # a terminal that went away hears nothing
        print(f"regulars: {visible(text)}", file=sys.stderr, flush=True)


def document(thing: Any) -> None:
    """One JSON document on stdout; numbers that JSON has no word for become null."""
    wide = (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")
    print(json.dumps(plain(thing), indent=2, ensure_ascii=not wide, default=str))


def plain(thing: Any) -> Any:
    """Tables, arrays and numbers as JSON has them."""
    if isinstance(thing, dict):
        return {str(name): plain(value) for name, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(value) for value in thing]
    if hasattr(thing, "to_dict") and hasattr(thing, "columns"):
        return plain(thing.to_dict("records"))
    if hasattr(thing, "item") and getattr(thing, "shape", None) == ():
        thing = thing.item()
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def text(words: str = "") -> None:
    """A line of text on stdout, with what a terminal would obey written out."""
    print(visible(words))


def paragraph(words: str, first: str = "", hanging: int | None = None) -> None:
    """Words on stdout, broken at spaces into lines of 100 letters: `first` before them, `hanging` spaces before the rest."""
    import textwrap

    rest = " " * (len(first) if hanging is None else hanging)
    lines = textwrap.wrap(
        words,
        100,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    text("\n".join(lines) if lines else first.rstrip())


def table(rows: list[dict[str, Any]], headings: dict[str, str], numbers: tuple[str, ...] = ()) -> None:
    """A table on stdout: `headings` by column; `numbers` are set flush right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, heading in headings.items():
        if name in numbers:  # a number cut short would be a wrong number
            longest = max((len(str(row.get(name, ""))) for row in rows), default=1)
            shown.add_column(heading, justify="right", overflow="fold", min_width=longest)
        else:
            shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(visible(str(row.get(name, "")))) for name in headings))
    drawn(shown, 240)


def drawn(thing: Any, wide: int = 120) -> None:
    """Something of rich on stdout: as wide as the terminal, or `wide` columns where there is none, colours only there."""
    from rich.console import Console

    width = max(80, Console(file=sys.stdout).width) if sys.stdout.isatty() else wide
    console = Console(file=sys.stdout, width=width, highlight=False)
    with console.capture() as lines:
        console.print(thing)
    print(
        "\n".join(line.rstrip() for line in lines.get().split("\n")).removesuffix("\n")
    )  # with colours, which are obeyed


def values(rows: list[dict[str, Any]], value: str) -> None:
    """Parameters on stdout, two lines each, readable at any width: value, unit and bounds, then what it means."""
    import textwrap

    for row in rows:
        kind = ", ".join(part for part in (row["unit"], row["bounds"]) if part)
        text(f"  {row['name']} = {row[value]}" + (f"  ({kind})" if kind else ""))
        meaning = row["meaning"] + (f" [{row['behind']}]" if row.get("behind") else "")
        text(textwrap.fill(meaning, 100, initial_indent="      ", subsequent_indent="      "))


def steady() -> None:
    """Let stdout and stderr write what their encoding has no sign for as an escape; where one is closed, nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def leave(code: Any) -> NoReturn:
    """End the process; a reader that went away is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        code = code or explain(error)
    sys.exit(code)


def _silence() -> None:
    """Send what is still buffered for stdout nowhere."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
