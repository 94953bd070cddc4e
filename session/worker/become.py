"""Turns a fork of the launcher into the program: session, limits, descriptors, signals, exec.

The program starts as if from a fresh login: default signal dispositions (a parent started in
the background ignores SIGINT, and that is inherited), an empty signal mask, and no descriptor
that was not meant for it. Later isolation layers are put on here, just before the exec.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from typing import Any, NoReturn
else:
    import _signal as signal  # the C part: the rest of `signal` costs an `enum`

#: The kernel's out-of-memory killer should prefer the program to the studio.
_OOM_SCORE_ADJ = 900
_COULD_NOT_START = 127


def start_program(request: dict[str, Any], *, linux: bool) -> tuple[int, dict[str, Any] | None]:
    """Fork and exec what `request` asks for; the pid, and what went wrong where it did."""
    launcher = os.getpid()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become(request, write, launcher, linux)
    os.close(write)
    return pid, _failure(read)


def _failure(read: int) -> dict[str, Any] | None:
    # The pipe closes at exec; anything on it is the child's last words.
    chunks = []
    while chunk := os.read(read, 4096):
        chunks.append(chunk)
    os.close(read)
    if not chunks:
        return None
    stage, number, text = b"".join(chunks).decode("utf-8", "replace").split("\n", 2)
    return {"stage": stage, "errno": int(number), "message": text}


def close_sources(request: dict[str, Any]) -> None:
    """Close the program's descriptors on the launcher's side, so that ends of file arrive."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(null, 2, inheritable=False)  # until here it was the program's stderr
    os.close(null)
    for source in {source for _target, source in request["fds"]}:
        os.close(source)


def _become(request: dict[str, Any], report: int, launcher: int, linux: bool) -> NoReturn:
    stage = "session"
    try:
        os.setsid()
        if linux:
            _bind_to_launcher(launcher)
            _volunteer_for_oom()
        stage = "limits"
        _limit(request.get("limits", {}))
        stage = "folder"
        os.chdir(request["cwd"])
        stage = "descriptors"
        report = _place(request["fds"], report)
        _reset_signals()
        stage = "interpreter"
        os.execve(request["argv"][0], request["argv"], request["env"])
    except BaseException as error:  # noqa: BLE001 - this is a fork: nothing may get past here
        number = error.errno if isinstance(error, OSError) else 0
        os.write(report, f"{stage}\n{number or 0}\n{error}".encode("utf-8", "replace"))
    finally:
        os._exit(_COULD_NOT_START)


def _bind_to_launcher(launcher: int) -> None:
    from .native import die_with_parent

    die_with_parent(signal.SIGKILL)
    if os.getppid() != launcher:
        os._exit(_COULD_NOT_START)


def _volunteer_for_oom() -> None:
    try:
        fd = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if int(os.read(fd, 16)) < _OOM_SCORE_ADJ:
            os.write(fd, str(_OOM_SCORE_ADJ).encode())
    except OSError:
        pass  # a kernel or container that does not allow it: nothing depends on it
    finally:
        os.close(fd)


def _limit(limits: dict[str, list[int]]) -> None:
    import resource

    for name, (soft, hard) in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (soft, hard))


def _place(fds: list[list[int]], report: int) -> int:
    """Put every source on its target number; the report pipe moves out of the way."""
    targets = {target for target, _source in fds}
    for _target, source in fds:
        os.set_inheritable(source, False)
    safe = {source: _elsewhere(source, targets) for _target, source in fds}
    report = _elsewhere(report, targets)
    for target, source in fds:
        os.dup2(safe[source], target, inheritable=True)
    return report


def _elsewhere(fd: int, targets: set[int]) -> int:
    while fd in targets:
        fd = os.dup(fd)  # not inheritable, and the lowest number that is free
    return fd


def _reset_signals() -> None:
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            pass  # SIGKILL, SIGSTOP and the C library's own
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
