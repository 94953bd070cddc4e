"""What a machine has: this one, and others as their files and drivers tell of them."""

import ctypes
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from shipper.errors import DeviceNotAvailable, NoDevice
from shipper.machine import nvml_probe
from shipper.machine.adapters import adapter_makers
from shipper.machine.asking import ask
from shipper.machine.cgroup import cpu_quota, memory_limit
from shipper.machine.cpu import FEATURES, Cpu, detect_cpu, parse_cpuinfo
from shipper.machine.cuda import Cuda, CudaDevice, CudaFault, detect_cuda, parse_nvml
from shipper.machine.devices import select, select_with_fallback
from shipper.machine.hardware import (
    Hardware,
    Mps,
    capabilities,
    clear_cache,
    detect,
    identity,
    machine_stamp,
)
from shipper.machine.memory import Memory, detect_memory
from shipper.machine.rocm import detect_rocm
from tests.support.fake_nvml import fake_nvml


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    clear_cache()
    yield
    clear_cache()


def files(root: Path, texts: dict[str, str]) -> Path:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_this_machine() -> None:
    found = detect()
    assert found.platform.startswith(sys.platform)
    assert 1 <= found.cpu.cores <= found.cpu.threads
    assert 0 < found.cpu.usable <= found.cpu.threads
    assert found.cpu.model
    assert set(found.cpu.features) <= set(FEATURES)
    assert found.memory is not None
    assert 0 < found.memory.available <= found.memory.usable <= found.memory.total
    assert found.accelerators[-1] == "cpu"
    assert detect() is found
    clear_cache()
    assert detect() is not found
    assert json.loads(json.dumps(identity())) == identity()
    assert list(identity()) == ["platform", "accelerator", "cpu_features", "gpu_count"]
    assert json.loads(json.dumps(machine_stamp())) == machine_stamp()


INTEL = """\
processor\t: 0
model name\t: Some Xeon
physical id\t: 0
core id\t: 0
flags\t\t: fpu pni ssse3 sse4_1 avx avx2 avx512f aes pclmulqdq

processor\t: 1
model name\t: Some Xeon
physical id\t: 0
core id\t: 0
flags\t\t: fpu pni ssse3 sse4_1 avx avx2 avx512f aes pclmulqdq

processor\t: 2
physical id\t: 1
core id\t: 0
"""
ARM = "processor\t: 0\nFeatures\t: fp asimd aes\n\nprocessor\t: 1\n\nModel\t: Raspberry Pi 5\n"


def test_processors_of_others() -> None:
    model, cores, features = parse_cpuinfo(INTEL)
    assert (model, cores) == ("Some Xeon", 2)
    assert features == ("sse3", "ssse3", "sse4_1", "avx", "avx2", "avx512", "aes", "pclmul")
    assert parse_cpuinfo(ARM) == ("Raspberry Pi 5", 0, ("aes", "neon", "asimd"))
    assert parse_cpuinfo("") == ("", 0, ())


def test_a_quota_of_version_2_is_the_least_on_the_way_up(tmp_path: Path) -> None:
    root = files(
        tmp_path,
        {
            "proc/self/cgroup": "0::/a/b\n",
            "sys/fs/cgroup/a/b/cpu.max": "max 100000",
            "sys/fs/cgroup/a/cpu.max": "150000 100000",
            "sys/fs/cgroup/a/b/memory.max": "500000000",
            "sys/fs/cgroup/a/memory.max": "max",
        },
    )
    assert cpu_quota(root) == 1.5
    assert memory_limit(root) == 500_000_000
    assert detect_cpu(root).usable == min(1.5, os.cpu_count() or 1)


def test_a_quota_of_version_1(tmp_path: Path) -> None:
    root = files(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/x\n",
            "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000",
            "sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "9223372036854771712",
        },
    )
    assert cpu_quota(root) == 0.5
    assert memory_limit(root) is None


def test_a_container_that_hides_its_group(tmp_path: Path) -> None:
    root = files(tmp_path, {"sys/fs/cgroup/cpu.max": "200000 100000"})
    assert cpu_quota(root) == 2
    assert cpu_quota(tmp_path / "nothing") is None


