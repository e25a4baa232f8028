"""Formats of a reader beside the lab's own: `python -m bench.model_formats --images 1000 --python DIR/bin/python`.

Words are drawn by a preset and read by each format with its own runtime. Prints the machine, and a table: how many of
them are read as the lab reads them by the image alone, how many rightly, the size of the files, and the median time per
image, one after the other. With the Python of an environment that has rapidocr and onnxtr, these packages read, too,
the words as they are and scaled to the heights that are named.
"""

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from bench.command import run
from bench.machine import print_machine
from bench.readers import add_reader_arguments
from engine.config.exporting import ModelFormatName
from engine.config.model_formats import MODEL_FORMATS
from engine.errors import GlyphlabError
from engine.export.formats.gate import GateImage, compare_readings
from engine.export.formats.writers import SourceReader, write_format
from engine.formatting import decimal, size
from engine.reading.bundle import newest_bundle, open_bundle
from engine.training.model_conversion import drawn_images, open_source
from engine.workspace import Workspace

_CALIBRATION = 100
_OUTSIDE = Path(__file__).with_name("outside_readers.py")


def _row(*cells: object) -> None:
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)


def compare_formats(
    source: SourceReader, images: Sequence[GateImage], names: Sequence[ModelFormatName], root: Path
) -> None:
    """Write each format below a folder, and print its row."""
    for name in names:
        folder = root / name
        folder.mkdir()
        try:
            written = write_format(name, source, folder)
        except GlyphlabError as error:
            _row(name, str(error), "", "", "")
            continue
        shown = [GateImage(written.as_handed_over(one.image), one.truth) for one in images]
        result = compare_readings(source.reader, written.read, shown, lambda done: None)
        written.finish(result)
        _row(
            name,
            f"{result.same:,} of {result.images:,}",
            f"{result.right:,} (lab {result.lab_right:,})",
            size(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())),
            f"{decimal(result.milliseconds)} (lab {decimal(result.lab_milliseconds)})",
        )


def ask_packages(python: Path, source: SourceReader, images: Sequence[GateImage], height: int, root: Path) -> None:
    """Have both packages read the images at a height (0: as they are) with the files of the format, and print rows."""
    pictures = [_at_height(one.image, height) for one in images]
    ours = [reading.text for reading in source.reader.read_as_they_lie(pictures)]
    folder = root / f"images {height}"
    folder.mkdir()
    for number, picture in enumerate(pictures):
        picture.save(folder / f"{number:05}.png")
    for package in ("rapidocr", "onnxtr"):
        command = [str(python), str(_OUTSIDE), package, str(root / "rapidocr"), str(folder)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        theirs = [found["texts"][name] for name in sorted(found["texts"])]
        _row(
            f"{package} itself, {f'{height} px high' if height else 'as drawn'}",
            f"{sum(a == b for a, b in zip(ours, theirs, strict=True)):,} of {len(images):,}",
            f"{_right(theirs, images):,} (lab {_right(ours, images):,})",
            "",
            decimal(found["milliseconds"]),
        )


def _right(texts: Sequence[str], images: Sequence[GateImage]) -> int:
    return sum(text == one.truth for text, one in zip(texts, images, strict=True))


def _at_height(image: Image.Image, height: int) -> Image.Image:
    image = image.convert("RGB")
    if not height:
        return image
    return image.resize((max(1, round(image.width * height / image.height)), height), Image.Resampling.BICUBIC)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.model_formats", description=__doc__)
    add_reader_arguments(parser)
    parser.add_argument("--images", type=int, default=1000, help="words that are drawn (default: 1000)")
    parser.add_argument("--formats", nargs="*", default=list(MODEL_FORMATS), help="which (default: all)")
    parser.add_argument("--python", type=Path, help="of an environment with rapidocr and onnxtr")
    parser.add_argument("--heights", type=int, nargs="*", default=[0, 48], help="px, for these packages; 0: as drawn")
    options = parser.parse_args(arguments)
    workspace = Workspace(options.workspace.resolve()) if options.workspace else Workspace.default()
    bundle = open_bundle(options.bundle, workspace) if options.bundle else newest_bundle(workspace, options.run)
    images = drawn_images(bundle.charset, options.images)
    others = drawn_images(bundle.charset, _CALIBRATION, first=options.images)
    source = open_source(workspace, bundle, [one.image for one in others])
    print_machine()
    _row("format", "read as in the lab", "read rightly", "size", "ms per image")
    _row("---", "---:", "---:", "---:", "---:")
    with TemporaryDirectory() as name:
        compare_formats(source, images, options.formats, Path(name))
        for height in options.heights if options.python else ():
            ask_packages(options.python, source, images, height, Path(name))


if __name__ == "__main__":
    run(main)
