"""Finding a path by a few of its letters. Pure."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

#: Letters that begin a word after one of these count more.
_BOUNDARIES: Final = "/_-. "


class Found(NamedTuple):
    """A path that matches; `places` are the indexes of the letters that do."""

    path: str
    places: tuple[int, ...]
    score: int


def find_paths(query: str, paths: Sequence[str], limit: int) -> list[Found]:
    """Return the best matches of a query, best first: all its letters, in order, any case.

    Without a query the first paths are returned as they come.
    """
    letters = query.replace(" ", "").lower()
    if not letters:
        return [Found(path, (), 0) for path in paths[:limit]]
    pattern = re.compile("[^\n]*?".join(map(re.escape, letters)))
    found = [match(letters, path) for path in paths if pattern.search(path.lower())]
    good = [one for one in found if one is not None]
    good.sort(key=lambda one: (-one.score, len(one.path), one.path))
    return good[:limit]


def match(letters: str, path: str) -> Found | None:
    """Match small letters, in the file's name if they are all there, else in the whole path."""
    folded = path.lower()
    if len(folded) != len(path):  # a letter that becomes two: places would be wrong
        folded = path
    start = folded.rfind("/") + 1
    name = _places(letters, folded, start)
    places = name or _places(letters, folded, 0)
    if places is None:
        return None
    return Found(path, places, _score(path, places) + (100 if name else 0))


def _places(letters: str, text: str, start: int) -> tuple[int, ...] | None:
    """Find the letters from `start` on: together if possible, else from the shortest stretch."""
    together = text.find(letters, start)
    if together >= 0:
        return tuple(range(together, together + len(letters)))
    places: list[int] = []
    at = start
    for letter in letters:
        at = text.find(letter, at)
        if at < 0:
            return None
        places.append(at)
        at += 1
    return tuple(places)


def _score(path: str, places: Sequence[int]) -> int:
    score = 0
    for before, place in zip((-2, *places), places, strict=False):
        score += 8 if place == before + 1 else 0
        if place == 0 or path[place - 1] in _BOUNDARIES:
            score += 6
        elif path[place].isupper() and path[place - 1].islower():
            score += 5
    return score - (places[-1] - places[0]) // 4
