"""Prepares a project: from a path to a sealed image, or to every reason why there is none.

`prepare` is synchronous and runs in a thread of its host. It writes below its cache and nowhere
else, starts processes through `spawn` only, and never prints. An unchanged project costs a look
at its files: no step runs, nothing is written, no process is started.
"""

import os
from pathlib import Path

from shipper.errors import Cancelled, HostRaised, PrepareFailed, ProjectMissing
from shipper.events import Channel, Emit, IsCancelled, PrepareEvent, Severity, Spawn, shown
from shipper.formats.sealed import SealedImage
from shipper.formats.way import Way
from shipper.store.last_use import note_use
from shipper.store.memo import ProjectMemo, Recalled

#: The project as it is.
_AS_IT_IS = Way()


def prepare(
    path: Path,
    *,
    cache: Path,
    emit: Emit,
    spawn: Spawn,
    cancelled: IsCancelled,
    way: Way = _AS_IT_IS,
    workers: int | None = None,
) -> SealedImage:
    """Return the sealed image of the project at `path`, as it is to be played this way.

    Raises PrepareFailed, after its findings have been emitted, and Cancelled once `cancelled()`
    is true; what `spawn` raises passes through. `emit` is called from several threads, one at a
    time, and never again once this has ended.
    """

    def poll() -> None:
        if cancelled():
            raise Cancelled

    poll()
    try:
        place = _absolute(path)
        if way.env:
            _check_variables(way)
    except PrepareFailed as failure:
        _report(failure, emit)
        raise
    memo = ProjectMemo(cache, place, way.configuration)
    recalled = memo.recall(poll)
    if recalled and _same_machine(recalled) and _is_playable(image := way.of(recalled.image), way):
        for event in recalled.events:
            emit(event)
        note_use(cache, image.python)
        return image
    # Imported late: an unchanged project needs none of it.
    from shipper.preparation import Preparation

    workers = workers or os.cpu_count() or 1
    try:
        return Preparation(place, cache, memo, emit, spawn, cancelled, workers).run(way)
    except HostRaised as foreign:
        raise foreign.original from None
    except PrepareFailed as failure:
        if not failure.reported:
            _report(failure, emit)
        failure.message = shown(failure.message)
        failure.hint = failure.hint and shown(failure.hint)
        raise


def _check_variables(way: Way) -> None:
    from shipper.formats.variables import first_variable_fault

    if fault := first_variable_fault(way.env):
        hint = "Play without it; other variables can be set."
        message = f"{fault}."
        raise PrepareFailed(message, hint, code="variable-refused")


def _same_machine(recalled: Recalled) -> bool:
    """Tell whether this is still the machine that the project was checked against."""
    if recalled.machine is None:
        return True
    from shipper.machine.hardware import machine_stamp  # late: most projects need nothing of it

    return machine_stamp() == recalled.machine


def _is_playable(image: SealedImage, way: Way) -> bool:
    """Tell whether the working directory is still there; the preparation says what is wrong."""
    cwd = way.cwd if way.cwd is not None else image.cwd
    if not cwd:
        return True
    from shipper.source.working_folder import folder_fault

    return folder_fault(image.root, cwd) is None


def _absolute(path: Path) -> Path:
    """Return the path as the user names it, made absolute; links in it stay."""
    if "\0" in str(path):
        raise ProjectMissing(path)
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    except OSError:  # the current folder is gone
        raise ProjectMissing(path) from None


def check(
    path: Path,
    *,
    cache: Path,
    emit: Emit,
    spawn: Spawn,
    cancelled: IsCancelled,
    way: Way = _AS_IT_IS,
    workers: int | None = None,
) -> None:
    """Prepare the project for what it tells; raise as `prepare` does."""
    prepare(
        path, cache=cache, emit=emit, spawn=spawn, cancelled=cancelled, way=way, workers=workers
    )


def _report(failure: PrepareFailed, emit: Emit) -> None:
    for part in failure.parts or (failure,):
        event = PrepareEvent(
            Channel.BUILD,
            Severity.ERROR,
            shown(part.message),
            "open",
            part.path and shown(part.path),
            part.line,
            part.column,
            part.code,
            part.hint and shown(part.hint),
            part.fix,
        )
        emit(event)
    failure.reported = True
