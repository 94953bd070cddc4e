"""The rules: one table, stable codes, and each of them can find something."""

import re
import sys

import pytest

from shipper.events import Channel, Severity
from shipper.validate.names import collisions, portability_fault
from shipper.validate.rules import RULES
from tests.support.workshop import Workshop

OTHER = "windows" if sys.platform != "win32" else "linux"
NO_GPU = "mps" if sys.platform != "darwin" else "cuda"
NOTEBOOK = '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "open(\'gone.csv\')"}]}'


def declare(more: str = "", entry: str = "main.py") -> str:
    """Return a manifest."""
    return f'[tool.playhead]\nentry = "{entry}"\n{more}'


#: For every rule a project that breaks it.
BREAKING: dict[str, dict[str, str]] = {
    "workflow-unsupported": {"pyproject.toml": declare('kind = "workflow"\n')},
    "entry-missing": {"pyproject.toml": declare(entry="gone.py")},
    "entry-malformed": {"pyproject.toml": declare('kind = "notebook"\n', "http.server")},
    "entry-function-missing": {"pyproject.toml": declare(entry="main:gone")},
    "platform-unsupported": {"pyproject.toml": declare(f'platforms = ["{OTHER}"]\n')},
    "feature-unknown": {"pyproject.toml": declare('requires = ["teleport"]\n')},
    "gpu-missing": {"pyproject.toml": declare(f'requires = {{ gpu = "{NO_GPU}" }}\n')},
    "machine-too-small": {"pyproject.toml": declare('requires = { memory = "900TB" }\n')},
    "cpu-too-old": {"pyproject.toml": declare('requires = { cpu = ["sse3", "neon"] }\n')},
    "configuration-lost": {
        "pyproject.toml": declare('[tool.playhead.configurations.a]\nentry = "gone.py"\n')
    },
    "tool-missing": {"pyproject.toml": declare('tools = ["no-such-tool-here"]\n')},
    "icon-missing": {"pyproject.toml": declare('icon = "gone.png"\n')},
    "missing-module": {"main.py": "import no_such_module\n"},
    "data-missing": {"a.ipynb": NOTEBOOK, "pyproject.toml": ""},
    "name-collision": {"readme.txt": "", "README.txt": ""},
    "name-not-portable": {"aux.txt": ""},
    "permission-suggested": {"main.py": "import socket\n", "pyproject.toml": declare()},
    "include-outside": {"pyproject.toml": declare('include = ["../**"]\n')},
    "companions-too-many": {},
    "file-huge": {},
    "project-huge": {},
}


def test_table() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert set(codes) == set(BREAKING)
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.code)
        assert rule.description.endswith(".")


@pytest.mark.parametrize("code", [code for code, files in BREAKING.items() if files])
def test_each_rule_finds_what_breaks_it(warm_shop: Workshop, code: str) -> None:
    project = warm_shop.project({"main.py": "", **BREAKING[code]})
    rule = next(rule for rule in RULES if rule.code == code)
    if rule.severity is Severity.ERROR:
        assert warm_shop.fails(project).code == code
    else:
        warm_shop.prepare(project / "a.ipynb" if "a.ipynb" in BREAKING[code] else project)
    found = warm_shop.coded(code)
    assert found, warm_shop.events
    for event in found:
        assert (event.channel, event.severity) == (Channel.PACK_VALIDATION, rule.severity)
        assert event.message.endswith(".")
        assert event.hint
        assert "\n" not in event.message


def test_configurations_that_lead_nowhere(warm_shop: Workshop) -> None:
    manifest = declare(
        '[tool.playhead.configurations.a]\nentry = "Main.py"\ncwd = "gone"\n'
        '[tool.playhead.configurations.b]\nentry = "http.server"\ncwd = "data"\n'
        '[tool.playhead.configurations.c]\nentry = "?"\n'
    )
    files = {"main.py": "", "data/x": "", "pyproject.toml": manifest}
    warm_shop.prepare(warm_shop.project(files))
    found = warm_shop.coded("configuration-lost")
    assert [(event.path, event.line) for event in found] == [
        ("pyproject.toml", 4),
        ("pyproject.toml", 5),
        ("pyproject.toml", 10),
    ]
    assert [bool(event.fix) for event in found] == [True, False, False]


