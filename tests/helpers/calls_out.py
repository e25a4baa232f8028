"""What a command and all its descendants say to other machines: `python -m tests.helpers.calls_out REPORT COMMAND…`.

The kernel asks this process about each `connect` and each `send…` with an address (a seccomp filter with a listener,
Linux 5.5), so that native code is seen as Python is, by any user and without a tool to install. A name that is looked
up (port 53, or systemd's resolver) and any address beyond loopback is refused and written to REPORT, a line each; all
else goes on as it was. The exit code is the command's, or 77 where the kernel forbids such a filter.
"""

import ctypes
import errno
import fcntl
import ipaddress
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

FORBIDDEN = 77
# Where one of these is set ONNX Runtime keeps quiet by itself, and a test would show nothing.
QUIET = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "GITHUB_ACTIONS", "TF_BUILD", "BUILDKITE")
_MACHINES = {
    "x86_64": {"seccomp": 317, "connect": 42, "sendto": 44, "sendmsg": 46, "sendmmsg": 307, "io_uring_setup": 425},
    "aarch64": {"seccomp": 277, "connect": 203, "sendto": 206, "sendmsg": 211, "sendmmsg": 269, "io_uring_setup": 425},
}
_NUMBERS = _MACHINES.get(platform.machine(), {})
_CHILD_SUBREAPER, _NO_NEW_PRIVILEGES = 36, 38  # prctl's
_SET_FILTER, _WITH_LISTENER = 1, 8  # seccomp's
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06  # BPF
_ALLOW, _ASK, _MISSING = 0x7FFF0000, 0x7FC00000, 0x00050000 | errno.ENOSYS
_NUMBER, _ADDRESS_OF_SENDTO = 0, 48  # offsets in what a filter sees of a system call
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101  # ioctls of the listener
_REQUEST = struct.Struct("<QIIiIQ6Q")  # id, process, flags; number, machine, instruction, six arguments
_REPLY = struct.Struct("<QqiI")  # id, value, error, flags
_GO_ON = 1
_DNS = 53

_libc = ctypes.CDLL(None, use_errno=True)


def through(report: Path) -> list[str]:
    """Return the command that runs another, given as its last arguments, and writes its calls to `report`."""
    return [sys.executable, "-m", "tests.helpers.calls_out", str(report)]


def loud(home: Path) -> dict[str, str]:
    """Return this environment as a person has it who switched nothing off, with a home folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in (*QUIET, "XDG_CACHE_HOME")}
    return kept | {"HOME": str(home)}


def main(report: Path, command: list[str]) -> int:
    """Run a command to its end, note its calls, and return its exit code."""
    report.touch()
    _libc.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)  # jobs stay descendants, whose memory may be read
    listener: list[int] = []
    ready = threading.Event()
    threading.Thread(target=_serve, args=[listener, ready, report], daemon=True).start()
    try:
        listener.append(_listen())  # this thread and what it starts are filtered, the one above is not
    except (OSError, KeyError) as error:
        sys.stderr.write(f"The kernel forbids to watch the calls of a process: {error}\n")
        return FORBIDDEN
    ready.set()
    child = subprocess.Popen(command)

    def hand_on(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, hand_on)
    while True:
        pid, status = os.wait()
        if pid == child.pid:
            return os.waitstatus_to_exitcode(status)


def _listen() -> int:
    """Filter this thread and return the descriptor on which the kernel asks. Raises OSError and KeyError."""
    program = [_step(_LOAD, _NUMBER)]
    for name in ("connect", "sendmsg", "sendmmsg"):
        program += [_step(_EQUALS, _NUMBERS[name], 0, 1), _step(_RETURN, _ASK)]
    program += [_step(_EQUALS, _NUMBERS["io_uring_setup"], 0, 1), _step(_RETURN, _MISSING)]  # it would pass unseen
    program += [_step(_EQUALS, _NUMBERS["sendto"], 0, 3), _step(_LOAD, _ADDRESS_OF_SENDTO)]
    program += [_step(_EQUALS, 0, 1, 0), _step(_RETURN, _ASK), _step(_RETURN, _ALLOW)]
    code = ctypes.create_string_buffer(b"".join(program))
    described = ctypes.create_string_buffer(struct.pack("<H6xQ", len(program), ctypes.addressof(code)))
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    descriptor = _libc.syscall(_NUMBERS["seccomp"], _SET_FILTER, _WITH_LISTENER, described)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return descriptor


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("<HBBI", code, then, otherwise, value)


def _serve(listener: list[int], ready: threading.Event, report: Path) -> None:
    """Answer the kernel's questions for ever."""
    ready.wait()
    while True:
        question = bytearray(_REQUEST.size)
        try:
            fcntl.ioctl(listener[0], _RECEIVE, question)
        except OSError:  # who asked is dead
            continue
        call, process, _, number, _, _, *arguments = _REQUEST.unpack(question)
        fault = _fault(process, number, arguments)
        if fault:
            with open(report, "a", encoding="utf-8") as file:
                file.write(f"{_words(process)}: {fault}\n")
        reply = _REPLY.pack(call, 0, -errno.ENETUNREACH, 0) if fault else _REPLY.pack(call, 0, 0, _GO_ON)
        try:
            fcntl.ioctl(listener[0], _ANSWER, bytearray(reply))
        except OSError:
            continue


def _fault(process: int, number: int, arguments: list[int]) -> str:
    """Say where a system call goes, if it leaves this machine or looks up a name; else nothing."""
    try:
        with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
            if number == _NUMBERS["connect"]:
                address, length = arguments[1], arguments[2]
            elif number == _NUMBERS["sendto"]:
                address, length = arguments[4], arguments[5]
            else:
                memory.seek(arguments[1])  # a message's head begins with its address
                address, length = struct.unpack("<QI", memory.read(12))
            if not address:
                return ""
            memory.seek(address)
            return _beyond(memory.read(min(length & 0xFFFFFFFF, 128)))
    except OSError as error:
        return f"a call that cannot be looked into ({error})"


def _beyond(address: bytes) -> str:
    family = int.from_bytes(address[:2], sys.byteorder)
    if family == socket.AF_UNIX:
        path = address[2:].strip(b"\0").decode(errors="replace")
        return f"a name looked up by {path}" if "systemd/resolve" in path else ""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return ""
    raw = address[4:8] if family == socket.AF_INET else address[8:24]
    place, port = ipaddress.ip_address(raw), int.from_bytes(address[2:4], "big")
    place = getattr(place, "ipv4_mapped", None) or place
    if port == _DNS:
        return f"a name looked up at {place}"
    return "" if place.is_loopback or place.is_unspecified else f"a call to {place}, port {port}"


def _words(process: int) -> str:
    try:
        return " ".join(Path(f"/proc/{process}/cmdline").read_text(errors="replace").replace("\0", " ").split())[:200]
    except OSError:
        return f"process {process}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
