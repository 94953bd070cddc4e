"""What the filter bar holds, and the query that means. Pure.

`player -debug` shows the rows with `player` and without `debug`. A word after `-` is left out;
quotes hold words together (`-"two words"`), and a backslash shows a dash as it is (`\\-1`).
Lower case finds both cases. With `regex`, text and exclusions are patterns.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from session.log.entry import LogQuery, Severity, Source

#: The segments of the bar: the word it shows, and the source it stands for.
SEGMENTS: Final = (
    ("build", Source.BUILD),
    ("check", Source.PACK_VALIDATION),
    ("pack", Source.PACK),
    ("run", Source.RUNTIME),
)
_EXCLUDED: Final = re.compile(r'(?:^|(?<=\s))-(?:"([^"]+)"|(\S+))\s*')


class FilterChoice(NamedTuple):
    """What somebody chose in the filter bar; no source chosen means all of them."""

    sources: frozenset[Source] = frozenset()
    severity: Severity = Severity.DEBUG
    text: str = ""
    regex: bool = False

    @property
    def filters(self) -> bool:
        """Whether anything may be hidden by it."""
        return query_of(self) != LogQuery()

    def toggled(self, source: Source) -> "FilterChoice":
        """Return the choice with one source in or out; all four are the same as none."""
        sources = self.sources ^ {source}
        return self._replace(sources=frozenset() if len(sources) == len(SEGMENTS) else sources)


def query_of(choice: FilterChoice) -> LogQuery:
    """Return the query that a choice means."""
    wanted, excluded = _split(choice.text)
    text, regex = _wanted(wanted, regex=choice.regex)
    exclude = _pattern(excluded, regex=choice.regex)
    return LogQuery(choice.sources, choice.severity, text, regex, exclude)


def _split(text: str) -> tuple[str, list[str]]:
    excluded = [quoted or word for quoted, word in _EXCLUDED.findall(text)]
    wanted = _EXCLUDED.sub("", text).strip()
    return wanted.replace("\\-", "-"), excluded


def _wanted(text: str, *, regex: bool) -> tuple[str, str]:
    """Return literal text or pattern: a literal of lower case only is looked for in both."""
    if not text or (not regex and text != text.lower()):
        return text, ""
    if regex:
        return "", text
    return (text, "") if text == text.upper() else ("", f"(?i){re.escape(text)}")


def _pattern(words: Iterable[str], *, regex: bool) -> str:
    parts = [word if regex else _either_case(word) for word in words]
    return "|".join(f"(?:{part})" for part in parts) if len(parts) > 1 else "".join(parts)


def _either_case(word: str) -> str:
    return f"(?i:{re.escape(word)})" if word == word.lower() else re.escape(word)


def to_json(choice: FilterChoice) -> dict[str, Any]:
    """Return a choice as plain values."""
    return {
        "sources": sorted(choice.sources),
        "severity": choice.severity.word,
        "text": choice.text,
        "regex": choice.regex,
    }


def from_json(kept: object) -> FilterChoice:
    """Return the choice that `to_json` wrote; what cannot be understood is left out."""
    if not isinstance(kept, dict):
        return FilterChoice()
    known = {str(source): source for source in Source}
    sources = kept.get("sources")
    chosen = sources if isinstance(sources, list) else []
    words = {severity.word: severity for severity in Severity}
    return FilterChoice(
        frozenset(known[str(one)] for one in chosen if str(one) in known),
        words.get(str(kept.get("severity")), Severity.DEBUG),
        str(kept.get("text") or ""),
        bool(kept.get("regex")),
    )
