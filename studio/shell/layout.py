"""Which panels are open, where, and how large: plain data, kept between two starts. No widgets."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

LEFT: Final = "left"
BOTTOM: Final = "bottom"
AREAS: Final = (LEFT, BOTTOM)
#: Widths and heights of the areas at first, in pixels; the bottom has a share of what there is.
_SIZES: Final = {LEFT: 240}
BOTTOM_SHARE: Final = 0.42
_LEAST: Final = {LEFT: 140, BOTTOM: 96}
_MOST: Final = 4000


class Seat(NamedTuple):
    """Where a panel belongs, and whether it is open at first."""

    area: str
    open: bool


#: Every panel, in the order of its tabs.
SEATS: Final = {
    "files": Seat(LEFT, open=True),
    "search": Seat(LEFT, open=False),
    "debug": Seat(BOTTOM, open=True),
    "problems": Seat(BOTTOM, open=True),
    "workers": Seat(BOTTOM, open=False),
}


@dataclass
class Layout:
    """The panels of one window. A closed panel remembers whether it floats."""

    open: set[str] = field(default_factory=lambda: {n for n, seat in SEATS.items() if seat.open})
    current: dict[str, str] = field(default_factory=lambda: {LEFT: "files", BOTTOM: "debug"})
    #: Those that were moved to another area than the one they belong to.
    moved: dict[str, str] = field(default_factory=dict)
    #: Those that are windows of their own, with x, y, width and height; () before the first time.
    floating: dict[str, tuple[int, ...]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=lambda: dict(_SIZES))
    maximised: bool = False

    def area(self, name: str) -> str:
        """Return the area that a panel stands in, or would if it did not float."""
        return self.moved.get(name, SEATS[name].area)

    def size(self, area: str, room: int) -> int:
        """Return the width or height of an area, of `room` pixels for it and the work."""
        return self.sizes.get(area) or round(room * BOTTOM_SHARE)

    def tabs(self, area: str) -> list[str]:
        """Return the panels that stand in an area, in their order."""
        return [
            name
            for name in SEATS
            if self.area(name) == area and name in self.open and name not in self.floating
        ]

    def front(self, area: str) -> str | None:
        """Return the panel that is seen in an area; None where the area is closed."""
        tabs = self.tabs(area)
        current = self.current.get(area)
        return current if current in tabs else (tabs[0] if tabs else None)

    def seen(self, name: str) -> bool:
        """Whether a panel can be seen: in front of its area, or in a window of its own."""
        if name in self.floating:
            return name in self.open
        return self.front(self.area(name)) == name

    def show(self, name: str) -> None:
        """Open a panel where it was, and bring it to the front there."""
        self.open.add(name)
        if name not in self.floating:
            self.current[self.area(name)] = name

    def close(self, name: str) -> None:
        """Close a panel; its neighbour comes to the front."""
        self.open.discard(name)
        if not self.tabs(BOTTOM):
            self.maximised = False

    def float_out(self, name: str) -> None:
        """Make a panel a window of its own."""
        self.floating.setdefault(name, ())
        self.open.add(name)
        if not self.tabs(BOTTOM):
            self.maximised = False

    def dock(self, name: str) -> None:
        """Bring a floating panel back into its area."""
        self.floating.pop(name, None)
        self.show(name)

    def move(self, name: str, area: str) -> None:
        """Have a panel stand in an area, in front there."""
        self.moved.pop(name, None)
        if area != SEATS[name].area:
            self.moved[name] = area
        self.dock(name)
        if not self.tabs(BOTTOM):
            self.maximised = False

    def maximise(self, on: bool) -> None:
        """Give the bottom area all of the room, or not; an empty one never gets it."""
        self.maximised = on and bool(self.tabs(BOTTOM))

    def document(self) -> dict[str, Any]:
        """Return the layout as plain JSON."""
        return {
            "open": sorted(self.open),
            "current": dict(self.current),
            "moved": dict(self.moved),
            "floating": {name: list(place) for name, place in self.floating.items()},
            "sizes": dict(self.sizes),
            "maximised": self.maximised,
        }


def read_layout(document: dict[str, Any]) -> Layout:
    """Return the layout that a document describes; what is unfit in it is left at its default."""
    layout = Layout()
    names = document.get("open")
    if isinstance(names, list):
        layout.open = {name for name in names if isinstance(name, str) and name in SEATS}
    layout.current |= _texts(document.get("current"))
    layout.moved = {
        name: area
        for name, area in _items(document.get("moved"))
        if name in SEATS and area in AREAS and area != SEATS[name].area
    }
    layout.floating = _places(document.get("floating"))
    for area, size in _items(document.get("sizes")):
        if area in AREAS and type(size) is int and _LEAST[area] <= size <= _MOST:
            layout.sizes[area] = size
    layout.maximise(document.get("maximised") is True)
    return layout


def _items(value: object) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _texts(value: object) -> dict[str, str]:
    return {k: v for k, v in _items(value) if k in AREAS and isinstance(v, str) and v in SEATS}


def _places(value: object) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(place)
        for name, place in _items(value)
        if name in SEATS
        and isinstance(place, list)
        and len(place) in (0, 4)
        and all(type(part) is int and abs(part) < _MOST * 10 for part in place)
    }
