"""The errors of documents.

DocumentError
├── NotText       what is in the file is no text
├── TooLarge      the file is larger than the editor opens
├── TooWide       a line of it is longer than the editor can lay out
├── Vanished      there is no such file any more
├── Unreadable    the file cannot be read: no permission, a folder, a device
└── NotSaved      the file could not be written; what was on disk is still there
    └── NotEncodable  for a character that its encoding does not have

Each renders its own sentence and carries a stable `code`; `hint` says what to do next.
"""

from pathlib import Path


class DocumentError(Exception):
    """The root of the tree; never raised itself. `path` is the document's."""

    code = "document"

    def __init__(self, path: Path, message: str, hint: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


class NotText(DocumentError):
    """The file holds bytes that no text file holds."""

    code = "not-text"

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path.name} is not a text file.",
            "Open it with the program it belongs to.",
        )


class TooLarge(DocumentError):
    """The file is larger than `limit` bytes; `size` is what it has."""

    code = "too-large"

    def __init__(self, path: Path, size: int, limit: int) -> None:
        super().__init__(
            path,
            f"{path.name} has {size / 2**20:,.0f} MB; the editor opens up to {limit >> 20} MB.",
            "Its beginning can be shown, without changing it.",
        )
        self.size = size


class TooWide(DocumentError):
    """A line is longer than `limit` characters: each key in it would take seconds."""

    code = "too-wide"

    def __init__(self, path: Path, limit: int) -> None:
        super().__init__(
            path,
            f"{path.name} has a line of more than {limit:,} characters.",
            "Its beginning can be shown, long lines cut, without changing it.",
        )


class Vanished(DocumentError):
    """The file is not there."""

    code = "vanished"

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            f"{path.name} is not in {path.parent} any more.",
            "It was deleted, renamed or moved. Saving writes it again.",
        )


class Unreadable(DocumentError):
    """The file cannot be read; `reason` is a few words without a full stop."""

    code = "unreadable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            path,
            f"{path.name} cannot be read: {reason}.",
            "Look at what it is and at its permissions.",
        )
        self.reason = reason


class NotSaved(DocumentError):
    """The file was not written. What it held before is still there, and so is the editor's text."""

    code = "not-saved"

    def __init__(self, path: Path, reason: str, hint: str) -> None:
        super().__init__(path, f"{path.name} was not saved: {reason}.", hint)
        self.reason = reason


class NotEncodable(NotSaved):
    """A character does not exist in the file's encoding; `declared` where the file names that."""

    def __init__(self, path: Path, reason: str, *, declared: bool) -> None:
        way = "the encoding that the file declares" if declared else "save the file as UTF-8"
        super().__init__(path, reason, f"Change the character, or {way}.")
        self.declared = declared