def test_huge(warm_shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipper.validate.rules._HUGE_FILE", 10)
    monkeypatch.setattr("shipper.validate.rules._HUGE_PROJECT", 15)
    warm_shop.prepare(warm_shop.project({"main.py": "", "a.bin": "x" * 11, "b.bin": "x" * 9}))
    assert [event.path for event in warm_shop.coded("file-huge")] == ["a.bin"]
    assert len(warm_shop.coded("project-huge")) == 1


def test_a_plain_project_is_found_fault_with_in_nothing(warm_shop: Workshop) -> None:
    warm_shop.prepare(warm_shop.project({"main.py": "import json, subprocess\n", "data.csv": ""}))
    told = [event.code for event in warm_shop.events if event.code]
    assert told == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a/con", "device"),
        ("NUL.txt", "device"),
        ("com¹.x", "device"),
        ("a:b", "`:`"),
        ("a\\b", "contains"),
        ("a\nb", "U+000A"),
        ("x\u202ey", "U+202E"),
        ("dir./a", "ends in a dot"),
        ("a ", "ends in a dot or a space"),
        ("x" * 241, "240"),
        ("/".join("a" * 17), "16 folders"),
        ("e\u0301", "NFC"),
    ],
)
def test_names_that_are_not_portable(path: str, words: str) -> None:
    assert words in (portability_fault(path) or "")


@pytest.mark.parametrize("path", ["a.py", "é.txt", "console.py", "a b/c-d_e.f", "日本/x"])
def test_names_that_are(path: str) -> None:
    assert portability_fault(path) is None


def test_collisions() -> None:
    assert collisions(["a/x", "A/y", "b", "B", "c"]) == [("A", "a"), ("B", "b")]
    assert collisions(["straße", "STRASSE"]) == [("STRASSE", "straße")]
    assert collisions(["ﬁle", "file"]) == [("file", "ﬁle")]
    assert collisions(["a", "b/a", "c/A"]) == []


def test_include_that_leads_out(warm_shop: Workshop) -> None:
    patterns = 'include = [".env", "../**", "/etc/*", "a/../../b", "~/x", "/.hid/*", "gone/*"]\n'
    files = {"main.py": "", ".env": "", ".hid/x": "", "pyproject.toml": declare(patterns)}
    warm_shop.prepare(warm_shop.project(files))
    found = warm_shop.coded("include-outside")
    assert [event.message.split("`")[1] for event in found] == [
        "../**",
        "/etc/*",
        "a/../../b",
        "~/x",
    ]
    assert {(event.path, event.line) for event in found} == {("pyproject.toml", 3)}


@pytest.mark.parametrize(
    ("entry", "change", "words"),
    [
        ('entry = "main.py"', 'exclude = ["**"]', "`main.py` is there, but it is left out"),
        ("", 'exclude = ["**"]', "`main.py` is there, but it is left out"),
        ('entry = "main"', 'exclude = ["main.py"]', "`main` (main.py) is there"),
        (
            'entry = ".hid/x.py"',
            "",
            "`.hid/x.py` is there, but it is left out of the image: hidden",
        ),
        ('entry = ".hid/y.py"', "", "does not exist"),
    ],
)
def test_entry_that_is_left_out(warm_shop: Workshop, entry: str, change: str, words: str) -> None:
    manifest = f"[tool.playhead]\n{entry}\n{change}\n"
    files = {"main.py": "", ".hid/x.py": "", "pyproject.toml": manifest}
    failure = warm_shop.fails(warm_shop.project(files))
    assert failure.code == "entry-missing"
    assert words in failure.message
