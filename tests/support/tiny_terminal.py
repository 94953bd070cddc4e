"""A terminal reduced to what a test looks at: which text stands on which row in the end."""

import re

_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(.)", re.DOTALL)


class TinyTerminal:
    """Understands text, carriage return, newline, tab, cursor up and erase; colours are ignored.

    Anything else that a terminal would act upon fails the test that fed it.
    """

    def __init__(self, columns: int = 80) -> None:
        self._columns = columns
        self._rows: list[list[str]] = [[]]
        self._row = 0
        self._column = 0

    def feed(self, text: str) -> None:
        """Take what a program wrote to the terminal."""
        for parameters, final, character in _TOKEN.findall(text):
            if final:
                self._control(parameters, final)
            else:
                self._character(character)

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, row by row, the blank end of each left out."""
        return ["".join(row).rstrip() for row in self._rows]

    @property
    def text(self) -> str:
        """The rows, without the blank ones at the end."""
        return "\n".join(self.rows).rstrip("\n")

    def _control(self, parameters: str, final: str) -> None:
        if final == "A":
            self._row = max(self._row - int(parameters or 1), 0)
        elif final in "JK":
            del self._rows[self._row][self._column :]
            if final == "J":
                del self._rows[self._row + 1 :]
        elif final != "m":
            message = f"the terminal was moved by ESC [ {parameters} {final}"
            raise AssertionError(message)

    def _character(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._next_row()
        elif character == "\t":
            self._put(" " * (8 - self._column % 8))
        elif character == "\x07" or character >= " ":
            self._put(character)
        else:
            message = f"a control character reached the terminal: {character!r}"
            raise AssertionError(message)

    def _put(self, characters: str) -> None:
        for character in characters:
            if self._column >= self._columns:
                self._next_row()
            row = self._rows[self._row]
            row.extend(" " * (self._column + 1 - len(row)))
            row[self._column] = character
            self._column += 1

    def _next_row(self) -> None:
        self._row += 1
        self._column = 0
        if self._row == len(self._rows):
            self._rows.append([])
