"""What isolation does not stop, by name: the one table of gaps, and what nothing proves."""

from typing import Final

from session.budget import Budget

_BOTH: Final = ("portable, root", "portable, ordinary")
_ALL: Final = ("strict, root", "strict, ordinary", *_BOTH)

#: gap: its reason, and the columns in which an attack has an effect by it. Strictly: an attack
#: that has none there any more fails the test as well.
GAPS: Final[dict[str, tuple[str, dict[str, tuple[str, ...]]]]] = {
    "by design": (
        "A program may start what it has written; it has the rights of the run and no more.",
        {"exec_scratch": _ALL},
    ),
    "metadata": (
        "Landlock does not look at what is not reading or writing: that a file is there, how "
        "large it is, that it is opened, its mode and its times. Without a mount namespace "
        "every path has a name.",
        {
            "chmod_home": _BOTH,
            "stat_home": _BOTH,
            "touch_home": _BOTH,
            "watch_home": _BOTH,
        },
    ),
    "proc": (
        "Without a process namespace `/proc` lists every process with its name and arguments, "
        "and the machine's connections. Variables and memory of others stay shut.",
        {"proc_cmdline": _BOTH, "proc_net": _BOTH},
    ),
    "scheduling": (
        "Threads have numbers too, so that a filter of calls cannot tell a program's own thread "
        "from another process of the user's when processors are chosen.",
        {"affinity": ("portable, ordinary",)},
    ),
    "shared memory": (
        "`/dev/shm` is one folder for all without a mount namespace, and multiprocessing needs "
        "it: what other programs of the user's share can be read, and what is left stays. No "
        "budget counts what is written there and mapped by nobody.",
        {"shm_fill": _BOTH, "shm_leave": _BOTH, "shm_read": _BOTH},
    ),
    "terminals": (
        "New terminals appear among the user's others in `/dev/pts`, and programs may need one. "
        "Typing into them is refused.",
        {"tty_write": _BOTH},
    ),
}

#: Attacks that take more of what every program may use: the budget that ends each. Without one,
#: only the limits of the system and of the strict profile's file systems in memory apply.
BUDGETS: Final[dict[str, Budget]] = {
    "disk_fill": Budget(disk=20_000_000),
    "fork_bomb": Budget(processes=50),
    "inode_fill": Budget(disk=600_000),
    "memory_children": Budget(memory=120_000_000),
}

#: Attacks without an effect also where nothing isolates: what they show is less.
UNPROVEN: Final = {
    "daemon": "the launcher ends what has left the program's session without isolation too",
    "daemon_rabbit": "as above",
    "env_secret": "variables are handed over by name, with or without isolation",
    "fd_exhaust": "the limit that it meets is the one that the test was started with",
    "harvest_link": "what tidies up follows no links, with or without isolation",
    "harvest_trap": "what tidies up opens no pipes, with or without isolation",
    "kill_first": "without a process namespace the run has no first process of its own",
    "inherited_folder": "no descriptor is handed over that was not meant to be",
    "pair_stream": "the kernel does not connect again what is connected",
    "raise_limits": "root may, unless its own capabilities are fewer, as in a container",
    "rename_race": "a race, which the attack loses now and then",
    "x32": "few kernels have this way in",
}
