"""The help pages say what is so: their commands run, and their codes are those of the source."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import resources
from tests.support.playhead import ROOT, environment

#: The roots of the error trees, never raised themselves; and a fault that no user can cause.
ROOTS = {"session", "shipper", "command", "document", "illegal-transition"}
CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")


def page(name: str) -> str:
    """The text of a help page."""
    return resources.help_page(name).read_text(encoding="utf-8")


def modules() -> Iterator[ast.Module]:
    """Every module that has codes."""
    for package in ("session", "shipper", "studio"):
        for path in (ROOT / package).rglob("*.py"):
            yield ast.parse(path.read_text(encoding="utf-8"))


def declared(node: ast.AST) -> Iterator[ast.expr]:
    """What stands where a code is declared: `code=…`, `code = …`, `Rule(…, …)`."""
    match node:
        case ast.keyword(arg="code", value=value):
            yield from (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
        case ast.Assign(targets=[ast.Name(id="code")], value=value):
            yield value
        case ast.Call(func=ast.Name(id="Rule"), args=[name, *_]):
            yield name
        case _:
            pass


def codes_of_the_source() -> set[str]:
    """Every stable code that is declared in the source."""
    found = set()
    for module in modules():
        for node in ast.walk(module):
            for value in declared(node):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return {code for code in found if CODE.fullmatch(code)} - ROOTS


def words_of_the_source() -> set[str]:
    """Every text constant, and every code in brackets within one."""
    texts = {
        node.value
        for module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return texts | {code for text in texts for code in re.findall(r"\[([a-z-]+)\]", text)}


def test_there_are_these_pages() -> None:
    assert [resources.help_page(name).name for name in resources.help_names()] == [
        "quickstart.md",
        "workers.md",
        "troubleshooting.md",
    ]
    with pytest.raises(KeyError):
        resources.help_page("nothing")


@pytest.mark.e2e
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", resources.help_names())
def test_every_command_that_is_shown_works(name: str, tmp_path: Path) -> None:
    """All blocks of a page run one after the other, as a reader would have it."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env=environment(tmp_path / "home", PATH=path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_named_in_the_text_is_one() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from studio.cli.main import main; main()", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    known = set(re.findall(r"^  ([a-z]+)  ", shown, re.MULTILINE))
    for name in resources.help_names():
        named = set(re.findall(r"`?playhead ([a-z]+)", page(name)))
        assert named <= known, name


def test_every_code_of_the_source_is_explained() -> None:
    text = page("troubleshooting")
    found = codes_of_the_source()
    assert {"missing-module", "no-space", "home-unusable"} <= found
    assert sorted(code for code in found if f"`{code}`" not in text) == []


def test_every_code_that_is_explained_is_one() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", page("troubleshooting")))
    assert len(named) > 60
    assert sorted(named - words_of_the_source()) == []


def test_the_readme_shows_the_pictures_that_are_there() -> None:
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    there = (ROOT / "resources" / "help" / "pictures").iterdir()
    assert sorted(shown) == sorted(str(picture.relative_to(ROOT)) for picture in there)
    for name in shown:
        assert (ROOT / name).read_bytes().startswith(b"\x89PNG"), name
