"""A view that is an overlay: all that a program does to its files, and what is left of it."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from session.budget import Budget
from session.exit_info import Cause
from session.ports import Launch
from session.run_id import new_run_id
from session.runtime.leftovers import ProcessLeftovers
from session.runtime.overlay import Overlay
from tests.support.confined import without_attributes, without_namespaces
from tests.support.playing import Played, finish, make_launch, play, start
from tests.support.process_watch import members

BIG = bytes(range(256)) * (5 << 12)
FILES: Mapping[str, str | bytes] = {
    "a/text.txt": "text",
    "a/more.txt": "more",
    "b/c/deep.txt": "deep",
    "big.bin": BIG,
}


def launch_of(folder: Path, source: str, **files: str) -> Launch:
    return make_launch(folder, {"main.py": source, **FILES, **files}, trees=True)


def again(launch: Launch) -> Launch:
    """Return another run of the same image."""
    run_id = new_run_id()
    return replace(launch, run_id=run_id, folder=launch.folder.parent / run_id)


async def over(launch: Launch) -> Played:
    """Play it to its end, in an overlay, or skip where this machine makes none."""
    played = await play(launch, isolation="strict")
    assert played.execution.isolation is not None
    kind = played.execution.isolation["layers"]["view"]
    if kind != "overlay":
        pytest.skip(f"no overlay is to be had here: {kind}")
    return played


def kept(launch: Launch) -> dict[str, str]:
    written = launch.folder / "written"
    files = (one for one in written.rglob("*") if one.is_file() and not one.is_symlink())
    return {one.relative_to(written).as_posix(): one.read_text() for one in files}


def hashes(folder: Path) -> dict[str, str]:
    files = (one for one in folder.rglob("*") if one.is_file())
    return {str(one): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def used(folder: Path) -> int:
    return sum(one.lstat().st_blocks * 512 for one in folder.rglob("*"))


READ = """\
import os
assert os.getcwd() == os.path.dirname(os.path.abspath(__file__))
assert open("a/text.txt").read() == "text"
assert os.path.getsize("big.bin") == {size}
assert sorted(os.listdir("a")) == ["more.txt", "text.txt"]
assert os.stat("a/text.txt").st_uid == os.getuid()
assert os.access("a/text.txt", os.W_OK) and os.access("a", os.W_OK)
"""


async def test_a_program_finds_its_files_and_leaves_nothing(tmp_path: Path) -> None:
    launch = launch_of(tmp_path, READ.format(size=len(BIG)))
    played = await over(launch)
    assert (played.exit.cause, played.stderr) == (Cause.FINISHED, "")
    assert (played.execution.written, played.execution.deleted) == ((), ())
    assert list(launch.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("act", "written", "deleted"),
    [
        ("open('a/text.txt', 'w').write('new')", {"a/text.txt": "new"}, ()),
        ("open('a/text.txt', 'r+').write('T')", {"a/text.txt": "Text"}, ()),
        ("open('a/text.txt', 'a').write('+')", {"a/text.txt": "text+"}, ()),
        ("open('a/text.txt', 'w').write('text')", {}, ()),
        ("os.chmod('a/text.txt', 0o600)", {}, ()),
        ("os.utime('a/text.txt')", {}, ()),
        ("os.truncate('a/text.txt', 2)", {"a/text.txt": "te"}, ()),
        ("os.rename('a/text.txt', 'b/t')", {"b/t": "text"}, ("a/text.txt",)),
        ("os.replace('a/text.txt', 'a/more.txt')", {"a/more.txt": "text"}, ("a/text.txt",)),
        ("os.unlink('a/text.txt')", {}, ("a/text.txt",)),
        ("os.unlink('a/text.txt'); open('a/text.txt', 'w').write('text')", {}, ()),
        ("shutil.rmtree('b')", {}, ("b/c/deep.txt",)),
        ("shutil.rmtree('b'); os.makedirs('b/c')", {}, ("b/c/deep.txt",)),
        (
            "shutil.rmtree('b'); os.makedirs('b/c'); open('b/c/new', 'w').write('n')",
            {"b/c/new": "n"},
            ("b/c/deep.txt",),
        ),
        ("shutil.rmtree('b'); open('b', 'w').write('n')", {"b": "n"}, ("b/c/deep.txt",)),
        ("shutil.move('b', 'moved')", {"moved/c/deep.txt": "deep"}, ("b/c/deep.txt",)),
        ("os.mkdir('d'); open('d/e', 'w').write('e')", {"d/e": "e"}, ()),
        ("os.mkdir('d'); os.chmod('d', 0)", {}, ()),
        ("os.link('a/text.txt', 'linked')", {"linked": "text"}, ()),
    ],
)
async def test_what_a_program_does_to_its_files(
    tmp_path: Path, act: str, written: Mapping[str, str], deleted: tuple[str, ...]
) -> None:
    launch = launch_of(tmp_path, f"import os, shutil\n{act}\n")
    before = hashes(tmp_path / "blobs")
    played = await over(launch)
    assert (played.exit.cause, played.stderr) == (Cause.FINISHED, "")
    assert (kept(launch), played.execution.deleted) == (written, deleted)
    assert played.execution.written == tuple(sorted(written))
    assert {one.name for one in launch.folder.iterdir()} <= {"written"}
    assert hashes(tmp_path / "blobs") == before
    fresh = await over(again(launch))
    assert (fresh.execution.written, fresh.stderr) == (played.execution.written, "")


async def test_a_program_cannot_say_what_the_kernel_says(tmp_path: Path) -> None:
    source = """
