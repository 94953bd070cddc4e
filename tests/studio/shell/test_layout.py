"""Which panels are open and where: transitions and reading, as plain data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.shell.layout import AREAS, BOTTOM, LEFT, SEATS, Layout, read_layout


def test_files_debug_and_problems_are_open_at_first() -> None:
    layout = Layout()
    assert layout.tabs(LEFT) == ["files"]
    assert layout.tabs(BOTTOM) == ["debug", "problems"]
    assert layout.front(BOTTOM) == "debug"


def test_closing_the_one_in_front_brings_its_neighbour() -> None:
    layout = Layout()
    layout.close("debug")
    assert layout.front(BOTTOM) == "problems"
    assert not layout.seen("debug")


def test_a_panel_comes_back_where_it_was() -> None:
    layout = Layout()
    layout.float_out("debug")
    layout.close("debug")
    layout.show("debug")
    assert layout.seen("debug")
    assert "debug" in layout.floating
    layout.dock("debug")
    assert layout.front(BOTTOM) == "debug"


def test_a_floating_panel_leaves_its_area() -> None:
    layout = Layout()
    layout.float_out("files")
    assert layout.front(LEFT) is None
    assert layout.seen("files")


def test_only_an_area_with_panels_is_maximised() -> None:
    layout = Layout()
    seen = []
    layout.maximise(True)
    for panel in ("debug", "problems"):
        seen.append(layout.maximised)
        layout.close(panel)
    seen.append(layout.maximised)
    layout.maximise(True)
    assert [*seen, layout.maximised] == [True, True, False, False]


def test_a_layout_survives_being_kept() -> None:
    layout = Layout()
    layout.show("search")
    layout.float_out("debug")
    layout.floating["debug"] = (10, 20, 300, 200)
    layout.sizes[LEFT] = 333
    layout.move("problems", LEFT)
    assert read_layout(layout.document()) == layout


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"open": "files", "sizes": [], "floating": 3, "current": None},
        {"open": ["gone", 3], "current": {"left": "gone", "top": "files"}},
        {"sizes": {"left": -5, "bottom": True}, "floating": {"debug": [1, 2], "gone": []}},
        {"floating": {"debug": [1, 2, "x", 4]}, "maximised": "yes"},
        {"moved": {"debug": "top", "files": [], "gone": "left", "search": "left"}},
        {"moved": ["debug"]},
    ],
)
def test_an_unfit_document_gives_a_sound_layout(document: dict[str, Any]) -> None:
    layout = read_layout(document)
    assert layout.open <= set(SEATS)
    assert layout.sizes == Layout().sizes
    assert not layout.maximised
    assert layout.moved == {}
    assert set(layout.floating) <= set(SEATS)


def test_a_panel_moves_to_another_area_and_back() -> None:
    layout = Layout()
    layout.move("debug", LEFT)
    assert (layout.tabs(LEFT), layout.front(LEFT)) == (["files", "debug"], "debug")
    assert layout.tabs(BOTTOM) == ["problems"]
    layout.close("debug")
    layout.show("debug")
    assert layout.front(LEFT) == "debug"
    layout.move("debug", BOTTOM)
    assert layout.front(BOTTOM) == "debug"
    assert layout.moved == {}


def test_moving_the_last_panel_away_gives_the_room_back() -> None:
    layout = Layout()
    layout.close("problems")
    layout.maximise(True)
    layout.move("debug", LEFT)
    assert not layout.maximised


def test_the_bottom_has_its_share_until_somebody_says_otherwise() -> None:
    layout = Layout()
    assert layout.size(BOTTOM, 700) == 294
    layout.sizes[BOTTOM] = 180
    assert layout.size(BOTTOM, 700) == 180


_VERBS = st.sampled_from(["show", "close", "float_out", "dock", "left", "bottom"])


@given(st.lists(st.tuples(_VERBS, st.sampled_from(sorted(SEATS)), st.booleans())))
def test_whatever_is_done_it_stays_consistent(steps: list[tuple[str, str, bool]]) -> None:
    layout = Layout()
    for verb, name, maximise in steps:
        if verb in AREAS:
            layout.move(name, verb)
        else:
            getattr(layout, verb)(name)
        layout.maximise(maximise)
        for area in AREAS:
            tabs = layout.tabs(area)
            assert (layout.front(area) in tabs) == bool(tabs)
        assert not layout.maximised or layout.tabs(BOTTOM)
        assert all(layout.seen(one) is False for one in SEATS.keys() - layout.open)
    assert read_layout(layout.document()) == layout
