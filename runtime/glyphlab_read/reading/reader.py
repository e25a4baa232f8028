"""The reader: from images to readings by one bundle. Prepares pixels, runs the network, decodes.

One reader may serve several threads. It uses one core unless given more, so that pages stay responsive while a run
trains. Images are opened by `glyphlab_read.images`.
"""

import math
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from glyphlab_read.bundles.first_run import admit_graphs
from glyphlab_read.charset import Charset
from glyphlab_read.errors import ConfigError, ImageError
from glyphlab_read.images.blank import is_blank
from glyphlab_read.images.sources import Source, as_image, image_files
from glyphlab_read.reading.bundle import STARTER_FOLDER, load_graphs, load_ngram, open_bundle
from glyphlab_read.reading.decoding.attention import attention_beam, attention_greedy
from glyphlab_read.reading.decoding.ctc import ctc_beam, ctc_best, ctc_greedy, ctc_posteriors
from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.decoding.types import Decoded, Floats, Hypothesis
from glyphlab_read.reading.deskew import level_views
from glyphlab_read.reading.manifest import AttentionDecoder, BundleManifest
from glyphlab_read.reading.onnx_network import WIDEST_BEAM, OnnxNetwork, batch_size, trials
from glyphlab_read.reading.preprocess import valid_frames
from glyphlab_read.reading.results import Candidate, Character, FileReading, Reading, Trace

_OPEN_FILES, _OPEN_PIXELS = 64, 50_000_000  # images of files that are in memory at once; a photo may have 25 million

_SURE = 0.95  # confidence from which an image is read once
_LEAD = 0.2  # characters more that a level view must likely have right
_NO_GUESS = 0.5  # confidence that a level view must have where else nothing is read

Pixels = npt.NDArray[np.uint8]


class _Found(NamedTuple):
    """The decoding of one image.

    Attributes:
        best: the best text.
        candidates: the best ones in their order; none without beam search.
        greedy: the greedy text, where an n-gram model took part.
    """

    best: Decoded
    candidates: tuple[Candidate, ...] = ()
    greedy: Decoded | None = None


