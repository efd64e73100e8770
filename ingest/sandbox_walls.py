"""The walls of the sandbox, put up by the child around itself before it touches a file: limits and forbidden calls.

The kernel keeps them; no parser bug inside can take them down again.
"""

import ctypes
import platform
import resource
import signal
import struct
from collections.abc import Mapping, Sequence

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_SECCOMP_RET_ALLOW = 0x7FFF0000
_SECCOMP_RET_EPERM = 0x00050000 | 1
# Classic BPF: load a word of the call's data, jump if equal, return.
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_CALL_NUMBER, _ARCHITECTURE = 0, 4

# Numbers of: socket, connect, fork, vfork, execve, ptrace, kill, execveat. A parser needs none of them; with them
# gone it can neither reach the network nor start or disturb another program.
_FORBIDDEN: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (41, 42, 57, 58, 59, 101, 62, 322)),
    "aarch64": (0xC00000B7, (198, 203, 221, 117, 129, 281)),
}
# Architecture and the numbers of: socket, ptrace.
_PROGRAM_CALLS = {"x86_64": (0xC000003E, 41, 101), "aarch64": (0xC00000B7, 198, 117)}
_FIRST_ARGUMENT, _AF_UNIX = 16, 1

CPU_GRACE_SECONDS = 1
"""Between the signal that says the processor time is used up and the one that cannot be caught."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def put_up(*, memory_bytes: int, cpu_seconds: int, output_bytes: int, open_files: int) -> bool:
    """Limit this process for good. True when the kernel also took the list of forbidden calls (Linux on known chips).

    Memory is address space in bytes; processor time in seconds; output is the size of any one file it writes.
    """
    _limit(memory_bytes, cpu_seconds, output_bytes, open_files)
    if platform.system() != "Linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    # A killed worker must not leave its parser behind.
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    return _forbid_calls(libc)


def put_up_for_program(*, memory_bytes: int, cpu_seconds: int, output_bytes: int, open_files: int) -> bool:
    """Limit this process and every program it becomes or starts: as `put_up`, but it may start programs.

    Of the network only sockets within the machine (AF_UNIX) are left, which LibreOffice talks to itself through. True
    when the kernel took that.
    """
    _limit(memory_bytes, cpu_seconds, output_bytes, open_files)
    if platform.system() != "Linux" or platform.machine() not in _FORBIDDEN:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    architecture, socket_call, ptrace_call = _PROGRAM_CALLS[platform.machine()]
    return _install(
        libc,
        [
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_JUMP_EQUAL, 0, 5, architecture),
            (_LOAD, 0, 0, _CALL_NUMBER),
            (_JUMP_EQUAL, 3, 0, ptrace_call),
            (_JUMP_EQUAL, 0, 3, socket_call),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_JUMP_EQUAL, 1, 0, _AF_UNIX),
            (_RETURN, 0, 0, _SECCOMP_RET_EPERM),
            (_RETURN, 0, 0, _SECCOMP_RET_ALLOW),
        ],
    )


def _limit(memory_bytes: int, cpu_seconds: int, output_bytes: int, open_files: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + CPU_GRACE_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))


def _forbid_calls(libc: ctypes.CDLL) -> bool:
    if platform.machine() not in _FORBIDDEN:
        return False
    architecture, calls = _FORBIDDEN[platform.machine()]
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        # Calls made in another way of counting (32 bit) are refused as a whole: skip to the last step.
        (_JUMP_EQUAL, 0, len(calls) + 2, architecture),
        (_LOAD, 0, 0, _CALL_NUMBER),
        *((_JUMP_EQUAL, len(calls) - index, 0, call) for index, call in enumerate(calls)),
        (_RETURN, 0, 0, _SECCOMP_RET_ALLOW),
        (_RETURN, 0, 0, _SECCOMP_RET_EPERM),
    ]
    return _install(libc, steps)


def _install(libc: ctypes.CDLL, steps: Sequence[tuple[int, int, int, int]]) -> bool:
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