import os, stat
def attempt(act, *arguments):
    try:
        act(*arguments)
    except OSError:
        pass
attempt(os.setxattr, "b", "user.overlay.opaque", b"y")
attempt(os.mknod, "a/none", stat.S_IFCHR | 0o600, 0)
attempt(os.setxattr, "a/text.txt", "user.overlay.whiteout", b"")
print(open("b/c/deep.txt").read(), open("a/text.txt").read())
"""
    launch = launch_of(tmp_path, source)
    played = await over(launch)
    assert (played.stdout, played.stderr) == ("deep text\n", "")
    assert (kept(launch), played.execution.deleted) == ({}, ())


async def test_links_are_kept_as_links(tmp_path: Path) -> None:
    launch = launch_of(tmp_path, "import os\nos.symlink('a/text.txt', 'link')")
    played = await over(launch)
    assert played.execution.written == ("link",)
    assert os.readlink(launch.folder / "written" / "link") == "a/text.txt"


async def test_an_untouched_file_costs_no_disk(tmp_path: Path) -> None:
    launch = launch_of(tmp_path, "open('small', 'w').write('s')\ninput()")
    execution, sink = await start(launch, isolation="strict")
    taken = used(launch.folder)
    execution.close_input()
    await finish(execution, sink, launch)
    if (execution.isolation or {})["layers"]["view"] != "overlay":
        pytest.skip("no overlay is to be had here")
    assert taken < len(BIG) / 10


async def test_another_version_of_a_project_that_runs_has_a_copy(tmp_path: Path) -> None:
    first = launch_of(tmp_path, "open('a/text.txt', 'w').write('mine')\nprint('.')\ninput()")
    execution, sink = await start(first, isolation="strict")
    waiting = asyncio.ensure_future(finish(execution, sink, first))
    await asyncio.wait_for(sink.until("."), 30)
    edited = launch_of(tmp_path, "print(open('a/text.txt').read())")
    played = await play(edited, isolation="strict")
    execution.close_input()
    await waiting
    assert played.stdout == "text\n"
    assert kept(first) == {"a/text.txt": "mine"}
    if (execution.isolation or {})["layers"]["view"] != "overlay":
        pytest.skip("no overlay is to be had here")
    assert "another version" in (played.execution.isolation or {})["layers"]["view"]


async def test_two_at_a_time_share_the_tree(tmp_path: Path) -> None:
    source = """
import os, sys
open("a/text.txt", "a").write(str(os.getpid()) + "x" * len(os.listdir(".")))
print(open("a/text.txt").read(), os.listdir("."), flush=True)
input()
"""
    first = launch_of(tmp_path, source)
    both = [first, again(first)]
    running = []
    for launch in both:
        execution, sink = await start(launch, isolation="strict")
        waiting = asyncio.ensure_future(finish(execution, sink, launch))
        await asyncio.wait_for(sink.until("\n"), 30)
        running.append((execution, waiting))
    for execution, _waiting in running:
        assert execution.isolation is not None
        if execution.isolation["layers"]["view"] != "overlay":
            pytest.skip("no overlay is to be had here")
        execution.close_input()
    one, two = [await waiting for _execution, waiting in running]
    assert one.stdout.startswith("text")
    assert two.stdout.startswith("text")
    assert one.stdout.count("x" * 4) == two.stdout.count("x" * 4) == 1
    assert (one.execution.written, two.execution.written) == (("a/text.txt",), ("a/text.txt",))


async def test_only_what_is_written_counts_for_the_disk_budget(tmp_path: Path) -> None:
    source = """
import time
time.sleep(1.2)
print("still here", flush=True)
with open("a/more.txt", "ab") as file:
    while True:
        file.write(bytes(1 << 20))
        file.flush()
        time.sleep(0.02)
