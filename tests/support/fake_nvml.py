"""A tiny `libnvidia-ml.so.1`, compiled for real: two GPUs, or a driver that hangs or crashes."""

import shutil
import subprocess
from pathlib import Path

import pytest

_SOURCE = """\
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
typedef struct { unsigned long long total, free, used; } Memory;
static char handles[2];
int nvmlInit_v2(void) { INIT; }
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char *to, unsigned n) { strncpy(to, "550.54.14", n); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *to) { *to = 12040; return 0; }
int nvmlDeviceGetCount_v2(unsigned *to) { *to = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **to) { *to = &handles[i]; return 0; }
int nvmlDeviceGetName(void *d, char *to, unsigned n) { strncpy(to, "Tiny GPU", n); return 0; }
int nvmlDeviceGetUUID(void *d, char *to, unsigned n) {
    strncpy(to, d == &handles[0] ? "GPU-a" : "GPU-b", n); return 0; }
int nvmlDeviceGetMemoryInfo(void *d, Memory *to) {
    to->total = 8000000000ull; to->free = 6000000000ull; to->used = 2000000000ull; return 0; }
int nvmlDeviceGetCudaComputeCapability(void *d, int *major, int *minor) {
    *major = 9; *minor = 0; return 0; }
"""


def fake_nvml(folder: Path, init: str = "return 0") -> Path:
    """Compile one whose start does `init`; return the folder for LD_LIBRARY_PATH."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("there is no C compiler here")
    source = folder / "nvml.c"
    source.write_text(_SOURCE.replace("INIT", init))
    library = folder / "libnvidia-ml.so.1"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return folder
