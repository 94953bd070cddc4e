"""The interpreters that are found on this machine."""

import shutil
import subprocess
from pathlib import Path

import pytest


def find(version: str) -> Path:
    """Return the interpreter of a version such as `3.12`; skips where there is none."""
    candidates = [shutil.which(f"python{version}")]
    candidates += [str(one) for one in Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for candidate in filter(None, candidates):
        done = subprocess.run([candidate, "-V"], capture_output=True, text=True, check=False)
        if done.returncode == 0 and f" {version}." in done.stdout:
            return Path(candidate)
    pytest.skip(f"no Python {version} here")
