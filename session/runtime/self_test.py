"""A short test of the isolation itself: a program that tries to get out, and must not.

Layers are believed only when an attempt at what they forbid has failed; kernels and containers
have been known to say yes and do nothing.
"""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from session.errors import ConnectFailed
from session.log.entry import NewEntry, Stream
from session.ports import ImageFile, Launch, Prepared
from session.run_id import new_run_id
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings

_PATIENCE_S: Final = 20.0
#: What got through is printed; the program's arguments say what there is to try.
_PROGRAM: Final = """\
import os, signal, socket, sys
secret, port, pid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def attempt(name, act):
    try:
        act()
    except OSError:
        return
    print(name)
def send():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", ("127.0.0.1", port))
    socket.create_connection(("127.0.0.1", port), 1)
attempt("read a file of yours", lambda: open(secret).read())
attempt("write beside it", lambda: open(secret + ".new", "w"))
attempt("reach the network", send)
attempt("signal another program", lambda: os.kill(pid, 0))
print("tried")
"""


class SelfTest(NamedTuple):
    """What came of it. `escaped` names what got through; `failure` says why nothing is known."""

    profile: str
    layers: Mapping[str, Any]
    gaps: Mapping[str, str]
    escaped: tuple[str, ...]
    failure: str | None = None


async def self_test(settings: SessionSettings | None = None) -> SelfTest:
    """Play a program that tries to get out, with the default rights; takes some tenths of a second.

    On an event loop in the main thread, as everything that plays.
    """
    with tempfile.TemporaryDirectory(prefix="playhead-self-test-") as name:
        folder = Path(name)
        secret = folder / "secret"
        secret.write_text("not for others")
        with socket.create_server(("127.0.0.1", 0)) as server:
            arguments = (str(secret), str(server.getsockname()[1]), str(os.getpid()))
            return await _play(_launch(folder, arguments), settings or SessionSettings())


def _launch(folder: Path, arguments: tuple[str, ...]) -> Launch:
    program = folder / "program.py"
    program.write_text(_PROGRAM)
    prepared = Prepared(
        content_id="",
        kind="cartridge",
        title="self-test",
        root=folder / "project",
        data_key="self-test",
        entry_form="file",
        entry="main.py",
        args=arguments,
        python=Path(sys.executable),
        interpreter="",
        sealed=True,
        files=(ImageFile("main.py", program, len(_PROGRAM)),),
    )
    data, trees = folder / "data", folder / "trees"
    return Launch(new_run_id(), prepared, folder / "run", data, trees=trees)


class _Sink:
    def __init__(self) -> None:
        self.text = b""

    def log(self, entry: NewEntry) -> None:
        """Nothing to be kept."""

    def output(self, stream: Stream, data: bytes, _origin: str | None = None) -> None:
        """Keep what the program printed."""
        self.text += data if stream is Stream.STDOUT else b""

    def output_ended(self, stream: Stream) -> None:
        """Nothing to be done."""

    def progressed(self, fraction: float | None, text: str) -> None:
        """Nothing to be done."""

    def answering(self, health: str) -> None:
        """Nobody asks whether it answers."""


async def _play(launch: Launch, settings: SessionSettings) -> SelfTest:
    sink = _Sink()
    execution = await ProcessRuntime(settings).start(launch, sink)
    try:
        await execution.connect()
        await asyncio.wait_for(execution.wait(), _PATIENCE_S)
    except (ConnectFailed, TimeoutError) as error:
        return SelfTest("", {}, {}, (), str(error) or "it took too long")
    finally:  # also where the test itself is called off: nothing of it may be left
        execution.kill()
        await asyncio.shield(execution.wait())
    *escaped, last = sink.text.decode().splitlines() or [""]
    report = execution.isolation or {"profile": "none", "layers": {}, "gaps": {}}
    failure = None if last == "tried" else "the program did not come to its end"
    return SelfTest(report["profile"], report["layers"], report["gaps"], tuple(escaped), failure)