class Reader:
    """Reads images with one bundle.

    Args:
        manifest: describes the graphs.
        graphs: the ONNX files' bytes by graph name, already checked.
        threads: cores one call may use.
        ngram: the n-gram model's bytes; empty to read by the image alone.

    Attributes:
        deskew: whether an image that is read unsurely is read in level views, too, where it may be slanted or sideways.

    Raises:
        BundleError: a graph cannot be run, or its inputs and outputs are not those of the format.
    """

    def __init__(
        self, manifest: BundleManifest, graphs: Mapping[str, bytes], threads: int = 1, ngram: bytes = b""
    ) -> None:
        self.manifest = manifest
        self.deskew = True
        self.charset = Charset(manifest.charset)
        self.network = OnnxNetwork(manifest, graphs, threads)
        self._ngram: NgramModel | None = None
        if ngram and manifest.language is not None:
            known = manifest.language
            self._ngram = NgramModel.from_bytes(ngram, len(self.charset), known.weight, known.length_bonus)

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str] = STARTER_FOLDER,
        threads: int = 1,
        use_ngram: bool = True,
        *,
        try_first: bool = False,
    ) -> "Reader":
        """Load the bundle in `folder` after checking its manifest, its hashes and what its graphs hold.

        Args:
            folder: of the bundle, or a model file; the starter's, if none is given.
            threads: cores one call may use.
            use_ngram: False to read by the image alone, however likely other texts are.
            try_first: whether its graphs run first in a child process with limits on memory and time, which takes
                seconds: for bundles of strangers in a process that others rely on.

        Raises:
            BundleError: it is incomplete, damaged, a locator's, of another format, or needs too much.
        """
        bundle = open_bundle(Path(folder))
        graphs = load_graphs(bundle)
        if bundle.folder.resolve() != STARTER_FOLDER.resolve():
            admit_graphs(bundle.folder.name, graphs, trials(bundle.manifest) if try_first else None)
        return cls(bundle.manifest, graphs, threads, load_ngram(bundle) if use_ngram else b"")

    def read(self, image: Source, beam: int = 0, trace: bool = False) -> Reading:
        """Read one image; see `read_many`. Raises ImageError and ConfigError."""
        [reading] = self.read_many([image], beam, trace)
        return reading

    def read_files(self, places: Iterable[str | os.PathLike[str]], beam: int = 0) -> Iterator[FileReading]:
        """Read image files and all images of folders, a few at a time; what cannot be opened is told in its place.

        Raises:
            ConfigError: the beam width is out of range.
            SourceError: a folder holds no image.
        """
        _check_beam(beam)
        files = iter(image_files(places))
        while found := self._read_next(files, beam):
            yield from found

    def _read_next(self, files: Iterator[Path], beam: int) -> list[FileReading]:
        """Read the next files, as many as memory is meant for; none where there are no more."""
        lot, images, pixels = list[tuple[Path, str]](), list[Image.Image](), 0
        for path in files:
            try:
                images.append(as_image(path))
                pixels += images[-1].width * images[-1].height
                lot.append((path, ""))
            except ImageError as error:
                lot.append((path, str(error)))
            if len(lot) == _OPEN_FILES or pixels >= _OPEN_PIXELS:
                break
        readings = iter(self.read_many(images, beam))
        return [FileReading(path, None if problem else next(readings), problem) for path, problem in lot]

    def read_many(self, images: Sequence[Source], beam: int = 0, trace: bool = False) -> list[Reading]:
        """Read images, in their order.

        Images of one padded width share a batch, so that a reading does not depend on its neighbours. In blank images
        nothing is read. Where that is unsure and the text may be slanted or sideways, level views are read, too, unless
        `deskew` is off, and the text of which most characters are likely right is taken.

        Args:
            images: what to read.
            beam: beam width, up to WIDEST_BEAM; 0 decodes greedily, the fastest, and gives no candidates.
            trace: whether to keep the network's input and where each character was read.

        Raises:
            ConfigError: the beam width is out of range.
            ImageError: an image cannot be opened.
        """
        _check_beam(beam)
        opened = [as_image(image) for image in images]
        readings = self.read_as_they_lie(opened, beam, trace)
        return self._improved(opened, readings, beam, trace) if self.deskew else readings

    def _improved(
        self, images: Sequence[Image.Image], readings: list[Reading], beam: int, trace: bool
    ) -> list[Reading]:
        """Return the readings, those of level views in place of unsure ones where more characters are likely right."""
        started = time.perf_counter()
        unsure = [number for number, one in enumerate(readings) if one.confidence < _SURE and not one.blank]
        views = [(number, view) for number in unsure for view in level_views(images[number])]
        found = self.read_as_they_lie([view.image for _, view in views], beam, trace)
        best, alone = dict(enumerate(readings)), dict(enumerate(map(_by_image_alone, readings)))
        for (number, view), reading in zip(views, found, strict=True):
            if _is_better(reading, best[number]):
                best[number] = replace(reading, skew=view.skew)
            if _is_better(by_image := _by_image_alone(reading), alone[number]):
                alone[number] = replace(by_image, skew=view.skew)
        seconds = (time.perf_counter() - started) / max(len(unsure), 1)
        for number in unsure:
            best[number] = replace(best[number], seconds=readings[number].seconds + seconds)
            if readings[number].greedy_text is not None:
                greedy = alone[number]
                best[number] = replace(best[number], greedy_text=greedy.text, greedy_confidence=greedy.confidence)
        return [best[number] for number in range(len(readings))]

    def read_as_they_lie(self, images: Sequence[Image.Image], beam: int = 0, trace: bool = False) -> list[Reading]:
        """Read opened images once each, as `read_many` does where `deskew` is off: those that lie level already."""
        preprocessing = self.manifest.preprocessing
        started = time.perf_counter()
        prepared = [preprocessing.prepare(image) for image in images]
        by_width: defaultdict[int, list[int]] = defaultdict(list)
        readings: dict[int, Reading] = {}
        for index, pixels in enumerate(prepared):
            if is_blank(images[index]):  # of which a network that knows likely texts makes one of them
                readings[index] = _blank_reading(pixels, trace)
            else:
                by_width[preprocessing.padded_width(pixels.shape[1])].append(index)
        preparing = (time.perf_counter() - started) / max(len(images), 1)
        for width, indices in by_width.items():
            size = batch_size(width)
            for start in range(0, len(indices), size):
                batch = indices[start : start + size]
                started = time.perf_counter()
                found = self.read_batch([prepared[index] for index in batch], beam, trace)
                seconds = preparing + (time.perf_counter() - started) / len(batch)
                readings |= {index: replace(one, seconds=seconds) for index, one in zip(batch, found, strict=True)}
        return [readings[index] for index in range(len(images))]

    def read_batch(self, prepared: Sequence[Pixels], beam: int = 0, trace: bool = False) -> list[Reading]:
        """Read prepared images (see `Preprocessing.prepare`) as one batch; their time is left at 0."""
        batch, widths = self.manifest.preprocessing.pad_batch(prepared)
        decode = self._decode_ctc if self.manifest.decoder.kind == "ctc" else self._decode_attention
        frames, found = decode(batch, widths, beam, trace)
        columns = batch.shape[2] / frames  # of one frame
        return [self._reading(one, pixels, columns, trace) for one, pixels in zip(found, prepared, strict=True)]

    def _decode_ctc(
        self, batch: Pixels, widths: npt.NDArray[np.int32], beam: int, trace: bool
    ) -> tuple[int, list[_Found]]:
        """Return the number of frames T, and the decoding of each image."""
        logits = self.network.run("network", image=batch)["logits"]
        frames = valid_frames(widths, batch.shape[2], logits.shape[1])
        found = []
        for own in (row[:count] for row, count in zip(logits, frames, strict=True)):
            one = self._ranked(ctc_beam(own, beam, self._ngram)) if beam else _Found(ctc_best(own, self._ngram))
            if self._ngram is not None:
                one = one._replace(greedy=ctc_greedy(own))
            if trace:
                one = one._replace(best=replace(one.best, weights=ctc_posteriors(own, one.best.ids)))
            found.append(one)
        return logits.shape[1], found

    def _decode_attention(
        self, batch: Pixels, widths: npt.NDArray[np.int32], beam: int, trace: bool
    ) -> tuple[int, list[_Found]]:
        """Return the number of frames T, and the decoding of each image; the attention's weights are always there."""
        decoder = self.manifest.decoder
        assert isinstance(decoder, AttentionDecoder)  # noqa: S101  by its kind
        encoded = self.network.run("encoder", image=batch)
        zeros = {state.name: np.zeros((len(batch), *state.shape), np.float32) for state in decoder.states}
        first = {name: np.repeat(encoded.get(name, value), beam or 1, axis=0) for name, value in zeros.items()}
        memory = np.repeat(encoded["memory"], beam or 1, axis=0)

        def step(tokens: npt.NDArray[np.int32], states: dict[str, Floats]) -> tuple[Floats, dict[str, Floats], Floats]:
            outputs = self.network.run("step", token=tokens, memory=memory, **states)
            following = {name: outputs[f"next_{name}"] for name in states}
            return outputs["logits"], following, outputs["alignment"]

        count, end, longest = len(batch), self.charset.end, decoder.max_length
        if beam:
            found = [self._ranked(one) for one in attention_beam(step, first, count, end, longest, beam)]
        else:
            found = [_Found(one) for one in attention_greedy(step, first, count, end, longest)]
        return memory.shape[1], found

    def _ranked(self, hypotheses: Sequence[Hypothesis]) -> _Found:
        candidates = (
            Candidate(
                self.charset.decode(one.decoded.ids),
                probability=min(math.exp(one.log_prob), 1.0),
                score=min(math.exp(one.score), 1.0),
            )
            for one in hypotheses
        )
        return _Found(hypotheses[0].decoded, tuple(candidates))

    def _reading(self, found: _Found, pixels: Pixels, columns: float, trace: bool) -> Reading:
        """Return the reading of a prepared image whose frames are so many columns wide."""
        decoded = found.best
        share = columns / pixels.shape[1]  # of the image's own width: frames cover the padding, too
        characters = tuple(
            Character(self.charset.characters[id], confidence, min(start * share, 0.999), min(end * share, 1.0))
            for id, confidence, (start, end) in zip(decoded.ids, decoded.confidences, decoded.spans, strict=True)
        )
        return Reading(
            text=self.charset.decode(decoded.ids),
            confidence=_geometric_mean(decoded.confidences),
            characters=characters,
            seconds=0.0,
            candidates=found.candidates,
            greedy_text=None if found.greedy is None else self.charset.decode(found.greedy.ids),
            greedy_confidence=None if found.greedy is None else _geometric_mean(found.greedy.confidences),
            trace=_trace(decoded, pixels, columns) if trace else None,
        )


