"""What is wrong around a command: rights, limits, locks and disks, taken from a process that is about to run it."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

IS_LINUX = sys.platform == "linux"
_OVERRIDES = 0b110
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by which root reads and writes whatever the mode says."""
_DROP_FROM_BOUNDS, _NO_NEW_PRIVILEGES, _SECCOMP = 24, 38, 22
_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
_ENOLCK = 37


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which a command runs. By default nothing is wrong, and it waits for a locked ledger but a moment.

    `room_bytes` is the most that a file may have; `disks_of` a process whose mounts are seen; `format` the newest
    format of a ledger that the program knows, when it is another than its own.
    """

    patience_s: float = 0.2
    has_locks: bool = True
    room_bytes: int = 0
    disks_of: int = 0
    format: int = 0
    has_temporary: bool = True

    def take_effect(self) -> None:
        """Make them so for this process and what it begins, for good."""
        if self.disks_of:
            _enter(self.disks_of)
        if not os.geteuid():
            give_up_root()
        if self.room_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.room_bytes, self.room_bytes))
        if not self.has_locks:
            refuse_locks()
        self._change_constants()

    def _change_constants(self) -> None:
        from goldenpath.adapters.ledger import book, schema, spool, spooling

        spooling.PATIENCE_S = self.patience_s
        for ledger in (book.Ledger, spooling.WaitingLedger):
            ledger.__init__.__defaults__ = (self.patience_s,)
        if self.format:
            schema.VERSION = self.format
        if not self.has_temporary:
            spool.TEMPORARY = ()


def give_up_root() -> None:
    """The modes of files count for this process from now on, also when it is root's."""
    if not IS_LINUX:
        return
    libc = _libc()
    for capability in range(1, 3):
        _must(libc.prctl(_DROP_FROM_BOUNDS, capability, 0, 0, 0))
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    _must(libc.capget(header, sets))
    for place in range(3):
        sets[place] &= ~_OVERRIDES
    _must(libc.capset(header, sets))


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


_CALLS = {"x86_64": (0xC000003E, 72, 73), "aarch64": (0xC00000B7, 25, 32)}
"""By machine: its number for audits, and those of the system calls fcntl and flock."""
_LOCKING = (5, 6, 7, 36, 37, 38)
"""F_GETLK, F_SETLK, F_SETLKW, and the same for open file descriptions."""


def can_refuse_locks() -> bool:
    """Whether this system knows a way to do so: Linux's seccomp."""
    return IS_LINUX and platform.machine() in _CALLS


def refuse_locks() -> None:
    """From now on every attempt to lock a file ends with ENOLCK, as on a network disk without a lock server."""
    architecture, fcntl, flock = _CALLS[platform.machine()]
    load, equal, end = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | _ENOLCK
    kinds = [(equal, len(_LOCKING) - number, 0, kind) for number, kind in enumerate(_LOCKING)]
    lines = [
        (load, 0, 0, 4),  # the architecture
        (equal, 0, len(kinds) + 4, architecture),
        (load, 0, 0, 0),  # the system call
        (equal, len(kinds) + 3, 0, flock),
        (equal, 0, len(kinds) + 1, fcntl),
        (load, 0, 0, 24),  # its second argument
        *kinds,
        (end, 0, 0, allow),
        (end, 0, 0, refuse),
    ]
    instructions = (_Instruction * len(lines))(*(_Instruction(*line) for line in lines))
    libc = _libc()
    _must(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _must(libc.prctl(_SECCOMP, 2, ctypes.byref(_Program(len(lines), instructions)), 0, 0))


def _enter(process: int) -> None:
    """See the disks as another process sees them, who has mounted some for itself alone."""
    libc, folder = _libc(), Path.cwd()
    for name, kind in (("user", _NEW_USER), ("mnt", _NEW_MOUNTS)):
        handle = os.open(f"/proc/{process}/ns/{name}", os.O_RDONLY)
        _must(libc.setns(handle, kind))
        os.close(handle)
    os.chdir(folder)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _must(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
