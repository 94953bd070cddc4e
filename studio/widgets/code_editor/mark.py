"""A place in a text that something is to be said about."""

from typing import NamedTuple

from session.log.entry import Severity


class Mark(NamedTuple):
    """A finding, shown as a squiggle, a sign in the gutter and a tooltip.

    `line` and `column` count from 1, columns in characters; without a column the whole line is
    meant, without an end the word that stands there.
    """

    line: int
    column: int | None
    severity: Severity
    message: str
    end_column: int | None = None
