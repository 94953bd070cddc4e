"""From what a reader asks for to what a scan understands. Pure."""

import re
import warnings
from functools import lru_cache

from session.errors import InvalidPattern
from session.log import pattern as patterns
from session.log.entry import LogQuery
from session.log.payload import SEVERITIES, SOURCES
from session.log.records import STATE
from session.log.scan import Matcher, Query, RegexMatcher, TextMatcher


def wants_everything(query: LogQuery) -> bool:
    """Whether nothing filters, so that state changes are shown too."""
    return query == LogQuery()


@lru_cache(maxsize=16)
def compile_query(query: LogQuery) -> Query:
    """Return the query made ready; raise `InvalidPattern` where a pattern of it is none."""
    matchers: list[Matcher] = []
    if query.text:
        matchers.append(_text(query.text))
    if query.regex:
        matchers.append(_regex(query.regex))
    return Query(_accept(query), tuple(matchers), _regex(query.exclude) if query.exclude else None)


def _accept(query: LogQuery) -> bytes:
    """Return 1 for every meta byte whose rows are wanted, as far as that byte can tell."""
    if wants_everything(query):
        return bytes([1]) * 256
    sources = query.sources or frozenset(SOURCES)
    return bytes(
        meta >> 4 & 3 != STATE
        and SOURCES[meta & 3] in sources
        and SEVERITIES[meta >> 2 & 3] >= query.severity
        for meta in range(256)
    )


def _text(text: str) -> Matcher:
    if "\ufffd" in text:  # may stand for any bytes that are not UTF-8, so only decoding tells
        return RegexMatcher(re.compile(re.escape(text)), None, (), lowered=False)
    return TextMatcher(text)


def _regex(pattern: str) -> Matcher:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `re` would print its doubts about some patterns
        return _compiled(pattern)


def _compiled(pattern: str) -> Matcher:
    try:
        line = re.compile(pattern)
    except re.error as error:
        raise InvalidPattern(pattern, error.msg, error.pos) from None
    except (OverflowError, RecursionError) as error:
        raise InvalidPattern(pattern, str(error), None) from None
    in_blocks = patterns.for_blocks(pattern)
    literals = patterns.literals(pattern) if in_blocks is not None else []
    return RegexMatcher(line, in_blocks, literals, lowered=patterns.ignores_case(pattern))
