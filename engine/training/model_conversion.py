"""The work of an export of a model: a reader in a format of other programs, behind the gate, as a folder and a zip.

`files` and `export.zip` appear in the job's folder when the gate is passed. `differences` holds the images that the
format reads otherwise than the lab, in any case. A stopped export starts over when resumed.
"""

import contextlib
import csv
import os
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.config.exporting import ModelConversionConfig
from engine.config.model_formats import MODEL_FORMATS
from engine.config.reader import ReaderConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.text_sources import Characters
from engine.datasets import open_dataset
from engine.datasets.exporting.write import README, pack
from engine.errors import BundleError, ConfigError, DatasetError, JobError
from engine.export.formats.gate import GateImage, GateResult, compare_readings
from engine.export.formats.writers import SourceReader, WrittenFormat, write_format
from engine.files import space_errors
from engine.images.encode import png_bytes
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.jobs.job import load_job
from engine.reading.bundle import newest_bundle
from engine.sources.spreadsheet import escape_formula
from engine.synth.samples import draw_sample
from engine.workspace import STARTER, Workspace
from glyphlab_read.charset import Charset
from glyphlab_read.reading.bundle import Bundle, load_graphs, load_ngram
from glyphlab_read.reading.reader import Reader

if TYPE_CHECKING:
    from engine.models.network import Network

_UNFINISHED = ".files.tmp"
_CALIBRATION = 100  # images, besides those that are compared
_LISTED = 100  # differences
_DRAWN = "TRDG words"  # the preset that images are drawn by where the run's own are gone
_SYMBOLS = 200  # characters at most that such texts are made of
_SEED = 20_261_129


