"""Loads the plotting library beside the event loop: in it, the import would stall the window."""

import asyncio
import importlib
import sys
import threading
from typing import Any

#: The module once its import has ended: it stands in `sys.modules` from the beginning of it.
_loaded: Any = None


async def plotting() -> Any:  # noqa: ANN401 - pyqtgraph carries no types
    """Return the module `pyqtgraph`, loaded in a thread (0.3 s of work the first time)."""
    if _loaded is None:
        await asyncio.to_thread(_load)
    return _loaded


def _load() -> None:
    """Import it, and keep our own hooks for exceptions: it would put its own before them."""
    global _loaded
    hooks = sys.excepthook, threading.excepthook
    try:
        _loaded = importlib.import_module("pyqtgraph")
    finally:
        sys.excepthook, threading.excepthook = hooks
