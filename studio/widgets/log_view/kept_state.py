"""What a view remembers while it is closed, as plain JSON. Pure."""

from typing import Any, NamedTuple

from session.log.entry import LogQuery, Severity, Source
from studio.widgets.log_view.columns import TIME_MODES, TimeMode
from studio.widgets.log_view.selection import Selection

#: More unfolded lines than this are not remembered.
_MAX_UNFOLDED = 200


class KeptState(NamedTuple):
    """How a log was looked at. `top` is the number of the row at the top, 0 for none."""

    query: LogQuery = LogQuery()
    top: int = 0
    following: bool = True
    wrap: bool = False
    collapse: bool = False
    times: TimeMode = "since-play"
    unfolded: tuple[int, ...] = ()
    selection: Selection = Selection()

    def as_json(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        query = self.query
        return {
            "query": {
                "sources": sorted(source.value for source in query.sources),
                "severity": query.severity.word,
                "text": query.text,
                "regex": query.regex,
                "exclude": query.exclude,
            },
            "top": self.top,
            "following": self.following,
            "wrap": self.wrap,
            "collapse": self.collapse,
            "times": self.times,
            "unfolded": list(self.unfolded[:_MAX_UNFOLDED]),
            "selection": [self.selection.anchor, self.selection.head],
        }


def read_state(kept: dict[str, Any]) -> KeptState:
    """Return what `as_json` wrote; what is missing or unfit is as in a new view."""
    fresh = KeptState()
    times = kept.get("times")
    unfolded = kept.get("unfolded")
    return KeptState(
        _query(kept.get("query")),
        _number(kept.get("top")),
        _flag(kept, "following", fresh.following),
        _flag(kept, "wrap", fresh.wrap),
        _flag(kept, "collapse", fresh.collapse),
        next((mode for mode in TIME_MODES if mode == times), fresh.times),
        tuple(map(_number, unfolded)) if isinstance(unfolded, list) else (),
        _selection(kept.get("selection")),
    )


def _query(kept: object) -> LogQuery:
    if not isinstance(kept, dict):
        return LogQuery()
    texts = [kept.get(name) for name in ("text", "regex", "exclude")]
    try:
        sources = frozenset(map(Source, kept.get("sources") or ()))
        severity = Severity.of(str(kept.get("severity", "debug")))
    except (ValueError, KeyError, TypeError):
        return LogQuery()
    return LogQuery(sources, severity, *(t if isinstance(t, str) else "" for t in texts))


def _selection(kept: object) -> Selection:
    if isinstance(kept, list) and len(kept) == 2:
        return Selection(_number(kept[0]), _number(kept[1]))
    return Selection()


def _flag(kept: dict[str, Any], name: str, default: bool) -> bool:
    value = kept.get(name)
    return value if isinstance(value, bool) else default


def _number(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
