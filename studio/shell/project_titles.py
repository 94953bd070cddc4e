"""What open projects are called where several have the same title. Pure."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Titled(NamedTuple):
    """A project: what it calls itself, and where it lies."""

    title: str
    path: Path


def told_apart(projects: Sequence[Titled]) -> list[str]:
    """Return a name for each: its title, and as much of its place as tells it from others."""
    names: dict[Path, str] = {}
    for title, count in Counter(project.title for project in projects).items():
        paths = [project.path for project in projects if project.title == title]
        places = dict.fromkeys(paths, "") if count == 1 else _places(paths)
        names |= {path: f"{title} ({place})" if place else title for path, place in places.items()}
    return [names[project.path] for project in projects]


def _places(paths: Sequence[Path]) -> dict[Path, str]:
    """Return the least of the folders above each that tells them all apart, else of the paths."""
    for parts in ([path.parent.parts for path in paths], [path.parts for path in paths]):
        for length in range(1, max(map(len, parts)) + 1):
            tails = [one[-length:] for one in parts]
            if len(set(tails)) == len(paths):
                return {path: str(Path(*tail)) for path, tail in zip(paths, tails, strict=True)}
    return {path: str(path) for path in paths}