def test_memory_is_what_the_group_may_use(tmp_path: Path) -> None:
    meminfo = "MemTotal:       8000 kB\nMemAvailable:   6000 kB\nHugePages_Total:  0\n"
    root = files(tmp_path, {"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": "1024000"})
    assert detect_memory(root) == Memory(8_192_000, 1_024_000, 1_024_000)
    files(tmp_path, {"sys/fs/cgroup/memory.max": "99999999999"})
    assert detect_memory(root) == Memory(8_192_000, 6_144_000, None)


def test_the_gpus_of_a_real_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(fake_nvml(tmp_path)))
    found = detect_cuda()
    assert isinstance(found, Cuda)
    assert (found.driver, found.version) == ("550.54.14", "12.4")
    assert [device.uuid for device in found.devices] == ["GPU-a", "GPU-b"]
    assert found.devices[1] == (1, "GPU-b", "Tiny GPU", 8_000_000_000, 6_000_000_000, "9.0")
    hardware = detect()
    assert (hardware.accelerators[0], hardware.gpu_count) == ("cuda", 2)
    assert str(select()) == "cuda:0"


@pytest.mark.parametrize(
    ("init", "reason"),
    [
        ("sleep(60); return 0", "its driver does not answer"),
        ("abort()", "its driver does not answer"),
        ("return 9", "its driver is not loaded"),
        ("return 18", "restart the machine"),
        ("return 77", "error 77"),
    ],
)
def test_a_driver_of_no_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, init: str, reason: str
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(fake_nvml(tmp_path, init)))
    began = time.monotonic()
    found = detect_cuda(within_s=2)
    assert time.monotonic() - began < 20
    assert isinstance(found, CudaFault)
    assert reason in found.reason


def test_nvml_is_called_as_its_types_want_it() -> None:
    """Without a compiler: functions of C that are written here."""
    number = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int))
    text = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint)

    def three(to: "ctypes._Pointer[ctypes.c_uint]") -> int:
        to[0] = 3
        return 0

    def version(to: "ctypes._Pointer[ctypes.c_int]") -> int:
        to[0] = 11080
        return 0

    def name(to: int, size: int) -> int:
        ctypes.memmove(to, b"1.2\0", 4)
        return 0

    library = SimpleNamespace(
        nvmlInit_v2=lambda: 0,
        nvmlShutdown=lambda: 0,
        nvmlSystemGetCudaDriverVersion_v2=number(version),
        nvmlDeviceGetCount_v2=lambda to: 0,
        nvmlSystemGetDriverVersion=text(name),
    )
    assert nvml_probe.read(library) == {"driver": "1.2", "cuda": 11080, "devices": []}
    count = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_uint))
    library.nvmlDeviceGetCount_v2 = count(three)
    library.nvmlDeviceGetHandleByIndex_v2 = lambda index, to: 2
    assert nvml_probe.read(library) == {"error": 2}


@pytest.mark.parametrize("answer", [b"", b"[]", b"3", b"{}", b'{"devices": 3}', b"\xff"])
def test_nonsense_from_the_probe_is_a_fault(answer: bytes) -> None:
    assert isinstance(parse_nvml(answer), CudaFault)
    assert parse_nvml(b'{"missing": true}') is None


def test_gpus_of_rocm(tmp_path: Path) -> None:
    nodes = "sys/class/kfd/kfd/topology/nodes"
    root = files(
        tmp_path,
        {
            f"{nodes}/0/properties": "simd_count 0\ncpu_cores_count 64\n",
            f"{nodes}/1/properties": "simd_count 440\ngfx_target_version 90010\n"
            "drm_render_minor 128\n",
            f"{nodes}/1/mem_banks/0/properties": "size_in_bytes 1000\n",
            f"{nodes}/2/properties": "simd_count 96\ngfx_target_version 110000\n",
            f"{nodes}/2/mem_banks/0/properties": "size_in_bytes 1000\n",
            "sys/class/drm/renderD128/device/mem_info_vram_total": "64000",
            "sys/class/drm/renderD128/device/mem_info_vram_used": "4000",
            "sys/class/drm/renderD128/device/product_name": "Instinct MI210",
            "opt/rocm/.info/version": "6.1.0",
        },
    )
    found = detect_rocm(root)
    assert found is not None
    assert found.version == "6.1.0"
    assert found.devices[0] == (0, "Instinct MI210", 64_000, 60_000, "gfx90a")
    assert found.devices[1] == (1, "gfx1100", 1000, 1000, "gfx1100")
    assert detect_rocm(tmp_path / "nothing") is None


