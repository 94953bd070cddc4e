"""A spawn for work outside of any run: tools as plain processes, each with a deadline."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from shipper.errors import ToolTimedOut
from shipper.events import ToolRights

_CHUNK: Final = 65_536
_LAST_S: Final = 2.0


class TimedSpawn:
    """Starts tools as the port `Spawn` has it; one that takes longer is ended with its children.

    `within_s` counts for each tool; ToolTimedOut is raised then.
    """

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights,
        on_output: Callable[[str, bytes], None],
    ) -> int:
        """Run `argv` to its end and return its exit code; 127 where it does not start.

        `rights` are not enforced: outside of a run there is no launcher that would.
        """
        del rights
        try:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            on_output("stderr", f"{error}\n".encode())
            return 127
        pumps = _pumps(process, stdin, on_output)
        until = time.monotonic() + self._within_s
        for pump in pumps:
            pump.join(max(until - time.monotonic(), 0))
        try:
            return process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            _end(process, pumps)
            raise ToolTimedOut(Path(argv[0]).name, self._within_s) from None


def _pumps(
    process: "subprocess.Popen[bytes]", stdin: bytes, on_output: Callable[[str, bytes], None]
) -> list[threading.Thread]:
    lock = threading.Lock()

    def read(name: str, pipe: IO[bytes]) -> None:
        with pipe:
            while data := os.read(pipe.fileno(), _CHUNK):
                with lock:
                    on_output(name, data)

    def write(pipe: IO[bytes]) -> None:
        with suppress(BrokenPipeError), pipe:
            pipe.write(stdin)

    assert process.stdin
    assert process.stdout
    assert process.stderr
    pumps = [
        threading.Thread(target=write, args=(process.stdin,), daemon=True),
        threading.Thread(target=read, args=("stdout", process.stdout), daemon=True),
        threading.Thread(target=read, args=("stderr", process.stderr), daemon=True),
    ]
    for pump in pumps:
        pump.start()
    return pumps


def _end(process: "subprocess.Popen[bytes]", pumps: list[threading.Thread]) -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_S)
    for pump in pumps:
        pump.join(_LAST_S)
