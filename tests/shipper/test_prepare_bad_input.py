"""Everything that can be wrong with a project: each has its code, its place and a next step."""

import os
import sys
from pathlib import Path

import pytest

from shipper.events import Severity
from tests.support.workshop import Workshop, names_in

DECLARED = '[tool.playhead]\nentry = "main.py"\n'


def test_missing_path(warm_shop: Workshop) -> None:
    failure = warm_shop.fails(warm_shop.folder / "nowhere")
    assert failure.code == "project-missing"
    assert str(warm_shop.folder / "nowhere") in failure.message


@pytest.mark.parametrize("name", ["main.py/below", "with\0null"])
def test_impossible_path(warm_shop: Workshop, name: str) -> None:
    warm_shop.project({"main.py": ""})
    assert warm_shop.fails(warm_shop.folder / "project" / name).code == "project-missing"


def test_circle_of_links(warm_shop: Workshop) -> None:
    link = warm_shop.folder / "circle"
    link.symlink_to(link)
    assert warm_shop.fails(link).code == "project-unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(warm_shop: Workshop) -> None:
    project = warm_shop.project({"main.py": "", "secret.txt": "x"})
    (project / "secret.txt").chmod(0)
    failure = warm_shop.fails(project)
    assert (failure.code, failure.path) == ("project-unreadable", "secret.txt")


def test_folder_that_is_no_project(warm_shop: Workshop) -> None:
    failure = warm_shop.fails(warm_shop.project({"game.py": "", "notes.txt": ""}))
    assert failure.code == "not-a-project"
    assert "main.py or __main__.py" in failure.message
    assert failure.hint is not None
    assert "game.py" in failure.hint


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("game.cart", "cart-unsupported"),
        ("etl.workflow.toml", "workflow-unsupported"),
        ("notes.txt", "not-a-project"),
    ],
)
def test_file_that_cannot_be_played(warm_shop: Workshop, name: str, code: str) -> None:
    project = warm_shop.project({name: "x"})
    assert warm_shop.fails(project / name).code == code


def test_broken_toml_has_line_and_column(warm_shop: Workshop) -> None:
    failure = warm_shop.fails(
        warm_shop.project({"main.py": "", "pyproject.toml": "[project]\nname = x\n"})
    )
    assert failure.code == "manifest-syntax"
    assert (failure.path, failure.line, failure.column) == ("pyproject.toml", 2, 8)


def test_toml_that_is_not_text(warm_shop: Workshop) -> None:
    failure = warm_shop.fails(warm_shop.project({"pyproject.toml": b"[project]\nname='\xff'\n"}))
    assert (failure.code, failure.line) == ("manifest-syntax", 2)


def test_every_unknown_key_is_told_with_the_nearest_known_one(warm_shop: Workshop) -> None:
    manifest = DECLARED + 'titel = "x"\n[tool.playhead.permissions]\nnett = true\n'
    failure = warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": manifest}))
    told = {
        event.line: event.hint
        for event in warm_shop.coded("manifest-unknown-key")
        if event.path == "pyproject.toml"
    }
    assert told == {3: "Did you mean `title`?", 5: "Did you mean `net`?"}
    assert "1 more error" in failure.message or "one more error" in failure.message


def test_declared_entry_that_is_missing(warm_shop: Workshop) -> None:
    manifest = '[tool.playhead]\nentry = "gane.py"\n'
    failure = warm_shop.fails(warm_shop.project({"game.py": "", "pyproject.toml": manifest}))
    assert (failure.code, failure.path, failure.line) == ("entry-missing", "pyproject.toml", 2)
    assert failure.hint == "Did you mean `game.py`?"


def test_entry_that_is_left_out_says_why(warm_shop: Workshop) -> None:
    manifest = DECLARED + 'exclude = ["main.*"]\n'
    failure = warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": manifest}))
    assert failure.code == "entry-missing"
    assert "excluded by `main.*`" in failure.message


def test_no_entry_at_all_names_what_was_looked_for(warm_shop: Workshop) -> None:
    manifest = '[project]\nname = "my-game"\n[tool.playhead]\n'
    failure = warm_shop.fails(warm_shop.project({"pyproject.toml": manifest}))
    assert failure.code == "entry-missing"
    for wanted in ("main.py", "__main__.py", "my_game/__main__.py"):
        assert wanted in failure.message


