"""Loads the plotting library beside the event loop: in it, the import would stall the window."""

import asyncio
import importlib
import sys
import threading
from typing import Any


async def plotting() -> Any:  # noqa: ANN401 - pyqtgraph carries no types
    """Return the module `pyqtgraph`, loaded in a thread (0.3 s of work the first time)."""
    loaded = sys.modules.get("pyqtgraph")
    # A module stands there from the beginning of its import, so ask for what comes last in it.
    if loaded is not None and hasattr(loaded, "mkPen") and hasattr(loaded, "PlotCurveItem"):
        return loaded
    return await asyncio.to_thread(_load)


def _load() -> Any:  # noqa: ANN401 - as above
    """Import it, and keep our own hooks for exceptions: it would put its own before them."""
    hooks = sys.excepthook, threading.excepthook
    try:
        return importlib.import_module("pyqtgraph")
    finally:
        sys.excepthook, threading.excepthook = hooks