"""
    launch = launch_of(tmp_path, source)
    budget = Budget(disk=4_000_000)
    launch = replace(launch, prepared=replace(launch.prepared, budget=budget))
    played = await over(launch)
    assert "still here" in played.stdout
    assert played.exit.cause is Cause.BUDGET


async def test_the_working_folder_need_not_be_in_the_image(tmp_path: Path) -> None:
    launch = launch_of(tmp_path, "import os\nopen('n', 'w').write(os.getcwd())")
    for cwd in ("a", "not/there"):
        run = again(launch)
        run = replace(run, prepared=replace(run.prepared, cwd=cwd))
        played = await over(run)
        assert played.stderr == ""
        assert kept(run) == {f"{cwd}/n": str(run.folder / "view" / cwd)}


async def test_an_exception_has_its_place(tmp_path: Path) -> None:
    launch = launch_of(tmp_path, "import part", **{"part.py": "x = 1\n1 / 0\n"})
    played = await over(launch)
    assert played.exit.cause is Cause.EXCEPTION
    (entry,) = played.sink.errors()
    assert entry.location is not None
    assert (entry.location.path, entry.location.line) == ("part.py", 2)


# Where there is none


async def test_what_the_kernel_refuses_becomes_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Overlay.plan

    def astray(self: Overlay, view: Path) -> dict[str, str]:
        return told(self, view) | {"lower": str(tmp_path / "nowhere")}

    monkeypatch.setattr(Overlay, "plan", astray)
    launch = launch_of(tmp_path, "open('a/text.txt', 'a').write('+')\nprint(open('main.py').name)")
    for run in (launch, again(launch)):
        played = await play(run, isolation="strict")
        assert (played.exit.cause, played.stderr) == (Cause.FINISHED, "")
        assert played.execution.isolation is not None
        if played.execution.isolation["profile"] != "strict":
            pytest.skip("no namespaces are to be had here")
        view = played.execution.isolation["layers"]["view"]
        assert view.startswith("copy: the kernel makes no overlay here: No such file")
        assert kept(run) == {"a/text.txt": "text+"}
        assert [one.name for one in run.folder.iterdir()] == ["written"]
    assert not [one for one in (tmp_path / "trees").iterdir() if one.is_dir()]


@pytest.mark.parametrize("isolation", ["portable", "none"])
async def test_without_namespaces_of_its_own_a_run_has_a_copy(
    tmp_path: Path, isolation: str
) -> None:
    launch = launch_of(tmp_path, "open('a/text.txt', 'a').write('+')")
    played = await play(launch, isolation=isolation)
    assert kept(launch) == {"a/text.txt": "text+"}
    assert not (tmp_path / "trees").exists()
    report = played.execution.isolation
    assert report is None or report["layers"]["view"] == "copy"


PLAY = """
import asyncio, sys
from pathlib import Path
from tests.support.playing import make_launch, play
launch = make_launch(Path(sys.argv[1]), {"main.py": "open('main.py', 'a').write('#')"}, trees=True)
played = asyncio.run(play(launch, isolation="strict"))
report = played.execution.isolation
print(played.exit.cause, report["profile"], played.execution.written)
print(report["layers"]["view"])
"""


def test_where_no_namespace_can_be_made_the_portable_profile_has_a_copy(tmp_path: Path) -> None:
    command = [*without_namespaces(), sys.executable, "-c", PLAY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    first, second = done.stdout.splitlines()
    assert first == "finished portable ('main.py',)", done.stderr
    assert second.startswith("copy: namespaces: ")


def test_where_files_have_no_attributes_there_is_a_copy(tmp_path: Path) -> None:
    command = [*without_attributes(str(tmp_path)), sys.executable, "-c", PLAY, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    first, second = done.stdout.splitlines()
    assert first.startswith("finished "), done.stderr
    assert first.endswith(" ('main.py',)")
    assert second == "copy: Operation not supported"


# When everything is killed

OWNER = """
import asyncio, sys
from pathlib import Path
from tests.support.playing import make_launch, start

SOURCE = '''
import os, time
open("a/text.txt", "a").write("+")
os.unlink("a/more.txt")
os.mkdir("made")
open("made/new", "w").write("n")
print("ready", flush=True)
time.sleep(60)
'''

async def main():
    files = {"main.py": SOURCE, "a/text.txt": "text", "a/more.txt": "more"}
    launch = make_launch(Path(sys.argv[1]), files, trees=True)
    execution, sink = await start(launch, isolation="strict")
    waiting = asyncio.ensure_future(execution.wait())
    await sink.until("ready")
    print(execution.isolation["layers"]["view"], execution.identities[0].pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_after_the_end_of_everything_what_was_written_is_kept(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    kind, launcher = owner.stdout.readline().split()
    owner.kill()
    os.kill(int(launcher), signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    (folder,) = (tmp_path / "runs").iterdir()
    until = time.monotonic() + 10
    while members(folder.name) and time.monotonic() < until:
        time.sleep(0.01)
    assert kind == "overlay"
    ProcessLeftovers().tidy(folder)
    written = folder / "written"
    assert (written / "a/text.txt").read_text() == "text+"
    assert (written / "made/new").read_text() == "n"
    assert sorted(os.listdir(written)) == ["a", "made"]
    assert os.listdir(written / "a") == ["text.txt"]
    assert os.listdir(folder) == ["written"]
