"""Where rows stand in the viewport when they differ in height. Pure; in pixels, in rows.

Everything is found from the few rows that are visible: no sum over all rows is ever made.
"""

from collections.abc import Callable
from typing import NamedTuple

Height = Callable[[int], int]


class Anchor(NamedTuple):
    """What is at the top: a row, and how many pixels of it have been scrolled away."""

    row: int = 0
    offset: int = 0


class Placed(NamedTuple):
    """A row and where it stands; `y` is negative for one that begins above the viewport."""

    row: int
    y: int
    height: int


def place_rows(anchor: Anchor, count: int, height: Height, viewport: int) -> list[Placed]:
    """Return the visible rows from top to bottom."""
    placed: list[Placed] = []
    row, y = anchor.row, -anchor.offset
    while row < count and y < viewport:
        size = height(row)
        placed.append(Placed(row, y, size))
        row, y = row + 1, y + size
    return placed


def bottom_anchor(count: int, height: Height, viewport: int) -> Anchor:
    """Return the anchor that puts the last row at the bottom of the viewport."""
    row, left = count, viewport
    while row > 0 and left > 0:
        row -= 1
        left -= height(row)
    return Anchor(row, max(-left, 0))


def moved(anchor: Anchor, pixels: int, count: int, height: Height, viewport: int) -> Anchor:
    """Return the anchor after scrolling by some pixels, down for positive ones, up to the ends."""
    row, offset = anchor.row, anchor.offset + pixels
    while offset < 0 and row > 0:
        row -= 1
        offset += height(row)
    while row < count - 1 and offset >= height(row):
        offset -= height(row)
        row += 1
    return min(Anchor(row, max(offset, 0)), bottom_anchor(count, height, viewport))


def shown_whole(anchor: Anchor, row: int, count: int, height: Height, viewport: int) -> Anchor:
    """Return the anchor nearest to `anchor` at which a row is visible as a whole."""
    if row < anchor.row or (row == anchor.row and anchor.offset):
        return Anchor(row)
    placed = place_rows(anchor, count, height, viewport)
    if any(p.row == row and p.y + p.height <= viewport for p in placed):
        return anchor
    return bottom_anchor(row + 1, height, viewport)
