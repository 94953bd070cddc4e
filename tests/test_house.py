"""What holds for the whole tree, and no linter checks."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("studio", "session", "shipper", "resources")
#: Written in two halves, so that this file does not name what it looks for.
REGISTRIES = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "deb" + r"\.debian"]))
#: Examples show the homes of `ada` and `me`, which are nobody's.
MACHINE_PATHS = re.compile(r"(?<![\w./~}<>-])/(?:work|root|Users|home(?!/(?:ada|a|me)\b))/\w")


def tree() -> Iterator[Path]:
    """Every file that belongs to the project, none that was made from it."""
    for folder, names, files in os.walk(ROOT):
        at_top = {"build", "dist"} if Path(folder) == ROOT else set()
        made = {"__pycache__", *at_top}
        names[:] = [name for name in names if name == ".ci" or name[0] != "." if name not in made]
        yield from (Path(folder, name) for name in files)


def texts() -> Iterator[tuple[Path, str]]:
    """Every file of the tree that is text."""
    for path in tree():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(folder: Path) -> list[Path]:
    """The modules of a package; templates and examples are data."""
    data = [ROOT / "resources" / "templates", ROOT / "resources" / "examples"]
    return [path for path in folder.rglob("*.py") if not any(map(path.is_relative_to, data))]


def test_no_file_names_a_registry() -> None:
    assert [str(path) for path, text in texts() if REGISTRIES.search(text)] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [(str(path), MACHINE_PATHS.findall(text)) for path, text in texts()]
    assert [(path, hits) for path, hits in found if hits] == []


def test_no_file_is_longer_than_500_lines() -> None:
    counts = {str(path): text.count("\n") for path, text in texts() if path.suffix != ".lock"}
    assert {path: lines for path, lines in counts.items() if lines > 500} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(ROOT / package)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_folder_of_a_package_is_a_package() -> None:
    """The import contracts do not see a folder without `__init__.py`."""
    folders = {path.parent for package in PACKAGES for path in modules(ROOT / package)}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_ruff_looks_at_every_module() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--show-files", "."]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours = {str(path) for package in PACKAGES for path in modules(ROOT / package)}
    assert ours - set(shown.splitlines()) == set()


def test_git_ignores_no_module() -> None:
    """Holds in a checkout; a copy without its history has nothing to ask."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", *PACKAGES]
    ignored = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [path for path in ignored.splitlines() if path.endswith(".py")] == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)


def test_the_worker_needs_the_standard_library_only() -> None:
    for path in modules(ROOT / "session" / "worker"):
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            top = name.partition(".")[0]
            # Started by path, the folder is a package of this private name (DEC-0004).
            ours = name.startswith(("session.worker", "_playhead_"))
            assert ours or top in {*sys.stdlib_module_names, "IPython"}, f"{path}: {name}"


def imported(parsed: ast.Module) -> Iterator[str]:
    """The modules that a file imports, at any depth."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def pins(lock: str) -> dict[str, str]:
    """What a lock file pins: name and version; every pin has at least one hash."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, str] = {}
    for line in text.splitlines():
        requirement, _, hashes = line.partition(" --hash=")
        assert hashes.strip().startswith("sha256:"), line
        name, _, version = requirement.split(";")[0].partition("==")
        found[canonicalize_name(name.strip())] = version.strip()
    return found


def test_the_locks_pin_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, develop = pins("requirements.lock"), pins("requirements-dev.lock")
    groups = [(project["dependencies"], runtime)]
    groups.append((project["optional-dependencies"]["dev"], develop))
    for declared, locked in groups:
        for requirement in map(Requirement, declared):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)])


def test_both_locks_pin_the_same_versions() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_help_lists_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, check=True
    )
    listed = re.findall(r"^  make (\S+)", shown.stdout.decode(), re.MULTILINE)
    assert sorted(listed) == sorted(phony[1].split())


def test_an_old_python_is_refused_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ncase "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac\n')
    old.chmod(0o755)
    command = [str(ROOT / ".ci" / "set-up"), str(old), str(tmp_path / "venv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Playhead needs Python 3.11 or newer")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "venv").exists()


def test_no_import_hook_of_ours_slows_every_start() -> None:
    hooks = Path(sysconfig.get_path("purelib")).glob("__editable___playhead_*_finder.py")
    assert list(hooks) == []
