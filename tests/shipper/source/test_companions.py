"""What a script played alone takes along from beside it, and what it leaves."""

import itertools
import json
from pathlib import Path

import pytest

from shipper.errors import Cancelled
from shipper.source.companions import Companions, companions_of
from tests.support.workshop import Workshop, names_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "direct.py": "import indirect\n",
        "indirect.py": "open('levels/one.txt')\n",
        "unrelated.py": "",
        "levels/one.txt": "1",
        "levels/two.txt": "2",
        "pkg/__init__.py": "from . import inner\n",
        "pkg/inner.py": "import deep\n",
        "pkg/picture.png": "",
        "pkg/__pycache__/inner.pyc": "",
        "pkg/.hidden": "",
        "deep.py": "import direct  # a circle\n",
        "plain/module.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def search(folder: Path, source: str) -> Companions:
    return companions_of([source], folder, lambda: None)


def paths(folder: Path, source: str) -> tuple[str, ...]:
    return search(folder, source).paths


def test_imported_modules_come_along_with_what_they_need(folder: Path) -> None:
    assert paths(folder, "import direct") == ("direct.py", "indirect.py", "levels/one.txt")


def test_a_package_comes_whole_but_for_caches_and_hidden_files(folder: Path) -> None:
    expected = (
        "deep.py",
        "direct.py",
        "indirect.py",
        "levels/one.txt",
        "pkg/__init__.py",
        "pkg/inner.py",
        "pkg/picture.png",
    )
    assert paths(folder, "from pkg.inner import x") == expected


@pytest.mark.parametrize(
    "source",
    ["", "import os, json", "import plain", "from . import direct", "def f(:", "open('gone.txt')"],
)
def test_nothing_else_comes_along(folder: Path, source: str) -> None:
    assert paths(folder, source) == ()


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/passwd", "~/x.txt", "a\0b.txt", "http://x.y"]
)
def test_a_path_that_leads_out_of_the_folder_is_left_alone(folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("s")
    assert paths(folder, f"open({name!r})") == ()


def test_a_module_that_is_missing_is_waited_for(folder: Path) -> None:
    assert search(folder, "import os").watched == ()
    assert search(folder, "import not_yet_there").watched == (str(folder),)


def test_the_standard_library_is_not_taken_along_by_its_own_files(folder: Path) -> None:
    for name in ("os.py", "site.py", "json.py", "ours.py", "test/__init__.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    assert paths(folder, "import json, os, test.support, ours") == ("ours.py",)
    (folder / "site.py").unlink()
    assert paths(folder, "import json, ours") == ("json.py", "ours.py")


def test_the_search_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        (folder / f"m{number}.py").write_text(f"import m{number + 1}")
    monkeypatch.setattr("shipper.source.companions.FILE_LIMIT", 6)
    found = search(folder, "import m0")
    assert (len(found.paths), found.cut_off) == (6, False)
    (folder / "m6.py").write_text("")
    found = search(folder, "import m0")
    assert (found.paths, found.cut_off) == (tuple(f"m{n}.py" for n in range(6)), True)
    assert search(folder, "import pkg").cut_off, "a package counts file by file"


def test_what_is_beyond_the_bound_is_told(
    warm_shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shipper.source.companions.FILE_LIMIT", 1)
    project = warm_shop.project({"a.py": "import b, c", "b.py": "", "c.py": ""})
    assert names_in(warm_shop.prepare(project / "a.py")) == ["a.py", "b.py"]
    (found,) = warm_shop.coded("companions-too-many")
    assert found.path == "a.py"


@pytest.mark.parametrize("name", ["a.py", "a.ipynb"])
def test_the_search_can_be_stopped(shop: Workshop, name: str) -> None:
    """Between any two of its files: each file that is followed is preceded by a question."""
    code = "import m0\nopen('x.csv')"
    cells = [{"cell_type": "code", "source": code}]
    notebook = json.dumps({"nbformat": 4, "cells": cells})
    chain = {f"m{n}.py": f"import m{n + 1}" for n in range(50)}
    project = shop.project({**chain, "a.py": code, "a.ipynb": notebook})
    polls = itertools.count()
    shop.cancelled = lambda: next(polls) >= 20
    with pytest.raises(Cancelled):
        shop.prepare(project / name)
    assert next(polls) == 21
    assert shop.events == [], "no step had begun"
