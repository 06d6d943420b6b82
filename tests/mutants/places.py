"""All mutants of a source file: where code can go wrong, leaving out words for people, types, and what only looks nice.

In drawings (`DRAWINGS`) fractions are margins, shades and sizes, where a tenth more is as right: these numbers are not
moved. Whole numbers and everything else there are as anywhere.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from mutants.operators import called, changes, owner

TELLING = {"print", "echo", "warn", "errstate", "simplefilter", "filterwarnings", "add_typer"}
TELLERS = {"say", "console", "typer"}  # whatever of theirs is called
SHOWING = {"__repr__", "__str__", "_repr_html_", "__rich__"}
TYPES = {"annotation", "returns", "decorator_list", "bases"}
DRAWINGS = ("show/plots/", "show/placing.py", "show/style.py")
ATOMS = (ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.stmt)


@dataclass(frozen=True)
class Mutant:
    """One change of one file: characters `start` to `end` become `now`.

    file: relative to the package; lines: first and last of the statement; function: qualified name of the function
    around, "" outside; kernel: whether compiled code changes with it.
    """

    file: str
    operator: str
    start: int
    end: int
    was: str
    now: str
    lines: tuple[int, int]
    line: int
    function: str
    kernel: bool
    source: str  # hash of the whole file

    @cached_property
    def key(self) -> str:
        """Eight bytes that name the mutant: file as it is, place, change."""
        told = f"{self.file}|{self.source}|{self.start}|{self.end}|{self.now}"
        return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()

    def applied(self, text: str) -> str:
        """The text of the file with the change."""
        return text[: self.start] + self.now + text[self.end :]

    def can_be_read(self, text: str) -> bool:
        """Whether what comes of it is Python at all."""
        try:
            compile(self.applied(text), self.file, "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True


@cache
def mutants_of(text: str, file: str) -> list[Mutant]:
    """Every mutant of a file, in order of place."""
    return sorted(_Reader(text, file).found, key=lambda m: (m.start, m.end, m.now))


@dataclass(frozen=True)
class _Around:
    """Where the walk is: names of classes and functions, the innermost function and what it returns, the statement."""

    names: tuple[str, ...] = ()
    function: str = ""
    returns: str = ""
    compiled: bool = False
    lines: tuple[int, int] = (1, 1)

    def within(self, node: ast.AST) -> "_Around":
        """Where the walk is inside a node."""
        here = self
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            here = replace(here, names=(*here.names, node.name))
        if isinstance(node, ast.FunctionDef):
            compiled = here.compiled or any("kernel" in ast.unparse(d) for d in node.decorator_list)
            returns = ast.unparse(node.returns) if node.returns else "float" * compiled
            lines = node.lineno, node.end_lineno or node.lineno
            return replace(
                here, function=".".join(here.names), returns=returns, compiled=compiled, lines=lines
            )
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
            here = replace(here, lines=(node.lineno, max(node.lineno, last or node.lineno)))
        return here


class _Reader:
    """Walks a syntax tree and gathers mutants."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.hash = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        self.lines = text.encode().splitlines(keepends=True)
        self.begins = [0]
        for line in self.lines:
            self.begins.append(self.begins[-1] + len(line.decode()))
        self.found: list[Mutant] = []
        self.kernels = "@kernel" in text
        self._visit(ast.parse(text), _Around())

    def _visit(self, node: ast.AST, around: _Around) -> None:
        if self._for_people(node):
            return
        around = around.within(node)
        for operator, place, wrong in changes(node, around.returns):
            if not self._a_matter_of_taste(node):
                self._add(operator, place, wrong, around)
        for child in self._children(node):
            self._visit(child, around)

    def _a_matter_of_taste(self, node: ast.AST) -> bool:
        """A fraction other than 0 in a drawing."""
        drawing = self.file.startswith(DRAWINGS)
        return (
            drawing and isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value != 0
        )

    @staticmethod
    def _for_people(node: ast.AST) -> bool:
        """Words, types and imports, and what is said or shown."""
        if isinstance(node, ast.If):
            return "TYPE_CHECKING" in ast.dump(node.test)
        if isinstance(node, (ast.Call, ast.Expr)):
            call = node.value if isinstance(node, ast.Expr) else node
            return isinstance(call, ast.Call) and (called(call) in TELLING or owner(call) in TELLERS)
        if isinstance(node, ast.FunctionDef):
            return node.name in SHOWING
        return isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Global))

    @staticmethod
    def _children(node: ast.AST) -> Iterator[ast.AST]:
        """Parts of a node that are neither types nor decorators."""
        for name, value in ast.iter_fields(node):
            if name in TYPES or (name == "keywords" and isinstance(node, ast.ClassDef)):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield child

    def _add(self, operator: str, place: ast.AST, wrong: ast.AST, around: _Around) -> None:
        start, end = (
            self._offset(line, column)
            for line, column in ((place.lineno, place.col_offset), (place.end_lineno, place.end_col_offset))
        )
        now = ast.unparse(ast.fix_missing_locations(wrong))
        if not isinstance(wrong, ATOMS):
            now = f"({now})"
        was = self.text[start:end]
        compiled = around.compiled or (self.kernels and not around.function)
        if now != was:
            self.found.append(
                Mutant(
                    self.file, operator, start, end, was, now, around.lines, place.lineno, around.function, compiled,
                    self.hash,
                )
            )  # fmt: skip

    def _offset(self, line: int, column: int) -> int:
        """Place in the text of a line (from 1) and a column in bytes."""
        return self.begins[line - 1] + len(self.lines[line - 1][:column].decode())


def read(package: Path, file: str) -> list[Mutant]:
    """Mutants of a file of the package."""
    return mutants_of((package / file).read_text(encoding="utf-8"), file)
