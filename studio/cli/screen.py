"""A run's log as a person watches it: pages of rows, and below them one line that may change.

Pure: rows and tails go in, text comes out, and somebody else writes it. The program's own
lines stand at the left edge, as the program wrote them, so that tables stay aligned and text
can be copied; everything else has its time and its source before it. With `times` the
program's lines have them too. A program's colours are kept, but for a terminal that has none.
"""

from collections.abc import Sequence

from session.log.entry import LogEntry, Row, Severity, StateEntry, Stream
from session.state import SessionState
from studio.cli.live_line import CLEAR_DOWN, LiveLine
from studio.cli.program_text import Colours, is_plain, safe
from studio.cli.render import entry_text, prefix, state_text
from studio.cli.terminal import Terminal
from studio.cli.theme import Theme


class Screen:
    """Turns what a run logs into what is written to the terminal or the pipe."""

    def __init__(
        self,
        terminal: Terminal,
        *,
        times: bool = False,
        severity: Severity = Severity.INFO,
        states: frozenset[SessionState] = frozenset({SessionState.RUNNING}),
        live: bool = True,
    ) -> None:
        self.theme = Theme(terminal.colour, terminal.unicode)
        self.started = 0.0
        self.hints: set[str | None] = set()
        self._times = times
        self._severity = severity
        self._states = states
        self._program_colour = terminal.live or not terminal.tty
        self._live = LiveLine() if terminal.live and live else None
        self._colours = {stream: Colours() for stream in Stream}
        self._open: Stream | None = None
        self._said: dict[Stream, str] = {}
        self._pending: tuple[Stream, str] | None = None

    def page(self, rows: Sequence[Row]) -> str:
        """Return the text that shows `rows`, the live line taken away before it."""
        parts: list[str] = []
        for row in rows:
            self._add(row, parts)
        text = "".join(parts)
        return self.clear() + text if text else ""

    def tail(self, stream: Stream, raw: bytes, columns: int) -> str:
        """Return what shows the unfinished line of a stream; nothing where none can be shown."""
        if self._live is None or self._open is not None:
            return ""
        text = self._safe(raw.decode("utf-8", "replace"))
        self._pending = (stream, text)
        said = self._said.get(stream, "")
        if said and text.startswith(said):
            text = text[len(said) :]
        return self._live.show(self._colours[stream].preview(text), columns)

    def status(self, text: str, columns: int) -> str:
        """Return what shows a passing word of our own in the place of the live line."""
        if self._live is None or self._open is not None:
            return ""
        return self._live.show(self.theme.dim(text), columns, whole=False)

    def clear(self) -> str:
        """Return what takes the live line away."""
        return self._live.clear() if self._live else ""

    def typed(self) -> None:
        """Note that a person pressed Enter: the prompt and the answer stay where they are."""
        if self._live is not None and self._pending and self._live.commit():
            stream, text = self._pending
            self._said[stream] = text

    def interrupted(self) -> str:
        """Return what takes away the `^C` that the terminal itself wrote at the cursor."""
        if self._live is None or self._open is not None:
            return ""
        return self.clear() or CLEAR_DOWN

    def end_line(self) -> str:
        """Return what leaves the cursor at the left edge, below everything shown."""
        ended, self._open = self._open is not None, None
        return self.clear() + ("\n" if ended else "")

    def _add(self, row: Row, parts: list[str]) -> None:
        if isinstance(row, StateEntry):
            self._add_state(row, parts)
        elif row.stream is not None:
            self._add_program_line(row, row.stream, parts)
        elif row.severity >= self._severity:
            self.hints.add(row.hint)
            self._break_line(parts)
            parts.append(entry_text(row, self.started, self.theme) + "\n")

    def _add_state(self, row: StateEntry, parts: list[str]) -> None:
        if row.after in self._states:
            self._break_line(parts)
            parts.append(state_text(row.after, row.time - self.started, self.theme) + "\n")

    def _add_program_line(self, row: LogEntry, stream: Stream, parts: list[str]) -> None:
        text = row.message
        if not is_plain(text) or self._said:
            text = self._rest_of_line(stream, self._safe(text))
        if self._open is not stream:
            self._break_line(parts)
            if self._times:
                parts.append(prefix(row, self.started, self.theme))
        parts.append(self._colours[stream].dress(text))
        if row.continued:
            self._open = stream
        else:
            self._open = None
            parts.append("\n")

    def _rest_of_line(self, stream: Stream, text: str) -> str:
        said = self._said.pop(stream, "")
        return text[len(said) :] if said and text.startswith(said) else text

    def _break_line(self, parts: list[str]) -> None:
        if self._open is not None:
            self._open = None
            parts.append("\n")

    def _safe(self, text: str) -> str:
        return safe(text, colour=self._program_colour)
