"""What processes use, added up from procfs: memory, processor time, and who waits for input."""

import os
import platform
from collections.abc import Iterable, Sequence
from typing import Final

from session.runtime.platforms.seam import TreeUse
from session.worker.memory_use import held_by
from session.worker.process_table import PROC, read_bytes

_TICKS: Final = os.sysconf("SC_CLK_TCK")
#: Fields of `stat` after the name, counted from 0 (proc(5)): state, user and system time, own and
#: of children.
_STATE, _UTIME, _STIME, _CUTIME, _CSTIME = 0, 11, 12, 13, 14
#: The number of read(2) by machine; elsewhere nobody is seen to wait.
_READ: Final = {"x86_64": "0", "aarch64": "63", "riscv64": "63"}.get(platform.machine())


def use_of(pids: Sequence[int], stdin: int | None, root: int) -> TreeUse | None:
    """Add up the processes that are alive; None where none is. `root` reaps their orphans.

    Memory is what they hold, not what they read from files; pages that several share count for
    each of them.
    """
    count, memory, ticks = 0, 0, _waited(_fields(root))
    for pid in pids:
        stat = _fields(pid)
        if stat is None or stat[_STATE] in "ZXx":
            continue
        count += 1
        ticks += int(stat[_UTIME]) + int(stat[_STIME]) + _waited(stat)
        memory += sum(held_by(f"{PROC}/{pid}"))
    if not count:
        return None
    return TreeUse(count, memory, ticks / _TICKS, awaits_input=_someone_reads(pids, stdin))


def _fields(pid: int) -> list[str] | None:
    data = read_bytes(f"{PROC}/{pid}/stat")
    return data[data.rfind(b")") + 2 :].decode("ascii").split() if data else None


def _waited(stat: list[str] | None) -> int:
    """Return the ticks of ended children, and of theirs."""
    return int(stat[_CUTIME]) + int(stat[_CSTIME]) if stat else 0


def _someone_reads(pids: Iterable[int], stdin: int | None) -> bool:
    if _READ is None or stdin is None:
        return False
    return any(_reads_input(pid, f"pipe:[{stdin}]") for pid in pids)


def _reads_input(pid: int, pipe: str) -> bool:
    """Whether a thread of the process is blocked in read(0, …), and 0 is that pipe.

    `syscall` names the call a blocked thread is in, then its arguments in hexadecimal.
    """
    try:
        if os.readlink(f"{PROC}/{pid}/fd/0") != pipe:  # noqa: PTH115 - no path: `pipe:[7]`
            return False
        threads = os.listdir(f"{PROC}/{pid}/task")  # noqa: PTH208 - names are wanted
    except OSError:
        return False
    return any(_blocked_in_read(pid, thread) for thread in threads)


def _blocked_in_read(pid: int, thread: str) -> bool:
    data = read_bytes(f"{PROC}/{pid}/task/{thread}/syscall")
    words = data.decode("ascii", "replace").split() if data else []
    return len(words) > 1 and words[0] == _READ and words[1] == "0x0"
