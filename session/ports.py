"""What a session needs from others, in the session's own words.

A `Preparer` turns a project into a sealed image; a `Runtime` plays one. The real ones are
`session.adapters.shipper` and `session.runtime`; either can be replaced and tested alone.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from session.budget import Budget
from session.cell_port import CellPort
from session.exit_info import ExitInfo
from session.log.entry import NewEntry, Stream
from session.play_request import PlayRequest
from session.rights import NO_RIGHTS, Question, Rights
from session.run_id import RunId
from session.usage import Usage

#: An image up to this many files and bytes is copied in a moment.
SMALL_FILES: Final = 200
SMALL_BYTES: Final = 8 << 20

#: Takes an entry for the log of the run; may be called from any thread.
LogSink = Callable[[NewEntry], None]


class ToolRights(NamedTuple):
    """What one tool may reach beside the system, its own installation and a scratch folder.

    `read` and `write` are folders and files, `pythons` are interpreters that it starts. With
    `net` it may use the network.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    pythons: tuple[Path, ...] = ()
    net: bool = False


NO_TOOL_RIGHTS: Final = ToolRights()


class Spawn(Protocol):
    """Runs a tool for a preparation, inside the reach of Stop and of the sweep."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: ToolRights = NO_TOOL_RIGHTS,
        on_output: Callable[[Stream, bytes], None],
    ) -> int:
        """Run `argv` to its end and return its exit code (negative: the signal).

        `cwd` has to be among what the tool may reach, or above it.
        Blocks, so it is called from a preparation thread, never from the event loop.
        `on_output` gets raw chunks as they come. Raises `Stopped` when the run is stopped.
        """
        ...


class Stopped(Exception):
    """The run was stopped while it was being prepared."""


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """One preparation: what to prepare, to be played how, and how it reaches the outside."""

    run_id: RunId
    project: Path
    play: PlayRequest
    log: LogSink
    spawn: Spawn


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file of a sealed image: `path` inside it, and the blob that holds its bytes."""

    path: str
    blob: Path
    size: int
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A sealed image, ready to be played.

    `entry_form` is `file` (a path in the image), `module` (as `python -m`), `function`
    (`module:function`) or `notebook` (a path). `root` is the project's folder and `data_key`
    names its lasting data folder. `env_names` are the variables the manifest asks for, and
    `write_project` says that the program works in the project folder itself. `env` are variables
    that are set for it, and `cwd` is the folder that it starts in, relative to the project.
    `rights` are what it may do to the world around it, `budget` is what it may use at most.
    `own` is False for somebody else's project. `questions` are permissions that the user has not
    answered for yet. `worker` is what it says about workers, as `[tool.playhead.worker]` has it.
    """

    content_id: str
    kind: str
    title: str
    root: Path
    data_key: str
    entry_form: str
    entry: str
    args: tuple[str, ...]
    python: Path
    interpreter: str
    sealed: bool
    files: tuple[ImageFile, ...]
    env_names: tuple[str, ...] = ()
    write_project: bool = False
    own: bool = True
    env: tuple[tuple[str, str], ...] = ()
    cwd: str = ""
    rights: Rights = NO_RIGHTS
    budget: Budget = field(default_factory=Budget)
    questions: tuple[Question, ...] = ()
    worker: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_small(self) -> bool:
        """Whether a copy of its files is made sooner than anything that would spare it."""
        return len(self.files) <= SMALL_FILES and sum(f.size for f in self.files) <= SMALL_BYTES

    @property
    def grant_key(self) -> str:
        """What answers are remembered by; of somebody else's project for this content alone."""
        return self.data_key if self.own else self.content_id

    def with_grants(self, grants: Iterable[str]) -> "Prepared":
        """Return it with more rights; raises ValueError for one outside the vocabulary."""
        rights = self.rights.with_grants(grants)
        return replace(
            self,
            rights=rights,
            env_names=("*",) if rights.env is True else tuple(rights.env or ()),
            write_project=isinstance(rights.write, tuple) and "." in rights.write,
        )


#: Asks whoever plays which of `Prepared.questions` are allowed; None: not to be played at all.
#: Cancelled when the run is stopped meanwhile.
Consent = Callable[[Prepared], Awaitable[Sequence[Question] | None]]


