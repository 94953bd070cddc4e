"""Every fix is applied to the very file it was made for; prepared again, its finding is gone."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shipper.errors import PrepareFailed
from shipper.events import PrepareEvent
from shipper.formats.fix import Fix, apply_fix
from shipper.formats.way import Way
from tests.support.registry import PREFIX, Registry, serve_registry
from tests.support.workshop import Workshop

HERE = {"linux": "linux", "darwin": "macos", "win32": "windows"}[sys.platform]
OTHER = "windows" if HERE != "windows" else "linux"
LEAF = (PREFIX + "leaf").replace("-", "_")
Files = dict[str, str]
#: A lock of the project's own, which would have to be made anew.
PYLOCK = 'lock-version = "1.0"\ncreated-by = "me"\npackages = []\n'


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The only registry that uv knows of."""
    with serve_registry(tmp_path / "registry") as registry:
        registry.wheel("leaf", "1.0")
        monkeypatch.setenv("UV_DEFAULT_INDEX", registry.url)
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        yield registry


def events_of(shop: Workshop, path: Path, way: Way | None = None) -> list[PrepareEvent]:
    """Prepare, whatever comes of it, and return what was said."""
    with contextlib.suppress(PrepareFailed):
        shop.prepare(path, way=way)
    return shop.events


def mend(shop: Workshop, project: Path, code: str, way: Way | None = None) -> Fix:
    """Prepare; make the one fix for `code`; prepare again and see that the finding is gone."""
    path = project if project.is_dir() else project.parent
    (event,) = [one for one in events_of(shop, project, way) if one.code == code]
    assert event.fix is not None, event
    place = path / event.fix.path
    text = place.read_bytes().decode() if place.exists() else ""
    mended = apply_fix(text, event.fix)
    assert mended is not None
    assert mended != text
    place.write_bytes(mended.encode())
    after = events_of(shop, project, way)
    assert code not in {one.code for one in after}, after
    return event.fix


def declared(more: str = "", entry: str = 'entry = "main.py"\n') -> str:
    """Return a manifest."""
    return f"# mine\n[tool.playhead]\n{entry}{more}\n[tool.other]\nkey = 1\n"


def noted(text: str) -> str:
    """Return a script in cells."""
    return f"# %%\nimport csv\n# %%\n{text}\n"


KINDS: dict[str, tuple[str, Files, str]] = {
    "unknown key": ("manifest-unknown-key", {"pyproject.toml": declared("titel = 'x'\n")}, "title"),
    "unknown table": (
        "manifest-unknown-key",
        {"pyproject.toml": declared("[tool.playhead.permisions]\nnet = true\n")},
        "permissions",
    ),
    "unknown key of a configuration": (
        "manifest-unknown-key",
        {"pyproject.toml": declared("[tool.playhead.configurations.a]\narg = ['x']\n")},
        "args",
    ),
    "unknown key inline": (
        "manifest-unknown-key",
        {"pyproject.toml": declared("budget = {mem = '1GB'}\n")},
        "memory",
    ),
    "single equals sign": (
        "requirement-broken",
        {"pyproject.toml": f'[project]\ndependencies = ["{PREFIX}leaf=1.0"]\n'},
        f'"{PREFIX}leaf==1.0"',
    ),
    "plain version": (
        "requires-python-broken",
        {"pyproject.toml": '[project]\nname = "x"\nrequires-python = "3.9"\n'},
        '">=3.9"',
    ),
    "unknown feature": (
        "feature-unknown",
        {"pyproject.toml": declared("requires = ['cartridge', 'notebok']\n")},
        '"notebook"',
    ),
    "other platform": (
        "platform-unsupported",
        {"pyproject.toml": declared(f"platforms = ['{OTHER}']\n")},
        f', "{HERE}"',
    ),
    "icon in another case": (
        "icon-missing",
        {"pyproject.toml": declared("icon = 'Art/Icon.PNG'\n"), "art/icon.png": ""},
        '"art/icon.png"',
    ),
    "permission": (
        "permission-suggested",
        {"pyproject.toml": declared(), "main.py": "import socket\n"},
        "\n\n[tool.playhead.permissions]\nnet = true",
    ),
    "permission refused": (
        "permission-suggested",
        {
            "pyproject.toml": declared("[tool.playhead.permissions]\nrun = false\n"),
            "main.py": "import subprocess\n",
        },
        "true",
    ),
    "entry in another case": (
        "entry-missing",
        {"pyproject.toml": declared(entry="entry = 'Main.py'\n"), "other.py": ""},
        '"main.py"',
    ),
    "entry in another folder": (
        "entry-missing",
        {"pyproject.toml": declared(entry="entry = 'game.py'\n"), "code/game.py": ""},
        '"code/game.py"',
    ),
    "entry in src": (
        "entry-missing",
        {"pyproject.toml": declared(entry="entry = 'game'\n"), "src/game.py": ""},
        '"src/game.py"',
    ),
    "entry module misspelled": (
        "entry-missing",
        {"pyproject.toml": declared(entry="entry = 'gaem:run'\n"), "game.py": "def run(): ..."},
        '"game:run"',
    ),
    "entry function misspelled": (
        "entry-function-missing",
        {"pyproject.toml": declared(entry="entry = 'main:rnu'\n"), "main.py": "def run(): ..."},
        '"main:run"',
    ),
    "entry of another configuration": (
        "configuration-lost",
        {"pyproject.toml": declared("[tool.playhead.configurations.a]\nentry = 'tool/mian.py'\n")},
        '"main.py"',
    ),
    "unknown kind": (
        "manifest-broken",
        {"pyproject.toml": declared("kind = 'cartrige'\n")},
        '"cartridge"',
    ),
    "unknown platform": (
        "manifest-broken",
        {"pyproject.toml": declared(f"platforms = ['{HERE}', '{OTHER.title()}']\n")},
        f'"{OTHER}"',
    ),
    "the only script": (
        "entry-missing",
        {"pyproject.toml": declared(entry="entry = 'zzz.py'\n")},
        '"main.py"',
    ),
}


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_fix_resolves_its_finding(warm_shop: Workshop, kind: str, newline: str) -> None:
    code, files, text = KINDS[kind]
    files = {"main.py": "", **files}
    files["pyproject.toml"] = files["pyproject.toml"].replace("\n", newline)
    project = warm_shop.project(files)
    before = (project / "pyproject.toml").read_bytes()
    fix = mend(warm_shop, project, code)
    assert (fix.path, fix.text) == ("pyproject.toml", text)
    after = (project / "pyproject.toml").read_bytes()
    assert before.count(b"\r") == before.count(b"\n") * (newline == "\r\n")
    assert after.count(b"\r") == after.count(b"\n") * (newline == "\r\n")


