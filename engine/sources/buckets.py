"""Archives from and to buckets, s3:// and gs://, by fsspec where `requirements-cloud.txt` is installed.

What is fetched becomes an upload of the workspace, under the limits of any upload, and is imported from there; what is
sent is one file. It happens when an address is given, in the process that was given it, and at no other time. Who may
do it is decided by the libraries' own environment and files (AWS_PROFILE, ~/.aws, GOOGLE_APPLICATION_CREDENTIALS, …):
no key is asked for, kept or logged here, and jobs do not inherit any.
"""

import contextlib
import importlib.util
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.commands import install_command
from engine.errors import SourceError
from engine.files import require_space, space_errors
from engine.formatting import count, size
from engine.labels import visible
from engine.sources.archive import MAX_BYTES, MAX_MEMBER_BYTES
from engine.sources.locate import Upload, save_upload
from engine.workspace import Workspace

LIBRARIES = {"s3": "s3fs", "gs": "gcsfs"}
"""Kinds of addresses, and the package that speaks with each."""

MOST_FILES = 20_000
"""Files that are taken from a folder of a bucket."""

Report = Callable[[float, float | None, str], None]
"""Called with what is done, of how much, and the unit."""

_MEGABYTE = 1e6  # bytes
_AT_ONCE = 256  # files of a folder
_CHANGED = "A file changed while it was fetched. Fetch it again when nobody writes there."
_BLOCK = 4 << 20  # bytes that are asked for at once
_PART = 8 << 20  # bytes that are sent at once; S3 takes no smaller parts than 5 MB
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 3}}},
    "gs": {},
}


@dataclass(frozen=True)
class BucketAddress:
    """An address of a file or a folder in a bucket."""

    scheme: str
    bucket: str
    key: str

    @property
    def path(self) -> str:
        """The address as fsspec has it."""
        return f"{self.bucket}/{self.key}".rstrip("/")

    @property
    def name(self) -> str:
        """The last part, for display and for the name of a file."""
        return self.path.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.key}"


def can_reach_buckets() -> bool:
    """Say whether a package for buckets is installed; none is loaded."""
    return any(importlib.util.find_spec(library) for library in LIBRARIES.values())


def is_bucket_address(text: str) -> bool:
    """Say whether a text is meant as an address of a bucket."""
    return text.strip().partition("://")[0] in LIBRARIES and "://" in text


def parse_address(text: str) -> BucketAddress:
    """Return an address. Raises SourceError where it is none."""
    scheme, mark, rest = text.strip().partition("://")
    bucket, _, key = rest.partition("/")
    odd = not (mark and bucket) or scheme not in LIBRARIES or "@" in bucket or any(c in rest for c in "?#\\\0")
    if odd or not rest.isprintable() or any(part in (".", "..") for part in rest.split("/")):
        raise SourceError(
            f"{visible(text)[:200]!r} is no address of a bucket: one begins with s3:// or gs://, has the bucket's "
            "name, and no ? # or .. in it. Give one such as s3://bucket/folder/words.zip."
        )
    return BucketAddress(scheme, bucket, key)


def fetch(workspace: Workspace, text: str, report: Report = lambda done, total, unit: None) -> Upload:
    """Fetch a zip file, or all files below a folder packed as one, and keep it as an upload for a day.

    Args:
        workspace: that keeps it.
        text: the address.
        report: is told of the megabytes that came.

    Raises:
        SourceError: it is no address, not there, too large, not for us, or the package is missing.
        SpaceError: the disk is, or would be, full.
    """
    address = parse_address(text)
    with _told(address), _filesystem(address) as system:
        about = system.info(address.path)
        if about["type"] == "file":
            total = int(about["size"] or 0)
            _check_size(address, total)
            require_space(workspace.uploads, total, f"{address} needs")
            with system.open(address.path, "rb", block_size=_BLOCK) as stream:
                return save_upload(workspace, _Counted(stream, total, report), address.name)  # pyright: ignore[reportArgumentType]
        found = {
            path: int(each["size"] or 0)
            for path, each in system.find(address.path, detail=True).items()
            if each["type"] == "file" and not path.endswith("/")
        }
        return _fetch_folder(workspace, address, system, found, report)


def send(file: Path, text: str, report: Report = lambda done, total, unit: None) -> str:
    """Put a file at an address, or under its own name below one that ends with a slash; return the full address.

    A file that is there already is left alone.

    Raises:
        SourceError: it is no address, something is there, we may not write there, or the package is missing.
    """
    address = parse_address(f"{text.strip()}{file.name}" if text.strip().endswith("/") else text)
    if not address.key:
        raise SourceError(f"'{address}' names a bucket and no file. Add a name, such as {address}{file.name}.")
    with _told(address), _filesystem(address) as system:
        if system.exists(address.path):
            raise SourceError(f"'{address}' is there already, and nothing is replaced. Give another name.")
        _put(file, system.open(address.path, "wb", block_size=_PART), report)
    return str(address)


def _put(file: Path, target: Any, report: Report) -> None:
    """Write a file into an open one of a bucket, which appears there when all of it is written, or not at all."""
    total = file.stat().st_size
    try:
        with open(file, "rb") as stream:
            counted = _Counted(stream, total, report)
            while block := counted.read(_BLOCK):
                target.write(block)
    except BaseException:
        with contextlib.suppress(Exception):  # the fault that broke it off is the one to tell
            target.discard()
        target.closed = True  # else it would be written as far as it came
        raise
    target.close()


