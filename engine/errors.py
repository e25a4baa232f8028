"""The one tree of errors that users may see; anything else that is raised is a bug and should look like one.

    GlyphlabError
    ├── ConfigError       a setting is unknown, missing or out of range
    ├── CharsetError      a text holds characters that the charset lacks
    ├── ImageError        bytes that are no image we open
    │   └── LargeImageError   an image over the size limits
    ├── SourceError       a source of an import is missing, unsafe or in no known format
    ├── DatasetError      a dataset is incomplete, damaged or empty
    ├── BundleError       a bundle is incomplete, damaged or of another format
    ├── CheckpointError   no checkpoint can be resumed from
    ├── WorkspaceError    the workspace is no folder, or cannot be written
    ├── JobError          a job cannot be launched, stopped or resumed as asked
    ├── TrackerError      a tracking server cannot be reached, or refuses
    ├── OutOfMemory       memory ran out while learning
    └── SpaceError        the disk is full

A message names the value, the rule and the remedy, in that order, in words that fit on a page. Errors of reading
are those of `glyphlab_read`, and imported from here, too. This module does not catch, log or translate anything.
"""

from glyphlab_read.errors import (
    BundleError,
    CharsetError,
    ConfigError,
    GlyphlabError,
    ImageError,
    LargeImageError,
    SourceError,
)

__all__ = [
    "BundleError",
    "CharsetError",
    "CheckpointError",
    "ConfigError",
    "DatasetError",
    "GlyphlabError",
    "ImageError",
    "JobError",
    "LargeImageError",
    "OutOfMemory",
    "SourceError",
    "SpaceError",
    "TrackerError",
    "UnsafeSourceError",
    "WorkspaceError",
]


class UnsafeSourceError(SourceError):
    """An archive is damaged, over a limit, or contradicts its own headers."""


class DatasetError(GlyphlabError):
    """A dataset is incomplete, damaged or empty."""


class CheckpointError(GlyphlabError):
    """A run has no checkpoint that can be resumed from."""


class WorkspaceError(GlyphlabError):
    """The workspace is no folder, cannot be made, or cannot be written. Raised by `engine.workspace`."""


class JobError(GlyphlabError):
    """A job cannot be launched, stopped or resumed as asked."""


class TrackerError(GlyphlabError):
    """A tracking server cannot be reached, or refuses what it is sent. Raised by `engine.tracking`."""


class OutOfMemory(GlyphlabError):
    """Memory ran out while learning."""


class SpaceError(GlyphlabError):
    """The disk is full, or would be; what was there before is untouched. Raised by `engine.files`."""
