"""Reading and writing text files: encodings, line endings, and everything that is no text file."""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.documents import text_file
from studio.documents.errors import (
    DocumentError,
    NotSaved,
    NotText,
    TooLarge,
    Unreadable,
    Vanished,
)
from studio.documents.text_file import (
    changed_on_disk,
    digest_of,
    new_text_file,
    read_head,
    read_text_file,
    write_text_file,
)

UTF8 = "grün — 日本 🎮\n"
CASES = {
    "plain": b"one\ntwo\n",
    "empty": b"",
    "no last line end": b"one\ntwo",
    "crlf": b"one\r\ntwo\r\n",
    "cr": b"one\rtwo\r",
    "mixed": b"one\r\ntwo\nthree\rfour\r\n\r\n\n",
    "utf-8": UTF8.encode(),
    "utf-8 with mark": b"\xef\xbb\xbf" + UTF8.encode(),
    "utf-16 little": b"\xff\xfe" + UTF8.encode("utf-16-le"),
    "utf-16 big": b"\xfe\xff" + UTF8.encode("utf-16-be"),
    "utf-32 little": b"\xff\xfe\0\0" + UTF8.encode("utf-32-le"),
    "declared": b"# -*- coding: cp1252 -*-\nx = '\x80'\n",
    "declared in line 2": b"#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\nx = '\xc1'\n",
    "declared but unknown": b"# coding: no-such-thing\nx = 1\n",
    "declared but no text": b"# coding: rot13\nx = 1\n",
    "declared wrongly": b"# coding: utf-8\nx = '\xff'\n",
    "not utf-8": b"caf\xe9\x85\n\x80\xff",
    "odd line separators": "a\u2028b\u2029c\x0bd\x0ce\x85f\x1cg\n".encode(),
    "hard spaces": "a\u00a0b\ufeffc\n".encode(),
}


