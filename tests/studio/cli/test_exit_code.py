"""Every way in which a run can end has its exit code, as the conventions have it."""

import signal

import pytest

from session.exit_info import Cause, ExitInfo
from session.state import SessionState
from studio.cli.exit_code import exit_code

STOPPED, FAILED = SessionState.STOPPED, SessionState.RUNTIME_FAILED


@pytest.mark.parametrize(
    ("state", "exit_info", "code"),
    [
        (STOPPED, ExitInfo(Cause.FINISHED, "", 0), 0),
        (FAILED, ExitInfo(Cause.EXIT_CODE, "", 3), 3),
        (FAILED, ExitInfo(Cause.EXIT_CODE, "", 255), 255),
        (FAILED, ExitInfo(Cause.EXIT_CODE, "", 256), 1),
        (FAILED, ExitInfo(Cause.EXCEPTION, "", 1), 1),
        (FAILED, ExitInfo(Cause.EXCEPTION, ""), 1),
        (FAILED, ExitInfo(Cause.SIGNAL, "", signal=signal.SIGTERM), 143),
        (FAILED, ExitInfo(Cause.SIGNAL, "", signal=signal.SIGKILL), 137),
        (FAILED, ExitInfo(Cause.SEGFAULT, "", signal=signal.SIGSEGV), 139),
        (FAILED, ExitInfo(Cause.SEGFAULT, ""), 139),
        (FAILED, ExitInfo(Cause.OUT_OF_MEMORY, "", signal=signal.SIGKILL), 137),
        (FAILED, ExitInfo(Cause.BUDGET, "", signal=signal.SIGKILL), 124),
        (SessionState.PREPARE_FAILED, ExitInfo(Cause.PREPARE_FAILED, ""), 125),
        (FAILED, ExitInfo(Cause.LOG_UNWRITABLE, ""), 125),
        (FAILED, ExitInfo(Cause.CONNECT_FAILED, ""), 126),
        (FAILED, ExitInfo(Cause.CONNECT_TIMEOUT, ""), 126),
        (FAILED, ExitInfo(Cause.WORKER_LOST, ""), 1),
        (FAILED, ExitInfo(Cause.UNKNOWN, ""), 1),
        (STOPPED, ExitInfo(Cause.STOPPED_BY_USER, ""), 130),
    ],
)
def test_exit_code(state: SessionState, exit_info: ExitInfo, code: int) -> None:
    assert exit_code(state, exit_info) == code


@pytest.mark.parametrize(
    ("received", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGPIPE, 141)],
)
def test_a_signal_to_playhead_decides(received: int, code: int) -> None:
    assert exit_code(STOPPED, ExitInfo(Cause.STOPPED_BY_USER, ""), received) == code
    assert exit_code(FAILED, ExitInfo(Cause.EXIT_CODE, "", 3), received) == code


@pytest.mark.parametrize("cause", Cause)
def test_only_a_finished_run_is_a_success(cause: Cause) -> None:
    code = exit_code(STOPPED if cause is Cause.FINISHED else FAILED, ExitInfo(cause, ""))
    assert (code == 0) is (cause is Cause.FINISHED)
    assert 0 <= code <= 255