def test_adapters_are_known_by_their_makers(tmp_path: Path) -> None:
    devices = "sys/bus/pci/devices"
    root = files(
        tmp_path,
        {
            f"{devices}/0/vendor": "0x10de\n",
            f"{devices}/0/class": "0x030200\n",
            f"{devices}/1/vendor": "0x10de\n",
            f"{devices}/1/class": "0x040300\n",
            f"{devices}/2/vendor": "0x1002\n",
            f"{devices}/2/class": "0x040300\n",
        },
    )
    assert adapter_makers(root) == ("NVIDIA",)
    assert adapter_makers(tmp_path / "nothing") == ()


CPU = Cpu("Some", 4, 8, 8.0, ("avx",))
GPUS = Cuda("1", "12.4", tuple(CudaDevice(i, f"GPU-{i}", "G", 10, 5, "9.0") for i in range(2)))
BARE = Hardware("linux-x86_64", CPU, Memory(100, 50, None))
RICH = BARE._replace(cuda=GPUS)
MAC = BARE._replace(mps=Mps("M3", 100))


@pytest.mark.parametrize(
    ("wanted", "hardware", "device"),
    [
        ("auto", BARE, "cpu"),
        ("cpu", RICH, "cpu"),
        ("auto", RICH, "cuda:0"),
        ("cuda", RICH, "cuda:0"),
        ("cuda:1", RICH, "cuda:1"),
        ("auto", MAC, "mps"),
        ("mps", MAC, "mps"),
    ],
)
def test_a_device_is_selected(wanted: str, hardware: Hardware, device: str) -> None:
    assert str(select(wanted, hardware)) == device


@pytest.mark.parametrize(
    ("wanted", "hardware"),
    [
        ("cuda", BARE),
        ("cuda:2", RICH),
        ("cpu:1", BARE),
        ("mps:1", MAC),
        ("rocm", RICH),
        ("tpu", RICH),
        ("", RICH),
        ("cuda:-1", RICH),
    ],
)
def test_what_is_not_there_is_said(wanted: str, hardware: Hardware) -> None:
    with pytest.raises(DeviceNotAvailable) as caught:
        select(wanted, hardware)
    assert caught.value.message == f"This machine has no device `{wanted}`."
    assert "It has " in str(caught.value.hint)
    assert caught.value.hint is not None
    assert "cpu" in caught.value.hint


def test_the_first_that_is_there_is_taken() -> None:
    assert str(select_with_fallback(["cuda", "mps", "cpu"], MAC)) == "mps"
    assert str(select_with_fallback(["cuda:7", "cuda"], RICH)) == "cuda:0"
    with pytest.raises(NoDevice):
        select_with_fallback(["cuda", "rocm"], MAC)
    with pytest.raises(NoDevice):
        select_with_fallback([], MAC)


def test_identities_differ_where_the_machines_do() -> None:
    assert identity(RICH)["gpu_count"] == 2
    assert identity(BARE) != identity(RICH) != identity(MAC)
    assert identity(MAC)["accelerator"] == "mps"


def test_capabilities_are_plain_answers() -> None:
    assert capabilities(RICH) == {
        "cuda": True,
        "mps": False,
        "rocm": False,
        "avx": True,
        "avx2": False,
        "avx512": False,
        "cuda_version": "12.4",
    }
    assert capabilities(MAC)["cuda_version"] == ""
    assert capabilities().keys() == capabilities(RICH).keys()


def test_asking_never_takes_longer_than_it_may() -> None:
    began = time.monotonic()
    assert ask([sys.executable, "-c", "import time; time.sleep(60)"], 0.5) is None
    assert time.monotonic() - began < 20
    assert ask(["/nowhere/at/all"], 5) is None
    assert ask([sys.executable, "-c", "import sys; sys.exit(3)"], 20) is None
    assert ask([sys.executable, "-c", "print('yes')"], 20) == b"yes\n"
