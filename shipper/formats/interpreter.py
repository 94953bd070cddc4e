"""The Python that will play a project, and the environment around it. Plain data."""

from pathlib import Path
from typing import NamedTuple


class Interpreter(NamedTuple):
    """A Python on this machine. `version` is like `3.11.7`; `cache_tag` like `cpython-311`."""

    path: Path
    version: str
    platform: str
    cache_tag: str
    stdlib: frozenset[str]


class Environment(NamedTuple):
    """What a project's imports resolve in besides itself and the standard library.

    `python` is the interpreter to start. `packages` counts what is installed; `modules` are the
    names that can be imported from it, and `open_ended` says that there may be others.
    """

    python: Path
    words: str
    sealed: bool
    packages: int
    modules: frozenset[str]
    open_ended: bool = False
    lock: bytes | None = None
    watched: tuple[str, ...] = ()
