"""Line endings: taken off a text when it is read, put back as they were when it is saved. Pure."""

import re
from collections import Counter
from typing import Final, NamedTuple

_ENDING: Final = re.compile(r"\r\n|\r|\n")


class Endings(NamedTuple):
    """`newline` is the one most lines have; `each` lists them all where they are mixed."""

    newline: str
    each: tuple[str, ...]

    @property
    def mixed(self) -> bool:
        """Whether lines end in different ways."""
        return bool(self.each)


def take_endings(text: str) -> tuple[str, Endings]:
    r"""Return the text with "\n" only, and what it had."""
    if "\r" not in text:
        return text, Endings("\n", ())
    each = tuple(_ENDING.findall(text))
    newline = Counter(each).most_common(1)[0][0]
    mixed = len(set(each)) > 1
    return _ENDING.sub("\n", text), Endings(newline, each if mixed else ())


def put_endings(text: str, endings: Endings, before: str) -> str:
    r"""Return a text of "\n" lines with the endings that its file had.

    `before` is the text as it was read. Where endings were mixed, the lines before the first
    and after the last change keep their own; the lines between get the most common one.
    """
    if not endings.mixed:
        return text if endings.newline == "\n" else text.replace("\n", endings.newline)
    old, new = before.split("\n"), text.split("\n")
    count = len(new) - 1
    head = min(_common(old, new), count, len(old) - 1)
    room = min(count, len(old) - 1) - head
    tail = min(max(0, _common(old[::-1], new[::-1]) - 1), room)  # the last line has no ending
    own = list(endings.each)
    kept = own[:head] + [endings.newline] * (count - head - tail) + own[len(own) - tail :]
    return "".join(line + ending for line, ending in zip(new, [*kept, ""], strict=True))


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
