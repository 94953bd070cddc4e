"""What uv's complaints mean: its words in, one failure with a code and a next step out. Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from shipper.errors import PrepareFailed


class _Meaning(NamedTuple):
    code: str
    pattern: re.Pattern[str]
    sentence: str
    hint: str


def _meaning(code: str, pattern: str, sentence: str, hint: str) -> _Meaning:
    return _Meaning(code, re.compile(pattern, re.IGNORECASE), sentence, hint)


# The first that matches counts, so the order matters: a full disk may look like a network error,
# and a package without wheels like an unsolvable set.
_MEANINGS = (
    _meaning(
        "no-space",
        r"no space left on device|os error 28|disk quota exceeded|file too large",
        "There is no space left to install the dependencies.",
        "Free some space, or set PLAYHEAD_HOME to a folder on another disk.",
    ),
    _meaning(
        "lock-broken",
        r"(?:failed to parse|not a valid)[^\n]*(?:uv\.lock|pylock)|the lockfile[^\n]*needs",
        "The project's lock cannot be used: {reason}.",
        "Make it anew, with `uv lock` for a uv.lock.",
    ),
    _meaning(
        "needs-building",
        r"`?(?P<name>[\w.-]+)`?(?:==\S+)? (?:has|have) no (?:usable )?wheels"
        r"|wheels are required for `(?P<name2>[^`]+)`"
        r"|versions of (?P<name3>[\w.-]+) have no (?:usable )?wheels"
        r"|building (?:from )?source (?:distributions )?(?:for `?(?P<name4>[\w.-]+)`? )?is disabled"
        r"|building source distributions",
        "{name} would have to be built from source, and Playhead installs wheels only.",
        "Choose a version, or another package, that has a wheel for this Python and platform.",
    ),
    _meaning(
        "no-network",
        r"network was disabled|error sending request|failed to fetch|dns error|connection refused"
        r"|timed out|could not connect|network is unreachable|temporary failure in name",
        "The package registry could not be reached, and a dependency is not in the cache yet.",
        "Check the network and play again; once installed, the project plays offline.",
    ),
    _meaning(
        "package-not-found",
        r"(?P<name>[\w.-]+) (?:was not found|does not exist)",
        "There is no package named {name} where packages are looked for.",
        "Check its spelling in the dependencies; the name to install may differ from the import.",
    ),
    _meaning(
        "requirement-broken",
        r"(?:couldn't|failed to) parse[^`]*`(?P<name>[^`]+)`",
        "A dependency is not written as it should be: {reason}.",
        'Write a dependency like "rich", "rich>=13" or "rich==13.7.1".',
    ),
    _meaning(
        "lock-without-hashes",
        r"must have a hash, but none were provided for: (?P<name>\S+)",
        "The lock gives no hash for {name}, so nobody can tell whether it is the right one.",
        "Lock against a registry that gives hashes, with `uv lock`.",
    ),
    _meaning(
        "hash-mismatch",
        r"hash mismatch for `(?P<name>[^`]+)`|hash mismatch",
        "What was downloaded for {name} is not what the lock names.",
        "Lock the project again; if it happens again, do not trust that registry.",
    ),
    _meaning(
        "registry-refused",
        r"HTTP status (?:client|server) error \((?P<name>[^)]+)\)",
        "The package registry refused: {name}.",
        "Check the registry's address and your rights there (UV_INDEX_URL), then play again.",
    ),
)
_UNSOLVABLE = re.compile(r"no solution found", re.IGNORECASE)
_DRAWING = "×╰─▶├│⎿ "
_STARTS = re.compile(r"^(error|cause|caused by|warning|hint)\b:?\s*", re.IGNORECASE)
_FRAME = re.compile(r"^\s*(\d+\s*)?\||^\s*\^+\s*$")


def explain(stderr: str, requirements: Sequence[str]) -> PrepareFailed:
    """Return the failure that uv's words on stderr amount to."""
    reason = _reason(stderr)
    for meaning in _MEANINGS:
        if match := meaning.pattern.search(stderr):
            name = next((group for group in match.groups() if group), None)
            sentence = meaning.sentence.format(
                name=f"`{name}`" if name else "a dependency", reason=reason
            )
            sentence = sentence[0].upper() + sentence[1:]
            return PrepareFailed(sentence, meaning.hint, code=meaning.code)
    if _UNSOLVABLE.search(stderr):
        return PrepareFailed(
            f"The dependencies cannot be had together: {reason}.",
            "Loosen or remove one of the named version limits: " + ", ".join(requirements),
            code="dependencies-unsolvable",
        )
    return PrepareFailed(
        f"The dependencies could not be installed: {reason}.",
        "The lines of uv above say more.",
        code="dependencies-failed",
    )


def _reason(stderr: str) -> str:
    """Return uv's reason as one sentence without its full stop: its deepest cause that says why."""
    paragraphs = _paragraphs(stderr)
    because = [text for text in paragraphs if "ecause " in text]
    text = (because or paragraphs[-1:] or ["uv gave no reason"])[0]
    text = re.sub(r",? we can conclude that your requirements are unsatisfiable", "", text)
    text = re.sub(r"^(And )?because ", "", text, flags=re.IGNORECASE)
    return text.strip().rstrip(".")


def _paragraphs(stderr: str) -> list[str]:
    """Return the error and each of its causes as one line, without frames and drawings."""
    paragraphs: list[list[str]] = []
    is_error = False
    for line in stderr.splitlines():
        words = line.strip(_DRAWING)
        start = _STARTS.match(words)
        if start or "×" in line or "▶" in line:
            is_error = not (start and start[1].lower() in ("warning", "hint"))
            if is_error:
                paragraphs.append([])
        if is_error and words and not _FRAME.match(line):
            paragraphs[-1].append(_STARTS.sub("", words))
        elif not words:
            is_error = False
    return [" ".join(lines) for lines in paragraphs if lines]
