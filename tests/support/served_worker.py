"""A `playhead serve` in a process of its own, as those who call it have it."""

import json
import signal
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from session.api.grpc.connect import connect_worker
from session.api.grpc.remote_worker import RemoteWorker
from session.runtime.host_tools import HostTools
from session.workers.worker_settings import WorkerSettings
from tests.support.playhead import COMMAND, environment


@dataclass
class Served:
    """One that is up; `said` is what it printed of itself, `errors` what came on standard error."""

    process: subprocess.Popen[bytes]
    said: dict[str, Any]
    token: str | None
    errors: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self.said["address"])

    def end(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 60) -> int:
        """Ask it to end and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout_s)


@contextmanager
def serve(home: Path, tools: Path, *args: str, **env: str) -> Iterator[Served]:
    """Serve a script; whatever the test does, nothing is left running."""
    command = [*COMMAND, "serve", "--grpc", "--json", "--tools", str(tools), *args]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home, **env)
    ) as process:
        errors: list[bytes] = []
        reader = threading.Thread(target=_read, args=(process, errors), daemon=True)
        reader.start()
        try:
            yield _up(process, errors)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
            reader.join(30)


def _read(process: subprocess.Popen[bytes], errors: list[bytes]) -> None:
    assert process.stderr is not None
    errors.extend(process.stderr)


def _up(process: subprocess.Popen[bytes], errors: list[bytes]) -> Served:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait(30)
    assert line, b"".join(errors).decode(errors="replace")
    said = json.loads(line)
    file = said["token_file"]
    token = None if file is None else Path(file).read_text(encoding="ascii").strip()
    return Served(process, said, token, errors)


@asynccontextmanager
async def connected(
    served: Served,
    *,
    session_id: str | None = None,
    host_tools: HostTools | None = None,
    settings: WorkerSettings | None = None,
) -> AsyncIterator[RemoteWorker]:
    """Connect to one that is up."""
    worker = await connect_worker(
        served.address,
        token=served.token,
        session_id=session_id,
        host_tools=host_tools,
        settings=settings,
    )
    try:
        yield worker
    finally:
        await worker.stop()