@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_what_is_not_changed_is_written_back_byte_for_byte(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(data)
    file = read_text_file(path)
    assert "\r" not in file.text
    assert changed_on_disk(file) == "same"
    written = write_text_file(file, file.text)
    assert path.read_bytes() == data
    assert written._replace(notice=file.notice) == file
    assert read_text_file(path) == file


@given(data=st.binary(max_size=60).map(lambda data: data.replace(b"\0", b"\r\n")))
def test_any_bytes_survive(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "file.txt"
    path.write_bytes(data)
    try:
        file = read_text_file(path)
    except NotText:
        return
    write_text_file(file, file.text)
    assert path.read_bytes() == data


def test_encodings_are_recognised_and_told(tmp_path: Path) -> None:
    def read(name: str) -> text_file.TextFile:
        path = tmp_path / "file.py"
        path.write_bytes(CASES[name])
        return read_text_file(path)

    assert (read("utf-8").encoding, read("utf-8").bom) == ("utf-8", False)
    assert (read("utf-8 with mark").encoding, read("utf-8 with mark").bom) == ("utf-8", True)
    assert read("utf-16 big").encoding == "utf-16-be"
    assert read("utf-16 big").text == UTF8
    assert read("declared").text.endswith("'€'\n")
    assert read("declared in line 2").text.endswith("'а'\n")  # noqa: RUF001 - a Cyrillic letter
    assert read("declared").notice is None
    guessed = read("not utf-8")
    assert guessed.encoding == "latin-1"
    assert guessed.notice is not None
    assert "Latin-1" in guessed.notice


def test_line_endings_are_put_back_where_lines_did_not_change(tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    path.write_bytes(b"a\r\nb\nc\r\nd\ne\r\n")
    file = read_text_file(path)
    assert (file.newline, file.mixed_newlines) == ("\r\n", True)
    file = write_text_file(file, "a\nb\nnew\nnewer\nd\ne\n")
    assert path.read_bytes() == b"a\r\nb\nnew\r\nnewer\r\nd\ne\r\n"
    file = write_text_file(file, "b\nnew\nnewer\nd\ne")
    assert path.read_bytes() == b"b\r\nnew\r\nnewer\r\nd\r\ne"  # the last line gave up its end
    assert not file.mixed_newlines
    write_text_file(file, "")
    assert path.read_bytes() == b""


def test_crlf_is_used_for_new_lines_too(tmp_path: Path) -> None:
    path = tmp_path / "dos.txt"
    path.write_bytes(b"a\r\nb\r\n")
    write_text_file(read_text_file(path), "a\nnew\nb\n")
    assert path.read_bytes() == b"a\r\nnew\r\nb\r\n"


def test_a_character_without_a_place_in_the_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(b"caf\xe9\n")
    file = read_text_file(path)
    with pytest.raises(NotSaved, match=r"'€' \(U\+20AC\) in line 2") as caught:
        write_text_file(file, "café\n5 €\n")
    assert "UTF-8" in caught.value.hint
    assert path.read_bytes() == b"caf\xe9\n"


def test_changing_the_declaration_changes_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "old.py"
    path.write_bytes(b"# coding: cp1252\nx = '\xe9'\n")
    file = write_text_file(read_text_file(path), "# coding: utf-8\nx = 'é'\n")
    assert path.read_bytes() == "# coding: utf-8\nx = 'é'\n".encode()
    write_text_file(file, "# coding: latin-1\nx = 'é'\n")
    assert path.read_bytes() == b"# coding: latin-1\nx = '\xe9'\n"


def test_a_new_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "new.py"
    file = new_text_file(path)
    assert changed_on_disk(file) == "same"
    written = write_text_file(file, "x = 1\n")
    assert path.read_text() == "x = 1\n"
    assert changed_on_disk(written) == "same"


def test_what_happens_to_a_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "watched.txt"
    path.write_text("one")
    file = read_text_file(path)
    os.utime(path, (1, 1))
    assert changed_on_disk(file) == "same"  # touched, not changed
    path.write_text("two")
    assert changed_on_disk(file) == "changed"
    path.unlink()
    assert changed_on_disk(file) == "gone"
    assert digest_of(path) is None


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    cases: list[tuple[Path, type[DocumentError]]] = [
        (picture, NotText),
        (tmp_path / "nothing", Vanished),
        (picture / "below", Vanished),
        (tmp_path, Unreadable),
        (Path("/dev/zero"), Unreadable),
        (Path("/dev/tty"), Unreadable),
    ]
    for path, kind in cases:
        with pytest.raises(kind) as caught:
            read_text_file(path)
        assert caught.value.code
        assert caught.value.hint
        assert path.name in caught.value.message


@pytest.mark.parametrize("python", ["file.bin", "file.py"])
def test_utf16_with_an_odd_byte_is_no_text_but_no_fault(tmp_path: Path, python: str) -> None:
    path = tmp_path / python
    path.write_bytes(b"\xff\xfea\0b")
    with pytest.raises(NotText):
        read_text_file(path)


def test_a_pipe_without_a_writer_does_not_hold_the_reader(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    caught: list[BaseException] = []

    def read() -> None:
        try:
            read_text_file(pipe)
        except Unreadable as error:
            caught.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(timeout=20)
    assert caught


def test_a_large_file_shows_its_beginning_only(tmp_path: Path) -> None:
    path = tmp_path / "large.log"
    with path.open("wb") as file:
        file.write("zeile ü\n".encode() * 300_000)
        file.truncate(200 * 2**20)  # sparse: 200 MB that take no space
    with pytest.raises(TooLarge, match="200 MB") as caught:
        read_text_file(path)
    assert "beginning" in caught.value.hint
    head = read_head(path)
    assert head.text.startswith("zeile ü\nzeile")
    assert head.text.endswith("\n")
    assert not head.whole
    assert head.notice is not None
    assert not head.writable
    with pytest.raises(NotSaved, match="beginning"):
        write_text_file(head, head.text)


#: Reads as someone whom permissions concern; prints what is told.
_READER = """
import os, sys
from pathlib import Path
from studio.documents.errors import Unreadable
from studio.documents.text_file import read_text_file
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
for name in sys.argv[1:]:
    try:
        print(read_text_file(Path(name)).writable)
    except Unreadable as error:
        print(error.message)
"""


def test_files_without_permission() -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        closed, fixed, hidden = place / "closed", place / "fixed", place / "folder" / "hidden"
        hidden.parent.mkdir()
        for path, mode in ((closed, 0), (fixed, 0o444), (hidden, 0o644)):
            path.write_text("x")
            path.chmod(mode)
        hidden.parent.chmod(0)
        command = [sys.executable, "-c", _READER, *map(str, (closed, fixed, hidden))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        hidden.parent.chmod(0o755)
    assert done.stdout.splitlines() == [
        "closed cannot be read: you have no permission to read it.",
        "False",
        "hidden cannot be read: you have no permission to read it.",
    ]
