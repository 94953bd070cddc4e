"""All of a machine in one place: detected once, until it changes or the cache is cleared."""

import os
import platform
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from shipper.machine.adapters import adapter_makers
from shipper.machine.cgroup import cpu_quota, memory_limit
from shipper.machine.cpu import Cpu, detect_cpu
from shipper.machine.cuda import Cuda, CudaFault, detect_cuda
from shipper.machine.memory import Memory, detect_memory
from shipper.machine.rocm import Rocm, detect_rocm


class Mps(NamedTuple):
    """Apple's GPU, which shares the machine's memory (bytes)."""

    name: str
    memory_total: int


class Hardware(NamedTuple):
    """What a machine has; None for what it has not.

    `cuda_fault` says why a driver of NVIDIA is of no use, `makers` whose graphics adapters are
    plugged in. `platform` is like `linux-x86_64`.
    """

    platform: str
    cpu: Cpu
    memory: Memory | None
    cuda: Cuda | None = None
    mps: Mps | None = None
    rocm: Rocm | None = None
    cuda_fault: str | None = None
    makers: tuple[str, ...] = ()

    @property
    def accelerators(self) -> tuple[str, ...]:
        """What can be computed on, the best first; `cpu` always can."""
        kinds = {
            "cuda": self.cuda is not None and bool(self.cuda.devices),
            "mps": self.mps is not None,
            "rocm": self.rocm is not None,
            "cpu": True,
        }
        return tuple(kind for kind, there in kinds.items() if there)

    @property
    def gpu_count(self) -> int:
        """How many devices of the best kind there are."""
        return len(self.devices)

    @property
    def devices(self) -> tuple[Any, ...]:
        """The devices of the best kind; empty where only the processor computes."""
        best = self.accelerators[0]
        if best == "cuda" and self.cuda is not None:
            return self.cuda.devices
        if best == "rocm" and self.rocm is not None:
            return self.rocm.devices
        return (self.mps,) if best == "mps" else ()


class _Known(NamedTuple):
    stamp: list[Any]
    hardware: Hardware


_lock: Final = threading.Lock()
_known: list[_Known] = []


def detect() -> Hardware:
    """Return what this machine has; never raises, and takes seconds at most."""
    with _lock:
        stamp = machine_stamp()
        if not _known or _known[0].stamp != stamp:
            _known[:] = [_Known(stamp, _detect())]
        return _known[0].hardware


def clear_cache() -> None:
    """Have the next `detect` look again."""
    with _lock:
        _known.clear()


def identity(hardware: Hardware | None = None) -> dict[str, Any]:
    """Return what decides whether what was made for one machine fits another: JSON values."""
    found = hardware or detect()
    return {
        "platform": found.platform,
        "accelerator": found.accelerators[0],
        "cpu_features": sorted(found.cpu.features),
        "gpu_count": found.gpu_count,
    }


def capabilities(hardware: Hardware | None = None) -> dict[str, Any]:
    """Return yes or no to what programs ask most, and CUDA's version ("" without): JSON values."""
    found = hardware or detect()
    kinds = {kind: kind in found.accelerators for kind in ("cuda", "mps", "rocm")}
    features = {name: name in found.cpu.features for name in ("avx", "avx2", "avx512")}
    return {**kinds, **features, "cuda_version": found.cuda.version if found.cuda else ""}


def machine_stamp() -> list[Any]:
    """Return what changes when the machine does, at the cost of a few small files: JSON values."""
    return [
        os.cpu_count(),
        cpu_quota(),
        memory_limit(),
        _names("/dev", "nvidia"),
        _names("/sys/class/kfd/kfd/topology/nodes", ""),
        _text("/sys/module/nvidia/version"),
    ]


def _names(folder: str, prefix: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.startswith(prefix))  # noqa: PTH208
    except OSError:
        return []


def _text(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    return ""


def _detect() -> Hardware:
    cuda = detect_cuda()
    return Hardware(
        f"{sys.platform}-{platform.machine().lower() or 'unknown'}",
        detect_cpu(),
        detect_memory(),
        cuda if isinstance(cuda, Cuda) else None,
        _detect_mps(),
        detect_rocm(),
        cuda.reason if isinstance(cuda, CudaFault) else None,
        adapter_makers(),
    )


def _detect_mps() -> Mps | None:
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return None
    memory = detect_memory()
    return Mps(detect_cpu().model, memory.total if memory else 0)
