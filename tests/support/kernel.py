"""A notebook's run with nobody above it: cells go in, everything that they did comes out."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from session.log.entry import Stream
from session.runtime.execution import ProcessExecution
from tests.support.playing import Recorder, make_launch, start

WITHIN_S = 30


class CellRun:
    """What one cell did, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[Mapping[str, Any], bytes]] = []

    @property
    def done(self) -> Mapping[str, Any]:
        return self.events[-1][0]

    @property
    def status(self) -> tuple[str, str | None]:
        return self.done["status"], self.done["how"]

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [header for header, _payload in self.events if header["type"] == kind]

    def text(self, name: str = "stdout") -> str:
        parts = [
            payload
            for header, payload in self.events
            if header["type"] == "stream" and header["name"] == name
        ]
        return b"".join(parts).decode()

    @property
    def result(self) -> str:
        found = [payload for header, payload in self.events if header["type"] == "result"]
        return str(json.loads(found[-1])["text/plain"]) if found else ""

    @property
    def error(self) -> str:
        return next((one["ename"] for one in self.of("error")), "")


class Kernel:
    """The listener of a run's cells."""

    def __init__(self, execution: ProcessExecution, sink: Recorder) -> None:
        assert execution.cells is not None
        self.execution, self.sink, self.port = execution, sink, execution.cells
        self.events: asyncio.Queue[tuple[Mapping[str, Any], bytes]] = asyncio.Queue()
        self.answers: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.plain: list[tuple[Stream, bytes]] = []
        self.is_lost = asyncio.Event()
        self._job = 0
        #: The first kernel's process, as it sees itself.
        self.pid = 0
        self.port.listen(self)

    def event(self, header: Mapping[str, Any], payload: bytes) -> None:
        self.events.put_nowait((header, payload))

    def answer(self, header: Mapping[str, Any]) -> None:
        self.answers.put_nowait(header)

    def output(self, stream: Stream, data: bytes) -> None:
        self.plain.append((stream, data))

    def lost(self) -> None:
        self.is_lost.set()

    async def next(self, kind: str) -> Mapping[str, Any]:
        """Return the next event of a kind, and drop those before it."""
        while True:
            header, _payload = await asyncio.wait_for(self.events.get(), WITHIN_S)
            if header["type"] == kind:
                return header

    def begin(self, source: str, **limits: float) -> int:
        self._job = job = self._job + 1
        name = f"{self.port.view}/nb.ipynb[{job}]"
        about = {"type": "cell", "job": job, "cell": f"c{job}", "number": job, "name": name}
        self.port.send({**about, "count": job, "limits": limits}, source.encode())
        return job

    async def end(self, job: int) -> CellRun:
        ran = CellRun()
        while True:
            found = await asyncio.wait_for(self.events.get(), WITHIN_S)
            ran.events.append(found)
            if found[0]["type"] == "cell_done" and found[0]["job"] == job:
                return ran

    async def run(self, source: str, **limits: float) -> CellRun:
        return await self.end(self.begin(source, **limits))

    async def cancelled(self, source: str, *, first: str = "", grace_s: float = 0.75) -> CellRun:
        """Begin a cell, cancel it when it has done `first` and said so, return its end."""
        job = self.begin(f"{first}\nprint('on its way', flush=True)\n{source}")
        await self.next("stream")
        self.cancel(job, grace_s=grace_s)
        return await self.end(job)

    def cancel(self, job: int, *, grace_s: float = 0.75) -> None:
        self.port.send({"type": "cancel", "job": job, "again_s": 0.1, "grace_s": grace_s})

    async def ask(self, what: str, **more: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any question
        self.port.send({"type": "ask", "id": 1, "what": what, **more})
        return await asyncio.wait_for(self.answers.get(), WITHIN_S)


@asynccontextmanager
async def kernel(folder: Path, *, isolation: str = "none") -> AsyncIterator[Kernel]:
    """Play a notebook whose cells wait to be asked for; its run is over at the end."""
    launch = make_launch(folder, {"nb.ipynb": "{}"}, entry="nb.ipynb", form="notebook")
    execution, sink = await start(dataclasses.replace(launch, cells=True), isolation=isolation)
    found = Kernel(execution, sink)
    # As the session does: from here on output and events flow.
    waiting = asyncio.ensure_future(execution.wait())
    try:
        found.pid = (await found.next("kernel"))["pid"]
        yield found
    finally:
        execution.kill()
        await waiting
