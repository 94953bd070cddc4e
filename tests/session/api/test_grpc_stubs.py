"""The stubs are those of the contract, and nothing pays for them that does not use them."""

import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from google.protobuf import __version__ as protobuf_version
from packaging.requirements import Requirement

from tests.support.playhead import ROOT

FOLDER = Path("session/api/grpc")
STUBS = ("playhead_pb2.py", "playhead_pb2.pyi")


def test_the_stubs_are_what_make_stubs_makes(tmp_path: Path) -> None:
    if find_spec("grpc_tools") is None:
        pytest.skip("grpcio-tools, which makes the stubs, is not installed")
    command = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=."]
    command += [f"--python_out={tmp_path}", f"--pyi_out={tmp_path}"]
    subprocess.run([*command, str(FOLDER / "playhead.proto")], cwd=ROOT, check=True)
    for name in STUBS:
        made = (tmp_path / FOLDER / name).read_text(encoding="utf-8")
        assert made == (ROOT / FOLDER / name).read_text(encoding="utf-8"), "run `make stubs`"


def test_the_extra_asks_for_what_the_stubs_need() -> None:
    text = (ROOT / FOLDER / STUBS[0]).read_text(encoding="utf-8")
    needed = text.partition("# Protobuf Python Version: ")[2].partition("\n")[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {r.name: r for r in map(Requirement, project["optional-dependencies"]["grpc"])}
    specifier = extra["protobuf"].specifier
    assert needed in specifier
    assert protobuf_version in specifier
    major, minor, _patch = needed.split(".")
    assert f"{major}.{int(minor) - 1}.0" not in specifier


@pytest.mark.parametrize(
    "code",
    [
        "import session.workers.start, session.workers.worker_port",
        "import session.compose",
        "import session.api.grpc.endpoint, session.api.grpc.token, session.api.grpc.errors",
        "import studio.cli.app, studio.cli.serve",
    ],
)
def test_only_what_speaks_grpc_imports_it(code: str) -> None:
    told = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "session" in done.stdout.split()
    assert {"grpc", "google"} & set(done.stdout.split()) == set()
