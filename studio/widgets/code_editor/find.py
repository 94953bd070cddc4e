"""Finding and replacing: what is looked for, and what is put in its place. Pure."""

import re
from typing import NamedTuple


class FindRequest(NamedTuple):
    """What is looked for."""

    text: str
    case: bool = False
    word: bool = False
    regex: bool = False


def pattern_of(request: FindRequest) -> re.Pattern[str] | str:
    """Return the pattern of a request, or a sentence that says why there is none."""
    body = request.text if request.regex else re.escape(request.text)
    if request.word:
        body = rf"(?<!\w)(?:{body})(?!\w)"
    try:
        return re.compile(body, re.MULTILINE | (0 if request.case else re.IGNORECASE))
    except re.error as error:
        return f"Not a regular expression: {error.msg}."
    except (RecursionError, OverflowError):
        return "Not a regular expression: it is too large."


def replacement(match: re.Match[str], template: str, *, regex: bool) -> str:
    r"""Return what a match is replaced by; with `regex`, `\1` stands for its first group.

    A template that names a group which is not there is taken as it stands.
    """
    if not regex:
        return template
    try:
        return match.expand(template)
    except (re.error, IndexError):
        return template
