"""Why a run ended, in words: facts in, one immutable `ExitInfo` out, no process in sight."""

import signal as signals
from enum import StrEnum
from typing import Final, NamedTuple

from session.budget import Reached


class Cause(StrEnum):
    """Why a run ended. Unknown says unknown."""

    FINISHED = "finished"
    EXIT_CODE = "exit-code"
    EXCEPTION = "exception"
    SIGNAL = "signal"
    SEGFAULT = "segfault"
    OUT_OF_MEMORY = "out-of-memory"
    BUDGET = "budget"
    WORKER_LOST = "worker-lost"
    CONNECT_TIMEOUT = "connect-timeout"
    CONNECT_FAILED = "connect-failed"
    ISOLATION_MISSING = "isolation-missing"
    PREPARE_FAILED = "prepare-failed"
    LOG_UNWRITABLE = "log-unwritable"
    NOT_ENDED = "not-ended"
    STOPPED_BY_USER = "stopped-by-user"
    UNKNOWN = "unknown"


class ExitInfo(NamedTuple):
    """How a run ended: `code` is the program's own exit code, `signal` the number that ended it."""

    cause: Cause
    message: str
    code: int | None = None
    signal: int | None = None
    next_step: str | None = None


class ExceptionFacts(NamedTuple):
    """An exception that nobody caught: `text` is `Type: message`, `where` a spot in the project."""

    type: str
    text: str
    where: str | None = None
    hint: str | None = None


class EndFacts(NamedTuple):
    """What is known about an ended run. Memory is in bytes; `oom_kill`: the kernel says so.

    `stuck` names the processes that would not go. `budget` is what was used up before anybody asked
    for the end. `advice` is what to do next, by what the program itself said at its end.
    `silent`: it did not answer any more, and was ended for that.
    """

    code: int | None = None
    signal: int | None = None
    stop_requested: bool = False
    exception: ExceptionFacts | None = None
    connect_failure: str | None = None
    connect_hint: str | None = None
    connect_timeout_s: float | None = None
    isolation_missing: bool = False
    launcher_lost: bool = False
    oom_kill: bool = False
    peak_memory: int | None = None
    memory_limit: int | None = None
    stuck: tuple[str, ...] = ()
    budget: Reached | None = None
    advice: str | None = None
    silent: bool = False


#: A program that was killed having had this share of all memory was likely killed for it.
_LIKELY: Final = 0.7
_LOG: Final = "The log holds its last lines."


def classify(facts: EndFacts) -> ExitInfo:
    """Say why a run ended; what the user asked for comes first, then what is known for sure."""
    code, signal = facts.code, facts.signal
    if facts.stuck:
        message = f"Not every process could be ended: {', '.join(facts.stuck)}."
        hint = "It is stuck in the kernel or belongs to another user; end it by its number."
        return ExitInfo(Cause.NOT_ENDED, message, code, signal, hint)
    if facts.budget is not None:
        message, hint = facts.budget.message, facts.budget.hint
        return ExitInfo(Cause.BUDGET, message, code, signal, hint)
    if facts.stop_requested:
        return stopped_by_user(code, signal)
    if facts.silent:
        return _silent(facts)
    if facts.connect_timeout_s is not None or facts.connect_failure is not None:
        return _not_connected(facts)
    if facts.launcher_lost:
        return _lost(facts)
    if signal is not None:
        return _by_signal(facts, signal)
    if code is None:
        message = "The program has ended, and how is not known."
        return ExitInfo(Cause.UNKNOWN, message, next_step=_LOG)
    if code == 0:
        return ExitInfo(Cause.FINISHED, "Finished.", 0)
    return _by_code(facts, code)


def stopped_by_user(code: int | None = None, signal: int | None = None) -> ExitInfo:
    """Return why a run ended that was asked to."""
    return ExitInfo(Cause.STOPPED_BY_USER, "Stopped by the user.", code, signal)


def _not_connected(facts: EndFacts) -> ExitInfo:
    if facts.connect_timeout_s is None:
        message = facts.connect_failure or "The program could not be started."
        hint = facts.connect_hint or _LOG
        cause = Cause.ISOLATION_MISSING if facts.isolation_missing else Cause.CONNECT_FAILED
        return ExitInfo(cause, message, facts.code, facts.signal, hint)
    message = f"The program's Python did not answer within {facts.connect_timeout_s:g} s."
    hint = "Play again; if it stays so, look at what its environment imports at start-up."
    return ExitInfo(Cause.CONNECT_TIMEOUT, message, facts.code, facts.signal, hint)


def _silent(facts: EndFacts) -> ExitInfo:
    message = "The program's Python did not answer any more and did nothing, so it was ended."
    hint = "It hung in C code, or was stopped from outside. How long is waited is a setting."
    return ExitInfo(Cause.WORKER_LOST, message, facts.code, facts.signal, hint)


