"""What there is to say about an open document, and which of it comes first. Pure."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from studio.documents.errors import NotSaved
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


@dataclass
class DocumentFacts:
    """What is known. `theirs` is what another program wrote while there are changes here."""

    failure: NotSaved | None = None
    theirs: TextFile | None = None
    gone: bool = False
    recovered: Recovered | None = None
    stale_run: bool = False
    read_only: bool = False
    notice: str = ""
    notebook: bool = False

    def concern(self) -> Concern | None:
        """Return what the bar is about; only one thing asks for attention at a time."""
        present = (
            (Concern.NOT_SAVED, self.failure is not None),
            (Concern.CONFLICT, self.theirs is not None),
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
        self.failure = self.theirs = None
        self.gone = False
