"""Finding plain words in a text, a slice at a time. No widget.

For patterns whose time is a matter of the text's length only; others are searched for by
`find_process`, for nothing here could interrupt one of them.
"""

import re
import time
from collections.abc import Iterator
from typing import Final

from studio.widgets.code_editor.find_matches import MOST, Matches

#: How much text is searched before the time is looked at, in characters.
_CHUNK: Final = 128 * 1024


class FindSession:
    """Searches on with every `advance`, until `matches.finished`.

    `longest` is how long a match can be, in characters.
    """

    def __init__(
        self,
        pattern: re.Pattern[str],
        longest: int,
        text: str,
        scope: tuple[int, int] | None = None,
    ) -> None:
        self.matches = Matches(text, scope)
        self._pattern = pattern
        self._longest = longest
        self._run = self._search()

    def advance(self, seconds: float) -> None:
        """Search on for about so long."""
        deadline = time.perf_counter() + seconds
        while not self.matches.finished and time.perf_counter() < deadline:
            if next(self._run, self) is self:
                self.matches.finished = True

    def finish(self) -> None:
        """Search to the end."""
        for _ in self._run:
            pass
        self.matches.finished = True

    def _search(self) -> Iterator[None]:
        found = self.matches
        start, end = found.scope
        while start < end and len(found) < MOST:
            stop = min(end, start + _CHUNK)
            # One more than a match that begins before `stop` can reach: what follows it counts.
            reach = min(end, stop + self._longest + 1)
            following = stop
            for match in self._pattern.finditer(found.text, start, reach):
                if match.start() >= stop or len(found) >= MOST:
                    break
                if match.end() > match.start():
                    found.add(match.start(), match.end())
                    following = max(stop, match.end())
                    if len(found) % 256 == 0:
                        found.known_to = match.end()
                        yield
            start = found.known_to = following
            yield
