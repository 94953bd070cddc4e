"""Data only: project templates, playable examples, icons, help pages. None of it is run here.

A template is a folder that `playhead new` copies. In its `.py`, `.toml` and `.md` files `$name`
stands for the project's name (lower case, digits and hyphens) and `$title` for its title (no
quotes, no backslashes), as `string.Template.safe_substitute` has it: `$$` is a plain `$`.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent


def template_names() -> tuple[str, ...]:
    """Return the names that `playhead new` takes, in alphabetical order."""
    return _names(_FOLDER / "templates")


def template_folder(name: str) -> Path:
    """Return the folder of a template; raise KeyError for an unknown name."""
    return _find(_FOLDER / "templates", name)


def example_names() -> tuple[str, ...]:
    """Return the names of the bundled examples, in alphabetical order."""
    return _names(_FOLDER / "examples")


def example_path(name: str) -> Path:
    """Return the folder or file of an example; raise KeyError for an unknown name."""
    return _find(_FOLDER / "examples", name)


def icon_path(name: str) -> Path:
    """Return the SVG of our own icon `name`: `playhead`, or a kind of project; KeyError."""
    return _find(_FOLDER / "icons", name)


def help_names() -> tuple[str, ...]:
    """Return the names of the help pages, in the order of reading."""
    return ("quickstart", "workers", "troubleshooting")


def help_page(name: str) -> Path:
    """Return the Markdown file of a help page; raise KeyError for an unknown name."""
    return _find(_FOLDER / "help", name)


def _names(folder: Path) -> tuple[str, ...]:
    """Name what lies in `folder`: a folder by its name, a file by its name without ending."""
    shown = (path for path in folder.iterdir() if not path.name.startswith(("_", ".")))
    return tuple(sorted(path.stem for path in shown))


def _find(folder: Path, name: str) -> Path:
    for path in folder.iterdir():
        if path.stem == name and not path.name.startswith(("_", ".")):
            return path
    raise KeyError(name)
