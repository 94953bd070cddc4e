"""A worker that serves the tools of a prepared project: its image, its interpreter, its rights.

The tools are those of `tools.py` where the image has one, and of its entry otherwise; an entry is
imported and not run, so what it does under `if __name__ == "__main__"` is not done.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from session.errors import ConnectFailed
from session.log.entry import NewEntry
from session.ports import Prepared
from session.rights import Grant, Rights
from session.runtime import handshake as reasons
from session.runtime.host_tools import HostTools
from session.runtime.kept_values import KeptValues
from session.runtime.own_folder import OwnFolder
from session.runtime.platforms.current import current_platform
from session.runtime.program_events import Progress
from session.runtime.view import lay_view
from session.workers.adapter import PythonAdapter
from session.workers.start import Registry, start_worker
from session.workers.worker import Worker
from session.workers.worker_errors import WorkerStartFailed
from session.workers.worker_process import OnOutput
from session.workers.worker_settings import WorkerSettings

#: Where a project's tools are looked for first.
TOOLS_FILE: Final = "tools.py"
_HINT: Final = "Put functions marked with `@playhead.tool` into a file tools.py."


@dataclass(frozen=True, slots=True)
class ProjectCalls:
    """How a project's worker is started. `data` holds the lasting folders of all projects.

    `reduced`: somebody else's project is served also where layers of isolation are missing.
    """

    data: Path
    environ: Mapping[str, str]
    settings: WorkerSettings = field(default_factory=WorkerSettings)
    registry: Registry | None = None
    reduced: bool = False
    on_output: OnOutput | None = None
    on_log: Callable[[NewEntry], None] | None = None
    on_progress: Callable[[Progress], None] | None = None


@asynccontextmanager
async def serving_project(prepared: Prepared, calls: ProjectCalls) -> AsyncIterator[Worker]:
    """Start a worker in a view of the image; it is stopped at the end, and its view removed.

    What its tools write lasts where it lies in the project's data folder, or in the project
    itself where its manifest says `write = ["."]`. Raises WorkerStartFailed.
    """
    _demand_isolation(prepared, calls)
    own = OwnFolder.of(Path(tempfile.mkdtemp(prefix="playhead-view-")))
    try:
        adapter = await asyncio.to_thread(_lay, prepared, calls, own.path)
        worker = await start_worker(
            adapter,
            registry=calls.registry,
            settings=calls.settings,
            host_tools=HostTools(KeptValues(calls.data / prepared.data_key).tools()),
            environ=calls.environ,
            on_output=calls.on_output,
            on_log=calls.on_log,
            on_progress=calls.on_progress,
        )
        async with worker:
            yield worker
    finally:
        await asyncio.to_thread(own.remove)


def _demand_isolation(prepared: Prepared, calls: ProjectCalls) -> None:
    puts_on = calls.settings.isolation != "none" and current_platform().isolates
    if not (puts_on or prepared.own or calls.reduced):
        raise WorkerStartFailed(reasons.isolation_missing(reasons.NOTHING_PUT_ON))


def _lay(prepared: Prepared, calls: ProjectCalls, folder: Path) -> PythonAdapter:
    """Lay the view and say what is started in it. Blocking; raises ConnectFailed."""
    view, data = folder / "view", calls.data / prepared.data_key
    try:
        data.mkdir(parents=True, exist_ok=True)
        lay_view(prepared.files, view)
    except OSError as error:
        raise reasons.unlaid(error) from error
    script, module = served_by(prepared)
    env = {"PLAYHEAD_DATA": str(data), "XDG_DATA_HOME": str(data), **dict(prepared.env)}
    work = prepared.root if prepared.write_project else view
    return PythonAdapter(
        script=view / script if script else None,
        module=module,
        python=prepared.python,
        args=prepared.args,
        folder=work,
        rights=_rights_in(prepared, work, view, data),
        env=env,
        own=prepared.own,
        reduced=calls.reduced,
    )


def served_by(prepared: Prepared) -> tuple[str | None, str | None]:
    """Return the script in the image that declares the tools, or the module; one of both.

    Raises ConnectFailed where a project can have none.
    """
    if any(file.path == TOOLS_FILE for file in prepared.files):
        return TOOLS_FILE, None
    if prepared.entry_form == "file":
        return prepared.entry, None
    if prepared.entry_form in ("module", "function"):
        return None, prepared.entry.partition(":")[0]
    message = f"{prepared.title} has no tools: it is a {prepared.kind} without a {TOOLS_FILE}."
    raise ConnectFailed(message, code="tools-missing", hint=_HINT)


def _rights_in(prepared: Prepared, work: Path, view: Path, data: Path) -> Rights:
    """The project's rights with paths that do not depend on where the worker stands."""
    rights, own = prepared.rights, (str(view), str(data), str(work))
    write = _absolute(rights.write, prepared.root)
    return rights._replace(
        read=_absolute(rights.read, prepared.root),
        write=True if write is True else (*(write or ()), *own),
    )


def _absolute(grant: Grant, root: Path) -> Grant:
    if isinstance(grant, bool):
        return grant
    return tuple(str(root / Path(name).expanduser()) for name in grant if name != ".")
