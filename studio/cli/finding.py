"""What `playhead doctor` finds: plain data."""

from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    REDUCED = "reduced"
    ERROR = "error"


class Finding(NamedTuple):
    """One thing examined: what it is, how it stands, and what to do if it is not well."""

    name: str
    grade: Grade
    text: str
    remedy: str | None = None
