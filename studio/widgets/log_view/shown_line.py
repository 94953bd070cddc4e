"""A row of the log made ready to be shown: what stands before it, its text, its dress. Pure."""

from typing import Final, NamedTuple

from PySide6.QtCore import QCoreApplication

from session.log.entry import LogEntry, Row, Severity, StateEntry, Stream
from studio.row_words import without_place
from studio.widgets.log_view.columns import GLYPHS, Head, head_of, state_words
from studio.widgets.log_view.links import LogLink
from studio.widgets.log_view.row_text import MAX_RUNS, parse, plain_text
from studio.widgets.log_view.text_style import MUTED, PLAIN, Span, TextStyle

#: A text longer than this is folded until somebody asks for the rest.
FOLD: Final = 1000
#: So is one whose dress changes more often: no wide window shows that much of it.
RUNS: Final = 256
#: Characters of an unfolded text that is not plain ASCII: laying it out costs more.
MAX_LAID_OUT: Final = 4096
#: Unfolded plain text has no limit but that of a row.
_UNFOLDED: Final = 128 * 1024
CONTINUES: Final = "↳"
_HINT: Final = "  ·  "
_REPLACEMENT: Final = "\ufffd"


class ShownLine(NamedTuple):
    """What is shown of one row. `more` counts the characters that are folded away.

    `role` names the token of the text's colour. `seq` is 0 for an unfinished line, whose `time`
    nobody knows. `continues` says that its beginning is in an earlier row.
    """

    seq: int
    time: float
    head: Head
    text: str
    spans: tuple[Span, ...] = ()
    more: int = 0
    role: str = "text"
    continues: bool = False
    unfolded: bool = False
    place: LogLink | None = None
    place_size: int = 0  # characters at the front of the text that name `place`

    @property
    def plain(self) -> bool:
        """Whether every character takes one cell."""
        return self.text.isascii()


def show_row(
    row: Row,
    raw: bytes | None = None,
    *,
    continues: bool = False,
    unfolded: bool = False,
    style: TextStyle = PLAIN,
) -> ShownLine:
    """Return a row made ready; `raw` are its bytes where decoding has lost some.

    `style` is the dress that the program's lines before it have left on.
    """
    if isinstance(row, StateEntry):
        return ShownLine(row.seq, row.time, head_of(row), state_words(row), role=_state_role(row))
    pieces, place = _pieces(row, raw)
    carried = style if row.stream is not None else PLAIN
    text, spans, more = _joined(
        pieces, _UNFOLDED if unfolded else FOLD, carried, MAX_RUNS if unfolded else RUNS
    )
    if unfolded and not text.isascii() and len(text) > MAX_LAID_OUT:
        text, spans, more = _joined(pieces, MAX_LAID_OUT, carried, MAX_RUNS)
    head = head_of(row)
    if continues:
        head = head._replace(word=CONTINUES, mark="", word_role="muted")
    size = len(f"{row.location}:") - 1 if place is not None else 0
    role = _text_role(row)
    return ShownLine(
        row.seq, row.time, head, text, spans, more, role, continues, unfolded, place, size
    )


def show_tail(stream: Stream, data: bytes, style: TextStyle = PLAIN) -> ShownLine:
    """Return the unfinished line of a stream made ready."""
    shown = parse(data.decode("utf-8", "surrogateescape"), FOLD, style, RUNS)
    mark = "err" if stream is Stream.STDERR else ""
    head = Head("…", "muted", "run", "source_runtime", mark)
    return ShownLine(0, 0.0, head, shown.text, shown.spans, shown.more)


def unreadable_line(seq: int, error: OSError) -> ShownLine:
    """Return what is shown of a row that cannot be read."""
    text = QCoreApplication.translate("LogView", "This row cannot be read: {reason}.")
    reason = error.strerror or str(error)
    head = Head(GLYPHS[Severity.WARNING], "warning", "", "muted")
    return ShownLine(seq, 0.0, head, text.format(reason=reason), role="muted")


def copied_text(row: Row, raw: bytes | None = None) -> str:
    """Return a row's whole message without colours, with its place, code and hint."""
    if isinstance(row, StateEntry):
        return state_words(row)
    if row.stream is not None and raw is None:  # most rows are such
        return plain_text(row.message)
    return "".join(plain_text(text) for text, _ in _pieces(row, raw)[0])


def _pieces(row: LogEntry, raw: bytes | None) -> tuple[list[tuple[str, TextStyle]], LogLink | None]:
    message = row.message if raw is None else raw.decode("utf-8", "surrogateescape")
    if row.stream is not None:
        return [(message, PLAIN)], None
    pieces: list[tuple[str, TextStyle]] = []
    place = None
    if row.location is not None:
        place = LogLink(*row.location)
        pieces.append((f"{row.location}: ", PLAIN))
    pieces.append((without_place(message.rstrip("\n"), row.location), PLAIN))
    if row.code and row.severity >= Severity.WARNING:
        pieces.append((f" [{row.code}]", MUTED))
    if row.hint:
        pieces.append((_HINT + row.hint, MUTED))
    return pieces, place


def _joined(
    pieces: list[tuple[str, TextStyle]], limit: int, carried: TextStyle, runs: int
) -> tuple[str, tuple[Span, ...], int]:
    """Return the pieces as one text of at most `limit` characters, and what is left out."""
    texts: list[str] = []
    spans: list[Span] = []
    length = more = 0
    for raw, style in pieces:
        part = parse(raw, max(limit - length, 0), carried, runs)
        if style != PLAIN and part.text:
            spans.append(Span(length, length + len(part.text), style))
        spans.extend(
            Span(span.start + length, span.stop + length, span.style) for span in part.spans
        )
        texts.append(part.text)
        length += len(part.text)
        more += part.more
    return "".join(texts), tuple(spans), more


def lost_bytes(row: Row) -> bool:
    """Whether the row's message may have been made from bytes that are not UTF-8."""
    return isinstance(row, LogEntry) and _REPLACEMENT in row.message


def _text_role(row: LogEntry) -> str:
    if row.severity is Severity.ERROR:
        return "error"
    return "muted" if row.severity is Severity.DEBUG else "text"


def _state_role(row: StateEntry) -> str:
    return "error" if row.after.endswith("failed") else "muted"
