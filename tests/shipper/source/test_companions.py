"""What a script played alone takes along from beside it, and what it leaves."""

from pathlib import Path

import pytest

from shipper.source.companions import companions_of


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


def paths(folder: Path, source: str) -> tuple[str, ...]:
    return companions_of([source], folder).paths


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
    assert companions_of(["import os"], folder).watched == ()
    assert companions_of(["import not_yet_there"], folder).watched == (str(folder),)
