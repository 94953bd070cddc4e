"""Which device to compute on: what is asked for, what there is, and what comes next."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from shipper.errors import DeviceNotAvailable, NoDevice
from shipper.machine.hardware import Hardware, detect

_WANTED: Final = re.compile(r"(?P<kind>auto|cpu|cuda|mps|rocm)(:(?P<index>\d{1,3}))?")


class Device(NamedTuple):
    """A device as programs name it: `cpu`, `mps`, `cuda:0`. `memory_total` in bytes, 0: unknown."""

    kind: str
    number: int | None
    name: str
    memory_total: int

    def __str__(self) -> str:
        return self.kind if self.number is None else f"{self.kind}:{self.number}"


def select(wanted: str = "auto", hardware: Hardware | None = None) -> Device:
    """Return the device; `auto` is the best there is. Raises DeviceNotAvailable."""
    found = hardware or detect()
    named = _WANTED.fullmatch(wanted)
    kind = named["kind"] if named else ""
    if kind == "auto":
        kind = found.accelerators[0]
    index = int(named["index"] or 0) if named else 0
    devices = {str(device): device for device in _devices(found)}
    device = devices.get(kind) or devices.get(f"{kind}:{index}")
    if device is None or (named is not None and named["index"] and device.number != index):
        raise DeviceNotAvailable(wanted, tuple(devices))
    return device


def select_with_fallback(wanted: Sequence[str], hardware: Hardware | None = None) -> Device:
    """Return the first that there is, in the order of `wanted`; raises NoDevice."""
    found = hardware or detect()
    for one in wanted:
        try:
            return select(one, found)
        except DeviceNotAvailable:
            continue
    raise NoDevice(tuple(wanted))


def _devices(found: Hardware) -> list[Device]:
    listed = []
    if found.cuda is not None:
        listed += [Device("cuda", one.id, one.name, one.memory_total) for one in found.cuda.devices]
    if found.mps is not None:
        listed.append(Device("mps", None, found.mps.name, found.mps.memory_total))
    if found.rocm is not None:
        listed += [Device("rocm", one.id, one.name, one.memory_total) for one in found.rocm.devices]
    memory = found.memory.usable if found.memory else 0
    return [*listed, Device("cpu", None, found.cpu.model, memory)]
