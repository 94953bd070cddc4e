"""Every text can be read on every ground it stands on: the contrast is computed, not judged."""

from dataclasses import asdict

import pytest

from studio.look.palette import palette_for
from studio.look.style_sheet import style_sheet_for
from studio.look.tokens import DARK, LIGHT, Tokens

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
GROUNDS = ("window", "panel", "raised", "current_line")
#: What is written in lists and trees, where a row can be selected.
ON_SELECTION = ("text", "muted", "link", "warning", "error", "play")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def prefixed(theme: Tokens) -> dict[str, str]:
    """The source and syntax colours, and those that programs ask for by number."""
    named = {k: v for k, v in asdict(theme).items() if k.startswith(("source_", "code_"))}
    return named | {f"ansi {i}": colour for i, colour in enumerate(theme.ansi)}


def texts(theme: Tokens) -> dict[str, str]:
    """Every colour that text is written in."""
    plain = ("text", "muted", "play", "stop", "link", "warning", "error")
    return {name: getattr(theme, name) for name in plain} | prefixed(theme)


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_can_be_read_on_every_ground(theme: Tokens, ground: str) -> None:
    found = {n: round(contrast(c, getattr(theme, ground)), 2) for n, c in texts(theme).items()}
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}


@THEMES
def test_selected_text_can_be_read(theme: Tokens) -> None:
    written = {n: getattr(theme, n) for n in ON_SELECTION} | prefixed(theme)
    found = {n: round(contrast(c, theme.selection), 2) for n, c in written.items()}
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}


@THEMES
def test_what_stands_on_play_can_be_read(theme: Tokens) -> None:
    assert contrast(theme.on_play, theme.play) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS[:3])
def test_focus_is_visible_on_every_ground(theme: Tokens, ground: str) -> None:
    """A sign that is no text needs 3 : 1 (success criterion 1.4.11)."""
    assert contrast(theme.focus, getattr(theme, ground)) >= 3


@THEMES
def test_neighbouring_grounds_differ(theme: Tokens) -> None:
    assert len({theme.window, theme.panel, theme.raised, theme.border}) == 4


@THEMES
def test_style_sheet_holds_no_colour_of_its_own(theme: Tokens) -> None:
    sheet = style_sheet_for(theme)
    known = {value for value in asdict(theme).values() if isinstance(value, str)}
    colours = {word.rstrip(";,") for word in sheet.split() if word.startswith("#")}
    assert "$" not in sheet
    assert colours <= known
    assert colours


@THEMES
def test_palette_says_the_same_as_the_tokens(theme: Tokens) -> None:
    palette = palette_for(theme)
    assert palette.window().color().name() == theme.window
    assert palette.base().color().name() == theme.panel
    assert palette.link().color().name() == theme.link


def test_both_themes_name_sixteen_colours_for_programs() -> None:
    assert [len(theme.ansi) for theme in (DARK, LIGHT)] == [16, 16]
