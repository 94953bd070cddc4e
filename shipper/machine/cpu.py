"""The processor: its name, its cores, what it can do, and how much of it we may use."""

import os
import platform
import re
from pathlib import Path
from typing import Final, NamedTuple

from shipper.machine.asking import ask
from shipper.machine.cgroup import ROOT, cpu_quota

#: What a project may ask for, and what the kernel calls it.
FEATURES: Final = {
    "sse3": ("sse3", "pni"),
    "ssse3": ("ssse3",),
    "sse4_1": ("sse4_1", "sse4.1"),
    "sse4_2": ("sse4_2", "sse4.2"),
    "avx": ("avx", "avx1.0"),
    "avx2": ("avx2",),
    "avx512": ("avx512f",),
    "fma": ("fma",),
    "f16c": ("f16c",),
    "aes": ("aes",),
    "pclmul": ("pclmulqdq", "pclmul"),
    "neon": ("neon", "asimd"),
    "asimd": ("asimd",),
}
_ASK_WITHIN_S: Final = 2.0


class Cpu(NamedTuple):
    """One machine's processors. `usable` is how many of its threads' time we may use."""

    model: str
    cores: int
    threads: int
    usable: float
    features: tuple[str, ...]


def detect_cpu(root: Path = ROOT) -> Cpu:
    """Return what there is; what cannot be found out is said to be the least that it can be."""
    threads = os.cpu_count() or 1
    text = _cpuinfo(root)
    model, cores, features = parse_cpuinfo(text) if text else _from_macos()
    return Cpu(
        model or platform.processor() or platform.machine() or "unknown",
        min(cores or threads, threads),
        threads,
        _usable(threads, root),
        features,
    )


def parse_cpuinfo(text: str) -> tuple[str, int, tuple[str, ...]]:
    """Return model, physical cores (0: it does not say) and features of `/proc/cpuinfo`."""
    flags: set[str] = set()
    cores: set[tuple[str, str]] = set()
    model = ""
    for block in re.split(r"\n\s*\n", text):
        rows = [line.partition(":") for line in block.splitlines()]
        values = {key.strip().lower(): value.strip() for key, _, value in rows}
        flags.update(values.get("flags", values.get("features", "")).lower().split())
        model = model or values.get("model name", values.get("model", ""))
        if "core id" in values:
            cores.add((values.get("physical id", "0"), values["core id"]))
    return model, len(cores), features_of(flags)


def features_of(flags: set[str]) -> tuple[str, ...]:
    """Return our names for what a processor says of itself, in the order of the table."""
    return tuple(name for name, names in FEATURES.items() if not flags.isdisjoint(names))


def _cpuinfo(root: Path) -> str:
    try:
        return (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _from_macos() -> tuple[str, int, tuple[str, ...]]:
    if platform.system() != "Darwin":
        return "", 0, ()
    said = [_sysctl(f"machdep.cpu.{name}") for name in ("features", "leaf7_features")]
    flags = set(" ".join(said).lower().split())
    if platform.machine() == "arm64":
        flags |= {"neon", "asimd", "aes"}
    cores = _sysctl("hw.physicalcpu")
    return (
        _sysctl("machdep.cpu.brand_string"),
        int(cores) if cores.isdigit() else 0,
        features_of(flags),
    )


def _sysctl(name: str) -> str:
    answer = ask(["/usr/sbin/sysctl", "-n", name], _ASK_WITHIN_S) or b""
    return answer.decode("utf-8", "replace").strip()


def _usable(threads: int, root: Path) -> float:
    affinity = getattr(os, "sched_getaffinity", None)
    allowed = len(affinity(0)) if affinity and root == ROOT else threads
    quota = cpu_quota(root)
    return float(allowed) if quota is None else min(float(allowed), quota)
