"""Replacing what a search found: in open editors as one step of undo, in files with a way back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from studio.documents.errors import DocumentError
from studio.documents.text_file import TextFile, digest_of, read_text_file, write_text_file
from studio.workspaces.editor.file_search import FileMatches, replaced
from studio.workspaces.editor.project_files import ProjectFiles


class Written(NamedTuple):
    """A file that was changed on disk: what it was, and what it is now."""

    before: TextFile
    after: TextFile


class Replacement(NamedTuple):
    """What came of it. `refused` are sentences; `opened` were changed in their editors."""

    matches: int
    opened: tuple[Path, ...]
    written: tuple[Written, ...]
    refused: tuple[str, ...]


async def replace_all(
    files: ProjectFiles, found: Sequence[FileMatches], backups: Path
) -> Replacement:
    """Replace every match that still stands where it was found."""
    matches, opened, written, refused = 0, list[Path](), list[Written](), list[str]()
    for one in found:
        path = files.root / one.path
        text = files.editing.open_text(path) if files.editing is not None else None
        if text is None:
            outcome = await asyncio.to_thread(_rewrite, path, one, backups)
            if isinstance(outcome, str):
                refused.append(outcome)
                continue
            written.append(outcome)
        else:
            changed = replaced(text, one.matches)
            if changed is None or files.editing is None:
                refused.append(_moved_on(path))
                continue
            if not files.editing.change_text(path, changed):
                refused.append(f"{path.name} is only shown in part and was left alone.")
                continue
            opened.append(path)
        matches += len(one.matches)
    return Replacement(matches, tuple(opened), tuple(written), tuple(refused))


def _rewrite(path: Path, found: FileMatches, backups: Path) -> Written | str:
    try:
        before = read_text_file(path)
        text = replaced(before.text, found.matches)
        if text is None:
            return _moved_on(path)
        return Written(before, write_text_file(before, text, backups))
    except DocumentError as error:
        return error.message


def _moved_on(path: Path) -> str:
    return f"{path.name} changed since the search and was left alone."


def take_back(written: Sequence[Written], backups: Path) -> list[str]:
    """Write the files as they were; sentences for those that changed since. Blocking."""
    refused: list[str] = []
    for one in written:
        path = one.before.path
        if digest_of(path) != one.after.digest:
            refused.append(f"{path.name} changed since and was left alone.")
            continue
        try:
            write_text_file(one.before, one.before.text, backups)
        except DocumentError as error:
            refused.append(error.message)
    return refused
