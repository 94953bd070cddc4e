"""Two texts as one, with the places marked where someone has to choose. Pure."""

from studio.documents.difference import line_changes

_MINE, _BETWEEN, _THEIRS = "<<<<<<< here", "=======", ">>>>>>> on disk"


def marked_merge(mine: str, theirs: str) -> str:
    """Return a text with both versions wherever they differ, between the usual marks."""
    one, other = mine.split("\n"), theirs.split("\n")
    lines: list[str] = []
    for tag, start, end, other_start, other_end in line_changes(one, other):
        if tag == "equal":
            lines += one[start:end]
        else:
            lines += [_MINE, *one[start:end], _BETWEEN, *other[other_start:other_end], _THEIRS]
    return "\n".join(lines)
