"""Regular expressions made fit for searching many lines at once.

A pattern is meant for one line. `for_blocks` turns it into one that finds, in a block of ASCII
lines, exactly the lines it matches alone: nothing in it can cross a newline any more, and its
anchors hold at every line's ends. `literals` names strings of which every match holds one.

Both work on the parse tree of `re`, which is private: whatever is not understood gives None,
and the caller searches line by line, slower and just as right.
"""

import re
from importlib import import_module
from typing import Any, Final

_parser: Any = import_module("re._parser")
_compiler: Any = import_module("re._compiler")
_c: Any = import_module("re._constants")

_NEWLINE: Final = 10
#: More alternatives than this cost more to look for than they save.
_MAX_LITERALS: Final = 4
#: Sets of literals that are worth a trial.
_MAX_SETS: Final = 3
_KEPT_FLAGS: Final = re.IGNORECASE | re.ASCII | re.VERBOSE | re.MULTILINE

Literals = tuple[bytes, ...]


class _NotUnderstoodError(Exception):
    """The tree holds something whose meaning would change in a block."""


def for_blocks(pattern: str) -> "re.Pattern[bytes] | None":
    """Return `pattern` for blocks of ASCII lines, or None where it cannot be had."""
    try:
        tree = _parse(pattern)
        found: re.Pattern[bytes] = _compiler.compile(tree, re.MULTILINE)
    except (_NotUnderstoodError, re.error, UnicodeError, AttributeError, TypeError, ValueError):
        return None
    return found


def literals(pattern: str) -> list[Literals]:
    """Return sets of strings; of each set, every line that matches holds at least one.

    With `(?i)` they are in lower case, to be looked for in lowered text.
    """
    try:
        found = _required(_parse(pattern))
    except (_NotUnderstoodError, re.error, UnicodeError, AttributeError, TypeError, ValueError):
        return []
    if ignores_case(pattern):
        found = [tuple(text.lower() for text in texts) for texts in found]
    worthy = (texts for texts in found if min(map(len, texts)) > 1)
    return sorted(dict.fromkeys(worthy), key=_length, reverse=True)[:_MAX_SETS]


def ignores_case(pattern: str) -> bool:
    """Whether the pattern as a whole ignores case."""
    return bool(re.compile(pattern).flags & re.IGNORECASE)


def _parse(pattern: str) -> Any:  # noqa: ANN401 - the tree's types are private to `re`
    tree = _parser.parse(pattern.encode("ascii"), re.MULTILINE)
    if tree.state.flags & ~(_KEPT_FLAGS | re.DOTALL):
        raise _NotUnderstoodError
    tree.state.flags &= ~re.DOTALL  # in one line there is no newline that `.` could match
    _rewrite(tree)
    return tree


def _rewrite(tree: Any) -> None:  # noqa: ANN401 - as above
    """Replace in place every node that could match a newline or tell a block from a line."""
    for index, (op, value) in enumerate(tree.data):
        tree.data[index] = _rewritten(op, value)


def _rewritten(op: Any, value: Any) -> tuple[Any, Any]:  # noqa: ANN401 - as above
    if op is _c.AT:
        return op, _anchor(value)
    if op is _c.LITERAL and value != _NEWLINE:
        return op, value
    if op is _c.NOT_LITERAL:
        return _c.IN, [(_c.NEGATE, None), (_c.LITERAL, value), (_c.LITERAL, _NEWLINE)]
    if op is _c.IN:
        return op, _class(value)
    if op in (_c.ANY, _c.GROUPREF):
        return op, value
    _descend(op, value)
    return op, value


def _descend(op: Any, value: Any) -> None:  # noqa: ANN401 - as above
    if op in (_c.MAX_REPEAT, _c.MIN_REPEAT, _c.POSSESSIVE_REPEAT):
        _rewrite(value[2])
    elif op is _c.BRANCH:
        for branch in value[1]:
            _rewrite(branch)
    elif op is _c.SUBPATTERN:
        _, added, dropped, inner = value
        if dropped or added & ~re.IGNORECASE:
            raise _NotUnderstoodError
        _rewrite(inner)
    elif op in (_c.ASSERT, _c.ASSERT_NOT):
        _rewrite(value[1])
    elif op is _c.ATOMIC_GROUP:
        _rewrite(value)
    else:
        raise _NotUnderstoodError


def _anchor(where: Any) -> Any:  # noqa: ANN401 - as above
    if where in (_c.AT_BEGINNING, _c.AT_BEGINNING_STRING):
        return _c.AT_BEGINNING
    if where in (_c.AT_END, _c.AT_END_STRING):
        return _c.AT_END
    if where is _c.AT_BOUNDARY:
        return where
    raise _NotUnderstoodError  # `\B` holds in an empty line of a block, but not in an empty string


def _class(items: list[Any]) -> list[Any]:
    """Return the items of a character class without the newline."""
    if items[0][0] is _c.NEGATE:
        return [*items, (_c.LITERAL, _NEWLINE)]
    kept: list[Any] = []
    for op, value in items:
        kept.extend(_member(op, value, alone=len(items) == 1))
    return kept


def _member(op: Any, value: Any, *, alone: bool) -> list[Any]:  # noqa: ANN401 - as above
    if op is _c.LITERAL and value != _NEWLINE:
        return [(op, value)]
    if op is _c.RANGE and not value[0] <= _NEWLINE <= value[1]:
        return [(op, value)]
    if op is _c.CATEGORY and value in (_c.CATEGORY_DIGIT, _c.CATEGORY_WORD):
        return [(op, value)]
    if op is _c.CATEGORY and value is _c.CATEGORY_SPACE:
        return [(_c.LITERAL, code) for code in b" \t\r\f\v"]
    if op is _c.CATEGORY and value in _OPPOSITE and alone:
        return [(_c.NEGATE, None), (op, _OPPOSITE[value]), (_c.LITERAL, _NEWLINE)]
    if op is _c.CATEGORY and value is _c.CATEGORY_NOT_SPACE:
        return [(op, value)]
    raise _NotUnderstoodError


_OPPOSITE: Final[dict[Any, Any]] = {
    _c.CATEGORY_NOT_DIGIT: _c.CATEGORY_DIGIT,
    _c.CATEGORY_NOT_WORD: _c.CATEGORY_WORD,
}


def _required(tree: Any) -> list[Literals]:  # noqa: ANN401 - as above
    """Return sets of strings; of each set, every match holds at least one."""
    found: list[Literals] = []
    run = bytearray()
    for op, value in tree.data:
        if op is _c.LITERAL:
            run.append(value)
            continue
        found.append((bytes(run),))
        run.clear()
        found.extend(_required_of(op, value))
    found.append((bytes(run),))
    return [texts for texts in found if all(texts) and len(texts) <= _MAX_LITERALS]


def _required_of(op: Any, value: Any) -> list[Literals]:  # noqa: ANN401 - as above
    if op is _c.SUBPATTERN and not value[1]:
        return _required(value[3])
    if op is _c.ATOMIC_GROUP:
        return _required(value)
    if op in (_c.MAX_REPEAT, _c.MIN_REPEAT, _c.POSSESSIVE_REPEAT) and value[0] > 0:
        return _required(value[2])
    if op is _c.BRANCH:
        best = [_best(_required(branch)) for branch in value[1]]
        return [tuple(text for texts in best for text in texts)] if all(best) else []
    return []


def _best(sets: list[Literals]) -> Literals:
    """Return the set whose shortest string is longest: the rarest, as far as one can tell."""
    return max(sets, key=_length, default=())


def _length(texts: Literals) -> int:
    return min(map(len, texts))
