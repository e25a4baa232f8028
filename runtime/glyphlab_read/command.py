"""The command `glyphlab-read`: print what images say, words that were cut out and whole photos.

A line for each word image, and for each line of text of a photo. What cannot be opened is told on standard error, and
the rest is read.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import glyphlab_read
from glyphlab_read.bundles.files import has_part
from glyphlab_read.bundles.folder import LOCATOR
from glyphlab_read.errors import ConfigError, GlyphlabError, SourceError
from glyphlab_read.images.blank import BLANK
from glyphlab_read.images.sources import image_files, is_photo_file
from glyphlab_read.processes import write_to_any_terminal
from glyphlab_read.reading.bundle import STARTER_FOLDER
from glyphlab_read.reading.onnx_network import WIDEST_BEAM
from glyphlab_read.reading.reader import Reader

if TYPE_CHECKING:
    from glyphlab_read.documents.page_reader import PageReader

_STARTER = "starter"
_SPACES = str.maketrans("\t\r\n", "   ")  # of file names, which would look like columns and lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 when an image could not be read, 2 when nothing could."""
    write_to_any_terminal()
    options = _parser().parse_intermixed_args(arguments)
    try:
        command = _Command(options)
        for line in command.lines():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        return command.code
    except (GlyphlabError, ImportError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:  # `head` has seen enough
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="glyphlab-read", description=__doc__)
    parser.add_argument("model", help=f"model file, folder of a bundle, or {_STARTER}: the reader that comes along")
    parser.add_argument("images", nargs="+", type=Path, help="image files, and folders of them")
    help = f"model file or folder of a locator's bundle, for photos (that of the model file, else {_STARTER})"
    parser.add_argument("--locator", help=help)
    kinds = ("auto", "word", "photo")
    parser.add_argument(
        "--as", dest="kind", choices=kinds, default="auto", help="what images show (auto: by their size)"
    )
    parser.add_argument("--level", choices=("word", "line"), default="word", help="what is cut out of photos (word)")
    parser.add_argument(
        "--beam", type=int, default=0, help=f"texts followed at once, up to {WIDEST_BEAM}; 0: greedy (0)"
    )
    formats = ("tsv", "text", "json")
    help = "tsv: file, confidence and text; text: texts alone; json: an object a line, with characters and places (tsv)"
    parser.add_argument("--format", choices=formats, default="tsv", help=help)
    parser.add_argument("--threads", type=int, default=1, help="cores that are used (1)")
    parser.add_argument("--version", action="version", version=f"glyphlab-read {glyphlab_read.__version__}")
    return parser


class _Command:
    """One call of the command: bundles are opened when they are first needed, faults are told."""

    def __init__(self, options: argparse.Namespace) -> None:
        if options.threads < 1:
            raise ConfigError(f"--threads: {options.threads} was given. At least one core reads. Give 1 or more.")
        self._options = options
        self._read_any = self._missed_any = False
        self._folder = STARTER_FOLDER if options.model == _STARTER else Path(options.model)
        self._reader = Reader.open(self._folder, options.threads)
        self._reader.read_many([], options.beam)  # reports a beam that is too wide before anything is read

    @property
    def code(self) -> int:
        """Exit code, once all lines were taken: 0, 1 when something could not be read, 2 when nothing could."""
        return self._missed_any + (self._missed_any and not self._read_any)

    def lines(self) -> Iterator[str]:
        """Yield what is printed, in the order of the files."""
        for photos, group in itertools.groupby(self._files(), self._is_photo):
            yield from (self._photos if photos else self._words)(group)

    def _files(self) -> Iterator[Path]:
        for place in self._options.images:
            try:
                yield from image_files([place])
            except SourceError as error:
                self._tell(place, str(error))

    def _is_photo(self, path: Path) -> bool:
        kind = self._options.kind
        return is_photo_file(path) if kind == "auto" else kind == "photo"

    def _words(self, files: Iterator[Path]) -> Iterator[str]:
        for one in self._reader.read_files(files, self._options.beam):
            path, reading = one.path, one.reading
            if reading is None:
                self._tell(path, one.problem)
                continue
            self._read_any = True
            if reading.blank:
                sys.stderr.write(f"{path}: {BLANK}\n")
            if self._options.format == "json":
                yield _json({"file": str(path), **reading.plain()})
            else:
                found = [(each.probability, each.text) for each in reading.candidates]
                yield from (self._row(path, *one) for one in found or [(reading.confidence, reading.text)])

    def _photos(self, files: Iterator[Path]) -> Iterator[str]:
        page_reader = self._page_reader()
        for path in files:
            try:
                page = page_reader.read(path)
            except GlyphlabError as error:
                self._tell(path, str(error))
                continue
            self._read_any = True
            if self._options.format == "json":
                yield _json({"file": str(path), "text": page.text, **page.plain()})
            else:
                yield from (self._row(path, line.confidence, line.text) for line in page.lines)

    def _page_reader(self) -> "PageReader":
        options = self._options
        locator = options.locator
        if locator is None and has_part(self._folder, LOCATOR):
            locator = self._folder
        locator = None if locator == _STARTER else locator
        return glyphlab_read.PageReader.open(self._reader, locator, options.level, threads=options.threads)

    def _row(self, path: Path, sure: float, text: str) -> str:
        return text if self._options.format == "text" else f"{str(path).translate(_SPACES)}\t{sure:.3f}\t{text}"

    def _tell(self, path: Path, problem: str) -> None:
        self._missed_any = True
        sys.stderr.write(f"{path}: {problem}\n")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
