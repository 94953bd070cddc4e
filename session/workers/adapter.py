"""What is started as a worker: our own Python worker, or any program that speaks the frames.

A program of another make gets two open descriptors: the numbers stand in `PLAYHEAD_CONTROL_FD`
and `PLAYHEAD_EVENTS_FD`, and in its arguments wherever those hold `{control}` or `{events}`.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from session.rights import NO_RIGHTS, Rights
from session.runtime.launcher_process import WORKER_FOLDER
from session.runtime.pipes import CONTROL_FD, EVENTS_FD

CONTROL, EVENTS = "{control}", "{events}"


class Adapter(Protocol):
    """Says what to start. An adapter may have more; see `TimedAdapter` and `plan_of`."""

    def executable_path(self) -> str:
        """Return the program: an interpreter, or the worker itself."""
        ...

    def script_path(self) -> str | None:
        """Return what the program is given first; None: nothing."""
        ...

    def script_args(self) -> Sequence[str]:
        """Return the arguments that follow."""
        ...


@runtime_checkable
class TimedAdapter(Protocol):
    """An adapter that knows how long its commands take."""

    def command_timeout(self, command: str, args: Mapping[str, Any]) -> int | None:
        """Return the time a call gets by default, in milliseconds; None: the settings' own."""
        ...


@dataclass(frozen=True)
class PythonAdapter:
    """Our Python worker, serving a script or a module that declares tools.

    `threads`: how many calls may run at once, beside those that want the main thread. `folder` is
    its working directory and the first place of `sys.path`; by default the script's own. `rights`
    are what it may do beyond reading that folder, the interpreter and the system. `own` and
    `reduced`: see `AdapterPlan`.
    """

    script: Path | str | None = None
    module: str | None = None
    python: Path | str = sys.executable
    threads: int = 1
    args: Sequence[str] = ()
    folder: Path | str | None = None
    rights: Rights = NO_RIGHTS
    env: Mapping[str, str] = field(default_factory=dict)
    own: bool = True
    reduced: bool = False

    def executable_path(self) -> str:
        """Return the interpreter."""
        return str(self.python)

    def script_path(self) -> str:
        """Return the worker's own front door."""
        return str(WORKER_FOLDER / "worker.py")

    def script_args(self) -> Sequence[str]:
        """Return where its sockets are."""
        return (CONTROL, EVENTS)

    @property
    def cwd(self) -> Path | None:
        """Where it works; None without a script and a folder: a folder of its own."""
        if self.folder is not None:
            return Path(self.folder).absolute()
        return Path(self.script).absolute().parent if self.script is not None else None

    def config(self) -> dict[str, Any]:
        """Return what the worker is told after its hello."""
        script = None if self.script is None else str(Path(self.script).absolute())
        return {
            "entry_form": "serve",
            "script": script,
            "module": self.module,
            "args": list(self.args),
            "threads": self.threads,
        }


@dataclass(frozen=True)
class ProgramAdapter:
    """A program of any make that speaks the frames."""

    executable: Path | str
    script: Path | str | None = None
    args: Sequence[str] = ()
    rights: Rights = NO_RIGHTS
    env: Mapping[str, str] = field(default_factory=dict)

    def executable_path(self) -> str:
        """Return the program."""
        return str(self.executable)

    def script_path(self) -> str | None:
        """Return its first argument."""
        return None if self.script is None else str(self.script)

    def script_args(self) -> Sequence[str]:
        """Return its other arguments."""
        return self.args


class AdapterPlan(NamedTuple):
    """An adapter's word, made complete. `cwd` None: a folder of the worker's own.

    `own` is False for somebody else's code, which is not started without the layers of isolation
    that it takes, but where `reduced` says so.
    """

    python: Path
    argv: tuple[str, ...]
    cwd: Path | None
    config: Mapping[str, Any]
    rights: Rights
    env: Mapping[str, str]
    own: bool = True
    reduced: bool = False


def plan_of(adapter: Adapter) -> AdapterPlan:
    """Return what to start.

    `config`, `cwd`, `rights`, `env`, `own` and `reduced` are the adapter's if it has any.
    """
    numbers = {CONTROL: str(CONTROL_FD), EVENTS: str(EVENTS_FD)}
    script = adapter.script_path()
    args = [_filled(one, numbers) for one in adapter.script_args()]
    argv = (adapter.executable_path(), *([script] if script else []), *args)
    told = getattr(adapter, "config", None)
    config = told() if callable(told) else {"entry_form": "serve", "args": args}
    cwd = getattr(adapter, "cwd", None)
    if cwd is None and not callable(told) and script:
        cwd = Path(script).absolute().parent
    env = {"PLAYHEAD_CONTROL_FD": str(CONTROL_FD), "PLAYHEAD_EVENTS_FD": str(EVENTS_FD)}
    return AdapterPlan(
        Path(argv[0]).absolute(),
        argv,
        cwd,
        config,
        getattr(adapter, "rights", NO_RIGHTS),
        env | dict(getattr(adapter, "env", {})),
        getattr(adapter, "own", True),
        getattr(adapter, "reduced", False),
    )


def _filled(text: str, numbers: Mapping[str, str]) -> str:
    for name, number in numbers.items():
        text = text.replace(name, number)
    return text