def send_content(
    workspace: Workspace,
    content: bytes,
    name: str,
    text: str,
    report: Report = lambda done, total, unit: None,
) -> str:
    """Put bytes at an address, by way of a file of their name; see `send`."""
    with tempfile.TemporaryDirectory(dir=workspace.uploads, prefix=".", suffix=".tmp") as folder:
        file = Path(folder) / name
        with space_errors(workspace.uploads):
            file.write_bytes(content)
        return send(file, text, report)


def _fetch_folder(
    workspace: Workspace, address: BucketAddress, system: Any, found: dict[str, int], report: Report
) -> Upload:
    """Pack the files below a folder into one archive and keep that; names are those below the folder."""
    if not found:
        raise SourceError(f"'{address}' holds no file. Give the address of a zip file, or of a folder with files.")
    if len(found) > MOST_FILES:
        raise SourceError(
            f"'{address}' holds {count(len(found), 'files')}, and {count(MOST_FILES)} are taken at most. Pack them "
            "as a zip file there, or give a folder below it."
        )
    total, done = sum(found.values()), 0
    _check_size(address, total)
    largest = max(found, key=lambda path: found[path])
    if found[largest] > MAX_MEMBER_BYTES:
        name = visible(largest.removeprefix(f"{address.path}/"))[:200]
        raise SourceError(
            f"'{address}' holds {name!r} of {size(found[largest])}, and {size(MAX_MEMBER_BYTES)} are taken a file at "
            "most. Make it smaller, or copy the folder below a data root of the server."
        )
    require_space(workspace.uploads, 2 * total, f"{address} needs")  # packed, and as the upload that is made of it
    with tempfile.TemporaryFile(dir=workspace.uploads) as archive:
        with space_errors(workspace.uploads), zipfile.ZipFile(archive, "w") as packing:
            for first in range(0, len(found), _AT_ONCE):
                paths = list(found)[first : first + _AT_ONCE]
                with tempfile.TemporaryDirectory(dir=workspace.uploads, prefix=".", suffix=".tmp") as folder:
                    files = [Path(folder) / str(place) for place in range(len(paths))]
                    system.get(paths, [str(file) for file in files])
                    for path, file in zip(paths, files, strict=True):
                        done += _unchanged(file, found[path])
                        packing.write(file, path.removeprefix(f"{address.path}/"))
                        report(done / _MEGABYTE, total / _MEGABYTE, "MB")
        archive.seek(0)
        return save_upload(workspace, archive, f"{address.name}.zip")  # pyright: ignore[reportArgumentType]


def _unchanged(file: Path, expected: int) -> int:
    """Return the bytes of a fetched file. Raises SourceError where they are not as many as were announced."""
    if (size := file.stat().st_size) != expected:
        raise SourceError(_CHANGED)
    return size


def _check_size(address: BucketAddress, total: int) -> None:
    if total > MAX_BYTES:
        raise SourceError(
            f"'{address}' has {size(total)}, and {size(MAX_BYTES)} are taken at most. Give a part of it, or copy it "
            "below a data root of the server."
        )


class _Counted:
    """A stream that tells of what was read, and ends with more than was announced."""

    def __init__(self, stream: Any, total: int, report: Report) -> None:
        self._stream, self._total, self._report, self._done = stream, total, report, 0

    def read(self, most: int) -> bytes:
        block = self._stream.read(most)
        self._done += len(block)
        if self._done > self._total:
            raise SourceError(_CHANGED)
        self._report(self._done / _MEGABYTE, self._total / _MEGABYTE, "MB")
        return block


@contextlib.contextmanager
def _filesystem(address: BucketAddress) -> Iterator[Any]:
    """Yield fsspec's file system of an address, which holds nothing beyond the block."""
    library = LIBRARIES[address.scheme]
    if not (importlib.util.find_spec("fsspec") and importlib.util.find_spec(library)):
        raise SourceError(
            f"'{address}' needs the package {library}, which is not installed. Run `{install_command('cloud')}`."
        )
    os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # gcsfs asks a second service else
    import fsspec

    options = {**_OPTIONS[address.scheme], "skip_instance_cache": True, "use_listings_cache": False}
    yield fsspec.filesystem(address.scheme, **options)


@contextlib.contextmanager
def _told(address: BucketAddress) -> Iterator[None]:
    """Turn what the libraries raise inside into a SourceError; their words have no keys in them, but are cut."""
    try:
        yield
    except SourceError:
        raise
    except FileNotFoundError:
        raise SourceError(f"There is nothing at '{address}'. Correct the address: bucket, folders and name.") from None
    except PermissionError as error:
        raise SourceError(
            f"'{address}' may not be used with this machine's login ({_words(error)}). Ask its owner, or log in as "
            "docs/buckets.md says."
        ) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _FOREIGN and not isinstance(error, OSError):
            raise
        raise SourceError(
            f"'{address}' cannot be reached ({_words(error)}). Check the network, the region and the login: "
            "docs/buckets.md."
        ) from error


_FOREIGN = {"botocore", "aiobotocore", "aiohttp", "s3fs", "gcsfs", "google", "fsspec"}


def _words(error: BaseException) -> str:
    return visible(" ".join(str(error).split()) or type(error).__name__)[:200]
