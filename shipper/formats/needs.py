"""What a project may need of a machine, as its manifest says it. Plain data.

A `needs` table holds only what is written: `gpu` (a `Gpu`), `memory` (bytes), `cores` (a count)
and `cpu` (a list of `CpuFeature`).
"""

from typing import Final, Literal

Gpu = Literal["any", "cuda", "rocm", "mps"]
CpuFeature = Literal[
    "sse3",
    "ssse3",
    "sse4_1",
    "sse4_2",
    "avx",
    "avx2",
    "avx512",
    "fma",
    "f16c",
    "aes",
    "pclmul",
    "neon",
    "asimd",
]
#: What it is called in a sentence.
GPU_WORDS: Final = {
    "any": "a GPU",
    "cuda": "a GPU with CUDA",
    "rocm": "a GPU with ROCm",
    "mps": "a GPU of Apple",
}
