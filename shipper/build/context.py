"""What every step of one preparation works with."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from shipper.errors import Cancelled
from shipper.events import IsCancelled, Spawn
from shipper.store.blobs import BlobStore
from shipper.store.results import ResultStore


@dataclass(frozen=True, slots=True)
class Context:
    """The cache, the way to tools, and the host's wish to stop."""

    cache: Path
    blobs: BlobStore
    results: ResultStore
    spawn: Spawn
    cancelled: IsCancelled
    workers: int
    _halted: Event = field(default_factory=Event)

    def check(self) -> None:
        """Raise Cancelled if the host wants to stop, or a step has ended the preparation."""
        if self._halted.is_set() or self.cancelled():
            raise Cancelled

    def halt(self) -> None:
        """Let every step that is still running stop soon."""
        self._halted.set()
