"""The difference between two texts, for someone who has to choose between them. Pure."""

import difflib
from typing import Final, Literal, NamedTuple

#: Beyond this many lines that differ, they are not matched with each other: it takes too long.
_MATCHED: Final = 4_000
#: What a row is: in both, only in the left text, only in the right one, different in both.
Kind = Literal["same", "left", "right", "changed"]


class DifferenceRow(NamedTuple):
    """A line of each text beside each other; numbers count from 1, None where there is none."""

    kind: Kind
    left_number: int | None
    left: str
    right_number: int | None
    right: str


def difference_rows(left: str, right: str) -> list[DifferenceRow]:
    """Return the lines of two texts side by side."""
    one, other = left.split("\n"), right.split("\n")
    rows: list[DifferenceRow] = []
    for tag, start, end, other_start, other_end in line_changes(one, other):
        rows += _rows(tag, one, range(start, end), other, range(other_start, other_end))
    return rows


def line_changes(one: list[str], other: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Return difflib's opcodes for two lists of lines, in a time that does not run away.

    Equal beginnings and ends are set aside first. What is left is matched line by line, unless
    it is so long that this would take seconds: then it is one replacement.
    """
    head = _equal(one, other, min(len(one), len(other)))
    tail = _equal(one[::-1], other[::-1], min(len(one), len(other)) - head)
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    changes: list[tuple[str, int, int, int, int]] = []
    if head:
        changes.append(("equal", 0, head, 0, head))
    changes += [
        (tag, start + head, end + head, other_start + head, other_end + head)
        for tag, start, end, other_start, other_end in _match(left, right)
    ]
    if tail:
        changes.append(("equal", len(one) - tail, len(one), len(other) - tail, len(other)))
    return changes


def _match(left: list[str], right: list[str]) -> list[tuple[str, int, int, int, int]]:
    if not left and not right:
        return []
    if not left or not right or len(left) + len(right) > _MATCHED:
        tag = "insert" if not left else "delete" if not right else "replace"
        return [(tag, 0, len(left), 0, len(right))]
    matcher = difflib.SequenceMatcher(None, left, right)
    return list(matcher.get_opcodes())


def _equal(one: list[str], other: list[str], most: int) -> int:
    count = 0
    while count < most and one[count] == other[count]:
        count += 1
    return count


def _rows(
    tag: str, one: list[str], left: range, other: list[str], right: range
) -> list[DifferenceRow]:
    both = min(len(left), len(right))
    kind: Kind = "same" if tag == "equal" else "changed"
    rows = [
        DifferenceRow(kind, left[i] + 1, one[left[i]], right[i] + 1, other[right[i]])
        for i in range(both)
    ]
    rows += [DifferenceRow("left", i + 1, one[i], None, "") for i in left[both:]]
    rows += [DifferenceRow("right", None, "", i + 1, other[i]) for i in right[both:]]
    return rows
