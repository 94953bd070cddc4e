"""The one line at the bottom of the terminal that may still change: a prompt, a progress bar.

Pure: it remembers what is on the screen and returns the bytes that change it. The terminal's
cursor always stands right behind it.
"""

from studio.cli.cells import cut, width

CLEAR_DOWN = "\r\x1b[J"


class LiveLine:
    """What stands on the last line, and how to put something else there."""

    def __init__(self) -> None:
        self._shown = ""
        self._whole = True
        self._columns = 80

    def show(self, text: str, columns: int, *, whole: bool = True) -> str:
        """Return what makes the line read `text`.

        A text that only grew is continued where it is, at any length (a prompt, dots); one
        that changed is drawn again within one row (a progress bar), and so is one that need
        not be `whole`.
        """
        if text == self._shown:
            return ""
        grown = self._whole and bool(self._shown) and text.startswith(self._shown)
        if grown and whole:
            addition = text[len(self._shown) :]
            self._shown = text
            return addition
        whole = whole and not self._shown
        erase = self.clear()
        self._shown = text if whole else cut(text, columns - 1)
        self._whole, self._columns = self._shown == text, columns
        return erase + self._shown

    def clear(self) -> str:
        """Return what takes the line away."""
        if not self._shown:
            return ""
        rows = max(width(self._shown) - 1, 0) // self._columns
        self._shown = ""
        return (f"\x1b[{rows}A" if rows else "") + CLEAR_DOWN

    def commit(self) -> bool:
        """Leave the line as it is and go on below it; whether there was one."""
        was_shown, self._shown = bool(self._shown), ""
        return was_shown
