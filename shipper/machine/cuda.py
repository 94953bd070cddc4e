"""NVIDIA's GPUs, as their driver tells of them."""

import json
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

from shipper.machine.asking import ask

_PROBE: Final = Path(__file__).with_name("nvml_probe.py")
WITHIN_S: Final = 5
_FAULTS: Final = {
    -1: "its management library is too old",
    4: "this user may not use it",
    9: "its driver is not loaded",
    12: "its management library is not whole",
    15: "a device has fallen off the bus",
    18: "its driver and its library are of different versions: restart the machine",
    999: "its driver does not say why",
}
_SILENT: Final = "its driver does not answer"


class CudaDevice(NamedTuple):
    """One GPU. Memory in bytes; `capability` is the compute capability, such as `9.0`."""

    id: int
    uuid: str
    name: str
    memory_total: int
    memory_free: int
    capability: str


class Cuda(NamedTuple):
    """The driver's version, the newest CUDA that it runs, and its devices."""

    driver: str
    version: str
    devices: tuple[CudaDevice, ...]


class CudaFault(NamedTuple):
    """There is a driver's library, and it is of no use; `reason` is the end of a sentence."""

    reason: str


def detect_cuda(within_s: int = WITHIN_S) -> Cuda | CudaFault | None:
    """Ask NVML in a process of its own; None where there is no such library."""
    argv = [sys.executable, "-I", "-S", str(_PROBE), str(within_s)]
    answer = ask(argv, within_s)
    return CudaFault(_SILENT) if answer is None else parse_nvml(answer)


def parse_nvml(answer: bytes) -> Cuda | CudaFault | None:
    """Return what an answer of the probe says."""
    try:
        facts: dict[str, Any] = json.loads(answer)
        if facts.get("missing"):
            return None
        if "error" in facts:
            reason = f"its driver reports error {facts['error']}"
            return CudaFault(_FAULTS.get(facts["error"], reason))
        devices = tuple(_device(row) for row in facts["devices"])
        version = f"{facts['cuda'] // 1000}.{facts['cuda'] % 1000 // 10}"
        return Cuda(str(facts["driver"]), version, devices)
    except (ValueError, KeyError, TypeError, AttributeError):
        return CudaFault(_SILENT)


def _device(row: dict[str, Any]) -> CudaDevice:
    return CudaDevice(
        int(row["id"]),
        str(row["uuid"]),
        str(row["name"]),
        int(row["total"]),
        int(row["free"]),
        str(row["capability"]),
    )
