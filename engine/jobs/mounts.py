"""The file system that a folder lies on, as Linux tells it, and what is known of its kind beforehand."""

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_TRUSTED = frozenset(("ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "bcachefs"))
_LOCAL = _TRUSTED | {
    *("ramfs", "rootfs", "overlay", "aufs", "ecryptfs", "squashfs", "erofs", "iso9660", "udf"),
    *(
        "jfs",
        "reiserfs",
        "nilfs2",
        "minix",
        "vfat",
        "msdos",
        "exfat",
        "ntfs",
        "ntfs3",
        "fuseblk",
        "hfs",
        "hfsplus",
        "apfs",
    ),
    *("fuse.mergerfs", "fuse.fuse-overlayfs", "fuse.ntfs-3g", "fuse.bindfs"),
}
"""Kinds that no other machine has. Any other counts as shared: there are more of those than a list would know, and two
machines on one job lose its work, while a local disk that counts as shared costs some seconds."""
_LOCAL_LOCKS = frozenset(("nolock", "local_lock=all", "local_lock=flock", "nobrl"))
"""Options by which locks of NFS and SMB stay on the machine that takes them."""
_LOCKLESS = frozenset(("fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone", "fuse.goofys", "fuse.mount-s3"))
"""Kinds whose locks never leave the machine."""
_OCTAL = re.compile(r"\\([0-7]{3})")
_CACHED = re.compile(r"(?:acdirmax|actimeo)=(\d+)")
_NFS_CACHE = 60  # seconds that a folder of NFS may be cached, unless it is mounted otherwise
_OTHERS_CACHE = 5  # seconds: SMB and FUSE take one unless told otherwise
_NO_MISSING = frozenset(("lookupcache=pos", "lookupcache=positive", "lookupcache=none"))


@dataclass(frozen=True)
class Mount:
    """A mounted file system: its kind ("ext4", "nfs4", "fuse.sshfs"), source, folder and options."""

    kind: str
    source: str = ""
    folder: str = "/"
    options: frozenset[str] = frozenset()

    @property
    def trusted(self) -> bool:
        """True for the local file systems of Linux, whose promises hold."""
        return self.kind in _TRUSTED

    @property
    def shared(self) -> bool:
        """True where other machines may have it, too."""
        return bool(self.kind) and self.kind not in _LOCAL

    @property
    def local_locks(self) -> str:
        """The reason why its locks do not reach other machines, where that is known; else empty."""
        if not self.shared:
            return ""
        return next(iter(sorted(self.options & _LOCAL_LOCKS)), self.kind if self.kind in _LOCKLESS else "")

    @property
    def cache_seconds(self) -> int:
        """The seconds after which a machine sees at the latest what another changed, where that is known; else 0."""
        if not self.kind.startswith("nfs") or "noac" in self.options:
            return 0
        found = [int(match[1]) for option in self.options if (match := _CACHED.fullmatch(option))]
        return max(found, default=_NFS_CACHE)

    @property
    def missing_seconds(self) -> int:
        """The seconds for which a machine may believe at the most that a name is missing which another has made."""
        if not self.kind.startswith("nfs"):
            return _OTHERS_CACHE if self.shared else 0
        return 0 if self.options & _NO_MISSING else self.cache_seconds


def mount_of(folder: Path, table: str | None = None) -> Mount:
    """Return the mount that a folder, existing or not, lies on; one of no known kind where Linux does not tell.

    Args:
        folder: any path.
        table: the text of a table of mounts, in place of this process's.
    """
    real = os.path.realpath(folder)
    try:
        lines = (_MOUNTS.read_text(errors="surrogateescape") if table is None else table).splitlines()
    except OSError:
        lines = []
    best = Mount("")
    for line in lines:
        mount = _parse(line)
        below = mount.folder == "/" or real == mount.folder or real.startswith(f"{mount.folder}/")
        if below and (not best.kind or len(mount.folder) >= len(best.folder)):  # the last one lies on top
            best = mount
    return best


@functools.cache
def is_shared(folder: Path) -> bool:
    """Say whether other machines may have a folder, too; asked once in a process."""
    return mount_of(folder).shared


def _parse(line: str) -> Mount:
    """Return the mount of a line: `36 35 98:0 / /folder rw,noatime shared:1 - ext4 /dev/sda rw`."""
    own, _, other = line.partition(" - ")
    before, after = own.split(), other.split()
    if len(before) < 6 or len(after) < 3:
        return Mount("")
    options = frozenset((*before[5].split(","), *after[2].split(",")))
    return Mount(after[0], _plain(after[1]), _plain(before[4]), options)


def _plain(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
