"""What a log holds: entries from four sources and state changes, in one sequence."""

from enum import IntEnum, StrEnum
from typing import Any, NamedTuple


class Source(StrEnum):
    """Where an entry comes from; never collapsed, from the door to the screen."""

    BUILD = "build"
    PACK_VALIDATION = "pack-validation"
    PACK = "pack"
    RUNTIME = "runtime"


class Severity(IntEnum):
    """How much an entry matters; ordered, so that `>=` filters."""

    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The word users see and type."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Severity":
        """Return the severity named `word`; raise KeyError for an unknown one."""
        return cls[word.upper()]


class Stream(StrEnum):
    """Which output stream of the program a line came from."""

    STDOUT = "stdout"
    STDERR = "stderr"


class Location(NamedTuple):
    """A place in the project's own files; `path` is relative to the project, with slashes."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


class Fix(NamedTuple):
    """A change to one file of the project that resolves a finding.

    Lines and columns count from 1, columns in characters; the end is exclusive. `expects` is the
    text that stood there when the finding was made: where it no longer does, the fix is void.
    """

    title: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    expects: str
    text: str


class NewEntry(NamedTuple):
    """An entry as its producer hands it in; the log gives it sequence and time."""

    source: Source
    severity: Severity
    message: str
    origin: str | None = None
    location: Location | None = None
    code: str | None = None
    hint: str | None = None
    fix: Fix | None = None


class LogEntry(NamedTuple):
    """An entry as readers see it. `seq` counts from 1; `time` is seconds since the epoch."""

    seq: int
    time: float
    source: Source
    severity: Severity
    message: str
    stream: Stream | None = None
    continued: bool = False
    origin: str | None = None
    location: Location | None = None
    code: str | None = None
    hint: str | None = None
    fix: Fix | None = None


class StateEntry(NamedTuple):
    """A state change as readers see it, in the same sequence as the entries."""

    seq: int
    time: float
    before: str
    after: str
    cause: str


class LogQuery(NamedTuple):
    """What a reader wants to see; an empty field does not filter.

    `text` is a literal substring and `regex` a pattern of `re`, both matched line by line and
    case-sensitively (write `(?i)` for the other); `exclude` is a pattern whose lines are left
    out. State changes are shown only where nothing filters.
    """

    sources: frozenset[Source] = frozenset()
    severity: Severity = Severity.DEBUG
    text: str = ""
    regex: str = ""
    exclude: str = ""


Row = LogEntry | StateEntry
Extras = dict[str, Any]
