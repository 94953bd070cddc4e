"""Which imports are said to lead nowhere."""

import pytest

from tests.support.workshop import Workshop


def missing(shop: Workshop, files: dict[str, str], play: str = "") -> list[tuple[str, int]]:
    """Return path and line of every missing module."""
    project = shop.project({"main.py": "", **files})
    shop.prepare(project / play if play else project)
    return [(event.path or "", event.line or 0) for event in shop.coded("missing-module")]


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import gone\nexcept ImportError:\n    gone = None\n",
        "try:\n    import gone\nexcept (OSError, ModuleNotFoundError):\n    pass\n",
        "try:\n    pass\nexcept ValueError:\n    import gone\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gone\n",
        "import sys\nif sys.platform == 'win32':\n    import gone\n",
        "def f():\n    import gone\n",
        "import os.path, xml.etree.ElementTree, tomllib\n",
        "from . import sibling\n",
        "import local, package.inner, deep\n",
    ],
)
def test_not_missing(warm_shop: Workshop, source: str) -> None:
    files = {
        "main.py": source,
        "local.py": "",
        "package/inner.py": "",
        "lib/deep/__init__.py": "",
        "tests/test_x.py": "import not_reached\n",
    }
    assert missing(warm_shop, files) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("\nimport gone\n", 2),
        ("from gone.deep import x\n", 1),
        ("import os, gone\n", 1),
        ("try:\n    import gone\nexcept ValueError:\n    pass\n", 2),
        ("try:\n    import gone\nfinally:\n    pass\n", 2),
        ("with open('x') as f:\n    import gone\n", 2),
        ("if __name__ == '__main__':\n    import gone\n", 2),
        ("def f():\n    import gone\nimport gone\n", 3),
    ],
)
def test_missing(warm_shop: Workshop, source: str, line: int) -> None:
    assert missing(warm_shop, {"main.py": source}) == [("main.py", line)]


def test_found_where_the_entry_leads(warm_shop: Workshop) -> None:
    files = {
        "main.py": "import a\nfrom b import c\nfrom d import *\nfrom e import f\n",
        "a.py": "import gone_a\n",
        "b/__init__.py": "from . import c\n",
        "b/c.py": "from .d import x\nfrom ..nowhere import y\n",
        "b/d.py": "import gone_d\n",
        "d.py": "def later():\n    import lazy\n",
        "lazy.py": "import gone_lazy\n",
        "e/f.py": "import gone_f\n",
        "never.py": "import gone_never\n",
    }
    assert sorted(missing(warm_shop, files)) == [
        ("a.py", 1),
        ("b/d.py", 1),
        ("e/f.py", 1),
        ("lazy.py", 1),
    ]


def test_entry_in_a_folder_finds_its_neighbours(warm_shop: Workshop) -> None:
    manifest = '[tool.playhead]\nentry = "app/run.py"\n'
    files = {
        "pyproject.toml": manifest,
        "app/run.py": "import near\n",
        "app/near.py": "import gone",
    }
    assert missing(warm_shop, files) == [("app/near.py", 1)]


def test_module_entry(warm_shop: Workshop) -> None:
    manifest = '[tool.playhead]\nentry = "pkg"\n'
    files = {
        "pyproject.toml": manifest,
        "pkg/__init__.py": "import gone_1\n",
        "pkg/__main__.py": "import gone_2\n",
    }
    assert missing(warm_shop, files) == [("pkg/__init__.py", 1), ("pkg/__main__.py", 1)]


@pytest.mark.parametrize(
    ("module", "package"),
    [("PIL", "pillow"), ("cv2", "opencv-python"), ("yaml", "pyyaml"), ("sklearn", "scikit-learn"),
     ("pygame", "pygame-ce"), ("whatever", "whatever")],
)  # fmt: skip
def test_hint_names_the_package(warm_shop: Workshop, module: str, package: str) -> None:
    missing(warm_shop, {"main.py": f"import {module}.sub\n"})
    (event,) = warm_shop.coded("missing-module")
    assert f'"{package}"' in (event.hint or "")
    assert event.message == f"main.py, line 1: there is no module `{module}` to import."