@pytest.mark.parametrize(
    ("entry", "files", "code", "words"),
    [
        ("pkg", {"pkg/__init__.py": ""}, "entry-missing", "without a `__main__.py`"),
        ("pkg.tool", {"src/pkg/tool.py": ""}, "entry-missing", "src/pkg/tool.py"),
        ("app:mian", {"app.py": "def main(): ..."}, "entry-function-missing", "`mian`"),
        ("no such", {"main.py": ""}, "entry-malformed", "neither a file nor a module"),
        ("../main.py", {"main.py": ""}, "entry-malformed", "neither"),
        ("nope.mod", {"main.py": ""}, "entry-missing", "nope/mod.py"),
    ],
)
def test_entries_that_cannot_be_played(
    warm_shop: Workshop, entry: str, files: dict[str, str], code: str, words: str
) -> None:
    manifest = f'[tool.playhead]\nentry = "{entry}"\n'
    failure = warm_shop.fails(warm_shop.project({**files, "pyproject.toml": manifest}))
    assert failure.code == code
    assert words in failure.message


def test_syntax_errors_of_all_files_are_told(warm_shop: Workshop) -> None:
    project = warm_shop.project(
        {
            "main.py": "import a\n",
            "a.py": "def f(:\n    pass\n",
            "b/c.py": "x = 1\nfrom __future__ import division\n",
            "d.py": "x = (\n",
            "nul.py": b"x = 1\0\n",
            "latin.py": b"x = '\xe9'\n",
            "py2.py": 'print "x"\n',
            "fine.py": "x = 1\n",
        }
    )
    failure = warm_shop.fails(project)
    told = {event.path: event for event in warm_shop.coded("syntax-error")}
    assert sorted(filter(None, told)) == ["a.py", "b/c.py", "d.py", "latin.py", "nul.py", "py2.py"]
    assert (told["a.py"].line, told["a.py"].column) == (1, 7)
    assert told["b/c.py"].line == 2
    assert failure.code == "syntax-error"
    assert "5 more errors" in failure.message


@pytest.mark.parametrize(
    ("source", "end"),
    [("x = [1 2]\n", "perhaps you forgot a comma?"), ("x = 1\0\n", "null bytes.")],
)
def test_what_python_says_ends_as_one_sentence(warm_shop: Workshop, source: str, end: str) -> None:
    warm_shop.fails(warm_shop.project({"main.py": source}))
    (told,) = warm_shop.coded("syntax-error")
    assert told.message.lower().endswith(end)


def test_what_is_wrong_is_told_together(warm_shop: Workshop) -> None:
    """A syntax error does not hide what the rules find, nor the other way round."""
    manifest = '[tool.playhead]\nentry = "gone.py"\n'
    project = warm_shop.project({"bad.py": "x = (", "pyproject.toml": manifest})
    warm_shop.fails(project)
    assert {event.code for event in warm_shop.found(Severity.ERROR)} == {
        "syntax-error",
        "entry-missing",
    }


def test_script_block_that_is_broken(warm_shop: Workshop) -> None:
    text = "# /// script\n# dependencies = [\n# ///\n"
    failure = warm_shop.fails(warm_shop.project({"a.py": text}) / "a.py")
    assert (failure.code, failure.path) == ("script-block-broken", "a.py")


@pytest.mark.parametrize(
    ("content", "line"), [("{\n  broken", 2), ("[]", None), ('{"nbformat": 2}', None)]
)
def test_broken_notebook(warm_shop: Workshop, content: str, line: int | None) -> None:
    failure = warm_shop.fails(warm_shop.project({"a.ipynb": content}) / "a.ipynb")
    assert (failure.code, failure.path, failure.line) == ("notebook-broken", "a.ipynb", line)


def test_python_that_nobody_has(warm_shop: Workshop) -> None:
    manifest = '[project]\nname = "x"\nrequires-python = ">=3.99"\n'
    failure = warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": manifest}))
    assert failure.code == "python-missing"
    assert ">=3.99" in failure.message


def test_python_range_that_is_none(warm_shop: Workshop) -> None:
    manifest = '[project]\nname = "x"\nrequires-python = "three"\n'
    failure = warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": manifest}))
    assert (failure.code, failure.line) == ("requires-python-broken", 3)


def test_other_platform_and_unknown_feature(warm_shop: Workshop) -> None:
    other = "windows" if sys.platform != "win32" else "linux"
    manifest = DECLARED + f'platforms = ["{other}"]\nrequires = ["teleport"]\n'
    warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": manifest}))
    codes = {event.code: event.line for event in warm_shop.found(Severity.ERROR)}
    assert codes == {"platform-unsupported": 3, "feature-unknown": 4}


def test_workflow_kind(warm_shop: Workshop) -> None:
    manifest = DECLARED + 'kind = "workflow"\n'
    failure = warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": manifest}))
    assert failure.code == "workflow-unsupported"


