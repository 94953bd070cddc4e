"""A change to a project's file that resolves a finding: what it is, and how it is made. Pure."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Protocol

    class _Change(Protocol):
        """Whatever says the same as a `Fix`."""

        @property
        def path(self) -> str: ...
        @property
        def line(self) -> int: ...
        @property
        def column(self) -> int: ...
        @property
        def end_line(self) -> int: ...
        @property
        def end_column(self) -> int: ...
        @property
        def expects(self) -> str: ...
        @property
        def text(self) -> str: ...


class Fix(NamedTuple):
    """A change to one file of the project.

    `path` is relative to the project, with slashes. Lines and columns count from 1, columns in
    characters; the end is exclusive. `expects` is the text that stands there: where it no
    longer does, the fix is void. A file that is not there counts as an empty one.
    """

    title: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    expects: str
    text: str


class Edit(NamedTuple):
    """A change of a text: what lies between two offsets becomes `text`."""

    start: int
    end: int
    text: str

    def of(self, text: str) -> str:
        """Return the changed text."""
        return text[: self.start] + self.text + text[self.end :]


def fix_of(title: str, path: str, text: str, edit: Edit) -> Fix:
    """Return an edit of a file's text, whose lines end in `\\n`, as a fix."""
    start, end = _place(text, edit.start), _place(text, edit.end)
    return Fix(title, path, *start, *end, text[edit.start : edit.end], edit.text)


def apply_fix(text: str, fix: "_Change") -> str | None:
    """Return the file's text with the fix made; None where it is void.

    It is void where the text has changed there, and where it would break a TOML file that is
    whole: an insertion expects nothing, and may have been made before. Line endings stay.
    """
    flat = text.replace("\r\n", "\n")
    start = _offset(flat, fix.line, fix.column)
    end = _offset(flat, fix.end_line, fix.end_column)
    if start is None or end is None or flat[start:end] != fix.expects:
        return None
    changed = Edit(start, end, fix.text).of(flat)
    if fix.path.endswith(".toml") and _is_toml(flat) and not _is_toml(changed):
        return None
    return changed.replace("\n", "\r\n") if flat != text else changed


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _offset(text: str, line: int, column: int) -> int | None:
    lines = text.split("\n")
    if not 1 <= line <= len(lines) or not 1 <= column <= len(lines[line - 1]) + 1:
        return None
    return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1


def _is_toml(text: str) -> bool:
    import tomllib  # late: an unchanged project is played without it

    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True
