"""A row's text as a terminal would show it: colours become spans, nothing else acts. Pure.

Carriage returns and backspaces overwrite, tabs are expanded, other control characters and those
that turn the direction of text are written out, all other escape sequences are dropped.
"""

import re
from typing import Final, NamedTuple

from studio.widgets.log_view.text_style import MUTED, PLAIN, Span, TextStyle, apply_codes

TAB: Final = 8
#: More of a row than this is not looked at: longer ones are wrapped by the log itself.
MAX_RAW: Final = 256 * 1024
#: Of a line that overwrites itself, this much of its end is played back.
_OVERWRITE_RAW: Final = 4 * 1024
#: More of a text than this is counted by its beginning.
_COUNTED: Final = 8 * 1024
#: Changes of dress in one row that are looked at.
MAX_RUNS: Final = 8192
_ESCAPE: Final = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b)|$)"
    r"|\x1b(?:[ -/]+[0-~]|[0-Z\\-~])"
    r"|(?:\x1b\[?|\x9b)[0-?]*[ -/]*"
)
#: Escape sequences; what moves the cursor; characters that must not act or cannot be seen.
_SPECIAL: Final = re.compile(
    rf"(?P<escape>{_ESCAPE})|(?P<move>[\t\r\b])"
    "|(?P<hidden>[\x00-\x07\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ud800-\udfff])"
)
_ESCAPES: Final = re.compile(_ESCAPE)
_SGR: Final = re.compile(r"(?:\x1b\[|\x9b)([0-9;:]*)m")
_ERASE: Final = re.compile(r"(?:\x1b\[|\x9b)([0-2]?)K")
_FORWARD: Final = re.compile(r"(?:\x1b\[|\x9b)(\d*)([CDG])")


class RowText(NamedTuple):
    """What is shown of a text, how it is dressed, and how many more characters there are."""

    text: str
    spans: tuple[Span, ...] = ()
    more: int = 0


def is_plain(text: str) -> bool:
    """Whether a text is shown exactly as it is."""
    # What is printable to Python holds none of them, and that is known at once.
    return text.isprintable() or _SPECIAL.search(text) is None


def parse(
    raw: str, limit: int | None = None, style: TextStyle = PLAIN, runs: int = MAX_RUNS
) -> RowText:
    """Return `raw` as it is shown, at most `limit` characters of it; it begins in `style`.

    Where the dress changes more than `runs` times, what follows is left out as well.
    """
    if is_plain(raw):
        worn = (Span(0, len(raw), style),) if raw and style != PLAIN else ()
        return _cut(raw, worn, limit, 0)
    beyond = max(len(raw) - MAX_RAW, 0)
    raw = raw[:MAX_RAW]
    overwritten = raw.rstrip("\r")
    if "\r" in overwritten or "\b" in overwritten:
        text, spans = _Terminal(style).play(overwritten[-_OVERWRITE_RAW:])
    else:
        text, spans, unread = _read(overwritten, limit, runs, style)
        beyond += unread
    return _cut(text, spans, limit, beyond)


def plain_text(raw: str) -> str:
    """Return all of `raw` without colours, for copying; tabs stay."""
    if is_plain(raw):
        return raw
    forwards = raw.rstrip("\r")
    if "\r" not in forwards and "\b" not in forwards:
        return _SPECIAL.sub(_written_out, forwards)
    return "\t".join(parse(part).text for part in raw.split("\t"))


def _written_out(found: re.Match[str]) -> str:
    if found.lastgroup == "escape":
        return ""
    return found.group() if found.lastgroup == "move" else escaped(found.group())


def escaped(character: str) -> str:
    """Return a character that must not act, or cannot be seen, as text that can."""
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # stands for one byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _cut(text: str, spans: tuple[Span, ...], limit: int | None, beyond: int) -> RowText:
    if limit is None or len(text) <= limit:
        return RowText(text, spans, beyond)
    kept = tuple(span._replace(stop=min(span.stop, limit)) for span in spans if span.start < limit)
    return RowText(text[:limit], kept, len(text) - limit + beyond)


