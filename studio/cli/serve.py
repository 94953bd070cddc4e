"""`playhead serve`: the tools of a script, over gRPC, until somebody ends it."""

import asyncio
import contextlib
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from session.api.grpc.endpoint import (
    Endpoint,
    TcpEndpoint,
    UnixEndpoint,
    checked_tcp,
    endpoint_of,
)
from session.api.grpc.extra import require_extra
from session.api.grpc.token import make_token, read_token
from session.home import Home, find_home
from session.rights import NO_RIGHTS
from session.workers.adapter import PythonAdapter
from session.workers.configuration import worker_configuration
from session.workers.worker_errors import WorkerGone
from studio.cli.console import complain, say, write_all
from studio.cli.failure import say_failure
from studio.cli.signals import EndingSignals
from studio.cli.version import version_text

if TYPE_CHECKING:
    from session.api.grpc.serving import Service
    from session.log.entry import Stream

_STDERR = 2
_SUFFIX = ".token"


class ServeOptions(NamedTuple):
    """The command line of `playhead serve`, read. `host` and `port` None: as the settings say."""

    tools: Path
    unix: Path | None = None
    host: str | None = None
    port: int | None = None
    allow_remote: bool = False
    token_file: Path | None = None
    threads: int = 1
    grants: tuple[str, ...] = ()
    json: bool = False


def serve_tools(options: ServeOptions) -> int:
    """Serve until a signal comes, or the worker ends; return the exit code."""
    require_extra()
    return asyncio.run(_Serving(options, find_home()).run())


class _Serving:
    """One `playhead serve`, from its start to its end."""

    def __init__(self, options: ServeOptions, home: Home) -> None:
        self._options = options
        self._home = home
        self._asked = asyncio.Event()
        self._service: Service | None = None
        self._starting: asyncio.Task[Service] | None = None

    async def run(self) -> int:
        """Start, tell where it is, wait, and end with nothing left."""
        endpoint = _endpoint(self._options, self._home)
        token_file, made = self._token_file(endpoint)
        try:
            token = None
            if token_file is not None:
                token = make_token(token_file) if made else read_token(token_file)
            with EndingSignals(self._on_signal):
                return await self._serve(endpoint, token, token_file)
        finally:
            if made and token_file is not None:
                token_file.unlink(missing_ok=True)

    async def _serve(self, endpoint: Endpoint, token: str | None, token_file: Path | None) -> int:
        self._starting = asyncio.create_task(self._start(endpoint, token), name="start")
        try:
            service = self._service = await self._starting
        except asyncio.CancelledError:
            return 0  # asked to end before it was up
        try:
            self._publish(service, token_file)
            return await self._wait(service)
        finally:
            await service.close()

    async def _start(self, endpoint: Endpoint, token: str | None) -> "Service":
        from session.api.grpc.serving import serve_worker

        options = self._options
        rights = NO_RIGHTS.with_grants(options.grants)
        adapter = PythonAdapter(script=options.tools, threads=options.threads, rights=rights)
        return await serve_worker(
            adapter,
            endpoint,
            token=token,
            version=version_text(),
            on_output=_show,
            on_fault=_tell_fault,
        )

    async def _wait(self, service: "Service") -> int:
        asked = asyncio.create_task(self._asked.wait())
        ended = service.worker.ended
        either: set[asyncio.Future[Any]] = {asked, ended}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if self._asked.is_set() or not ended.done():
            return 0
        gone = WorkerGone(ended.result().exit, ended.result().last_words)
        say_failure(gone.message, gone.hint, gone.code)
        return 1

    def _on_signal(self, _signal: signal.Signals) -> None:
        if self._service is None:
            if self._starting is not None:
                self._starting.cancel()
        elif self._asked.is_set():
            self._service.worker.kill()  # asked twice: no grace
        self._asked.set()

    def _token_file(self, endpoint: Endpoint) -> tuple[Path | None, bool]:
        """Return where the token is, and whether it is made here."""
        if self._options.token_file is not None:
            return self._options.token_file, False
        if isinstance(endpoint, UnixEndpoint):
            return None, False  # nobody else can open it
        folder = self._home.state / "serve"
        _remove_stale(folder)
        return folder / f"{os.getpid()}{_SUFFIX}", True

    def _publish(self, service: "Service", token_file: Path | None) -> None:
        address = service.endpoint.target
        if self._options.json:
            said = {
                "address": address,
                "token_file": None if token_file is None else str(token_file),
                "worker": service.worker.id,
                "tools": [tool["name"] for tool in service.worker.tools],
            }
            say(json.dumps(said))
            return
        say(f"Serving {self._options.tools} over gRPC at {address}")
        if token_file is not None:
            say(f"The token that callers need is in {token_file}")
        say("Ctrl-C ends it.")


def _endpoint(options: ServeOptions, home: Home) -> Endpoint:
    """Return where to serve: as the command line says, else as the settings do."""
    if options.unix is not None:
        return UnixEndpoint(options.unix.absolute())
    if options.host is None and options.port is None:
        configured = worker_configuration(home)
        for problem in configured.problems:
            complain(f"playhead: {problem}")
        return endpoint_of(configured.settings.grpc_listener, allow_remote=options.allow_remote)
    endpoint = TcpEndpoint(options.host or "127.0.0.1", options.port or 0)
    return checked_tcp(endpoint, allow_remote=options.allow_remote)


def _remove_stale(folder: Path) -> None:
    """Remove the tokens of servers that were killed."""
    for path in folder.glob(f"*{_SUFFIX}"):
        if path.stem.isdecimal() and not _runs(int(path.stem)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _show(_stream: "Stream", data: bytes) -> None:
    """What tools print goes to standard error: standard output says where we are."""
    with contextlib.suppress(Exception):
        write_all(_STDERR, data)


def _tell_fault(error_id: str, error: BaseException) -> None:
    from studio.reports import report_text, write_report

    report = write_report(report_text(error))
    where = f"; the details are in {report}" if report else f": {type(error).__name__}: {error}"
    complain(f"playhead: a fault of our own, {error_id}{where}")