def work(config: ModelConversionConfig, job: JobContext) -> None:
    """Write the export.

    Raises:
        BundleError: the run has no usable bundle, or the format does not pass the gate.
        ConfigError: the format cannot hold this reader.
        SpaceError: the disk is full.
        Stopped: the user asked.
    """
    bundle, format = newest_bundle(job.workspace, config.run), MODEL_FORMATS[config.format]
    job.phase("choosing images")
    images = _images(job.workspace, bundle, config.images + _CALIBRATION)
    apart = set(spread(len(images), max(len(images) - config.images, len(images) // 5)))
    compared = [one for place, one in enumerate(images) if place not in apart]
    others = [images[place] for place in sorted(apart)] or images
    source = open_source(job.workspace, bundle, [one.image for one in others])
    folder = job.folder / _UNFINISHED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with space_errors(job.folder):
        job.phase("writing")
        written = write_format(config.format, source, folder)
        job.phase("reading as the lab does")
        result = compare_files(source, written, compared, job)
        why = result.why_not_worth_it() if config.format == "onnx-int8" else result.why_not_same()
        job.summary(
            run=config.run, step=bundle.manifest.step, title=format.title, gate=result.plain(), refused=why or None
        )
        if why:
            shutil.rmtree(folder)
            raise BundleError(f"{format.title}: {why}")
        written.finish(result)
        (folder / README).write_text(f"{_title(bundle, result)}\n\n{format.use}\n\n{format.readme}", encoding="utf-8")
    bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(job.folder / paths.EXPORT_FILES, ignore_errors=True)
    os.rename(folder, job.folder / paths.EXPORT_FILES)
    job.phase("packing")
    archive = job.folder / paths.EXPORT_ARCHIVE
    pack(job.folder / paths.EXPORT_FILES, archive, lambda done: job.advance(done, None, "files"))
    job.summary(bytes=bytes, archive_bytes=archive.stat().st_size)


def compare_files(
    source: SourceReader, written: WrittenFormat, images: Sequence[GateImage], job: JobContext
) -> GateResult:
    """Read images as the lab does and with each file of a format; list and return the readings of the worst file."""
    found = []
    for file in (written, *written.others):
        shown = [GateImage(file.as_handed_over(one.image), one.truth) for one in images]
        after = partial(job.advance, total=len(shown), unit="images")
        found.append((compare_readings(source.reader, file.read, shown, after), shown))
    result, shown = min(found, key=lambda one: one[0].same)
    write_differences(result, shown, job.folder / paths.DIFFERENCES)
    return result


def _title(bundle: Bundle, result: GateResult) -> str:
    return (
        f"The reader of {bundle.name}, step {bundle.manifest.step:,}, written by Glyphlab. {result.same:,} of "
        f"{result.images:,} images were read as the lab reads them by the image alone, as they lie."
    )


def open_source(workspace: Workspace, bundle: Bundle, calibration: Sequence[Image.Image]) -> SourceReader:
    """Open the reader of a bundle for an export. Raises BundleError."""
    graphs = load_graphs(bundle)
    return SourceReader(
        manifest=bundle.manifest,
        graphs=graphs,
        ngram=load_ngram(bundle),
        reader=Reader.open(bundle.folder, use_ngram=False, try_first=True),
        network=lambda: keras_network(workspace, bundle, graphs),
        calibration=calibration,
    )


def keras_network(workspace: Workspace, bundle: Bundle, graphs: dict[str, bytes]) -> "Network":
    """Build a bundle's network in Keras with its weights: those of the step's checkpoint, else of the ONNX graph.

    Raises:
        BundleError: neither can be had.
    """
    # Keras takes seconds to load, and formats of ONNX do without it.
    from engine.models.network import build_network
    from engine.training import checkpoint as checkpoints
    from engine.training.bundle_weights import load_graph_weights
    from engine.training.trainer import best_weights

    network = build_network(ReaderConfig.parse(bundle.manifest.reader), bundle.charset.classes)
    step = bundle.manifest.step
    found = None if bundle.name == STARTER else checkpoints.load(workspace.folder("runs", bundle.name), step)
    if found is not None:
        weights = best_weights(found.groups["network"])
        for variable, name in zip(network.training.variables, sorted(weights), strict=True):
            variable.assign(weights[name])
        return network
    try:
        (graph,) = graphs.values()
        load_graph_weights(graph, network.training)
    except (ConfigError, ValueError):
        raise BundleError(
            f"The weights of step {step:,} are in no checkpoint of the run, and its network cannot be built again from "
            "its ONNX file alone. Choose a format of ONNX, or let the run go on to its next bundle."
        ) from None
    return network


def _images(workspace: Workspace, bundle: Bundle, count: int) -> list[GateImage]:
    """Return images of the run's own validation, spread over all of it; drawn ones where it is gone."""
    try:
        if bundle.name != STARTER:
            run = load_job(workspace, "runs", bundle.name)
            dataset = open_dataset(workspace.folder("datasets", run.config["dataset"]))
            own = dataset.frame("validation").index.tolist() or dataset.split_or_all("test").index.tolist()
            chosen = [own[place] for place in spread(len(own), count)]
            return [GateImage(dataset.image(index), dataset.label(index)) for index in chosen]
    except (DatasetError, JobError, KeyError):
        pass
    return drawn_images(bundle.charset, count)


def spread(count: int, most: int) -> list[int]:
    """Return at most so many of `count` places, spread evenly over all of them."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist()


def drawn_images(charset: Charset, count: int, first: int = 0) -> list[GateImage]:
    """Draw words of a charset by the preset for words; where that has none, texts of its characters in a random order.

    Raises:
        ConfigError: no bundled font has its characters.
    """
    for recipe in (PRESETS[_DRAWN], *_by_characters(charset)):
        samples = (
            draw_sample(recipe, _SEED, first + number, lambda text: not charset.missing(text))
            for number in range(count)
        )
        with contextlib.suppress(ConfigError):
            return [GateImage(sample.image, sample.label) for sample in samples]
    raise ConfigError(
        f"No bundled font draws words of these {len(charset.characters):,} characters. Images of the run's own are "
        "taken first: restore the dataset that it learned from, then export again."
    )


def _by_characters(charset: Charset) -> Iterator[Recipe]:
    """Yield the preset for words with the characters of a charset as its texts, as far as they show something."""
    shown = [one for one in charset.characters if unicodedata.category(one)[0] not in "CMZ"]
    symbols = "".join(one for one in shown if unicodedata.is_normalized("NFC", one))[:_SYMBOLS]
    if symbols:
        texts = Characters(lower=False, upper=False, digits=False, symbols=symbols)
        yield PRESETS[_DRAWN].changed(texts=(texts,))


def write_differences(result: GateResult, images: list[GateImage], folder: Path) -> None:
    """Write a table of the images that are read otherwise, and the first of these images beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with open(folder / paths.DIFFERENCES_CSV, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", "truth", "lab", "format"])
        for one in result.differences:
            name = f"{one.number:05}.png"
            table.writerow([name, *(escape_formula(text or "") for text in (one.truth, one.lab, one.other))])
    for one in result.differences[:_LISTED]:
        (folder / f"{one.number:05}.png").write_bytes(png_bytes(images[one.number].image))