def test_name_that_is_no_text(warm_shop: Workshop) -> None:
    project = warm_shop.project({"main.py": ""})
    try:
        with open(os.fsencode(project) + b"/caf\xe9.txt", "wb"):
            pass
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    failure = warm_shop.fails(project)
    assert failure.code == "name-not-text"
    assert "caf\\xe9.txt" in failure.message


def test_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shop = Workshop(tmp_path, cache=tmp_path / "file" / "cache")
    failure = shop.fails(shop.project({"main.py": ""}))
    assert failure.code == "store-unwritable"
    assert "PLAYHEAD_HOME" in (failure.hint or "")


def test_repaired_project_is_prepared(warm_shop: Workshop) -> None:
    project = warm_shop.project({"main.py": "x = ("})
    warm_shop.fails(project)
    warm_shop.project({"main.py": "x = 1"})
    assert names_in(warm_shop.prepare(project)) == ["main.py"]


def test_encoding_that_nobody_knows_has_no_place(warm_shop: Workshop) -> None:
    project = warm_shop.project({"main.py": "", "enc.py": "# -*- coding: nope -*-\n"})
    failure = warm_shop.fails(project)
    assert (failure.path, failure.line, failure.column) == ("enc.py", None, None)
    assert failure.message == "enc.py: unknown encoding: nope."


BAD_NAME = os.fsdecode(b"lat\xe9n")


@pytest.mark.parametrize("name", ["", "main.py", "a.ipynb"])
def test_project_below_a_name_that_is_no_text(shop: Workshop, name: str) -> None:
    """The folder's own name is in no image, so it is no hindrance, not even the second time."""
    cell = '{"cell_type": "code", "source": "open(\'gone.csv\')"}'
    notebook = f'{{"nbformat": 4, "cells": [{cell}]}}'
    try:
        project = shop.project({"main.py": "import gone", "a.ipynb": notebook}, BAD_NAME)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    image = shop.prepare(project / name)
    assert image.title == ("lat\\xe9n" if not name else Path(name).stem)
    assert shop.prepare(project / name) == image
    assert not shop.spawn.calls
    for event in shop.events:
        assert "\udce9" not in f"{event.message}{event.path}{event.hint}"


def test_cache_below_a_name_that_is_no_text(tmp_path: Path) -> None:
    """No tool could make an environment there, and it says so in words of its own."""
    shop = Workshop(tmp_path, cache=tmp_path / BAD_NAME / "cache")
    failure = shop.fails(shop.project({"main.py": ""}))
    assert failure.code == "store-unwritable"
    assert "not UTF-8" in failure.message
    assert not shop.spawn.calls


@pytest.mark.parametrize("ending", [".py", ".ipynb"])
def test_played_file_whose_name_is_no_text(shop: Workshop, ending: str) -> None:
    name = BAD_NAME + ending
    try:
        project = shop.project({name: '{"nbformat": 4, "cells": []}'})
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    failure = shop.fails(project / name)
    assert failure.code == "name-not-text"
    assert "lat\\xe9n" in failure.message


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ('[project]\nname = "x"\ndependencies = ["six", "@bad"]\n', "pyproject.toml", (3, 24)),
        ("[project]\ndependencies = [\n  'six',\n  '@bad',\n]\n", "pyproject.toml", (4, 3)),
        ('x = 1\n# /// script\n# dependencies = [\n#  "@bad",\n# ]\n# ///\n', "a.py", (4, 4)),
    ],
)
@pytest.mark.parametrize("bad", ["foo @@ bar", "./x.whl", "foo>=", "-r other.txt"])
def test_dependency_that_is_none(
    warm_shop: Workshop, text: str, name: str, place: tuple[int, int], bad: str
) -> None:
    project = warm_shop.project({"main.py": "", name: text.replace("@bad", bad)})
    failure = warm_shop.fails(project / "a.py" if name == "a.py" else project)
    assert failure.code == "requirement-broken"
    assert (failure.path, failure.line, failure.column) == (name, *place)
    assert f"`{bad}`" in failure.message
    assert not warm_shop.spawn.calls


def test_dependencies_that_are_none_are_all_told(warm_shop: Workshop) -> None:
    text = (
        '[project]\ndependencies = ["a b", "six", "x @ https://h/x-1-py3-none-any.whl", "c\\nd"]\n'
    )
    warm_shop.fails(warm_shop.project({"main.py": "", "pyproject.toml": text}))
    told = [event.message.split("`")[1] for event in warm_shop.coded("requirement-broken")]
    assert told == ["a b", "c\\nd"]
