"""What the operating system lets us take away from a process: limits, files, network, processes left behind.

Nothing here is a secure sandbox. Every function tries, and says what came of it; on another system than Linux, or
where the kernel refuses, it says False. All of them act on the calling process and its later children, for good.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

LINUX = sys.platform == "linux"
PROCESSES = 64  # that a learner's program may have at once
FILE_BYTES = 256 * 1024 * 1024  # of any one file it writes

# unshare(2)
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
# prctl(2)
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER, SIGKILL = 1, 38, 36, 9
# landlock(7): the same numbers on every architecture but Alpha
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1, 2, 4, 8, 1 << 14, 1 << 15
RIGHTS_BY_VERSION = (0, (1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1)
RIGHTS_OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
TCP_BIND, TCP_CONNECT = 1, 2
SCOPE_SOCKETS, SCOPE_SIGNALS = 1, 2


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> bool:
    """prctl(2), on Linux."""
    return bool(_libc().prctl(option, value, 0, 0, 0) == 0)


def _optional(module: str) -> ModuleType | None:
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


def limit(seconds: float, memory: int) -> dict[str, bool]:
    """Limit processor time, address space (MiB), size of files and number of processes; no core dumps."""
    resource = _optional("resource")
    if resource is None:
        return {"cpu": False, "memory": False}
    processor = int(seconds) + 2
    wanted = {
        "RLIMIT_CPU": processor,
        "RLIMIT_AS": memory * 1024 * 1024,
        "RLIMIT_FSIZE": FILE_BYTES,
        "RLIMIT_CORE": 0,
    }
    done = {}
    for name, value in wanted.items():
        try:
            kind = getattr(resource, name)
            _, hard = resource.getrlimit(kind)
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))
            done[name] = True
        except (AttributeError, OSError, ValueError):
            done[name] = False
    return {"cpu": done["RLIMIT_CPU"], "memory": done["RLIMIT_AS"] and LINUX}


def limit_processes() -> None:
    """Limit the number of processes: only in a user namespace of its own, which counts afresh (Linux 5.14)."""
    resource = _optional("resource")
    if resource is not None:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))


def enter_namespaces() -> dict[str, bool]:
    """New user, process, network and IPC namespaces, as far as the kernel grants them.

    The next child of the calling process is the first process of the new process namespace: when it ends, the kernel
    kills all the others in it. Only for a process of one thread.
    """
    entered = {"user": False, "processes": False, "network": False}
    if not LINUX:
        return entered
    user, group = os.geteuid(), os.getegid()
    for flags in (
        CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC,
        CLONE_NEWUSER | CLONE_NEWNET,
        CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC,
    ):
        if _libc().unshare(flags) == 0:
            entered = {
                "user": bool(flags & CLONE_NEWUSER),
                "processes": bool(flags & CLONE_NEWPID),
                "network": bool(flags & CLONE_NEWNET),
            }
            break
    if entered["user"]:
        with contextlib.suppress(OSError):
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return entered


def die_with_parent() -> None:
    """Be killed when the parent ends."""
    if LINUX:
        _prctl(PR_SET_PDEATHSIG, SIGKILL)


def adopt_orphans() -> bool:
    """Become the parent of descendants whose own parent ends, so that none can slip away."""
    return LINUX and _prctl(PR_SET_CHILD_SUBREAPER, 1)


def descendants(process: int, most: int) -> list[int]:
    """The processes below this one, at most so many, as Linux lists them; none where it does not."""
    found: list[int] = []
    waiting = [process]
    while waiting and len(found) < most:
        parent = waiting.pop()
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                children = [int(child) for child in (task / "children").read_text().split()]
                found += children
                waiting += children
    return found


def starved(process: int, enough: float) -> bool:
    """Whether a process and those below it want to run, and have been given less processor time than ``enough`` s."""
    ready, used = False, 0
    for each in (process, *descendants(process, PROCESSES)):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ready |= fields[0] == "R"
            used += sum(map(int, fields[11:15]))  # its own, and that of children that have ended
    return ready and used < enough * os.sysconf("SC_CLK_TCK")


def confine_files(readable: Iterable[Path], writable: Iterable[Path], listable: Iterable[Path] = ()) -> dict[str, bool]:
    """Landlock: no files but these, and what lies below them, from now on; no TCP, no signals to processes outside.

    In a listable folder the names may be read, and nothing else. Whether it holds is found out by trying to list the
    root of the file system.
    """
    refused = {"files": False, "tcp": False}
    if not LINUX:
        return refused
    libc = _libc()
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return refused
    rights = RIGHTS_BY_VERSION[min(version, len(RIGHTS_BY_VERSION) - 1)]
    tcp = TCP_BIND | TCP_CONNECT if version >= 4 else 0
    scopes = SCOPE_SOCKETS | SCOPE_SIGNALS if version >= 6 else 0
    attributes = struct.pack("QQQ", rights, tcp, scopes)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return refused
    try:
        for path in readable:
            _allow(libc, ruleset, path, rights & (EXECUTE | READ_FILE | READ_DIR))
        for path in listable:
            _allow(libc, ruleset, path, rights & READ_DIR)
        for path in writable:
            _allow(libc, ruleset, path, rights & ~EXECUTE)
        held = _prctl(PR_SET_NO_NEW_PRIVS, 1) and libc.syscall(RESTRICT_SELF, ruleset, ctypes.c_uint32(0)) == 0
    finally:
        os.close(ruleset)
    if not held:
        return refused
    try:
        next(Path("/").iterdir(), None)
    except PermissionError:
        return {"files": True, "tcp": bool(tcp)}
    return refused


def _allow(libc: Any, ruleset: int, path: Path, rights: int) -> None:
    with contextlib.suppress(OSError):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if path.is_dir() else rights & RIGHTS_OF_A_FILE
            libc.syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", allowed, opened), ctypes.c_uint32(0))
        finally:
            os.close(opened)


def python_installation() -> list[Path]:
    """What Python and its libraries need to read."""
    packages = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    system = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/dev/urandom"]
    processor = ["/dev/null", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    return [*map(Path, sorted(prefixes)), *packages, *map(Path, system + processor)]


def own_files(program: Path, home: Path) -> tuple[list[Path], list[Path]]:
    """What a learner's program may read of its own, and which folder it may list: the folder it lies in.

    Where that is the user's home or above it, it may read the Python files in it only.
    """
    folder = program.parent
    if home.is_relative_to(folder):
        return [program, *folder.glob("*.py")], [folder]
    return [folder], []


ABSENT = {
    "memory": "the memory limit",
    "counted": "a limit on the number of processes",
    "files": "a bar on reading and writing other files",
    "network": "a bar on the network",
    "ended": "an end to processes it left running on purpose",
}


def missing(facts: dict[str, Any]) -> list[str]:
    """What was not in force for a file that was started, in words."""
    if "memory" not in facts:  # said by the worker before it runs the file
        return []
    held = {fact for fact in ABSENT if facts.get(fact) is True} | ({"network"} if facts.get("tcp") is True else set())
    return [words for fact, words in ABSENT.items() if fact not in held]


def describe(facts: dict[str, Any], seconds: float, memory: int) -> str:
    """What was in force, and what was not, in plain words."""
    if "memory" not in facts:
        return "The file had not been started. It would have run in a process of its own, which is no secure sandbox."
    lacking = missing(facts)
    present = {
        "memory": f"at most {memory} MiB for each of its processes",
        "counted": f"at most {PROCESSES} processes",
        "files": "no reading outside its own folder and the Python installation, no writing outside an empty folder",
        "network": "no network" if facts.get("network") is True else "no TCP connections",
        "ended": "whatever it left running was ended",
    }
    held = [f"at most {seconds:g} s", *(words for fact, words in present.items() if ABSENT[fact] not in lacking)]
    text = f"The file ran in a process of its own: {'; '.join(held)}."
    if lacking:
        text += f" Not in force on this system: {'; '.join(lacking)}."
    return f"{text} This is no secure sandbox."
