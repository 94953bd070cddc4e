"""The Pythons of this machine, looked for outside of any run."""

import tempfile
from pathlib import Path
from typing import Final

from shipper.build.context import Context
from shipper.build.interpreters import FoundInterpreter, find_interpreters
from shipper.machine.timed_spawn import TimedSpawn
from shipper.store.blobs import BlobStore
from shipper.store.results import ResultStore

#: How long one Python may take to say what it is.
_WITHIN_S: Final = 10


def pythons_here(cache: Path | None, folder: Path | None) -> list[FoundInterpreter]:
    """Return them; what each said is kept in `cache`, or nowhere."""
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        return find_interpreters(_context(cache), folder)
    with tempfile.TemporaryDirectory(prefix="playhead-") as passing:
        return find_interpreters(_context(Path(passing)), folder)


def _context(cache: Path) -> Context:
    spawn = TimedSpawn(_WITHIN_S)
    return Context(cache, BlobStore(cache), ResultStore(cache), spawn, lambda: False, 1)
