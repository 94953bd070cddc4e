"""`doctor`: every finding has its remedy, nothing of it fails, and the exit code says enough."""

import json
from pathlib import Path

import pytest

from session.runtime.self_test import SelfTest
from studio.cli import machine, mechanisms
from studio.cli.doctor import finding_text, gather, verdict
from studio.cli.finding import Finding, Grade
from studio.cli.theme import Theme
from tests.support.playhead import run_command


def test_the_whole_command_here(tmp_path: Path) -> None:
    done = run_command(tmp_path, "doctor", "--json")
    findings = json.loads(done.stdout)

    assert {finding["name"] for finding in findings} >= {
        "Python",
        "uv",
        "home",
        "temporary files",
        "dead runs",
        "display",
        "terminal",
        "process table",
        "lists of children",
        "subreaper",
        "parent-death signal",
        "process handles",
    }
    assert all(finding["remedy"] for finding in findings if finding["grade"] != "ok")
    assert done.returncode == int(any(finding["grade"] == "error" for finding in findings))
    assert not list(tmp_path.iterdir()), "looking leaves nothing behind"


def test_a_person_reads_lines(tmp_path: Path) -> None:
    done = run_command(tmp_path, "doctor")
    assert "✓ Python" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("Playhead can")


def test_a_home_that_cannot_be_written_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAYHEAD_HOME", str(tmp_path / "file"))
    finding = machine.home()
    assert finding.grade is Grade.ERROR
    assert "PLAYHEAD_HOME" in str(finding.remedy)


def test_a_missing_uv_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_find_uv", lambda: None)
    assert machine.uv().grade is Grade.REDUCED
    monkeypatch.setattr(machine, "_find_uv", lambda: "/bin/false")
    assert "does not work" in machine.uv().text


def test_a_display_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    assert machine.display() == Finding("display", Grade.OK, "DISPLAY=:7")
    monkeypatch.delenv("DISPLAY")
    assert machine.display().grade is Grade.REDUCED


def test_what_a_kernel_lacks_is_reduced_and_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mechanisms, "has_children_files", lambda: False)
    monkeypatch.setattr(mechanisms, "become_subreaper", lambda: False)
    monkeypatch.setattr(mechanisms, "die_with_parent", lambda _number: False)
    monkeypatch.setattr(mechanisms, "all_pids", list)
    monkeypatch.delattr("os.pidfd_open", raising=False)
    isolation, *findings = [check() for check in reversed(mechanisms.CHECKS)]
    assert isolation.grade is not Grade.ERROR, "it is tried out, and plays all the same"
    assert {finding.grade for finding in findings} == {Grade.REDUCED}
    assert all(finding.text.startswith("reduced: ") for finding in findings)


def test_isolation_is_tried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = mechanisms.isolation()
    assert found.grade is Grade.OK or "without" in found.text
    escaped = SelfTest("strict", {"mntns": True}, {}, ("read a file of yours",))
    monkeypatch.setattr("session.runtime.self_test.self_test", lambda: _returned(escaped))
    assert "but a program could read a file of yours" in mechanisms.isolation().text


async def _returned(found: SelfTest) -> SelfTest:
    return found


def test_a_check_that_breaks_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def uv() -> Finding:
        raise RuntimeError("broken")  # noqa: EM101 - a test's own failure

    monkeypatch.setattr(machine, "CHECKS", (uv, machine.python))
    findings = gather()
    assert "broken" in findings[0].text
    assert findings[1].name == "Python"


def test_words_without_colour_or_unicode() -> None:
    finding = Finding("uv", Grade.REDUCED, "not found", "Install it.")
    assert finding_text(finding, Theme(unicode=False)).split("\n") == [
        "! uv                   not found",
        " " * 23 + "Install it.",
    ]
    assert verdict([finding]).strip() == "Playhead can play here; 1 reduced."
    assert "cannot" in verdict([finding._replace(grade=Grade.ERROR)])
