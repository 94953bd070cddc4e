"""Asks NVIDIA's management library what it has, and prints one line of JSON.

Standard library only; started by path, in a process of its own, since a driver can hang or crash.
"""

import ctypes
import json
import signal
import sys

_TEXT = 96
_NAMES = ("libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1", "nvml.dll")


class _Memory(ctypes.Structure):
    _fields_ = (
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    )


class _Failed(Exception):
    pass


def read(library) -> dict[str, object]:  # type: ignore[no-untyped-def]  # noqa: ANN001 - ctypes
    """Return driver, CUDA version (as NVML has it: 12040) and devices; or the `error` number."""
    try:
        _call(library.nvmlInit_v2)
    except _Failed as failed:
        return {"error": failed.args[0]}
    try:
        return _facts(library)
    except _Failed as failed:
        return {"error": failed.args[0]}
    finally:
        library.nvmlShutdown()


def _call(function, *arguments) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002
    code = function(*arguments)
    if code != 0:
        raise _Failed(code)


def _facts(library) -> dict[str, object]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    version, count = ctypes.c_int(0), ctypes.c_uint(0)
    _call(library.nvmlSystemGetCudaDriverVersion_v2, ctypes.byref(version))
    _call(library.nvmlDeviceGetCount_v2, ctypes.byref(count))
    return {
        "driver": _text(library.nvmlSystemGetDriverVersion),
        "cuda": version.value,
        "devices": [_device(library, index) for index in range(count.value)],
    }


def _device(library, index) -> dict[str, object]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    handle, memory = ctypes.c_void_p(), _Memory()
    major, minor = ctypes.c_int(0), ctypes.c_int(0)
    _call(library.nvmlDeviceGetHandleByIndex_v2, ctypes.c_uint(index), ctypes.byref(handle))
    _call(library.nvmlDeviceGetMemoryInfo, handle, ctypes.byref(memory))
    _call(
        library.nvmlDeviceGetCudaComputeCapability,
        handle,
        ctypes.byref(major),
        ctypes.byref(minor),
    )
    return {
        "id": index,
        "uuid": _text(library.nvmlDeviceGetUUID, handle),
        "name": _text(library.nvmlDeviceGetName, handle),
        "total": memory.total,
        "free": memory.free,
        "capability": f"{major.value}.{minor.value}",
    }


def _text(function, *arguments) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002
    buffer = ctypes.create_string_buffer(_TEXT)
    _call(function, *arguments, buffer, ctypes.c_uint(_TEXT))
    return buffer.value.decode("utf-8", "replace")


def load() -> "ctypes.CDLL | None":
    """Return the library, or None where there is none."""
    for name in _NAMES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


if __name__ == "__main__":
    if hasattr(signal, "alarm"):
        signal.alarm(int(sys.argv[1]))  # nobody may be left to end it
    found = load()
    facts: dict[str, object]
    try:
        facts = {"missing": True} if found is None else read(found)
    except AttributeError:
        facts = {"error": -1}  # a library that is older than what is asked of it
    sys.stdout.write(json.dumps(facts) + "\n")
