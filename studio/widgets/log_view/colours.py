"""Colours of the log as painted: tokens for what is ours, readable ones for what programs ask."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.look.tokens import Tokens
from studio.widgets.log_view.text_style import Colour, TextStyle

#: The least contrast of a colour that a program chose with its ground.
_READABLE: Final = 4.5
_STEPS: Final = 8


def foreground(style: TextStyle, tokens: Tokens, role: str, *, muted: bool) -> QColor:
    """Return the colour of a text; `role` is that of its row."""
    if muted:
        return QColor(tokens.muted)
    chosen = style.background if style.inverse else style.foreground
    if chosen is None:
        if style.inverse:
            return QColor(tokens.panel)
        own = getattr(tokens, "muted" if style.dim else style.role or role)
        if style.background is None:
            return QColor(own)
        return readable(own, _ground(style, tokens).name())
    under = _ground(style, tokens)
    colour = _resolved(chosen, tokens)
    return readable(colour.name(), under.name())


def background(style: TextStyle, tokens: Tokens, role: str) -> QColor | None:
    """Return the ground of a text, or None where it is the row's."""
    if style.inverse or style.background is not None:
        if style.inverse and style.foreground is None:
            return QColor(getattr(tokens, style.role or role))
        return _ground(style, tokens)
    return None


def _ground(style: TextStyle, tokens: Tokens) -> QColor:
    chosen = style.foreground if style.inverse else style.background
    if chosen is None:
        return QColor(tokens.text if style.inverse else tokens.panel)
    return _resolved(chosen, tokens)


def _resolved(colour: Colour, tokens: Tokens) -> QColor:
    return QColor(tokens.ansi[colour] if isinstance(colour, int) else str(colour))


@lru_cache(maxsize=4096)
def readable(colour: str, ground: str) -> QColor:
    """Return `colour`, moved towards white or black where it could not be read on its ground."""
    under = QColor(ground)
    ends = (QColor(Qt.GlobalColor.white), QColor(Qt.GlobalColor.black))
    best = max(ends, key=lambda end: contrast(end, under))
    for step in range(_STEPS + 1):
        mixed = _mixed(QColor(colour), best, step / _STEPS)
        if contrast(mixed, under) >= _READABLE:
            return mixed
    return best


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]  # a tuple
        )
    )
