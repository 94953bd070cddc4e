"""What a tab is called: the file's name, and as much of its folder as tells two apart. Pure."""

from collections.abc import Sequence
from pathlib import PurePath


def tab_names(paths: Sequence[PurePath]) -> list[str]:
    """Return a name for each path, in their order; the same path twice gets the same name."""
    return [_name(path, paths) for path in paths]


def _name(path: PurePath, all_paths: Sequence[PurePath]) -> str:
    rivals = {other for other in all_paths if other.name == path.name and other != path}
    if not rivals:
        return path.name
    for depth in range(1, len(path.parts)):
        tail = path.parts[-1 - depth : -1]
        if all(other.parts[-1 - depth : -1] != tail for other in rivals):
            return f"{path.name} · {'/'.join(tail)}".replace("//", "/")
    return f"{path.name} · {path.parent}"
