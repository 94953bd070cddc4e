"""How the cells of a notebook's run are driven: frames to its kernel, and what comes back.

The frames are told in `session/worker/cells/`. Nobody drives them yet but tests.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from session.log.entry import Stream


class CellListener(Protocol):
    """Who hears of cells; all calls come on the event loop's thread."""

    def event(self, header: Mapping[str, Any], payload: bytes) -> None:
        """Take what a cell did: `cell_started`, `stream`, `display`, `cell_done` and so on."""
        ...

    def answer(self, header: Mapping[str, Any]) -> None:
        """Take the answer to an `ask`."""
        ...

    def output(self, stream: Stream, data: bytes) -> None:
        """Take what came over the plain descriptors: of C code, and of processes of a cell."""
        ...

    def lost(self) -> None:
        """The run has ended: nothing will be answered any more. Called once, at last."""
        ...


class CellPort(Protocol):
    """The line to one run's kernel. All calls on the event loop's thread."""

    def listen(self, listener: CellListener) -> None:
        """Have what comes from now on told to `listener`, in place of who heard it before."""
        ...

    def send(self, header: Mapping[str, Any], payload: bytes = b"") -> None:
        """Send one frame; raise `WireError` where it is too large. Nothing once it is lost."""
        ...

    @property
    def view(self) -> str:
        """The folder in which the notebook's files lie, as its cells see it."""
        ...
