"""What there is to say about an open document, and which of it comes first. Pure."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from studio.documents.errors import DocumentError, NotSaved
from studio.documents.recovery import Recovered
from studio.documents.text_file import TextFile


class Condition(Enum):
    """Whether there is a text to work on."""

    OPENING = "opening"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Origin:
    """Where a document comes from: a file, or only a name for a text that has none yet.

    `kept_as` is what such a text is called where unsaved ones are kept, for all projects.
    """

    path: Path | None
    name: str
    kept_as: str = ""


class Concern(Enum):
    """One thing that a document's bar can be about, the most urgent first."""

    NOT_SAVED = auto()
    CONFLICT = auto()
    GONE = auto()
    RECOVERED = auto()
    STALE_RUN = auto()
    READ_ONLY = auto()
    NOTICE = auto()
    NOTEBOOK = auto()


class Foreign(NamedTuple):
    """What another program wrote and no editor shows: why not, and its digest ("": unreadable)."""

    error: DocumentError
    digest: str


@dataclass
class DocumentFacts:
    """What is known. `theirs` is what another program wrote while there are changes here.

    `foreign` is the same, where it is no text.
    """

    failure: NotSaved | None = None
    theirs: TextFile | None = None
    foreign: Foreign | None = None
    gone: bool = False
    recovered: Recovered | None = None
    stale_run: bool = False
    read_only: bool = False
    notice: str = ""
    notebook: bool = False

    @property
    def others(self) -> TextFile | Foreign | None:
        """What another program wrote, whatever it is."""
        return self.theirs or self.foreign

    def note_others(self, others: TextFile | Foreign | None) -> None:
        """Another program wrote this, or nothing that matters."""
        self.theirs = others if isinstance(others, TextFile) else None
        self.foreign = others if isinstance(others, Foreign) else None

    def concern(self) -> Concern | None:
        """Return what the bar is about; only one thing asks for attention at a time."""
        present = (
            (Concern.NOT_SAVED, self.failure is not None),
            (Concern.CONFLICT, self.others is not None),
            (Concern.GONE, self.gone),
            (Concern.RECOVERED, self.recovered is not None),
            (Concern.STALE_RUN, self.stale_run),
            (Concern.READ_ONLY, self.read_only),
            (Concern.NOTICE, bool(self.notice)),
            (Concern.NOTEBOOK, self.notebook),
        )
        return next((concern for concern, is_so in present if is_so), None)

    def dismiss(self, concern: Concern | None) -> None:
        """The user has seen it."""
        match concern:
            case Concern.STALE_RUN:
                self.stale_run = False
            case Concern.READ_ONLY:
                self.read_only = False
            case Concern.NOTICE:
                self.notice = ""
            case Concern.NOTEBOOK:
                self.notebook = False
            case _:
                pass

    def on_disk(self) -> None:
        """The file and the text are the same again: nothing of the disk is a concern."""
        self.failure = None
        self.note_others(None)
        self.gone = False
