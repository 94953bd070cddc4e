"""`playhead call`: one tool of a project, called in a worker of its own; or a list of them."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any, Final, NamedTuple

from session.compose import build_service
from session.errors import ConnectFailed, PrepareFailed
from session.home import Home, find_home
from session.log.entry import NewEntry, Stream
from session.play_request import PlayRequest
from session.ports import Prepared
from session.workers.project_worker import ProjectCalls, serving_project
from session.workers.registry import ProcessRegistry
from session.workers.tool_call import check_call
from session.workers.tool_declaration import read_tool
from session.workers.tool_errors import InvalidParameter, ToolError, ToolNotFound
from session.workers.tool_spec import ToolSpec, schema_of_tool
from session.workers.worker import Worker
from session.workers.worker_errors import (
    CallTimedOut,
    InvalidParameters,
    ToolNotStreaming,
    WorkerError,
    WorkerGone,
)
from studio.cli.check import finding_text, list_findings
from studio.cli.console import complain, say, write_all
from studio.cli.errors import CommandError
from studio.cli.exit_code import BUDGET, FAILED, NOT_STARTED, PLAYHEAD_FAILED, WRONG_COMMAND_LINE
from studio.cli.failure import say_failure
from studio.cli.program_text import safe
from studio.cli.signals import EndingSignals
from studio.cli.terminal import terminal_of
from studio.cli.theme import Theme
from studio.cli.tool_arguments import read_arguments, usage_of

_STDERR: Final = 2
#: Under the home's data: which workers were started, so that a later start finds what was left.
REGISTRY: Final = "workers.jsonl"


class CallOptions(NamedTuple):
    """The command line of `playhead call`, read. `tool` None: list them."""

    path: Path
    tool: str | None = None
    parameters: tuple[str, ...] = ()
    stream: bool = False
    json: bool = False
    timeout_s: float | None = None
    configuration: str | None = None
    grants: tuple[str, ...] = ()
    foreign: bool = False
    reduced_isolation: bool = False


def call_tool(options: CallOptions) -> int:
    """Prepare the project, call the tool, print its answer, and return the exit code."""
    return asyncio.run(_Call(options).run())


class _Call:
    """One call of a tool, from the preparation to the exit code."""

    def __init__(self, options: CallOptions) -> None:
        self._options = options
        self._home = find_home()
        terminal = terminal_of(_STDERR)
        self._theme = Theme(terminal.colour, terminal.unicode)
        self._entries: list[NewEntry] = []
        self._received: int | None = None

    async def run(self) -> int:
        work = asyncio.ensure_future(self._work())
        with EndingSignals(lambda number: self._signalled(number, work)):
            await asyncio.wait({work})
        return 128 + self._received if self._received is not None else work.result()

    def _signalled(self, number: signal.Signals, work: "asyncio.Task[int]") -> None:
        self._received = self._received or number
        work.cancel()

    async def _work(self) -> int:
        try:
            prepared = await self._prepare()
        except PrepareFailed as error:
            for entry in list_findings(self._entries, error):
                complain(finding_text(entry, self._theme))
            return PLAYHEAD_FAILED
        try:
            return await self._serve(prepared)
        except (ToolError, InvalidParameters, ToolNotStreaming) as error:
            return _told(error, _code_of_tool(error))
        except CommandError as error:
            return _told(error, error.exit_code)
        except CallTimedOut as error:
            return _told(error, BUDGET)
        except WorkerGone as error:
            return _told(error, _code_of_end(error))
        except WorkerError as error:
            return _told(error, FAILED)
        except ConnectFailed as error:
            return _told(error, NOT_STARTED)

    async def _prepare(self) -> Prepared:
        options = self._options
        request = PlayRequest(
            (),
            options.configuration,
            grants=options.grants,
            foreign=options.foreign,
            reduced_isolation=options.reduced_isolation,
        )
        service = build_service(self._home)
        try:
            return await service.check(options.path, self._entries.append, request)
        finally:
            await service.close()

    async def _serve(self, prepared: Prepared) -> int:
        registry = _registry(self._home)
        await asyncio.to_thread(_sweep, registry)
        calls = ProjectCalls(
            self._home.data,
            dict(os.environ),
            registry=registry,
            reduced=self._options.reduced_isolation,
            on_output=_pass_on,
            on_log=lambda entry: complain(finding_text(entry, self._theme)),
        )
        try:
            async with serving_project(prepared, calls) as worker:
                return await self._call(worker)
        finally:
            registry.flush()

    async def _call(self, worker: Worker) -> int:
        tools = {tool.name: tool for tool in map(read_tool, worker.tools) if not _is_built_in(tool)}
        options = self._options
        if options.tool is None:
            _list(tools, as_json=options.json)
            return 0
        if options.tool not in tools:
            raise ToolNotFound(options.tool, sorted(tools))
        tool = tools[options.tool]
        given = read_arguments(tool, options.parameters)
        check_call(tool, given)
        if options.stream or tool.streaming:
            await self._stream(worker, tool, given)
        else:
            answer = await worker.execute(tool.name, given, timeout=options.timeout_s)
            say(_shown(answer, as_json=options.json))
        return 0

    async def _stream(self, worker: Worker, tool: ToolSpec, given: dict[str, Any]) -> None:
        """Print item by item where that is asked for, and else all of them as one list."""
        options, found = self._options, []
        async for item in worker.execute_stream(tool.name, given, timeout=options.timeout_s):
            if options.stream:
                say(_shown(item, as_json=options.json))
            else:
                found.append(item)
        if not options.stream:
            say(_shown(found, as_json=options.json))


def _registry(home: Home) -> ProcessRegistry:
    return ProcessRegistry(home.state / REGISTRY)


def _sweep(registry: ProcessRegistry) -> None:
    """End what a killed host has left; that it cannot be done keeps nobody from calling."""
    try:
        registry.sweep()
    except OSError:
        return


def _list(tools: dict[str, ToolSpec], *, as_json: bool) -> None:
    if as_json:
        listed = [schema_of_tool(tools[name]) for name in sorted(tools)]
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for name in sorted(tools):
        say(safe(usage_of(tools[name]), colour=False))
        if tools[name].description:
            say(safe(f"  {tools[name].description}", colour=False))
    if not tools:
        say("It has no tools. Mark functions with `@playhead.tool`, in a file tools.py.")


def _is_built_in(tool: ToolSpec) -> bool:
    """`echo` is there in every worker, for whoever wants to see that it answers."""
    return tool.name == "echo" and tool.takes_any and not tool.parameters


def _shown(value: object, *, as_json: bool) -> str:
    if isinstance(value, str) and not as_json:
        return "\n".join(safe(line, colour=False) for line in value.split("\n"))
    return json.dumps(value, ensure_ascii=False, default=repr)


def _pass_on(_stream: Stream, data: bytes) -> None:
    """What the tool prints goes to standard error, so that the answer stands alone."""
    write_all(_STDERR, data)


def _told(error: Any, code: int) -> int:  # noqa: ANN401 - ours or the session's, with the same face
    say_failure(safe(error.message, colour=False), error.hint, error.code)
    return code


def _code_of_tool(error: Exception) -> int:
    wrong = isinstance(error, ToolNotFound | InvalidParameter | InvalidParameters)
    return WRONG_COMMAND_LINE if wrong or isinstance(error, ToolNotStreaming) else FAILED


def _code_of_end(error: WorkerGone) -> int:
    ended = error.ended
    if ended is None:
        return FAILED
    return 128 + ended.signal if ended.signal is not None else ended.code or FAILED