def _by_image_alone(reading: Reading) -> Reading:
    """Return a reading with the text and the confidence that it has without likely texts."""
    if reading.greedy_text is None:
        return reading
    return replace(reading, text=reading.greedy_text, confidence=reading.greedy_confidence or 0.0)


def _is_better(reading: Reading, so_far: Reading) -> bool:
    """Say whether the reading of a level view takes the place of the best one so far."""
    if not so_far.text:
        return reading.confidence > _NO_GUESS
    return reading.expected_right > so_far.expected_right + (0.0 if so_far.skew else _LEAD)


def _check_beam(beam: int) -> None:
    if not 0 <= beam <= WIDEST_BEAM:
        raise ConfigError(
            f"beam: {beam} was given. Beam search follows 1 to {WIDEST_BEAM} texts at once, and 0 reads greedily. "
            "Choose one of these."
        )


def _geometric_mean(confidences: Sequence[float]) -> float:
    log_probs = [math.log(max(confidence, 1e-12)) for confidence in confidences]
    return math.exp(sum(log_probs) / len(log_probs)) if log_probs else 0.0


def _blank_reading(pixels: Pixels, trace: bool) -> Reading:
    nothing = Trace(pixels, np.zeros((0, 1), np.float32), float(pixels.shape[1])) if trace else None
    return Reading("", 0.0, (), 0.0, trace=nothing, blank=True)


def _trace(decoded: Decoded, pixels: Pixels, columns: float) -> Trace:
    frames = math.ceil(pixels.shape[1] / columns)
    weights = np.zeros((0, frames)) if decoded.weights is None else decoded.weights[:, :frames]
    return Trace(pixels, weights.astype(np.float32), columns)
