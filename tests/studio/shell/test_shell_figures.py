"""Times, sizes and identities in the frame; and what the buttons say of a state."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from session.exit_info import Cause, ExitInfo
from session.state import SessionState
from session.usage import Usage
from studio.controls import controls_for
from studio.desk import Desk
from studio.shell.banner import Banner
from studio.shell.figures import elapsed_text, memory_text, short_id
from studio.shell.state_word import state_word
from studio.shell.status_bar import StatusBar, cpu_share
from studio.widgets.runs.words import ended_word


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "00:00"), (0, "00:00"), (12.9, "00:12"), (125, "02:05"), (3725, "1:02:05")],
)
def test_elapsed_time(seconds: float, text: str) -> None:
    assert elapsed_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 MB"), (84_200_000, "84 MB"), (1_230_000_000, "1.2 GB")]
)
def test_memory_says_its_unit(size: int, text: str) -> None:
    assert memory_text(size) == text


def test_a_content_id_is_cut_without_its_hash_name() -> None:
    assert short_id("sha256:0123456789abcdef") == "01234567"
    assert short_id("odd") == "odd"


def test_every_state_has_a_sign_and_a_word() -> None:
    shown = [controls_for(state, stop_requested=False) for state in SessionState]
    assert all(controls.sign and state_word(controls) for controls in shown)


def test_cpu_is_told_between_two_samples_only() -> None:
    one = Usage(10.0, 1, 1, 2.0, 0, awaits_input=False)
    assert cpu_share([one]) is None
    assert cpu_share([one, one]) is None
    assert cpu_share([one, one._replace(at=12.0, cpu_s=3.0)]) == 50
    assert cpu_share([one, one._replace(at=12.0, cpu_s=0.5)]) == 0


@pytest.mark.parametrize("state", SessionState)
def test_stop_is_possible_exactly_while_a_run_is_under_way(state: SessionState) -> None:
    controls = controls_for(state, stop_requested=False)
    assert controls.stop is state.active
    assert controls.restart is state.active
    assert controls.play is not state.active


@pytest.mark.parametrize("state", SessionState)
def test_while_saving_play_is_off_and_stop_calls_it_off(state: SessionState) -> None:
    controls = controls_for(state, stop_requested=False, saving=True)
    assert (controls.play, controls.stop, controls.restart) == (False, True, False)
    assert controls.badge == "saving"


def test_a_stopping_run_says_so() -> None:
    controls = controls_for(SessionState.RUNNING, stop_requested=True)
    assert controls.stopping
    assert (controls.badge, controls.role) == ("stopping", "warning")


@pytest.mark.parametrize("cause", Cause)
def test_the_badge_says_what_the_card_says_of_a_run_that_is_over(cause: Cause) -> None:
    end = ExitInfo(cause, "It is over.")
    badge = controls_for(SessionState.STOPPED, stop_requested=False).badge
    assert badge == ended_word(SessionState.STOPPED, end).word


@pytest.mark.parametrize("text", ["<b>main.py</b> is gone", "a < b & c", "plain"])
def test_what_is_told_is_shown_character_by_character(qtbot: QtBot, desk: Desk, text: str) -> None:
    status, banner = StatusBar(desk), Banner()
    qtbot.addWidget(status)
    qtbot.addWidget(banner)
    status.say(text)
    banner.say(text)
    for label in (status.message, banner.text):
        assert label.text() == text
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert "<b>" not in status.message.toolTip()
