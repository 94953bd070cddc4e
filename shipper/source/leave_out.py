"""What is no part of a project unless it is asked for: one table, one question. Pure."""

import re

_FOLDERS = {
    "version control": {".git", ".hg", ".svn", ".bzr", "_darcs", "CVS"},
    "cache": {
        "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".tox",
        ".nox", ".cache", ".ipynb_checkpoints", ".import_linter_cache", ".pytype", ".pyre",
    },
    "virtual environment": {".venv"},
    "installed JavaScript packages": {"node_modules"},
}  # fmt: skip
_FOLDER_REASONS = {name: reason for reason, names in _FOLDERS.items() for name in names}
_BACKUP = re.compile(r".*(~|\.(swp|swo|swx|bak|orig|rej))|#.*#|\.#.*")
_SYSTEM = {"thumbs.db", "desktop.ini", "ehthumbs.db"}

#: Folders that builders leave at the top of a project; a package may bear the name as well.
BUILD_FOLDERS = {"build", "dist"}


def folder_reason(name: str) -> str | None:
    """Return why a folder of this name is left out; None where its name is no reason."""
    if reason := _FOLDER_REASONS.get(name):
        return reason
    if name.endswith(".egg-info"):
        return "build leftover"
    return "hidden" if name.startswith(".") else None


def file_reason(name: str) -> str | None:
    """Return why a file of this name is left out; None where its name is no reason."""
    if _BACKUP.fullmatch(name):
        return "editor backup"
    if name.endswith((".pyc", ".pyo")):
        return "compiled Python"
    if name.lower() in _SYSTEM:
        return "left by the file manager"
    return "hidden" if name.startswith(".") else None
