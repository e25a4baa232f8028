"""Models as one file: a reader, a locator or both in a zip file, with a card, and examples with their readings.

    model.json      see `ModelDescription`; the SHA-256 of all other files
    README.md       the card
    reader/         the files of a bundle, as they are in the run
    locator/        likewise
    examples/       images that the reader read: 1.png, 2.png, …

`glyphlab_read.bundles.files` reads what lies in it. Everything is stored uncompressed, as it asks for.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

import engine
import glyphlab_read
from engine.config.base import Config, setting
from engine.errors import ConfigError
from engine.files import sealed
from engine.formatting import size
from engine.jobs import Job, load_job, paths
from engine.jobs.summaries import finds_text
from engine.location.bundle import newest_locator_bundle
from engine.publishing.card_sections import literal
from engine.publishing.model_card import CardPart, locator_part, model_card, reader_part, starter_part
from engine.reading.bundle import newest_bundle
from engine.workspace import STARTER, Workspace
from glyphlab_read.bundles.folder import LOCATOR, MANIFEST, READER, read_manifest
from glyphlab_read.images.open import open_image
from glyphlab_read.location.bundle import LocatorBundle, load_locator_graphs
from glyphlab_read.reading.bundle import Bundle, load_graphs, load_ngram
from glyphlab_read.reading.reader import Reader

DESCRIPTION, CARD = "model.json", "README.md"
EXAMPLES = 5
"""Images that go along unless another number is asked for."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same model makes the same file


class ModelPart(Config):
    """A bundle in a model file."""

    kind: Literal["reader", "locator"] = setting(..., help="Kind of the bundle, and the folder that it lies in.")
    run: str = setting(..., help="Id of its run, or starter.")
    step: int = setting(..., help="Training step of its weights.")
    dataset: str = setting(..., help="Id or name of the dataset it learned from.")


class ModelExample(Config):
    """An image in a model file, and how its reader reads it."""

    file: str = setting(..., help="Name in the file.")
    text: str = setting(..., help="Reading.")
    confidence: float = setting(..., ge=0, le=1, help="Confidence of the reading.")


class ModelDescription(Config):
    """The contents of model.json."""

    format: Literal[1] = 1
    name: str = setting(..., max_length=200, help="Name for people.")
    created: AwareDatetime = setting(..., help="When the newest of its parts was made, UTC.")
    licence: str = setting("", max_length=200, help="Terms of use, such as an SPDX identifier; empty: not stated.")
    glyphlab: str = setting(..., help="Version of Glyphlab that wrote the file.")
    runtime: str = setting(..., help="Version of glyphlab-read that its examples were read with.")
    parts: tuple[ModelPart, ...] = setting(..., min_length=1, max_length=2, help="Its bundles.")
    examples: tuple[ModelExample, ...] = setting((), help="Images with their readings.")
    files: dict[str, str] = setting(..., help="SHA-256 of each file in the file.")


class Model(NamedTuple):
    """A model file that is not written yet."""

    content: bytes
    description: ModelDescription


def model_of_run(
    workspace: Workspace,
    run: Job | None,
    locator: str | None = None,
    name: str = "",
    licence: str = "",
    examples: int = EXAMPLES,
) -> Model:
    """Return the model file of a run's newest bundle.

    Args:
        workspace: where it is.
        run: of a reader or of a locator; None: the starter reader.
        locator: beside a reader, the id of a run that finds text, or starter.
        name: for people; empty: the run's.
        licence: terms of use.
        examples: so many of a reader's pinned validation images go along.

    Raises:
        BundleError: nothing was exported yet, or it is damaged.
        ConfigError: a locator was named beside another, or the name, the licence or a number is out of range.
    """
    id = STARTER if run is None else run.id
    locates = run is not None and finds_text(run)
    if locates and locator is not None:
        raise ConfigError(f"locator: {locator} was named beside a run that is a locator itself. Name a reader's run.")
    if examples < 0:
        raise ConfigError(f"examples: {examples} was given. A number of images is 0 or more. Correct it.")
    finder = id if locates else locator
    pictures = [] if run is None or locates else sorted((run.folder / paths.PINNED).glob("*.png"))[:examples]
    reading = None if locates else newest_bundle(workspace, id)
    locating = None if finder is None else newest_locator_bundle(workspace, finder)
    parts = []
    if reading is not None:
        parts.append(starter_part(reading) if run is None else reader_part(workspace, run, reading))
    if locating is not None:
        known = finder != STARTER and load_job(workspace, "runs", str(finder))
        parts.append(locator_part(workspace, known, locating) if known else starter_part(locating))
    shown = [picture.read_bytes() for picture in pictures]
    return make_model(model_name(run, name), parts, reading, locating, shown, licence)


