"""Plays programs at the level of the runtime: files in, everything that happened out."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from session.exit_info import ExitInfo
from session.log.entry import NewEntry, Severity, Stream
from session.ports import ImageFile, Launch, Prepared
from session.run_id import new_run_id
from session.runtime.execution import ProcessExecution
from session.runtime.process_runtime import ProcessRuntime
from session.settings import SessionSettings

PROGRAMS = Path(__file__).parent.parent / "e2e" / "fixtures" / "programs"


@dataclass
class Recorder:
    """A sink that keeps everything."""

    entries: list[NewEntry] = field(default_factory=list)
    chunks: dict[Stream, list[bytes]] = field(
        default_factory=lambda: {Stream.STDOUT: [], Stream.STDERR: []}
    )
    progress: list[tuple[float | None, str]] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    ended: list[Stream] = field(default_factory=list)
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    def log(self, entry: NewEntry) -> None:
        self.entries.append(entry)
        self.grew.set()

    def output(self, stream: Stream, data: bytes, origin: str | None = None) -> None:
        self.chunks[stream].append(data)
        self.grew.set()

    def output_ended(self, stream: Stream) -> None:
        self.ended.append(stream)
        self.grew.set()

    def progressed(self, fraction: float | None, text: str) -> None:
        self.progress.append((fraction, text))
        self.grew.set()

    def answering(self, health: str) -> None:
        self.health.append(health)
        self.grew.set()

    @property
    def stdout(self) -> str:
        return b"".join(self.chunks[Stream.STDOUT]).decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        return b"".join(self.chunks[Stream.STDERR]).decode("utf-8", "replace")

    def with_code(self, code: str) -> list[NewEntry]:
        return [entry for entry in self.entries if entry.code == code]

    def errors(self) -> list[NewEntry]:
        return [entry for entry in self.entries if entry.severity >= Severity.ERROR]

    async def until(self, text: str) -> None:
        """Wait until standard output holds `text`."""
        while text not in self.stdout:
            self.grew.clear()
            await asyncio.wait_for(self.grew.wait(), 30)


@dataclass
class Played:
    """A finished run."""

    exit: ExitInfo
    sink: Recorder
    execution: ProcessExecution
    folder: Path

    @property
    def stdout(self) -> str:
        return self.sink.stdout

    @property
    def stderr(self) -> str:
        return self.sink.stderr


def image(folder: Path, blobs: Path, files: Mapping[str, str | bytes]) -> tuple[ImageFile, ...]:
    """Write `files` to blobs and list them as an image's."""
    del folder
    blobs.mkdir(parents=True, exist_ok=True)
    listed = []
    for number, (path, content) in enumerate(files.items()):
        blob = blobs / str(number)
        blob.write_bytes(content.encode() if isinstance(content, str) else content)
        listed.append(ImageFile(path, blob, blob.stat().st_size))
    return tuple(listed)


def program_files(name: str) -> dict[str, str | bytes]:
    """Return the files of one fixture program: a file, or a folder with `main.py`."""
    path = PROGRAMS / name
    if path.is_dir():
        inside = [
            one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts
        ]
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in inside}
    return {"main.py": path.with_suffix(".py").read_bytes()}


def make_launch(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    entry: str = "main.py",
    form: str = "file",
    args: Sequence[str] = (),
    python: Path | str = sys.executable,
    env_names: Sequence[str] = (),
    write_project: bool = False,
    environ: Mapping[str, str] | None = None,
    trees: bool = False,
) -> Launch:
    """Return the launch of a small image under `folder`."""
    run_id = new_run_id()
    root = folder / "project"
    root.mkdir(parents=True, exist_ok=True)
    prepared = Prepared(
        content_id="sha256:0",
        kind="cartridge",
        title="test",
        root=root,
        data_key="test",
        entry_form=form,
        entry=entry,
        args=tuple(args),
        python=Path(python),
        interpreter="test",
        sealed=True,
        files=image(folder, folder / "blobs" / run_id, files),
        env_names=tuple(env_names),
        write_project=write_project,
    )
    place = folder / "trees" if trees else None
    runs = folder / "runs"
    return Launch(run_id, prepared, runs / run_id, folder / "data", environ or {}, place)


async def start(
    launch: Launch, runtime: ProcessRuntime | None = None, *, isolation: str = "none"
) -> tuple[ProcessExecution, Recorder]:
    """Start a launch and wait until it is up.

    Without isolation the numbers that a program tells of its processes are the machine's.
    """
    sink = Recorder()
    runtime = runtime or ProcessRuntime(SessionSettings(isolation=isolation))
    execution = await runtime.start(launch, sink)
    await execution.connect()
    return execution, sink


async def finish(execution: ProcessExecution, sink: Recorder, launch: Launch) -> Played:
    """Wait for the end of a run."""
    ended = await asyncio.wait_for(execution.wait(), 50)
    return Played(ended, sink, execution, launch.folder)


async def play(
    launch: Launch,
    runtime: ProcessRuntime | None = None,
    *,
    stdin: bytes | None = b"",
    isolation: str = "none",
) -> Played:
    """Play a launch to its end; `stdin` None leaves the input open."""
    execution, sink = await start(launch, runtime, isolation=isolation)
    if stdin is not None:
        execution.send_input(stdin)
        execution.close_input()
    return await finish(execution, sink, launch)
