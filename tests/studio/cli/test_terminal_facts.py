"""Whether colours and live lines are used is decided from the environment and the terminal."""

import os

import pytest

from studio.cli.terminal import columns, is_tty, judge


@pytest.mark.parametrize(
    ("environ", "tty", "colour", "live"),
    [
        ({"TERM": "xterm-256color"}, True, True, True),
        ({"TERM": "xterm-256color"}, False, False, False),
        ({"TERM": "dumb"}, True, False, False),
        ({}, True, False, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True, True),
        ({"FORCE_COLOR": "1"}, False, True, False),
        ({"FORCE_COLOR": "0", "TERM": "xterm"}, True, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False, False),
    ],
)
def test_judgement(environ: dict[str, str], tty: bool, colour: bool, live: bool) -> None:
    judged = judge(environ, tty=tty)
    assert (judged.tty, judged.colour, judged.live) == (tty, colour, live)


@pytest.mark.parametrize(
    ("encoding", "glyphs"), [("utf-8", True), ("UTF8", True), ("ascii", False)]
)
def test_glyphs_need_unicode(encoding: str, glyphs: bool) -> None:
    assert judge({}, tty=False, encoding=encoding).unicode is glyphs


def test_a_closed_descriptor_is_no_terminal() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    os.close(reading)
    assert not is_tty(reading)
    assert columns(reading) == 80
