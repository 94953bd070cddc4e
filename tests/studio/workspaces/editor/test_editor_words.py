"""The pure parts of the editor workspace: names, orders, choices, merges."""

from pathlib import Path, PurePath
from typing import NamedTuple

import pytest

from studio.documents.difference import difference_rows
from studio.workspaces.editor.compare import first_rows, side_lines
from studio.workspaces.editor.document_facts import Concern, DocumentFacts
from studio.workspaces.editor.document_problems import following_line
from studio.workspaces.editor.file_name import fault_in_name, free_name
from studio.workspaces.editor.folder_listing import Kind, kind_of
from studio.workspaces.editor.fuzzy import find_paths
from studio.workspaces.editor.merge import marked_merge
from studio.workspaces.editor.playing_set import playing_set
from studio.workspaces.editor.quick_open import QuickQuery, read_query
from studio.workspaces.editor.recent_order import RecentOrder
from studio.workspaces.editor.tab_name import tab_names


class Text(NamedTuple):
    path: Path | None
    modified: bool


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "is needed"),
        ("  ", "is needed"),
        ("..", "folder itself"),
        ("a/b", "/"),
        ("a\0b", "control"),
        ("a\nb", "control"),
        ("ä" * 128, "too long"),
        ("taken.py", "exists here"),
    ],
)
def test_faulty_names_are_said(name: str, words: str) -> None:
    assert words in str(fault_in_name(name, {"taken.py"}))


def test_good_names_pass() -> None:
    assert fault_in_name("level 1.py", {"taken.py"}) is None
    assert fault_in_name("ä" * 127, ()) is None
    assert free_name("a.py", {"a.py", "a 2.py"}) == "a 3.py"


def test_kinds() -> None:
    assert kind_of("MAIN.PY") is Kind.PYTHON
    assert kind_of("Makefile") is Kind.OTHER


def test_letters_find_paths() -> None:
    paths = ["src/level_editor.py", "docs/elephant.md", "src/main.py", "levels/one.txt"]
    assert find_paths("le", paths, 2)[0].path == "src/level_editor.py"
    assert [found.path for found in find_paths("srcmain", paths, 9)] == ["src/main.py"]
    assert find_paths("zzz", paths, 9) == []
    assert [found.path for found in find_paths("", paths, 2)] == paths[:2]
    assert find_paths("ß", ["straße.py"], 1)[0].path == "straße.py"


def test_what_quick_open_reads() -> None:
    assert read_query("main.py") == QuickQuery("main.py", None, None)
    assert read_query("main:12") == QuickQuery("main", 12, None)
    assert read_query(":12:3") == QuickQuery("", 12, 3)
    assert read_query(":") == QuickQuery("", None, None)


def test_tab_names_take_as_much_folder_as_they_need() -> None:
    paths = [PurePath("/p/a/x/main.py"), PurePath("/p/b/x/main.py"), PurePath("/p/notes.md")]
    assert tab_names(paths) == ["main.py · a/x", "main.py · b/x", "notes.md"]


def test_the_order_of_use_stands_still_while_stepping() -> None:
    order: RecentOrder[str] = RecentOrder()
    for thing in ("a", "b", "c"):
        order.use(thing)
    assert order.step(1) == "b"
    order.use("b")  # being shown on the way is no use
    assert order.step(1) == "a"
    assert order.step(1) == "c"
    assert order.step(-1) == "a"
    order.settle()
    assert list(order.things) == ["a", "c", "b"]
    order.forget("a")
    assert list(order.things) == ["c", "b"]


def test_what_is_saved_before_play() -> None:
    root = Path("/p")
    texts = [
        Text(root / "a.py", modified=True),
        Text(root / "b.py", modified=False),
        Text(Path("/q/c.py"), modified=True),
        Text(None, modified=True),
    ]
    assert playing_set("project", root, None, texts) == ((0,), False)
    assert playing_set("all", root, None, texts) == ((0, 2), False)
    assert playing_set("ask", root, None, texts) == ((0,), True)
    assert playing_set("ask", root, None, texts[1:]) == ((), False)


def test_only_the_most_urgent_concern_is_shown() -> None:
    facts = DocumentFacts(notebook=True, notice="something", gone=True)
    assert facts.concern() is Concern.GONE
    facts.on_disk()
    assert facts.concern() is Concern.NOTICE
    facts.dismiss(Concern.NOTICE)
    assert facts.concern() is Concern.NOTEBOOK
    facts.dismiss(Concern.NOTEBOOK)
    assert facts.concern() is None


def test_a_merge_keeps_both_versions() -> None:
    merged = marked_merge("same\nmine\nend", "same\ntheirs\nend")
    assert merged.split("\n") == [
        "same",
        "<<<<<<< here",
        "mine",
        "=======",
        "theirs",
        ">>>>>>> on disk",
        "end",
    ]
    assert marked_merge("equal", "equal") == "equal"


def test_sides_of_a_comparison_are_as_long_as_each_other() -> None:
    rows = difference_rows("a\nb\nc", "a\nc\nd")
    left, right = side_lines(rows, left=True), side_lines(rows, left=False)
    assert len(left) == len(right) == len(rows)
    assert left[1].split() == ["2", "-", "b"]
    assert len(first_rows(rows)) == 2


def test_stepping_through_lines_goes_around_the_end() -> None:
    assert following_line([9, 3, 3], 3, 1) == 9
    assert following_line([9, 3], 9, 1) == 3
    assert following_line([9, 3], 3, -1) == 9
    assert following_line([], 1, 1) is None
