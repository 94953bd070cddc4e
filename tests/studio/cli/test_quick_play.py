"""The quick reading of `playhead play` agrees with the command-line library, or leaves it alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.cli import app, play
from studio.cli.play_options import PlayOptions
from studio.cli.quick_play import read_plain_play

_WORDS = st.sampled_from(
    [
        *("game", "a b", "x=1", "", "-", "--"),
        *("--jsonl", "-t", "--times", "-v", "--verbose"),
        *("-tv", "--nonsense", "--jsonl=1", "-h", "--verb"),
        *("--config", "-c", "-cfast", "--config=fast"),
    ]
)


def read_by_library(arguments: list[str]) -> PlayOptions | None:
    """What the library makes of a command line; None where it plays nothing."""
    asked: list[PlayOptions] = []

    def note(options: PlayOptions) -> int:
        asked.append(options)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(play, "play_project", note)
        app.run(arguments)
    return asked[0] if asked else None


@given(st.lists(_WORDS, max_size=6))
def test_both_readings_agree(words: list[str]) -> None:
    plain = read_plain_play(["play", *words])
    if plain is not None:
        assert plain == read_by_library(["play", *words])


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["game"], PlayOptions(Path("game"))),
        (["--jsonl", "game"], PlayOptions(Path("game"), jsonl=True)),
        (["game", "-t", "-v"], PlayOptions(Path("game"), times=True, verbose=True)),
        (["game", "--", "-t", "--", "x"], PlayOptions(Path("game"), ("-t", "--", "x"))),
        (["game", "x", "--", "y"], PlayOptions(Path("game"), ("x", "y"))),
        (["-c", "fast", "game"], PlayOptions(Path("game"), configuration="fast")),
        (
            ["game", "--config", "fast", "x", "--", "-c"],
            PlayOptions(Path("game"), ("x", "-c"), configuration="fast"),
        ),
    ],
)
def test_the_plain_form_is_read(words: list[str], options: PlayOptions) -> None:
    assert read_plain_play(["play", *words]) == options
    assert read_by_library(["play", *words]) == options


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check", "x"],
        ["play"],
        ["play", "--help"],
        ["play", "-tv", "x"],
        ["play", "x", "-c"],
        ["play", "x", "--config", "--", "y"],
        ["play", "x", "-c", "a", "-c", "b"],
    ],
)
def test_anything_else_is_left_to_the_library(arguments: list[str]) -> None:
    assert read_plain_play(arguments) is None
