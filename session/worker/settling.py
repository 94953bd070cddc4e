"""Makes the process look as if it had been started with the program: `sys`, modules, `__main__`."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: `__future__` comes with our annotations, and `python main.py` does not have it.
_OURS = ("_playhead_worker", "__future__")


def settle(config: dict[str, Any], before: set[str]) -> None:
    """Make the process look as if it had been started with the program."""
    form, entry, view = config["entry_form"], config["entry"], config["view"]
    script = os.path.join(view, entry)
    by_path = form in ("file", "notebook", "cells")
    first = os.path.dirname(script) if by_path else view
    sys.path[0] = first
    cwd = config.get("cwd", "")
    shown = os.path.relpath(entry, cwd or ".") if _is_here(os.path.join(view, cwd)) else script
    sys.argv[:] = [shown if by_path else "-m", *config["args"]]
    if hasattr(sys, "orig_argv"):
        typed = [shown] if by_path else ["-m", entry]
        sys.orig_argv[:] = [sys.executable, *typed, *config["args"]]
    forget(before, first)
    sys.modules["__main__"] = fresh_main()


def _is_here(view: str) -> bool:
    try:
        return os.path.samefile(view, ".")
    except OSError:
        return False


def forget(before: set[str], folder: str) -> None:
    """Drop our modules, and what they imported where the project has its own of that name."""
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in _OURS or _shadowed(name, folder):
            del sys.modules[name]


def _shadowed(name: str, folder: str) -> bool:
    if name in sys.builtin_module_names:
        return False
    path = os.path.join(folder, name.partition(".")[0])
    return os.path.isdir(path) or os.path.isfile(path + ".py")


_kept: list[Any] = []


def fresh_main() -> Any:
    """Return a new `__main__`, as the interpreter makes it."""
    # The interpreter clears a module that nobody holds; ours still has work to do.
    _kept.append(sys.modules["__main__"])
    main: Any = type(sys)("__main__")
    main.__builtins__ = sys.modules["builtins"]
    if sys.version_info < (3, 14):
        main.__annotations__ = {}
    return main
