"""A log as a file: text, JSON lines, HTML."""

import asyncio
import json
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

from session.log.entry import Location, LogQuery, NewEntry, Severity, Source, Stream
from session.log.jsonl import row_object
from session.log.store import LogStore
from studio.widgets.log_view.export import FORMS, export_rows
from studio.widgets.log_view.view import LogView
from tests.support.log_rows import settled
from tests.support.qt_loop import QtRunner


class Words(HTMLParser):
    """The text of a page, and the styles of its parts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.styles: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.styles += [value for name, value in attrs if name == "style" and value]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def fill(log: LogStore) -> None:
    """Write one row of each kind."""
    log.append_state("idle", "running", "play")
    log.append(
        NewEntry(
            Source.BUILD,
            Severity.ERROR,
            "<b>bold</b> & more",
            location=Location("a.py", 3),
            hint="Do it.",
        )
    )
    log.feed(Stream.STDOUT, b"\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;3mdeep\x1b[0m \xff\n")
    log.feed(Stream.STDERR, b"x" * 70_000 + b"\nlast\n")


def everything(log: LogStore) -> range:
    """The number of every row."""
    return range(1, log.last_seq + 1)


def test_text(log: LogStore, qt: QtRunner, tmp_path: Path) -> None:
    fill(log)
    path = tmp_path / "log.txt"
    assert qt.run(export_rows(log, everything(log), path, "text")) == log.last_seq
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line[22:] for line in lines] == [
        "running",
        "a.py:3: <b>bold</b> & more  ·  Do it.",
        "red deep \\xff",
        "x" * 70_000,
        "last",
    ]
    assert lines[1].split()[2] == "build"


def test_json_lines_are_those_of_the_command(log: LogStore, qt: QtRunner, tmp_path: Path) -> None:
    fill(log)
    path = tmp_path / "log.jsonl"
    qt.run(export_rows(log, [2, 3], path, "jsonl"))
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert found == [json.loads(json.dumps(row_object(row, "run-1"))) for row in log.read(1, 2)]


def test_a_page_needs_nothing_else_and_keeps_colours(
    log: LogStore, qt: QtRunner, tmp_path: Path
) -> None:
    fill(log)
    path = tmp_path / "log.html"
    qt.run(export_rows(log, everything(log), path, "html"))
    text = path.read_text(encoding="utf-8")
    page = Words(text)
    assert "<b>bold</b> & more" in "".join(page.text)
    assert not page.tags & {"b", "script", "link", "img"}
    assert "http" not in text
    assert any("var(--c1)" in style and "bold" in style for style in page.styles)
    assert any("#010203" in style for style in page.styles)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_shown_can_be_exported(
    view: LogView, log: LogStore, qt: QtRunner, tmp_path: Path, form: str
) -> None:
    fill(log)
    view.grow()
    path = tmp_path / "shown"

    async def act() -> None:
        view.set_query(LogQuery(text="last"))
        await settled(view)
        await export_rows(log, view.shown_rows(), path, form)  # type: ignore[arg-type]  # one of FORMS

    qt.run(act())
    text = path.read_text(encoding="utf-8")
    assert "last" in text
    assert "bold" not in text.replace("font-weight", "")


def test_progress_is_told_and_a_cancelled_export_leaves_nothing(
    log: LogStore, qt: QtRunner, tmp_path: Path
) -> None:
    log.feed(Stream.STDOUT, b"line\n" * 200_000)
    told: list[tuple[int, int]] = []
    path = tmp_path / "log.txt"
    path.write_text("what was there", encoding="utf-8")

    async def act() -> None:
        task = asyncio.ensure_future(
            export_rows(log, everything(log), path, "text", lambda *args: told.append(args))
        )
        while not told:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    qt.run(act())
    assert told[0][1] == 200_000
    assert 0 < told[0][0] < 200_000
    assert path.read_text(encoding="utf-8") == "what was there"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_a_folder_that_is_not_there(log: LogStore, qt: QtRunner, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        qt.run(export_rows(log, [], tmp_path / "none" / "log.txt", "text"))


def test_only_a_file_is_replaced(log: LogStore, tmp_path: Path, qt: QtRunner) -> None:
    log.feed(Stream.STDOUT, b"one\n")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "real.txt").write_text("before")
    (tmp_path / "link.txt").symlink_to("real.txt")
    for name in ("folder", "pipe"):
        with pytest.raises(OSError, match=r"directory|regular"):
            qt.run(export_rows(log, [1], tmp_path / name, "text"))
    assert (tmp_path / "pipe").is_fifo()
    qt.run(export_rows(log, [1], tmp_path / "link.txt", "text"))
    assert (tmp_path / "link.txt").is_symlink()
    assert "one" in (tmp_path / "real.txt").read_text()
    long = tmp_path / f"{'n' * 250}.txt"
    qt.run(export_rows(log, [1], long, "text"))
    assert "one" in long.read_text()


def test_what_stands_there_keeps_its_mode_and_its_names(
    log: LogStore, tmp_path: Path, qt: QtRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_mask: int) -> int:
        pytest.fail("the mask belongs to every thread")

    log.feed(Stream.STDOUT, b"one\n")
    private, shared = tmp_path / "private.txt", tmp_path / "shared.txt"
    private.write_text("a secret of a longer length than the log has altogether" * 5)
    private.chmod(0o600)
    shared.write_text("before" * 100)
    os.link(shared, tmp_path / "other.txt")
    mask = os.umask(0o027)
    try:
        monkeypatch.setattr(os, "umask", never)
        for path in (private, shared, tmp_path / "new.txt"):
            qt.run(export_rows(log, [1], path, "text"))
    finally:
        monkeypatch.undo()
        os.umask(mask)
    assert private.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o640
    assert shared.stat().st_nlink == 2
    texts = {path.read_text() for path in (private, shared, tmp_path / "other.txt")}
    assert len(texts) == 1
    assert "one" in texts.pop()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_colour_goes_on_in_the_next_line_of_the_page(
    log: LogStore, tmp_path: Path, qt: QtRunner
) -> None:
    log.feed(Stream.STDOUT, b"\x1b[31mred\nstill\n\x1b[0moff\n")
    qt.run(export_rows(log, [1, 2, 3], tmp_path / "a.html", "html"))
    lines = (tmp_path / "a.html").read_text().splitlines()
    dressed = [next(line for line in lines if word in line) for word in (">red", "still", "off")]
    assert [line.count("<span") for line in dressed] == [4, 4, 3]
