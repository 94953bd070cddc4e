"""Which rights of files a kernel's Landlock is asked about, by its version; and one real rule."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from session.worker.isolation import landlock
from session.worker.isolation.privileges import no_new_privileges

REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15


@pytest.mark.parametrize(
    ("version", "newer"),
    [(1, 0), (2, REFER), (3, REFER | TRUNCATE), (4, REFER | TRUNCATE)]
    + [(version, REFER | TRUNCATE | IOCTL_DEV) for version in (5, 6, 7, 99)],
)
def test_only_rights_that_the_kernel_knows_are_handled(version: int, newer: int) -> None:
    assert landlock._known_to(version) == (1 << 13) - 1 | newer


def test_reading_and_writing_are_different_rights() -> None:
    assert landlock.READ == 0b1100
    assert landlock.WRITE & landlock.EXECUTE == 0
    assert landlock.WRITE | landlock.EXECUTE == (1 << 16) - 1
    assert landlock._FILE_ONLY & landlock._CHANGE_FOLDER == 0


def test_it_is_said_why_there_is_none() -> None:
    for number in (errno.ENOSYS, errno.EOPNOTSUPP):
        assert landlock.reason(OSError(number, "")) == "this kernel has no Landlock"
    assert landlock.reason(OSError(errno.EPERM, "no")) == "no"


def _as_confined(rules: Callable[[landlock.Ruleset], None], act: Callable[[], object]) -> int:
    """Do something in a process that has put rules on; the error that it met, or 0."""
    pid = os.fork()
    if pid == 0:
        try:
            ruleset = landlock.Ruleset(landlock.abi(), ports=True, abstract=False)
            rules(ruleset)
            no_new_privileges()
            ruleset.restrict()
            act()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
        finally:
            os._exit(254)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.skipif(landlock.abi() == 0, reason="this kernel has no Landlock")
def test_a_rule_on_a_file_and_on_a_folder_holds(tmp_path: Path) -> None:
    (tmp_path / "shown").mkdir()
    for name in ("shown/a", "file", "hidden"):
        (tmp_path / name).write_text("x")

    def rules(ruleset: landlock.Ruleset) -> None:
        ruleset.allow([str(tmp_path / "shown"), str(tmp_path / "not-there")], landlock.READ)
        ruleset.allow([str(tmp_path / "file")], landlock.WRITE)

    def outcome(act: Callable[[], object]) -> int:
        return _as_confined(rules, act)

    assert outcome((tmp_path / "shown/a").read_text) == 0
    assert outcome((tmp_path / "file").read_text) == 0
    assert outcome(lambda: (tmp_path / "file").write_text("y")) == 0
    assert outcome((tmp_path / "hidden").read_text) == errno.EACCES
    assert outcome(lambda: (tmp_path / "shown/b").write_text("y")) == errno.EACCES
    assert outcome(lambda: (tmp_path / "shown/a").unlink()) == errno.EACCES
