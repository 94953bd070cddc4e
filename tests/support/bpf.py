"""A machine for classic BPF, as far as filters of system calls use it (linux/filter.h)."""

import struct
from collections.abc import Sequence

_LOAD, _AND, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_ALLOWED, _WITH_ERROR = 0x7FFF0000, 0x00050000
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(program: bytes, machine: int, call: int, arguments: Sequence[int] = ()) -> int:
    """Return the error that a call gets, 0 where it is allowed."""
    values = [one & (1 << 64) - 1 for one in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    answer = run(program, struct.pack("IIQ6Q", call, machine, 0, *values))
    if answer == _ALLOWED:
        return 0
    assert answer & 0xFFFF0000 == _WITH_ERROR, f"neither allowed nor refused: {answer:#x}"
    return answer & 0xFFFF


def run(program: bytes, data: bytes) -> int:
    """Run a program over data, and return what it returns; every jump has to go forward."""
    lines = list(struct.iter_unpack("HBBI", program))
    word, at = 0, 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        if code == _RETURN:
            return int(value)
        if code == _LOAD:
            (word,) = struct.unpack_from("I", data, value)
        elif code == _AND:
            word &= value
        else:
            at += yes if _holds(code, word, value) else no


def _holds(code: int, word: int, value: int) -> bool:
    if code == _EQUAL:
        return word == value
    if code == _AT_LEAST:
        return word >= value
    assert code == _BITS, f"an instruction that is not known: {code:#x}"
    return bool(word & value)
