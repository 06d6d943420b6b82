"""What can go wrong in one place: pairs of a node of the syntax tree and the wrong node to put there."""

import ast
import copy
from collections.abc import Iterator
from itertools import pairwise

Change = tuple[str, ast.AST, ast.AST]  # operator, node, what stands there instead

COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
PAIRS = (("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("any", "all"), ("floor", "ceil"))
OTHER = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
COMMUTE = {"min", "max", "minimum", "maximum", "hypot", "isclose", "allclose", "add", "multiply", "union1d"}
CRASH = {"isinstance", "issubclass", "getattr", "setattr", "hasattr"}  # when their arguments are swapped
# keywords without which all is well on most days
NOISE = {"encoding", "repr", "kind", "dtype", "copy", "notes", "usecols", "stacklevel", "init"}
SMALLEST, LARGEST = 1e-6, 1e4  # numbers beyond are slack or room to spare


def changes(node: ast.AST, returns: str = "") -> Iterator[Change]:
    """Every wrong node to put in place of this one (its children are asked for themselves).

    returns: what the function around says that it returns.
    """
    kind = type(node)
    if kind in FINDERS:
        yield from FINDERS[kind](node)
    if isinstance(node, ast.Return):
        yield from _return(node, returns)


def _put(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with other fields."""
    fresh = copy.copy(node)
    for name, value in fields.items():
        setattr(fresh, name, value)
    return fresh


def _compare(node: ast.Compare) -> Iterator[Change]:
    for k, op in enumerate(node.ops):
        ops = [*node.ops]
        ops[k] = COMPARE[type(op)]()
        yield "comparison", node, _put(node, ops=ops)


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[Change]:
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.value]
    if type(node.op) not in ARITHMETIC or any(map(_no_number, sides)):
        return
    yield "arithmetic", node, _put(node, op=ARITHMETIC[type(node.op)]())


def _no_number(node: ast.AST) -> bool:
    """Text, or a list to be joined."""
    return isinstance(node, (ast.List, ast.Tuple, ast.ListComp)) or _is_text(node)


def _is_text(node: ast.AST) -> bool:
    text = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    return text or isinstance(node, ast.JoinedStr)


def _augmented(node: ast.AugAssign) -> Iterator[Change]:
    yield from _arithmetic(node)
    yield "statement", node, ast.Pass()


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "boolean", node, ast.Constant(not value)
    elif isinstance(value, int) and value < LARGEST:
        yield "constant", node, ast.Constant(value + 1)
    elif isinstance(value, float) and (value == 0 or SMALLEST < value < LARGEST):
        yield "constant", node, ast.Constant(round(value * 1.1, 15) if value else 1.0)


def _call(node: ast.Call) -> Iterator[Change]:
    name = called(node)
    if name in OTHER:
        other = OTHER[name]
        func = ast.Name(other) if isinstance(node.func, ast.Name) else _put(node.func, attr=other)
        yield "min and max", node, _put(node, func=func)
    if name not in COMMUTE | CRASH:
        for one, two in pairwise(range(len(node.args))):
            if _alike(node.args[one], node.args[two]):
                yield "argument swap", node, _put(node, args=_swapped(node.args, one, two))
    for k, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in NOISE:
            yield "keyword", node, _put(node, keywords=node.keywords[:k] + node.keywords[k + 1 :])


def _tuple(node: ast.Tuple) -> Iterator[Change]:
    if isinstance(node.ctx, ast.Load):
        for one, two in pairwise(range(len(node.elts))):
            if _alike(node.elts[one], node.elts[two]):
                yield "argument swap", node, _put(node, elts=_swapped(node.elts, one, two))


def _alike(one: ast.AST, two: ast.AST) -> bool:
    """Two names, or two things of the same owner, that might be taken for one another."""
    if isinstance(one, ast.Name) and isinstance(two, ast.Name):
        return one.id != two.id
    if isinstance(one, ast.Attribute) and isinstance(two, ast.Attribute):
        return ast.dump(one.value) == ast.dump(two.value) and one.attr != two.attr
    return False


def _swapped(nodes: list[ast.expr], one: int, two: int) -> list[ast.expr]:
    fresh = [*nodes]
    fresh[one], fresh[two] = fresh[two], fresh[one]
    return fresh


def _logic(node: ast.BoolOp) -> Iterator[Change]:
    yield "and and or", node, _put(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, (ast.Not, ast.Invert)):
        yield "not", node, node.operand
    elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "arithmetic", node, node.operand


def _condition(node: ast.If | ast.IfExp) -> Iterator[Change]:
    if isinstance(node, ast.IfExp) and _is_text(node.body) and _is_text(node.orelse):
        return  # which words are said
    for value in (True, False):
        yield "condition", node.test, ast.Constant(value)


def _while(node: ast.While) -> Iterator[Change]:
    if not isinstance(node.test, ast.Constant):
        yield "condition", node.test, ast.Constant(False)


def _filter(node: ast.comprehension) -> Iterator[Change]:
    for test in node.ifs:
        yield "condition", test, ast.Constant(True)


def _statement(node: ast.Expr) -> Iterator[Change]:
    if isinstance(node.value, ast.Call):
        yield "statement", node, ast.Pass()


def _written(node: ast.Assign) -> Iterator[Change]:
    """What is written into arrays and objects can be left out; a missing name would be noticed at once."""
    if all(isinstance(target, (ast.Subscript, ast.Attribute)) for target in node.targets):
        yield "statement", node, ast.Pass()


def _return(node: ast.Return, returns: str) -> Iterator[Change]:
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return
    if returns == "bool":
        yield "return", node, ast.Return(ast.UnaryOp(ast.Not(), node.value))
    elif returns in ("int", "float"):
        yield "return", node, ast.Return(ast.BinOp(node.value, ast.Add(), ast.Constant(1)))
    elif returns:
        yield "return", node, ast.Return(ast.Constant(None))


def called(node: ast.Call) -> str:
    """Last part of the name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def owner(node: ast.Call) -> str:
    """First part of the name of what is called."""
    here = node.func
    while isinstance(here, ast.Attribute):
        here = here.value
    return getattr(here, "id", "")


FINDERS = {
    ast.Compare: _compare, ast.BinOp: _arithmetic, ast.AugAssign: _augmented, ast.Constant: _constant, ast.Call: _call,
    ast.Tuple: _tuple, ast.BoolOp: _logic, ast.UnaryOp: _unary, ast.If: _condition, ast.IfExp: _condition,
    ast.While: _while, ast.comprehension: _filter, ast.Expr: _statement, ast.Assign: _written,
    ast.Continue: lambda node: iter([("statement", node, ast.Pass())]),
    ast.Break: lambda node: iter([("statement", node, ast.Pass())]),
}  # fmt: skip
