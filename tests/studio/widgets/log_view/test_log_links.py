"""Places that a line of the log names."""

import time

import pytest

from studio.widgets.log_view.links import LogLink, link_at, links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ('  File "main.py", line 12, in <module>', [LogLink("main.py", 12)]),
        ('  File "/usr/lib/python3.11/a b.py", line 3', [LogLink("/usr/lib/python3.11/a b.py", 3)]),
        ('  File "<string>", line 1', []),
        ("src/app.c:12:5: warning: unused", [LogLink("src/app.c", 12, 5)]),
        ("app.py:7", [LogLink("app.py", 7)]),
        ("at ./lib/x.rs:1:2)", [LogLink("./lib/x.rs", 1, 2)]),
        ("C:\\work\\a.py:9", [LogLink("C:\\work\\a.py", 9)]),
        ("main.py, line 4: no such name", [LogLink("main.py", 4)]),
        ("a.py:1 and b.py:2:3", [LogLink("a.py", 1), LogLink("b.py", 2, 3)]),
        ("it is 12:30:15 now", []),
        ("see https://example.com:80/x", []),
        ("192.168.0.1:8080", []),
        ("version 1.2:3", []),
        ("plain text", []),
        ("", []),
    ],
)
def test_links(text: str, links: list[LogLink]) -> None:
    assert [link.target for link in links_in(text)] == links


def test_a_link_is_found_by_any_of_its_characters() -> None:
    text = "error in src/app.c:12:5 here"
    start, stop = text.index("src"), text.index(" here")
    assert link_at(text, start) == link_at(text, stop - 1) is not None
    assert link_at(text, start - 1) is None
    assert link_at(text, stop) is None


@pytest.mark.parametrize("piece", ["a/", "a.", "a:1", "x", 'File "', "a.b:"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.perf_counter()
    links_in(piece * 20_000)
    assert time.perf_counter() - started < 1