class Preparer(Protocol):
    """Turns a project into a sealed image."""

    async def prepare(self, request: PrepareRequest) -> Prepared:
        """Prepare the project; raise `PrepareFailed` where it cannot be.

        Cancelling the task stops the preparation: no thread of it emits anything afterwards.
        """
        ...


@dataclass(frozen=True, slots=True)
class Launch:
    """Everything a runtime needs to play one image once.

    `folder` is the run's own folder and `data` the project's lasting one. `trees` is where
    images are kept as folders, for views that need no copy of them; None: every view is a copy.
    `reduced` plays somebody else's project also without the layers that it should not be played
    without.
    """

    run_id: RunId
    prepared: Prepared
    folder: Path
    data: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    trees: Path | None = None
    reduced: bool = False
    #: A notebook's cells are driven from outside, by `Execution.cells`.
    cells: bool = False


class ProcessIdentity(NamedTuple):
    """One process for all time: its number, and a token of when it started."""

    pid: int
    started: str


class RuntimeSink(Protocol):
    """Where a runtime reports to while it plays; all calls come on the event loop's thread."""

    def log(self, entry: NewEntry) -> None:
        """Take one entry: a diagnostic of the program, or a word of the runtime itself."""
        ...

    def output(self, stream: Stream, data: bytes, origin: str | None = None) -> None:
        """Take raw output of the program, as it came; `origin` is the part of it that spoke."""
        ...

    def output_ended(self, stream: Stream) -> None:
        """Note that a stream of the program has come to its end."""
        ...

    def progressed(self, fraction: float | None, text: str) -> None:
        """Take how far the program says it is: 0 to 1, None where it does not know."""
        ...

    def answering(self, health: str) -> None:
        """Note whether the program's Python answers: "" for yes, `silent`, or `busy`."""
        ...


class Execution(Protocol):
    """One playing of an image, from the launcher to the last process gone."""

    @property
    def identities(self) -> tuple[ProcessIdentity, ...]:
        """The processes of the run known by now, for its record."""
        ...

    @property
    def isolation(self) -> Mapping[str, Any] | None:
        """What keeps the program apart: profile, layers, gaps; None: nothing, or not known yet."""
        ...

    @property
    def denied(self) -> tuple[str, ...]:
        """What the program has tried by now and may not, each as `Rights.with_grants` takes it."""
        ...

    @property
    def blocked_by(self) -> str | None:
        """The other run that held a port which this one wanted, by its id."""
        ...

    @property
    def cells(self) -> CellPort | None:
        """The line to a notebook's kernel, where the launch asked for one."""
        ...

    async def connect(self) -> None:
        """Wait until the worker has shaken hands; raise `ConnectFailed` where it does not."""
        ...

    async def wait(self) -> ExitInfo:
        """Wait until the program has ended, its output is drained and every process is gone."""
        ...

    def interrupt(self) -> None:
        """Ask the program to end: SIGINT to its process group. Returns at once."""
        ...

    def kill(self) -> None:
        """End every process of the run now. Returns at once; `wait` tells when it is done."""
        ...

    def send_input(self, data: bytes) -> None:
        """Write to the program's standard input; buffered, never blocks."""
        ...

    @property
    def input_backlog(self) -> int:
        """How many bytes were sent and not yet taken by the program."""
        ...

    def close_input(self) -> None:
        """End the program's standard input after what was sent."""
        ...

    async def usage(self, rows: int) -> Usage | None:
        """Look at what every process of it uses now; `rows` is passed on. None: none is left.

        Off the loop's thread, for it costs milliseconds with many processes.
        """
        ...


class Runtime(Protocol):
    """Plays sealed images."""

    async def start(self, launch: Launch, sink: RuntimeSink) -> Execution:
        """Start the worker and return at once; `Execution.connect` tells when it is up."""
        ...

    def tool_spawner(self, run_id: RunId, log: LogSink) -> "ToolSpawner":
        """Return what starts the tools of one preparation; `log` is told how they are isolated."""
        ...

    def keep_ready(self, *, on: bool) -> None:
        """Keep something ready for the next start from now on, or nothing."""
        ...

    async def close(self) -> None:
        """Let go of what was kept ready for the next start; done when it is gone."""
        ...


class ToolSpawner(Protocol):
    """Starts the tools of one preparation and can end them all."""

    @property
    def spawn(self) -> Spawn:
        """The blocking call that preparation threads use."""
        ...

    def stop(self) -> Awaitable[None]:
        """End every tool of the preparation; done when all of them are gone."""
        ...
