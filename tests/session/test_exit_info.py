"""A table of deaths, and what is said about each."""

import signal

import pytest

from session.budget import Reached
from session.exit_info import Cause, EndFacts, ExceptionFacts, ExitInfo, classify, signal_name

_ERROR = ExceptionFacts("ValueError", "ValueError: bad\nmore", "main.py:3")
_GB = 1_000_000_000

DEATHS: list[tuple[str, EndFacts, Cause, str]] = [
    ("finished", EndFacts(code=0), Cause.FINISHED, "Finished."),
    ("exit code", EndFacts(code=3), Cause.EXIT_CODE, "exit code 3."),
    ("shell's code", EndFacts(code=139), Cause.EXIT_CODE, "139, as a shell reports SIGSEGV."),
    ("code 255", EndFacts(code=255), Cause.EXIT_CODE, "exit code 255."),
    (
        "exception",
        EndFacts(code=1, exception=_ERROR),
        Cause.EXCEPTION,
        "uncaught exception at main.py:3: ValueError: bad",
    ),
    ("handled in a hook", EndFacts(code=0, exception=_ERROR), Cause.FINISHED, "Finished."),
    (
        "memory error",
        EndFacts(code=1, exception=ExceptionFacts("MemoryError", "MemoryError", "main.py:8")),
        Cause.OUT_OF_MEMORY,
        "ran out of memory: MemoryError at main.py:8.",
    ),
    (
        "budget",
        EndFacts(signal=signal.SIGKILL, budget=Reached("memory", 512e6, 530e6)),
        Cause.BUDGET,
        "used 530 MB of memory; its budget is 512 MB.",
    ),
    (
        "a budget, then Stop",
        EndFacts(signal=signal.SIGKILL, budget=Reached("wall", 1, 1), stop_requested=True),
        Cause.BUDGET,
        "its budget is 1 s.",
    ),
    (
        "a budget before the program was there",
        EndFacts(connect_failure="it ended", budget=Reached("wall", 1, 1)),
        Cause.BUDGET,
        "its budget is 1 s.",
    ),
    (
        "a budget, and a process that would not go",
        EndFacts(budget=Reached("wall", 1, 1), stuck=("cat (7)",)),
        Cause.NOT_ENDED,
        "cat (7)",
    ),
    ("segfault", EndFacts(signal=signal.SIGSEGV), Cause.SEGFAULT, "SIGSEGV"),
    ("bus error", EndFacts(signal=signal.SIGBUS), Cause.SEGFAULT, "SIGBUS"),
    ("abort", EndFacts(signal=signal.SIGABRT), Cause.SIGNAL, "ended by SIGABRT."),
    ("terminated", EndFacts(signal=signal.SIGTERM), Cause.SIGNAL, "ended by SIGTERM."),
    ("no cpu time left", EndFacts(signal=signal.SIGXCPU), Cause.SIGNAL, "ended by SIGXCPU."),
    ("odd signal", EndFacts(signal=63), Cause.SIGNAL, "ended by signal 63."),
    (
        "killed",
        EndFacts(signal=signal.SIGKILL),
        Cause.SIGNAL,
        "SIGKILL, and not by Playhead; memory may",
    ),
    (
        "killed for memory",
        EndFacts(signal=signal.SIGKILL, oom_kill=True, peak_memory=_GB),
        Cause.OUT_OF_MEMORY,
        "the kernel ended it (it used 1000 MB)",
    ),
    (
        "likely killed for memory",
        EndFacts(signal=signal.SIGKILL, peak_memory=_GB, memory_limit=_GB),
        Cause.OUT_OF_MEMORY,
        "likely ran out of memory (it used 1000 MB of 1000 MB)",
    ),
    (
        "killed far from the limit",
        EndFacts(signal=signal.SIGKILL, peak_memory=_GB // 2, memory_limit=_GB),
        Cause.SIGNAL,
        "memory may have run out",
    ),
    (
        "would not go",
        EndFacts(code=0, stop_requested=True, stuck=("dd (12)",)),
        Cause.NOT_ENDED,
        "Not every process could be ended: dd (12).",
    ),
    (
        "stopped",
        EndFacts(signal=signal.SIGINT, stop_requested=True),
        Cause.STOPPED_BY_USER,
        "Stopped by the user.",
    ),
    (
        "stopped while failing",
        EndFacts(code=1, exception=_ERROR, stop_requested=True),
        Cause.STOPPED_BY_USER,
        "Stopped by the user.",
    ),
    (
        "launcher lost",
        EndFacts(launcher_lost=True),
        Cause.WORKER_LOST,
        "ended or stopped, and not by Playhead",
    ),
    ("timeout", EndFacts(connect_timeout_s=30.0), Cause.CONNECT_TIMEOUT, "within 30 s"),
    (
        "not connected",
        EndFacts(code=1, connect_failure="The interpreter is gone.", connect_hint="Play again."),
        Cause.CONNECT_FAILED,
        "The interpreter is gone.",
    ),
    ("unknown", EndFacts(), Cause.UNKNOWN, "not known"),
]


@pytest.mark.parametrize(
    ("facts", "cause", "words"), [row[1:] for row in DEATHS], ids=[row[0] for row in DEATHS]
)
def test_a_death_gets_its_cause_and_sentence(facts: EndFacts, cause: Cause, words: str) -> None:
    info = classify(facts)
    assert info.cause is cause
    assert words in info.message
    assert (info.code, info.signal) == (facts.code, facts.signal)


@pytest.mark.parametrize("facts", [row[1] for row in DEATHS], ids=[row[0] for row in DEATHS])
def test_what_went_wrong_has_a_next_step(facts: EndFacts) -> None:
    info = classify(facts)
    if info.cause not in (Cause.FINISHED, Cause.STOPPED_BY_USER):
        assert info.next_step
        assert info.next_step.endswith(".")
    assert "\n" not in info.message


def test_the_hint_of_an_exception_is_the_next_step() -> None:
    hinted = _ERROR._replace(hint="Do this.")
    assert classify(EndFacts(code=1, exception=hinted)).next_step == "Do this."


def test_an_exit_info_is_immutable() -> None:
    info = ExitInfo(Cause.FINISHED, "Finished.", 0)
    with pytest.raises(AttributeError):
        info.code = 1  # type: ignore[misc]


def test_signals_have_names() -> None:
    assert signal_name(11) == "SIGSEGV"
    assert signal_name(99) == "signal 99"
