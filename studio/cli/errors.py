"""The errors of the command.

CommandError
├── NoSuchTemplate      `new` knows no template of that name
├── FolderTaken         `new` would have to write into a folder that holds something
├── FolderUnwritable    a file could not be written
├── ProjectGone         the run's project is not where it was
├── ChangedInProject    copying would replace what changed in the project since the run
├── NotCopied           a file that the run wrote could not be copied
└── WrongParameter      a parameter of `call` is not KEY=VALUE

Each renders its own sentence and carries a stable `code`; `hint` says what to do next.
"""

import shlex
from collections.abc import Sequence
from pathlib import Path

from studio.cli.exit_code import FAILED, WRONG_COMMAND_LINE


class CommandError(Exception):
    """The root of the tree; never raised itself."""

    code = "command"
    exit_code = FAILED

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NoSuchTemplate(CommandError):
    """`new` knows no template of that name."""

    code = "no-such-template"
    exit_code = WRONG_COMMAND_LINE

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no template `{name}`.", f"Choose one of these: {', '.join(known)}."
        )


class FolderTaken(CommandError):
    """The folder for a new project holds something already."""

    code = "folder-taken"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is there already and is not an empty folder.",
            "Name a new folder; nothing was changed.",
        )


class FolderUnwritable(CommandError):
    """A file of a new project could not be written."""

    code = "folder-unwritable"

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"{error.filename or folder} cannot be written: {error.strerror or error}.",
            "Name a folder that you may write to.",
        )


class ProjectGone(CommandError):
    """The run's project is not where it was."""

    code = "project-gone"

    def __init__(self, project: Path) -> None:
        super().__init__(
            f"The project {project} is not there any more; nothing was copied.",
            "`playhead runs --json` says where the files of a run are kept.",
        )


class ChangedInProject(CommandError):
    """Copying would replace what changed in the project since the run."""

    code = "changed-in-project"

    def __init__(self, run_id: str, names: Sequence[str]) -> None:
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        super().__init__(
            f"Changed in the project since the run: {', '.join(names[:3])}{more}. "
            "Nothing was copied.",
            f"To replace what is there: playhead runs --copy-written {shlex.quote(run_id)} --force",
        )


class NotCopied(CommandError):
    """A file that the run wrote could not be copied."""

    code = "not-copied"

    def __init__(self, project: Path, error: OSError) -> None:
        super().__init__(
            f"Not every file could be copied: {error.filename}: {error.strerror or error}.",
            f"Make {project} writable, then do the same again.",
        )


class WrongParameter(CommandError):
    """A parameter of `call` is not KEY=VALUE, or there twice."""

    code = "parameter"
    exit_code = WRONG_COMMAND_LINE

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f"{text[:60]!r} {reason}.", "`playhead call PROJECT` lists what each tool takes."
        )