def test_an_entry_is_named_where_none_is(warm_shop: Workshop) -> None:
    project = warm_shop.project({"pyproject.toml": declared(entry=""), "game.py": "", "x.txt": ""})
    fix = mend(warm_shop, project, "entry-missing")
    assert fix.title == "Make game.py the entry"


def test_the_entry_of_a_configuration(warm_shop: Workshop) -> None:
    manifest = declared("[tool.playhead.configurations.a]\nentry = 'Tools.py'\n")
    project = warm_shop.project({"pyproject.toml": manifest, "main.py": "", "tools.py": ""})
    mend(warm_shop, project, "entry-missing", Way(configuration="a"))


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": "# nothing yet\n"},
        {"pyproject.toml": declared()},
        {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n'},
        {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = []\n'},
    ],
)
def test_a_missing_module_is_declared(warm_shop: Workshop, files: Files) -> None:
    project = warm_shop.project({"main.py": f"import {LEAF}\n", **files})
    fix = mend(warm_shop, project, "missing-module")
    assert fix.path == "pyproject.toml"
    assert fix.title == f'Add "{LEAF}" to the dependencies'
    image = warm_shop.prepare(project)
    assert image.interpreter.endswith("(locked, 1 package)")


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    "head",
    [
        "",
        "#!/usr/bin/env python3\n",
        "# /// script\n# dependencies = []\n# ///\n",
        "# /// script\n# dependencies = [\n# ]\n# ///\n",
        '# /// script\n# requires-python = ">=3.9"\n# ///\n# %%\n',
    ],
)
def test_a_missing_module_of_a_script(warm_shop: Workshop, head: str) -> None:
    project = warm_shop.project({"tool.py": f"{head}import {LEAF}\n"})
    fix = mend(warm_shop, project / "tool.py", "missing-module")
    assert fix.path == "tool.py"


@pytest.mark.usefixtures("registry")
def test_two_missing_modules_one_after_the_other(warm_shop: Workshop, registry: Registry) -> None:
    registry.wheel("branch", "1.0")
    branch = LEAF.replace("leaf", "branch")
    project = warm_shop.project({"main.py": f"import {LEAF}, {branch}\n"})
    events_of(warm_shop, project)
    first, second = (event.fix for event in warm_shop.coded("missing-module"))
    assert first is not None
    assert second is not None
    once = apply_fix("", first)
    assert once is not None
    assert apply_fix(once, second) is None
    (project / "pyproject.toml").write_text(once)
    mend(warm_shop, project, "missing-module")


def test_a_file_named_in_another_case(warm_shop: Workshop) -> None:
    text = noted("open('in/Data.csv')")
    project = warm_shop.project({"a.py": text, "in/data.csv": "1"})
    fix = mend(warm_shop, project / "a.py", "data-missing")
    assert (fix.line, fix.expects, fix.text) == (4, "in/Data.csv", "in/data.csv")


@pytest.mark.parametrize(
    ("files", "path", "code", "hint"),
    [
        ({"main.py": "import Helper\n", "helper.py": ""}, "", "missing-module", "`helper`"),
        ({"main.py": "import gone_away\n", "pylock.toml": PYLOCK}, "", "missing-module", "Add"),
        (
            {"pyproject.toml": declared(entry="entry = 'x.py'\n"), "a.py": "", "b.py": ""},
            "",
            "entry-missing",
            "Correct",
        ),
        (
            {
                "pyproject.toml": declared(entry="entry = 'game:rune'\n"),
                "game.py": "def runs(): ...\ndef rung(): ...\n",
            },
            "",
            "entry-function-missing",
            "Did you mean `runs` or `rung`?",
        ),
        ({"pyproject.toml": declared("zzz = 1\n")}, "", "manifest-unknown-key", "Known keys"),
        (
            {"pyproject.toml": declared("requires = ['teleport']\n")},
            "",
            "feature-unknown",
            "newer",
        ),
        ({"a.py": noted("open('gone.csv')")}, "a.py", "data-missing", "Put the file"),
        (
            {"pyproject.toml": declared("title = 'a'\ntitel = 'b'\n")},
            "",
            "manifest-unknown-key",
            "`title`",
        ),
    ],
)
def test_where_it_is_not_plain_what_to_do_there_is_no_fix(
    warm_shop: Workshop, files: Files, path: str, code: str, hint: str
) -> None:
    project = warm_shop.project({"main.py": "", **files})
    found = [one for one in events_of(warm_shop, project / path) if one.code == code or one.fix]
    assert [one.fix for one in found] == [None] * len(found)
    assert all(hint in (one.hint or "") for one in found)
    assert bool(found) == bool(code)
