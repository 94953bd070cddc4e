"""The plain forms of `playhead studio` mean what the command-line library makes of them."""

import pytest

from studio.cli.app import run
from studio.cli.quick_studio import StudioOptions, read_plain_studio


@pytest.mark.parametrize(
    ("arguments", "path"),
    [([], None), (["studio"], None), (["studio", "."], "."), (["studio", "a b.py"], "a b.py")],
)
def test_both_ways_open_the_same(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], path: str | None
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    opened: list[str | None] = []

    def open_studio(on: str | None) -> int:
        opened.append(on)
        return 7

    assert run(arguments, open_studio) == 7
    assert opened == [path]
    assert read_plain_studio(arguments, display=True) == StudioOptions(path)


@pytest.mark.parametrize(
    "arguments",
    [["play", "."], ["studio", "--help"], ["studio", "-h"], ["studio", "a", "b"], ["--version"]],
)
def test_everything_else_is_left_to_the_library(arguments: list[str]) -> None:
    assert read_plain_studio(arguments, display=True) is None


def test_alone_and_without_a_display_nothing_is_opened() -> None:
    assert read_plain_studio([], display=False) is None
    assert read_plain_studio(["studio"], display=False) == StudioOptions()


def test_without_a_studio_the_command_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["studio"]) == 1
    assert "[no-studio]" in capfd.readouterr().err
