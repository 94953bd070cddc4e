"""The seam between the runtime and what the operating system offers.

A platform finds and ends processes by exact identity, never by name, and never waits for a
child it was not given.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from session.ports import ProcessIdentity
from session.runtime.shown import shown

if TYPE_CHECKING:
    import subprocess


class EndedProcess(NamedTuple):
    """A process that had to be ended, or that would not go."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{shown(self.name)} ({self.pid})"


class TreeUse(NamedTuple):
    """What a tree of processes uses: bytes held, processor seconds so far.

    `awaits_input` says that one of them is blocked reading its standard input.
    """

    processes: int
    memory: int
    cpu_s: float
    awaits_input: bool


class Platform(Protocol):
    """What the runtime asks of the operating system."""

    @property
    def profile(self) -> str:
        """The launcher's profile: `linux` or `posix`."""
        ...

    @property
    def isolates(self) -> bool:
        """Whether the launcher can put isolation layers on here."""
        ...

    @property
    def gaps(self) -> tuple[str, ...]:
        """What this platform cannot promise, each a sentence."""
        ...

    def settle(self) -> None:
        """Do once for this process what the platform needs."""
        ...

    def watch_exit(
        self,
        loop: asyncio.AbstractEventLoop,
        process: "subprocess.Popen[bytes]",
        on_exit: Callable[[], None],
    ) -> None:
        """Call `on_exit` on the loop once `process` has ended; it is reaped by then."""
        ...

    def watch_gone(
        self, loop: asyncio.AbstractEventLoop, pid: int, on_gone: Callable[[], None]
    ) -> Callable[[], None]:
        """Call `on_gone` on the loop once `pid`, which need not be our child, has ended.

        Returns what ends the watch. Nothing is watched where that cannot be done, or `pid` is
        gone already.
        """
        ...

    def identify(self, pid: int) -> ProcessIdentity | None:
        """Return the identity of a process that lives now."""
        ...

    def survey(self, root: int) -> list[ProcessIdentity]:
        """Note who descends from `root` now, where that cannot be found out later."""
        ...

    def find(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """Return the live processes of these runs: known ones, and those that carry an id."""
        ...

    def end(
        self, run_ids: Collection[str], identities: Iterable[ProcessIdentity]
    ) -> list[EndedProcess]:
        """End all that `find` finds, until it finds nothing; blocks for as long as that takes."""
        ...

    def use(self, root: int, stdin: int | None, first: int | None = None) -> TreeUse | None:
        """Look at what the descendants of `root` use now; None where there are none.

        `stdin` is the inode of the pipe that may be awaited; `first` does not count.
        """
        ...

    def holders(self, fd: int, run_id: str, launcher: int) -> list[EndedProcess]:
        """Return the run's processes that hold the other end of our pipe `fd`."""
        ...


def wait_in_thread(
    loop: asyncio.AbstractEventLoop,
    process: "subprocess.Popen[bytes]",
    on_exit: Callable[[], None],
) -> None:
    """Watch a process the portable way: a thread that waits for exactly this child."""
    import threading

    def wait() -> None:
        process.wait()
        with suppress(RuntimeError):  # a closed loop: nobody is left to be told
            loop.call_soon_threadsafe(on_exit)

    threading.Thread(target=wait, name=f"wait-{process.pid}", daemon=True).start()