def model_name(run: Job | None, name: str = "") -> str:
    """Return the name of a run's model: the one that was given, else the run's, else its id; None is the starter."""
    return name or (STARTER if run is None else run.name or run.id)


def make_model(
    name: str,
    parts: Sequence[CardPart],
    reader: Bundle | None,
    locator: LocatorBundle | None = None,
    examples: Sequence[bytes] = (),
    licence: str = "",
) -> Model:
    """Return a model file.

    Args:
        name: for people.
        parts: what its card tells of its reader and of its locator.
        reader: its reader, if it has one.
        locator: its locator, likewise; one of both is there.
        examples: image files of words, which the reader reads.
        licence: terms of use.

    Raises:
        BundleError: a file of a bundle is damaged.
        ConfigError: the name or the licence is too long.
        ImageError: an example cannot be opened.
    """
    bundles = [(kind, bundle) for kind, bundle in ((READER, reader), (LOCATOR, locator)) if bundle is not None]
    files = {f"examples/{number}.png": content for number, content in enumerate(examples, 1)}
    said = _read(reader, files) if reader is not None and files else ()
    if reader is not None:
        files |= _part(READER, reader, load_graphs(reader), load_ngram(reader))
    if locator is not None:
        files |= _part(LOCATOR, locator, load_locator_graphs(locator))
    made_of = [
        {"kind": kind, "run": made.run, "step": made.step, "dataset": made.trained_on.dataset}
        for kind, made in ((kind, bundle.manifest) for kind, bundle in bundles)
    ]
    values = {
        "name": name,
        "created": max(bundle.manifest.created for _, bundle in bundles).astimezone(UTC),
        "licence": licence,
        "glyphlab": engine.__version__,
        "runtime": glyphlab_read.__version__,
        "parts": made_of,
        "examples": said,
        "files": {},
    }
    description = ModelDescription.parse(values)
    files[CARD] = model_card(name, licence, parts, _sections(description, sum(map(len, files.values())))).encode()
    hashes = {file: sha256(content).hexdigest() for file, content in sorted(files.items())}
    description = description.changed(files=hashes)
    text = json.dumps(description.plain(), indent=1, ensure_ascii=False)
    return Model(_zipped({DESCRIPTION: sealed(text), **files}), description)


def _read(bundle: Bundle, files: Mapping[str, bytes]) -> tuple[ModelExample, ...]:
    reader = Reader.open(bundle.folder, try_first=True)
    readings = reader.read_many([open_image(content) for content in files.values()])
    return tuple(
        ModelExample(file=file, text=one.text, confidence=round(one.confidence, 4))
        for file, one in zip(files, readings, strict=True)
    )


def _part(
    kind: str, bundle: Bundle | LocatorBundle, graphs: Mapping[str, bytes], ngram: bytes = b""
) -> dict[str, bytes]:
    """Return the files of a bundle by their names in the model file; its manifest byte for byte, as it has a hash."""
    manifest = bundle.manifest
    files = {graph.file: graphs[name] for name, graph in manifest.graphs.items()}
    if isinstance(bundle, Bundle) and bundle.manifest.language is not None:
        files[bundle.manifest.language.file] = ngram
    files[MANIFEST] = read_manifest(bundle.folder, kind)
    return {f"{kind}/{file}": content for file, content in files.items()}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
    return target.getvalue()


def _sections(about: ModelDescription, total: int) -> list[tuple[str, list[str]]]:
    """Return the sections of a card that tell of the file itself."""
    how = [
        "    pip install './runtime[photos]'    # in a copy of Glyphlab: glyphlab-read is on no package index",
        "    glyphlab-read FILE word.png",
        "",
    ]
    how.append(f"Made by Glyphlab {about.glyphlab} on {about.created:%Y-%m-%d}, {size(total)}.")
    found: list[tuple[str, list[str]]] = [("How to use it", how)]
    if about.examples:
        rows = [f"| {one.file} | {literal(one.text)} | {one.confidence:.3f} |" for one in about.examples]
        found.append(("Examples", ["| image | read as | confidence |", "| --- | --- | --- |", *rows]))
    return found
