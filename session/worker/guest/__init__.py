"""Offers the module `playhead` to user code; anything of the user's of that name wins.

The finder stands last on `sys.meta_path`, so it is only asked for what nobody else knows. What
the module needs is loaded when it is imported and not before: most programs never do.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

NAME = "playhead"
_FILE = __file__[: -len("__init__.py")] + "playhead.py"


class GuestFinder:
    """Finds `playhead` and loads it; `connect` makes the line to the host that it speaks over."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Return how to load `playhead`; None for any other name, as finders do."""
        if name != NAME:
            return None
        from _frozen_importlib import ModuleSpec

        return ModuleSpec(NAME, self, origin=_FILE)  # type: ignore[arg-type]  # a loader by its methods

    def create_module(self, _spec: Any) -> None:
        """Leave the making of the module to the interpreter."""

    def exec_module(self, module: Any) -> None:
        """Run the module's own file, with the line to the host in place."""
        module.__file__ = _FILE
        module._host = self._connect()  # noqa: SLF001 - the module's own name for it
        exec(_code(), module.__dict__)


def _code() -> Any:
    frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        from _frozen_importlib_external import SourceFileLoader

        return SourceFileLoader(NAME, _FILE).get_code(NAME)
    except ImportError:  # an interpreter of another make
        with open(_FILE, encoding="utf-8") as file:
            return compile(file.read(), _FILE, "exec", dont_inherit=True)
    finally:
        sys.dont_write_bytecode = frugal


def offer(connect: Callable[[], Any]) -> None:
    """Let user code import `playhead` from now on; `connect` is called once, when it does."""
    sys.meta_path.append(GuestFinder(connect))


class LateModules:
    """Our own modules, kept while `sys.modules` no longer has them, to load one more of them.

    A second copy of a module would have classes of its own, which nobody else's code knows.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._kept = {name: sys.modules[name] for name in sys.modules if self._is_ours(name)}

    def _is_ours(self, name: str) -> bool:
        return name.partition(".")[0] == self._package

    def load(self, name: str) -> ModuleType:
        """Return the module `name` of our package, loaded now if it was not."""
        full = f"{self._package}.{name}"
        sys.modules.update(self._kept)
        frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
        try:
            __import__(full)
            return sys.modules[full]
        finally:
            sys.dont_write_bytecode = frugal
            for one in [one for one in sys.modules if self._is_ours(one)]:
                self._kept[one] = sys.modules.pop(one)
