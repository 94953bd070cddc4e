"""The process that aligns two logs, so that the window does not wait: run with `-m`, no Qt.

Called with two run folders and the most rows to compare. Writes a header of five numbers (rows
of the left log, compared rows of it, the same of the right one, lines of the comparison) and
then the comparison: left rows, right rows, kinds.
"""

import struct
import sys
from pathlib import Path
from typing import Final, NamedTuple

from session.log.entry import LogEntry, Row
from session.log.store import LogStore
from studio.row_words import SOURCE_WORDS
from studio.widgets.log_view.columns import state_words
from studio.widgets.log_view.shown_line import copied_text
from studio.workspaces.history.alignment import Aligned, align, key_of

HEADER: Final = struct.Struct("<5Q")
_PAGE: Final = 2_000
#: Characters of a row that count.
_SHOWN: Final = 400
_BREAK: Final = "\n"
_STATE: Final = "state"


class Counted(NamedTuple):
    """How many rows a log has, and the keys of those that are compared."""

    rows: int
    keys: list[str]


def text_of(row: Row) -> str:
    """Return what a row says: its source's word first, so that equal words stay apart."""
    if isinstance(row, LogEntry):
        shown = copied_text(row._replace(message=row.message[:_SHOWN])).expandtabs(4)
        return f"{SOURCE_WORDS[row.source]:<6} {shown.replace(_BREAK, ' ')}"
    return f"{_STATE:<6} {state_words(row)}"


def read_keys(folder: Path, most: int) -> Counted:
    """Return the keys of a log's first rows. OSError where it cannot be read."""
    log = LogStore.open(folder)
    try:
        keys: list[str] = []
        while len(keys) < min(log.last_seq, most):
            rows = log.read(len(keys), min(_PAGE, most - len(keys)))
            keys.extend(key_of(text_of(row)) for row in rows)
        return Counted(log.last_seq, keys)
    finally:
        log.close()


def packed(left: Counted, right: Counted, aligned: Aligned) -> bytes:
    """Return a comparison as bytes."""
    header = HEADER.pack(left.rows, len(left.keys), right.rows, len(right.keys), len(aligned.kinds))
    return header + aligned.left.tobytes() + aligned.right.tobytes() + bytes(aligned.kinds)


def main() -> None:
    """Compare the logs in two run folders."""
    left, right = (read_keys(Path(folder), int(sys.argv[3])) for folder in sys.argv[1:3])
    sys.stdout.buffer.write(packed(left, right, align(left.keys, right.keys)))


if __name__ == "__main__":
    main()