def _lost(facts: EndFacts) -> ExitInfo:
    message = "The process that watches over the program was ended or stopped, and not by Playhead."
    hint = "Every process of it that could be found was ended. Play again."
    return ExitInfo(Cause.WORKER_LOST, message, facts.code, facts.signal, hint)


#: Signals that mean a crash in native code, and what they say.
_CRASHES: Final = {
    signals.SIGSEGV: "it touched memory that is not its own (SIGSEGV)",
    signals.SIGBUS: "it touched memory that is not there (SIGBUS)",
    signals.SIGILL: "it ran an instruction this processor does not have (SIGILL)",
    signals.SIGFPE: "it divided by zero in native code (SIGFPE)",
}
_CRASH_STEP: Final = (
    "Look at the native library it was using; `python -X faulthandler` shows the Python lines."
)
_STEPS: Final = {
    signals.SIGABRT: "A native library gave up on itself; its last words are in the log.",
    signals.SIGXCPU: "It used up its CPU time; raise the limit or do less.",
    signals.SIGXFSZ: "It wrote a file larger than its limit allows.",
    signals.SIGPIPE: "It wrote to a pipe or connection that the other side had closed.",
    signals.SIGINT: "It was interrupted, and not by Playhead.",
    signals.SIGTERM: "It was asked to end, and not by Playhead.",
}


def _by_signal(facts: EndFacts, number: int) -> ExitInfo:
    if number == signals.SIGKILL:
        return _killed(facts)
    crash = _CRASHES.get(number)  # type: ignore[call-overload]  # a plain int is a key as well
    if crash is not None:
        message = f"The program crashed: {crash}."
        return ExitInfo(Cause.SEGFAULT, message, signal=number, next_step=_CRASH_STEP)
    message = f"The program was ended by {signal_name(number)}."
    step = facts.advice or _STEPS.get(number, _LOG)  # type: ignore[call-overload]  # as above
    return ExitInfo(Cause.SIGNAL, message, signal=number, next_step=step)


def _killed(facts: EndFacts) -> ExitInfo:
    kill = int(signals.SIGKILL)
    if facts.oom_kill:
        message = f"The program ran out of memory and the kernel ended it{_used(facts)}."
        step = "Process the data in smaller parts, or give it more memory."
        return ExitInfo(Cause.OUT_OF_MEMORY, message, signal=kill, next_step=step)
    if _near_limit(facts):
        message = f"The program was ended by SIGKILL; it likely ran out of memory{_used(facts)}."
        step = "Process the data in smaller parts, or give it more memory."
        return ExitInfo(Cause.OUT_OF_MEMORY, message, signal=kill, next_step=step)
    message = "The program was ended by SIGKILL, and not by Playhead; memory may have run out."
    step = "Look at the system's log (`dmesg`, `journalctl -k`) for an out-of-memory kill."
    return ExitInfo(Cause.SIGNAL, message, signal=kill, next_step=step)


def _near_limit(facts: EndFacts) -> bool:
    if facts.peak_memory is None or not facts.memory_limit:
        return False
    return facts.peak_memory >= _LIKELY * facts.memory_limit


def _used(facts: EndFacts) -> str:
    if facts.peak_memory is None:
        return ""
    used = f" (it used {_megabytes(facts.peak_memory)}"
    return used + (f" of {_megabytes(facts.memory_limit)})" if facts.memory_limit else ")")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"


def _by_code(facts: EndFacts, code: int) -> ExitInfo:
    error = facts.exception
    if error is None:
        message = f"The program ended with exit code {code}{_shell_says(code)}."
        return ExitInfo(Cause.EXIT_CODE, message, code, next_step=facts.advice or _LOG)
    where = f" at {error.where}" if error.where else ""
    if error.type == "MemoryError":
        message = f"The program ran out of memory: MemoryError{where}."
        step = error.hint or "Process the data in smaller parts, or give it more memory."
        return ExitInfo(Cause.OUT_OF_MEMORY, message, code, next_step=step)
    message = f"The program ended with an uncaught exception{where}: {_first_line(error.text)}"
    step = error.hint or "The log holds the traceback."
    return ExitInfo(Cause.EXCEPTION, message, code, next_step=step)


def _shell_says(code: int) -> str:
    """A shell in between turns a signal into 128 + its number."""
    name = signal_name(code - 128) if code > 128 else ""
    return f", as a shell reports {name}" if name.startswith("SIG") else ""


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def signal_name(number: int) -> str:
    """Return `SIGSEGV` and the like, or `signal 99`."""
    try:
        return signals.Signals(number).name
    except ValueError:
        return f"signal {number}"