def _read(
    raw: str, limit: int | None, runs: int, style: TextStyle
) -> tuple[str, tuple[Span, ...], int]:
    """Return the text of a line that never goes back, its spans, and how much was not read.

    Reading stops soon after `limit` characters, or where the dress has changed `runs` times.
    """
    parts: list[str] = []
    spans: list[Span] = []
    length = at = 0

    def add(piece: str, dress: TextStyle) -> None:
        nonlocal length
        if piece:
            parts.append(piece)
            _extend(spans, length, length + len(piece), dress)
            length += len(piece)

    for found in _SPECIAL.finditer(raw):
        add(raw[at : found.start()], style)
        at = found.end()
        if (limit is not None and length > limit) or len(spans) >= runs:
            return "".join(parts), tuple(spans), _visible_length(raw[at:])
        if found.lastgroup == "escape":
            colours = _SGR.fullmatch(found.group())
            style = apply_codes(style, colours[1]) if colours else style
        elif found.group() == "\t":
            add(" " * (TAB - length % TAB), style)
        else:
            add(escaped(found.group()), MUTED)
    add(raw[at:], style)
    return "".join(parts), tuple(spans), 0


def _visible_length(raw: str) -> int:
    """Return how many characters there are besides escape sequences; about, for a long text."""
    if len(raw) > _COUNTED:
        known = _visible_length(raw[:_COUNTED])
        return len(raw) if known == _COUNTED else round(known * len(raw) // _COUNTED, -2)
    raw = _SGR.sub("", raw)  # mostly these, and they alone are found quickly
    return len(_ESCAPES.sub("", raw)) if "\x1b" in raw else len(raw)


def _extend(spans: list[Span], start: int, stop: int, style: TextStyle) -> None:
    if style == PLAIN:
        return
    if spans and spans[-1].stop == start and spans[-1].style == style:
        spans[-1] = spans[-1]._replace(stop=stop)
    else:
        spans.append(Span(start, stop, style))


class _Terminal:
    """One line of a terminal: cells that can be written over."""

    def __init__(self, style: TextStyle) -> None:
        self._cells: list[str] = []
        self._styles: list[TextStyle] = []
        self._cursor = 0
        self._style = style

    def play(self, raw: str) -> tuple[str, tuple[Span, ...]]:
        """Write `raw` and return what stands on the line then."""
        at = 0
        for found in _SPECIAL.finditer(raw):
            self._write(raw[at : found.start()], self._style)
            at = found.end()
            if found.lastgroup == "escape":
                self._obey(found.group())
            elif found.lastgroup == "move":
                self._move(found.group())
            else:
                self._write(escaped(found.group()), MUTED)
        self._write(raw[at:], self._style)
        return self._shown()

    def _write(self, text: str, style: TextStyle) -> None:
        if not text:
            return
        self._pad()
        stop = self._cursor + len(text)
        self._cells[self._cursor : stop] = text
        self._styles[self._cursor : stop] = [style] * len(text)
        self._cursor = stop

    def _pad(self) -> None:
        missing = self._cursor - len(self._cells)
        if missing > 0:
            self._cells.extend(" " * missing)
            self._styles.extend([PLAIN] * missing)

    def _move(self, character: str) -> None:
        if character == "\r":
            self._cursor = 0
        elif character == "\b":
            self._cursor = max(self._cursor - 1, 0)
        else:
            self._cursor += TAB - self._cursor % TAB
            self._pad()

    def _obey(self, sequence: str) -> None:
        if colours := _SGR.fullmatch(sequence):
            self._style = apply_codes(self._style, colours[1])
        elif erase := _ERASE.fullmatch(sequence):
            self._erase(erase[1] or "0")
        elif moved := _FORWARD.fullmatch(sequence):
            self._go(moved[2], min(int(moved[1][:5] or 1), MAX_RAW))

    def _erase(self, which: str) -> None:
        if which in "02":
            stop = self._cursor if which == "0" else 0
            del self._cells[stop:], self._styles[stop:]
        if which == "1":
            stop = min(self._cursor + 1, len(self._cells))
            self._cells[:stop] = " " * stop
            self._styles[:stop] = [PLAIN] * stop

    def _go(self, way: str, count: int) -> None:
        places = {"C": self._cursor + count, "D": self._cursor - count, "G": count - 1}
        self._cursor = max(min(places[way], _OVERWRITE_RAW), 0)

    def _shown(self) -> tuple[str, tuple[Span, ...]]:
        spans: list[Span] = []
        for index, style in enumerate(self._styles):
            _extend(spans, index, index + 1, style)
        return "".join(self._cells), tuple(spans)
