"""How a piece of a row's text is dressed, and the codes by which programs ask for it. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

Colour = int | str | None


class TextStyle(NamedTuple):
    """A dress. A colour is one of the sixteen by number, `#rrggbb`, or None for the row's own.

    `role` names a token instead, for the parts that are ours.
    """

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    struck: bool = False
    inverse: bool = False
    role: str = ""


class Span(NamedTuple):
    """Characters `start` up to `stop` of a text, and their dress."""

    start: int
    stop: int
    style: TextStyle


PLAIN: Final = TextStyle()
MUTED: Final = TextStyle(role="muted")
_CHANGES: Final[dict[int, dict[str, bool | None]]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"inverse": True},
    9: {"struck": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"inverse": False},
    29: {"struck": False},
    39: {"foreground": None},
    49: {"background": None},
}
#: First code of eight colours, what is added for the bright ones, whether it is the ground.
_SIXTEEN: Final = ((30, 0, False), (90, 8, False), (40, 0, True), (100, 8, True))
_CUBE: Final = (0, 95, 135, 175, 215, 255)


@lru_cache(maxsize=4096)
def apply_codes(style: TextStyle, parameters: str) -> TextStyle:
    """Return the dress after `ESC [ parameters m`; what is not known changes nothing."""
    groups = parameters.split(";")
    while groups:
        code, *colon_parts = groups.pop(0).split(":")
        number = _number(code)
        if number in (38, 48):
            colour = _colour(colon_parts) if colon_parts else _take_colour(groups)
            style = _coloured(style, colour, background=number == 48)
        elif number == 4 and colon_parts == ["0"]:
            style = style._replace(underline=False)
        else:
            style = _simple(style, number)
    return style


def _coloured(style: TextStyle, colour: Colour, *, background: bool) -> TextStyle:
    if colour is None:
        return style
    if background:
        return style._replace(background=colour)
    return style._replace(foreground=colour)


def _simple(style: TextStyle, code: int) -> TextStyle:
    if code == 0:
        return TextStyle()
    if code in _CHANGES:
        return style._replace(**_CHANGES[code])  # type: ignore[arg-type]  # fits by construction
    for first, bright, background in _SIXTEEN:
        if first <= code < first + 8:
            return _coloured(style, code - first + bright, background=background)
    return style


def _take_colour(groups: list[str]) -> Colour:
    """Take the parameters of a colour off the front of `groups`."""
    size = {"5": 2, "2": 4}.get(groups[0] if groups else "", 1)
    taken, groups[:] = groups[:size], groups[size:]
    return _colour(taken)


def _colour(parts: list[str]) -> Colour:
    """Return `5;n` or `2;r;g;b` as a colour; with colons a colour space may precede the three."""
    if parts[:1] == ["5"] and len(parts) >= 2:
        return indexed_colour(_number(parts[1]))
    if parts[:1] == ["2"] and len(parts) >= 4:
        channels = parts[2:5] if len(parts) >= 5 else parts[1:4]
        return _hex(*map(_number, channels))
    return None


def indexed_colour(number: int) -> Colour:
    """Return one of the 256 colours: the first sixteen are the theme's; None for another number."""
    if 0 <= number < 16:
        return number
    if 16 <= number < 232:
        number -= 16
        return _hex(_CUBE[number // 36], _CUBE[number // 6 % 6], _CUBE[number % 6])
    if 232 <= number < 256:
        grey = 8 + 10 * (number - 232)
        return _hex(grey, grey, grey)
    return None


def _hex(*channels: int) -> str:
    return "#" + "".join(f"{min(max(channel, 0), 255):02x}" for channel in channels)


def _number(text: str) -> int:
    return int(text[:6]) if text.isdecimal() and text.isascii() else 0


def count_in(spans: tuple[Span, ...], start: int, stop: int) -> int:
    """Return how many of the spans, which ascend, lie in characters `start` to `stop`."""
    first = bisect_right(spans, start, key=_stop_of)
    return bisect_left(spans, stop, first, key=_start_of) - first


def _start_of(span: Span) -> int:
    return span.start


def _stop_of(span: Span) -> int:
    return span.stop


def segments(spans: tuple[Span, ...], start: int, stop: int) -> Iterator[Span]:
    """Yield characters `start` to `stop` in pieces of one dress each; `spans` ascend."""
    at = start
    for span in islice(spans, bisect_right(spans, start, key=_stop_of), None):
        if span.start >= stop:
            break
        if span.start > at:
            yield Span(at, span.start, PLAIN)
        yield Span(max(span.start, at), min(span.stop, stop), span.style)
        at = min(span.stop, stop)
    if at < stop:
        yield Span(at, stop, PLAIN)
