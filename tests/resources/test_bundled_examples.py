"""Every bundled example runs to its end by itself, within seconds, and needs no package."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import resources


def play(program: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a program, in a folder of its own, without any installed package."""
    return subprocess.run(
        [sys.executable, "-S", str(program)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=50,
        check=True,
    )


def test_the_examples_are_these() -> None:
    assert resources.example_names() == ("daylight", "harbour", "primes")


def test_the_harbour_shows_progress_in_one_row_and_reports(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(resources.example_path("harbour"), tmp_path / "harbour"))
    done = play(folder / "main.py", folder)
    assert b"WARNING: Esperanza waited" in done.stderr
    rows = done.stdout.decode().split("\n")
    assert any(row.count("\r") == 180 for row in rows)
    assert "180 of 180 containers unloaded" in rows
    assert "180 of 180" in (folder / "report.txt").read_text(encoding="utf-8")


def test_the_primes_are_all_there(tmp_path: Path) -> None:
    done = play(resources.example_path("primes"), tmp_path)
    assert b"1,270,607 primes below 20,000,000" in done.stdout


def test_the_notebook_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    text = resources.example_path("daylight").read_text(encoding="utf-8")
    notebook: Any = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            exec(compile(cell.source, cell.id, "exec"), names)
    assert "Hamburg  least  7.2 h, mean 12.0 h, most 16.8 h" in capsys.readouterr().out
