"""What a run may use at most, and what is said when it reached one of its limits. Plain data."""

from typing import Final, NamedTuple

#: Bytes of output that a run may print where its project says nothing about it.
DEFAULT_OUTPUT: Final = 1_000_000_000


class Budget(NamedTuple):
    """The limits of one run; None is no limit.

    `wall_s` and `cpu_s` are seconds; `memory`, `output` and `disk` bytes, of the whole tree of
    processes; `processes` counts the program itself.
    """

    wall_s: float | None = None
    cpu_s: float | None = None
    memory: int | None = None
    output: int | None = DEFAULT_OUTPUT
    processes: int | None = None
    disk: int | None = None


class Reached(NamedTuple):
    """A limit that a run came to: the manifest's name of it, the limit and the use.

    Both in seconds, bytes or a count. Of output, what was kept counts: reading ends there.
    """

    name: str
    limit: float
    used: float

    @property
    def code(self) -> str:
        """The stable code of what is said about it."""
        return _CODES[self.name]

    @property
    def message(self) -> str:
        """Return what was used, and the limit, in one sentence."""
        limit, used = self._words()
        if self.name == "output":
            return f"The program printed more than {used}; its budget is {limit}."
        return f"The program {_DONE[self.name].format(used)}; its budget is {limit}."

    @property
    def hint(self) -> str:
        """Return how to give it more, in words that a manifest understands."""
        return (
            f"Raise it: `[tool.playhead.budget] {self.name} = {self.suggestion}`, or in the "
            "configuration that it was played with."
        )

    @property
    def suggestion(self) -> str:
        """Return about twice the limit, as it would be written in a manifest."""
        if self.name == "processes":
            return str(round(self.limit) * 2)
        ladder = _TIMES if self.name in ("wall", "cpu") else _SIZES
        more = self.limit * 2
        unit, size = next((step for step in ladder if more >= step[1]), ladder[-1])
        return f'"{max(round(more / size), 1)}{unit}"'

    def _words(self) -> tuple[str, str]:
        if self.name == "processes":
            return f"{self.limit:.0f}", f"{self.used:.0f} processes"
        ladder = _TIMES if self.name in ("wall", "cpu") else _SIZES
        return _amount(self.limit, ladder), _amount(self.used, ladder)


_CODES: Final = {
    "wall": "budget-wall",
    "cpu": "budget-cpu",
    "memory": "budget-memory",
    "output": "budget-output",
    "processes": "budget-processes",
    "disk": "budget-disk",
}
_DONE: Final = {
    "wall": "ran for {}",
    "cpu": "used {} of processor time, as far as samples tell",
    "memory": "used {} of memory",
    "processes": "had {}",
    "disk": "wrote {} to the disk",
}
_TIMES: Final = (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 0.001))
_SIZES: Final = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0))


def _amount(amount: float, ladder: tuple[tuple[str, float], ...]) -> str:
    unit, size = next((step for step in ladder if amount >= step[1]), ladder[-1])
    return f"{amount / size:.4g} {unit}"
