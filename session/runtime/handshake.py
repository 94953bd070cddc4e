"""The start of a run, as the session sees it: hello, ready, or a clear reason why not."""

import asyncio
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from session.budget import Reached
from session.errors import ConnectFailed
from session.runtime.launcher_process import ProgramExit, StartFailure
from session.runtime.shown import shown
from session.worker.wire import PROTOCOL, Frame, FrameReader, WireError

if TYPE_CHECKING:
    from collections.abc import Callable

#: The code of a refusal to play somebody else's project with too little around it.
ISOLATION_MISSING: Final = "isolation-missing"
NOTHING_PUT_ON: Final = "nothing is put on here"
_REBUILD = "Play again to have the environment checked; delete it if that does not help."


class Handshake:
    """Waits for the worker. `done` is set once: None for up, else what to tell the user."""

    def __init__(self, loop: asyncio.AbstractEventLoop, python: Path) -> None:
        self.done: asyncio.Future[ConnectFailed | None] = loop.create_future()
        self.hello: dict[str, Any] = {}
        #: Takes what is no part of the handshake.
        self.others: Callable[[Frame], None] = lambda _frame: None
        self._python = python
        self._reader = FrameReader()

    def feed(self, data: bytes) -> None:
        """Take bytes from the control socket, before and after the handshake."""
        try:
            frames = self._reader.feed(data)
        except WireError as error:
            self.fail(ConnectFailed(f"The worker speaks nonsense: {error}.", code="worker-wire"))
            return
        for frame in frames:
            self._note(frame)

    def _note(self, frame: Frame) -> None:
        header = frame.header
        match header.get("type"):
            case "hello":
                self._greet(header)
            case "refused":
                self.fail(too_old(self._python, str(header.get("python"))))
            case "ready" if self.hello:
                self._set(None)
            case _:
                self.others(frame)

    def _greet(self, header: dict[str, Any]) -> None:
        self.hello = header
        theirs = header.get("protocol")
        if theirs != PROTOCOL:
            message = f"The worker speaks protocol {theirs}, Playhead speaks {PROTOCOL}."
            hint = "Playhead was updated while it ran: close it and start it again."
            self.fail(ConnectFailed(message, code="worker-protocol", hint=hint))

    def fail(self, failure: ConnectFailed) -> None:
        """Give up, unless it is decided already."""
        self._set(failure)

    def _set(self, value: ConnectFailed | None) -> None:
        if not self.done.done():
            self.done.set_result(value)


def too_old(python: Path, version: str) -> ConnectFailed:
    """The interpreter is there, but too old for the worker."""
    return ConnectFailed(
        f"{shown(str(python))} is Python {version}; programs are played with Python 3.9 or newer.",
        code="python-too-old",
        hint="Set `requires-python` to a newer version, or recreate the project's .venv.",
    )


def not_started(python: Path, failure: StartFailure) -> ConnectFailed:
    """The program's process could not be made."""
    if failure.errno == errno.E2BIG:
        return too_much(_words(failure))
    if failure.stage == "interpreter":
        return ConnectFailed(
            f"The interpreter {shown(str(python))} could not be started: {_words(failure)}.",
            code="interpreter-missing",
            hint=_REBUILD,
        )
    if failure.stage == "required":
        return isolation_missing(failure.message)
    return ConnectFailed(
        f"The program could not be started ({failure.stage}): {_words(failure)}.",
        code="launch-failed",
        hint="Close other programs, free some disk space, and play again.",
    )


def isolation_missing(lacking: str) -> ConnectFailed:
    """Somebody else's project is not to be played with less than the layers it takes."""
    return ConnectFailed(
        f"This machine cannot keep somebody else's project apart well enough: {shown(lacking)}.",
        code=ISOLATION_MISSING,
        hint="Allow user namespaces (`playhead doctor` says more), or, if you trust it, play it "
        "with reduced isolation: `playhead play --foreign --reduced-isolation`.",
    )


def _words(failure: StartFailure) -> str:
    return os.strerror(failure.errno) if failure.errno else shown(failure.message)


def ended_early(python: Path, ended: ProgramExit, words: str) -> ConnectFailed:
    """The interpreter started, and ended before it was ready."""
    how = f"signal {ended.signal}" if ended.signal is not None else f"exit code {ended.code}"
    last = f" Its last words: {shown(_last_line(words))}" if words.strip() else ""
    message = f"{shown(str(python))} ended with {how} before the program could start.{last}"
    return ConnectFailed(message, code="interpreter-broken", hint=_REBUILD)


def _last_line(words: str) -> str:
    return words.strip().rpartition("\n")[2]


def timed_out(seconds: float) -> ConnectFailed:
    """The worker did not get ready in time."""
    return ConnectFailed(
        f"The program's Python did not answer within {seconds:g} s.",
        code="connect-timeout",
        hint="Play again; if it stays so, look at what its environment imports at start-up.",
    )


def too_much(reason: object) -> ConnectFailed:
    """The program's arguments do not fit into a frame, or the system takes no more of them."""
    return ConnectFailed(
        f"The program's arguments and variables are too long: {reason}.",
        code="arguments-too-long",
        hint="Write them to a file and pass its name.",
    )


def launcher_lost() -> ConnectFailed:
    """The launcher was ended by something else."""
    return ConnectFailed(
        "The launcher ended before the program was up.",
        code="launcher-lost",
        hint="Play again; if it stays so, `playhead doctor` checks this machine.",
    )


def over_budget(reached: Reached) -> ConnectFailed:
    """A budget was used up before the program's own code began."""
    return ConnectFailed(reached.message, code=reached.code, hint=reached.hint)


def stopped() -> ConnectFailed:
    """The user stopped the run before the program was up."""
    return ConnectFailed("Stopped before the program had started.", code="stopped")


def unlaid(error: OSError) -> ConnectFailed:
    """The run's folders could not be written."""
    return ConnectFailed(
        f"The run's folder cannot be written: {error.strerror or error}"
        + (f" ({shown(str(error.filename))})." if error.filename else "."),
        code="view-unwritable",
        hint="Free some space, or set PLAYHEAD_HOME to a folder on another disk.",
    )
