"""Loads what is to be served: a script by its path, or a module by its name."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def load(config: dict[str, Any]) -> None:
    """Run the script or import the module; whatever it raises is the caller's to tell."""
    script, module = config.get("script"), config.get("module")
    if script:
        _load_script(script)
    elif module:
        __import__(module)


def _load_script(path: str) -> None:
    name = os.path.splitext(os.path.basename(path))[0]
    if name in sys.modules:
        name = f"served_{name}"  # it hides nothing of that name
    module: Any = type(sys)(name)
    module.__file__ = path
    module.__loader__ = None
    sys.modules[name] = module  # so that what it defines can be found again by name
    with io.open_code(path) as file:
        source = file.read()
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
