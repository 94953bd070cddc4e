"""The page on workers: its ten lines run as they stand, and need nothing that they should not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import resources
from tests.support.playhead import ROOT, environment

CHECK = """
import sys
unwanted = ("PySide6", "shipper", "studio", "pydantic", "typer", "session.service",
    "session.execution_session", "session.compose", "session.workers.registry")
print(sorted(name for name in sys.modules if name.startswith(unwanted)), file=sys.stderr)
"""


def blocks() -> dict[str, str]:
    """The files that the page shows, by name."""
    text = resources.help_page("workers").read_text(encoding="utf-8")
    return dict(re.findall(r"^```python (\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def test_the_script_is_ten_lines() -> None:
    assert len([line for line in blocks()["ten_lines.py"].splitlines() if line.strip()]) == 10


@pytest.mark.parametrize("script", ["ten_lines.py", "many.py"])
def test_the_scripts_run_as_they_stand(tmp_path: Path, script: str) -> None:
    files = blocks()
    (tmp_path / "tools.py").write_text(files["tools.py"])
    (tmp_path / script).write_text(files[script] + CHECK)
    done = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=environment(tmp_path / "home", PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = resources.help_page("workers").read_text(encoding="utf-8")
    assert f"```text\n{done.stdout}```" in text
    assert done.stderr == "[]\n"
