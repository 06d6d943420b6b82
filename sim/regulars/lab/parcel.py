"""Parts of users on their way to worker processes.

What a worker can import goes by its name. What it cannot, such as a class from a notebook, a script or a file of parts,
goes by value, with all of its module that it uses.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from regulars.ground import registered
from regulars.ground.errors import RegularsError, cut

NOTHING = pickle.dumps([])


def packed() -> bytes:
    """All registered parts, for `unpack`.

    Errors: one of them cannot be sent; says which, why, and the ways out.
    """
    parts = registered.everything()
    if not parts:
        return NOTHING
    sent = []
    for (package, name), kind in parts.items():
        sent.append((package, name, _by_itself(name, kind)))
    return pickle.dumps(sent)


def _by_itself(name: str, kind: type) -> bytes:
    import cloudpickle

    try:
        with _by_value(kind):
            return bytes(cloudpickle.dumps(kind))
    except Exception as error:
        why = cut(f"{type(error).__name__}: {error}", 300)
        raise RegularsError(
            f"{name}: this class cannot be sent to worker processes ({why}). Put it into a .py file that can be imported, "
            "next to the notebook or script, and import it from there; or compute in one process, with jobs=1"
        ) from error


def unpack(parcel: bytes) -> None:
    """Register what `packed` gave."""
    for package, name, kind in pickle.loads(parcel):
        registered.add(package, name, pickle.loads(kind))


def told() -> list[str]:
    """What results depend on beside our own source: each registered part with a hash of its source, and packages that offer some.

    A part without a file, as from a notebook, has another hash in every process: what was computed with it is computed anew.
    """
    found = []
    for (package, name), kind in sorted(registered.everything().items(), key=lambda item: item[0]):
        file = getattr(sys.modules.get(kind.__module__), "__file__", None)
        source = Path(file).read_bytes() if file and Path(file).is_file() else _by_itself(name, kind)
        found.append(f"{package}.{name} {hashlib.blake2b(source, digest_size=16).hexdigest()}")
    return found + registered.packages()


@contextmanager
def _by_value(kind: type) -> Iterator[None]:
    """Where the modules that a class is made of cannot be imported by others, they go along."""
    import cloudpickle

    with ExitStack() as stack:
        for one in kind.__mro__:
            module = sys.modules.get(one.__module__)
            if module is not None and one.__module__ != "__main__" and not _is_found(module):
                cloudpickle.register_pickle_by_value(module)
                stack.callback(cloudpickle.unregister_pickle_by_value, module)
        yield


def _is_found(module: ModuleType) -> bool:
    """Whether a fresh process with the same path finds the very same file under this name; nothing is imported for it."""
    place: Sequence[str] | None = None
    found: ModuleSpec | None = None
    name = ""
    for step in module.__name__.split("."):
        name = f"{name}.{step}".strip(".")
        found = PathFinder.find_spec(name, place)
        if found is None:
            return name in sys.builtin_module_names
        place = list(found.submodule_search_locations or ())
    return found is not None and found.origin == getattr(module, "__file__", None)
