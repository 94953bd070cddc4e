"""Runs in words: cards, states, command lines."""

from dataclasses import replace
from pathlib import Path

import pytest

from session.exit_info import Cause, ExitInfo
from session.record import RunRecord
from session.run_id import RunId
from session.state import SessionState
from studio.widgets.log_view.links import LogLink
from studio.widgets.runs.card_text import (
    active_card,
    ended_card,
    has_error,
    place_of,
    stopping_card,
)
from studio.widgets.runs.words import (
    arguments,
    command_line,
    exit_number,
    not_in_command,
    state_word,
    took,
    why,
)
from studio.widgets.runs.written import WrittenFiles

_FINISHED = ExitInfo(Cause.FINISHED, "Finished.", 0)
_STOPPED = ExitInfo(Cause.STOPPED_BY_USER, "Stopped by the user.", signal=2)
_FAILED = ExitInfo(
    Cause.EXCEPTION,
    "The program ended with an uncaught exception at main.py:3: KeyError: 'x'",
    1,
    next_step="The log holds the traceback.",
)
_UNPREPARED = ExitInfo(Cause.PREPARE_FAILED, "main.py has 2 errors.")


def _record(state: SessionState, end: ExitInfo | None, args: tuple[str, ...] = ()) -> RunRecord:
    record = RunRecord(RunId("20261120-094026-123abc"), Path("/p/my game"), args, 100.0)
    return record if end is None else record.with_end(state, end, 101.2, ())


@pytest.mark.parametrize(
    ("state", "end", "word", "message"),
    [
        (SessionState.STOPPED, _FINISHED, "stopped", "Finished."),
        (SessionState.STOPPED, _STOPPED, "stopped", "By the user."),
        (SessionState.RUNTIME_FAILED, _FAILED, "runtime failed", _FAILED.message),
        (SessionState.PREPARE_FAILED, _UNPREPARED, "prepare failed", _UNPREPARED.message),
    ],
)
def test_how_a_run_ended(state: SessionState, end: ExitInfo, word: str, message: str) -> None:
    record = _record(state, end)
    card = ended_card(record, None)
    assert card.state == state_word(record, live=False).word == word
    assert card.message == message, "nothing is said twice"
    assert why(record, live=False) == end.message
    assert card.detail == (end.next_step or "")
    assert has_error(record) is (state is not SessionState.STOPPED)


def test_the_place_of_an_end_is_the_one_that_its_words_name() -> None:
    assert place_of(_record(SessionState.RUNTIME_FAILED, _FAILED)) == LogLink("main.py", 3)
    assert place_of(_record(SessionState.STOPPED, _FINISHED)) is None
    assert place_of(_record(SessionState.RUNNING, None)) is None


def test_a_run_without_an_end_is_live_or_lost() -> None:
    record = _record(SessionState.RUNNING, None)
    assert state_word(record, live=True).word == "live"
    assert why(record, live=True) == ""
    assert state_word(record, live=False).word == "lost"
    assert took(record, live=True, now=163.0) == "01:03"
    assert took(record, live=False, now=163.0) == ""


def test_figures_of_an_ended_run() -> None:
    card = ended_card(_record(SessionState.RUNTIME_FAILED, _FAILED), WrittenFiles(2, 14_200))
    assert card.facts == "1.2 s · exit code 1"
    assert card.written == "wrote 2 files, 14 kB"
    assert exit_number(_STOPPED) == "SIGINT"


def test_stopping_tells_what_it_waits_for() -> None:
    waiting = stopping_card(SessionState.RUNNING, 12.0, 0.6, 2.0)
    assert waiting.message == (
        "Asked to stop, 1.4 s of its grace left; press Stop again to end it now."
    )
    assert "grace is over" in stopping_card(SessionState.RUNNING, 12.0, 2.5, 2.0).message
    assert "prepares" in stopping_card(SessionState.PREPARING, 1.0, 0.1, 2.0).message
    assert active_card(SessionState.CONNECTING, 3.0).state == "connecting"


def test_the_command_line_can_be_pasted() -> None:
    record = _record(SessionState.STOPPED, _FINISHED, ("--name", "two words"))
    assert command_line(record) == "playhead play '/p/my game' -- --name 'two words'"
    configured = replace(record, configuration="hard")
    assert command_line(configured).startswith("playhead play --config hard '/p/my game' -- ")
    assert arguments(configured) == "[hard] --name 'two words'"
    assert command_line(_record(SessionState.STOPPED, _FINISHED)) == "playhead play '/p/my game'"


def test_arguments_are_those_that_the_program_was_given() -> None:
    record = replace(_record(SessionState.STOPPED, _FINISHED, ("x",)), configuration="hard")
    played = replace(record, played_args=("--level", "9", "x"))
    assert arguments(played) == "[hard] --level 9 x"
    assert command_line(played) == command_line(record), "the configuration brings its own again"
    assert arguments(replace(record, args=(), played_args=())) == "[hard]"


def test_what_a_command_line_cannot_say_is_said() -> None:
    record = _record(SessionState.STOPPED, _FINISHED)
    assert not_in_command(replace(record, configuration="hard")) == ""
    asked = replace(record, env=(("SPEED", "2"), ("LEVEL", "9")), cwd="data")
    assert "SPEED, LEVEL and the working directory data" in not_in_command(asked)
    assert "9" not in not_in_command(asked), "a value may be a secret"
