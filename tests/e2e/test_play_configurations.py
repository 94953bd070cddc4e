"""Configurations from the manifest to the program: through the service and through the command."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from session.compose import build_service
from session.errors import PrepareFailed
from session.exit_info import Cause
from session.home import Home
from session.log.entry import LogEntry, NewEntry, Stream
from session.play_request import PlayRequest
from session.state import SessionState
from shipper.formats.fix import apply_fix
from shipper.source.configurations import RunConfiguration, write_configurations
from tests.support.playhead import ROOT, environment, run_command
from tests.support.pty_command import at_terminal
from tests.support.workshop import snapshot

pytestmark = pytest.mark.e2e

MAIN = """
import os, pathlib, sys
import helper
print(sys.argv[1:], os.environ.get("LEVEL"), pathlib.Path.cwd().name, helper.NAME)
"""
CONFIGURATIONS = [
    RunConfiguration("fast", args=("--fast",), env={"LEVEL": "3"}, cwd="data"),
    RunConfiguration("two words", title="Other", entry="tools/other.py"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "game"
    for path, text in {
        "main.py": MAIN,
        "helper.py": "NAME = 'helper'\n",
        "data/x.csv": "1\n",
        "tools/other.py": "print('other')\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    write_configurations(folder, CONFIGURATIONS)
    return folder


async def test_a_run_is_played_again_from_its_record(home: Path, project: Path) -> None:
    service = build_service(Home.under(home))
    try:
        session = service.open(project)
        said, identities = [], set()
        request: PlayRequest | None = PlayRequest(("x",), "fast", (("LEVEL", "9"),))
        for again in (request, None, PlayRequest(cwd="tools")):
            request = again or service.history.list()[0].request
            session.play(request)
            ended = await asyncio.wait_for(session.wait(), 60)
            assert ended.exit.cause is Cause.FINISHED, ended
            assert session.log is not None
            rows = session.log.read(limit=1000)
            out = [r for r in rows if isinstance(r, LogEntry) and r.stream is Stream.STDOUT]
            said.append(out[0].message)
            identities.add(session.content_id)
        assert said == [
            "['--fast', 'x'] 9 data helper",
            "['--fast', 'x'] 9 data helper",
            "[] None tools helper",
        ]
        assert len(identities) == 1
        given = ("--fast", "x")
        assert [one.played_args for one in service.history.list()] == [(), given, given]
    finally:
        await service.close()


async def test_what_a_check_finds_depends_on_the_way(home: Path, project: Path) -> None:
    service = build_service(Home.under(home))
    entries: list[NewEntry] = []
    prepared = await service.check(project, entries.append, PlayRequest(configuration="fast"))
    assert (prepared.cwd, prepared.args) == ("data", ("--fast",))
    with pytest.raises(PrepareFailed) as caught:
        await service.check(project, entries.append, PlayRequest(configuration="gone"))
    assert caught.value.code == "configuration-unknown"


async def test_a_finding_is_mended_by_its_fix_from_the_log(home: Path, project: Path) -> None:
    manifest = project / "pyproject.toml"
    manifest.write_text(
        manifest.read_text().replace("[tool.playhead]", '[tool.playhead]\ntitel = "G"')
    )
    service = build_service(Home.under(home))
    try:
        session = service.open(project)
        session.play()
        assert (await session.wait()).state is SessionState.PREPARE_FAILED
        assert session.log is not None
        rows = [row for row in session.log.read() if isinstance(row, LogEntry)]
        (finding,) = [row for row in rows if row.code == "manifest-unknown-key"]
        assert finding.fix is not None
        mended = apply_fix(manifest.read_text(), finding.fix)
        assert mended is not None
        manifest.write_text(mended)
        session.play()
        assert (await session.wait()).exit.cause is Cause.FINISHED
        assert session.record is not None
        assert session.record.title == "G"
    finally:
        await service.close()


@pytest.mark.parametrize("words", [["-c", "fast"], ["--config", "fast"], ["--config=fast", "-v"]])
def test_the_command_plays_a_configuration(home: Path, project: Path, words: list[str]) -> None:
    before = snapshot(project)
    done = run_command(home, "play", *words, str(project), "--", "-c", "x")
    assert (done.returncode, done.stderr) == (0, "")
    assert "['--fast', '-c', 'x'] 3 data helper" in done.stdout
    assert snapshot(project) == before


def test_the_command_says_what_configurations_there_are(home: Path, project: Path) -> None:
    done = run_command(home, "play", str(project), "--config", "fsat", "--jsonl")
    assert done.returncode == 125
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    (finding,) = [row for row in rows if row.get("code") == "configuration-unknown"]
    assert "Did you mean `fast`? It has `fast`, `two words`." in finding["hint"]
    assert "fix" not in finding


def test_runs_names_the_configuration(home: Path, project: Path) -> None:
    for words in (["-c", "two words"], []):
        assert run_command(home, "play", str(project), *words).returncode == 0
    plain, chosen = (row.split("\t") for row in run_command(home, "runs").stdout.splitlines())
    assert plain[-1] == str(project)
    assert chosen[-2:] == [str(project), "two words"]
    assert len(chosen) == len(plain) + 1
    fields = json.loads(run_command(home, "runs", "--json").stdout)
    assert [row["configuration"] for row in fields] == [None, "two words"]
    with at_terminal(home, "runs", columns=160) as terminal:
        assert terminal.end() == 0
        assert "game (two words)" in terminal.text


def test_an_unchanged_project_is_played_without_what_is_slow(home: Path, project: Path) -> None:
    code = (
        "import sys\n"
        "from studio.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    slow = {'pydantic', 'tomlkit', 'tomllib', 'psutil', 'typer', 'packaging'}\n"
        "    print('slow:', sorted(slow & set(sys.modules)), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code, "play", str(project), "-c", "fast"]
    told = [
        subprocess.run(
            command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True
        ).stderr
        for _ in range(2)
    ]
    assert told[1] == "slow: []\n"
