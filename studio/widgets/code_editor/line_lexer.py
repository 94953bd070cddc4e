"""Lexing one line at a time, from a state to a state. No Qt.

That is possible where no rule looks beyond the end of its line; Python's are made so here. A
state is the stack of a Pygments lexer; equal states are the same object, so that comparing is
cheap and keeping one for each line costs a reference.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from studio.widgets.code_editor.token_role import role_of

if TYPE_CHECKING:
    from pygments.lexer import RegexLexer

#: A stretch of a line: where it begins, how long it is (in characters), its role.
Span = tuple[int, int, str]
State = tuple[str, ...]
ROOT: Final[State] = ("root",)
#: Is told where a token begins, what it is, its text.
Take = Callable[[int, Any, str], None]
#: Longer lines are left plain: they are data, and a slice has to end.
LONGEST: Final = 10_000


class LineLexer(Protocol):
    """Lexes a line."""

    def lex(self, line: str, state: State) -> tuple[list[Span], State]:
        """Return the spans of a line and the state at its end."""
        ...

    def advance(self, line: str, state: State) -> State:
        """Return the state at the end of a line."""
        ...


class RegexLineLexer:
    """Drives the rules of a Pygments lexer whose matches never cross the end of a line."""

    def __init__(self, lexer: "RegexLexer", rules: dict[str, list[Any]]) -> None:
        self._lexer = lexer
        self._rules = rules
        self._known: dict[State, State] = {ROOT: ROOT}

    def lex(self, line: str, state: State) -> tuple[list[Span], State]:
        """Return the spans of a line and the state at its end."""
        spans: list[Span] = []

        def take(start: int, token: Any, text: str) -> None:  # noqa: ANN401 - a Pygments token
            role = role_of(token)
            length = min(len(text), len(line) - start)  # without the line's end
            if not role or length <= 0:
                return
            if spans and spans[-1][2] == role and spans[-1][0] + spans[-1][1] == start:
                spans[-1] = (spans[-1][0], spans[-1][1] + length, role)
            else:
                spans.append((start, length, role))

        return spans, self._run(line, state, take)

    def advance(self, line: str, state: State) -> State:
        """Return the state at the end of a line."""
        return self._run(line, state, None)

    def _run(self, line: str, state: State, take: Take | None) -> State:
        if len(line) > LONGEST:
            return state
        text = line + "\n"
        end = len(text)
        stack = list(state)
        position = 0
        while position < end:
            for match_at, action, change in self._rules[stack[-1]]:
                match = match_at(text, position)
                if match is None:
                    continue
                if take is not None and action is not None:
                    self._tell(match, action, take)
                position = match.end()
                if change is not None:
                    _change(stack, change)
                break
            else:
                if text[position] == "\n":
                    stack = ["root"]
                position += 1
        found = tuple(stack)
        return self._known.setdefault(found, found)

    def _tell(self, match: re.Match[str], action: Any, take: Take) -> None:  # noqa: ANN401 - a token, or a function
        if isinstance(action, tuple):  # a token is a tuple of its names
            take(match.start(), action, match.group())
            return
        for start, token, part in action(self._lexer, match):
            take(start, token, part)


def _change(stack: list[str], change: Any) -> None:  # noqa: ANN401 - as Pygments compiles it
    """Do to the stack what a rule says: numbers pop, names push."""
    if isinstance(change, tuple):
        for one in change:
            if one != "#pop":
                stack.append(stack[-1] if one == "#push" else one)
            elif len(stack) > 1:
                stack.pop()
    elif isinstance(change, int):
        del stack[max(1, len(stack) + change) if abs(change) < len(stack) else 1 :]
    else:
        stack.append(stack[-1])


def python_line_lexer() -> RegexLineLexer:
    """Return the lexer of Python, its docstrings being strings like others."""
    from pygments.lexers.python import PythonLexer

    lexer = PythonLexer()
    compiled: dict[str, list[Any]] = vars(type(lexer))["_tokens"]
    rules = {
        state: [rule for rule in rules if not _crosses_lines(rule[0])]
        for state, rules in compiled.items()
    }
    return RegexLineLexer(lexer, rules)


def _crosses_lines(match_at: Any) -> bool:  # noqa: ANN401 - the bound `match` of a pattern
    pattern = getattr(getattr(match_at, "__self__", None), "pattern", "")
    return r"[\s\S]*?" in pattern or r"(?:.|\n)*?" in pattern
