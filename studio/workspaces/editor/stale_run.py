"""Whether a file is still the one that a run saw."""

import asyncio
from pathlib import Path

from session.errors import RunNotFound
from session.history import RunHistory


async def changed_since(history: RunHistory, run_id: str, path: Path) -> bool:
    """Return whether a file was written after a run began; an unknown run says nothing."""
    return await asyncio.to_thread(_changed_since, history, run_id, path)


def _changed_since(history: RunHistory, run_id: str, path: Path) -> bool:
    try:
        return path.stat().st_mtime > history.find(run_id).started
    except RunNotFound:
        return False
    except OSError:
        return True
