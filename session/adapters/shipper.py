"""The one door to the shipper: prepares in a thread and turns its words into the session's.

Channels are passed on as sources, one to one; nothing is collapsed or reworded.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from session.budget import DEFAULT_OUTPUT, Budget
from session.errors import PrepareFailed
from session.grants import Answers, GrantStore
from session.home import Home
from session.log.entry import Fix, Location, NewEntry, Severity, Source
from session.ports import ImageFile, Prepared, PrepareRequest, Spawn, Stopped, ToolRights
from session.rights import Question, foreign_rights, questions_of, rights_of

if TYPE_CHECKING:
    from shipper.events import PrepareEvent
    from shipper.events import ToolRights as ShipperToolRights
    from shipper.formats.sealed import SealedImage


class ShipperPreparer:
    """The real `Preparer`: each preparation runs in a thread of its own."""

    def __init__(self, home: Home) -> None:
        self._cache = home.cache
        self._grants = GrantStore(home)

    async def prepare(self, request: PrepareRequest) -> Prepared:
        """Prepare the project; cancelling stops the thread and waits until it has ended."""
        cancelled = threading.Event()
        done = _in_thread(
            lambda: self._prepare(request, cancelled.is_set),
            name=f"prepare {request.run_id}",
        )
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            cancelled.set()
            await asyncio.wait([done])
            raise

    def _prepare(self, request: PrepareRequest, cancelled: Callable[[], bool]) -> Prepared:
        if request.play.foreign:
            _refuse_own_environment(request.project)
        prepared = _prepare(request, self._cache, cancelled)
        answers = self._grants.answers(prepared.grant_key)
        grants = [*answers.granted, *request.play.grants]
        try:
            prepared = prepared.with_grants(grants) if grants else prepared
        except ValueError as error:
            hint = "Ask for `net`, `display`, or a part: `read=/some/folder`."
            raise PrepareFailed(str(error), code="grant-unknown", hint=hint) from None
        return replace(prepared, questions=_open_questions(prepared, answers))


def _open_questions(prepared: Prepared, answers: Answers) -> tuple[Question, ...]:
    """Return what nobody has answered for yet."""
    return tuple(
        one
        for one in prepared.questions
        if one.grant not in answers.refused
        and prepared.rights.with_grants([one.grant]) != prepared.rights
    )


def _refuse_own_environment(project: Path) -> None:
    """Refuse somebody else's interpreter: it would be started to learn of it, not isolated yet."""
    folder = project if project.is_dir() else project.parent
    if os.path.lexists(folder / ".venv"):
        message = f"{folder.name} brings an environment of its own, .venv, as somebody else's."
        hint = "Delete .venv, and declare the dependencies; or play it as your own."
        raise PrepareFailed(message, code="foreign-environment", hint=hint)


def _in_thread(work: Callable[[], Prepared], name: str) -> "asyncio.Future[Prepared]":
    """Run `work` in a daemon thread: one that hangs must not keep Playhead from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Prepared] = loop.create_future()

    def settle(result: Prepared | None, error: BaseException | None) -> None:
        if error is not None:
            future.set_exception(error)
            future.exception()  # a cancelled preparation has nobody left to fetch it
        elif result is not None:
            future.set_result(result)

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed to the waiting task
            loop.call_soon_threadsafe(settle, None, error)
        else:
            loop.call_soon_threadsafe(settle, result, None)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def _prepare(request: PrepareRequest, cache: Path, cancelled: Callable[[], bool]) -> Prepared:
    # Imported in the thread, so that the window does not wait for it.
    from shipper.errors import Cancelled, ShipperError
    from shipper.formats.way import Way
    from shipper.pipeline import prepare

    try:
        image = prepare(
            request.project,
            cache=cache,
            emit=lambda event: request.log(entry_of(event)),
            spawn=_spawn_of(request.spawn),
            cancelled=cancelled,
            way=Way(*request.play[:4]),
        )
    except Cancelled:
        raise Stopped from None
    except ShipperError as error:
        raise PrepareFailed(error.message, code=error.code, hint=error.hint) from error
    return prepared_of(image, own=not request.play.foreign)


def entry_of(event: "PrepareEvent") -> NewEntry:
    """Return the log entry that says what a shipper event says."""
    return NewEntry(
        source=Source(event.channel.value),
        severity=Severity.of(event.severity.value),
        message=event.message,
        origin=event.step,
        location=Location(event.path, event.line, event.column) if event.path else None,
        code=event.code,
        hint=event.hint,
        fix=Fix(*event.fix) if event.fix else None,
    )


def prepared_of(image: "SealedImage", *, own: bool = True) -> Prepared:
    """Return the sealed image in the session's words; `own`: not somebody else's."""
    said, wanted = image.permissions, dict(image.wanted)
    return Prepared(
        content_id=image.content_id,
        kind=image.kind,
        title=image.title,
        root=image.root,
        data_key=image.data_key if own else f"foreign-{image.data_key}",
        entry_form=image.entry_form,
        entry=image.entry,
        args=image.args,
        python=image.python,
        interpreter=image.interpreter,
        sealed=image.sealed,
        files=tuple(ImageFile(*file) for file in image.files),
        env_names=image.env_names if own else (),
        write_project=image.write_project and own,
        own=own,
        env=image.env,
        cwd=image.cwd,
        rights=rights_of(said, wanted) if own else foreign_rights(said),
        budget=budget_of(image.budget),
        worker=image.worker,
        questions=questions_of(said, wanted, own=own),
    )


def budget_of(amounts: Iterable[tuple[str, int]]) -> Budget:
    """Return the limits that are in force, in the session's units."""
    said = dict(amounts)
    return Budget(
        wall_s=_seconds(said.get("wall")),
        cpu_s=_seconds(said.get("cpu")),
        memory=said.get("memory"),
        output=said.get("output", DEFAULT_OUTPUT),
        processes=said.get("processes"),
        disk=said.get("disk"),
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _spawn_of(spawn: Spawn) -> "_SpawnForShipper":
    return _SpawnForShipper(spawn)


class _SpawnForShipper:
    """The shipper names streams by plain words."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes = b"",
        rights: "ShipperToolRights",
        on_output: Callable[[str, bytes], None],
    ) -> int:
        may = ToolRights(*rights)
        return self._spawn(argv, cwd=cwd, env=env, stdin=stdin, rights=may, on_output=on_output)
