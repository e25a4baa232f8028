"""The reader: a bundle's network in ONNX Runtime, and what it reads in images.

One reader may serve several threads. It uses one core unless told otherwise, so that a page stays quick while a run
trains. This module opens no files but the bundle's; see `images` for a stranger's bytes.
"""

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.charset import Charset
from engine.errors import BundleError, ConfigError
from engine.reading.bundle import load_graphs, load_language, open_bundle
from engine.reading.decoding.attention import attention_beam, attention_greedy
from engine.reading.decoding.ctc import ctc_beam, ctc_best, ctc_greedy, ctc_posteriors
from engine.reading.decoding.ngram import NgramModel
from engine.reading.decoding.types import Decoded, Floats, Hypothesis
from engine.reading.manifest import AttentionDecoder, BundleManifest
from engine.reading.onnx_session import open_session
from engine.reading.preprocess import valid_frames
from engine.reading.results import Candidate, Character, Reading, Trace
from engine.workspace import Workspace

BATCH = 32
"""Most images handed to the network at once."""

WIDEST_BEAM = 32
"""Most texts that beam search follows at once: its time grows with them, and more have not read better."""


class _Found(NamedTuple):
    """What was decoded for one image.

    Attributes:
        best: the best text.
        candidates: the best ones in their order; none without beam search.
        shown: classes of what the image shows by itself, where likely texts were preferred.
    """

    best: Decoded
    candidates: tuple[Candidate, ...] = ()
    shown: tuple[int, ...] | None = None


class _Read(NamedTuple):
    """What was read in one image, but for the time it took; see `Reading`."""

    characters: tuple[Character, ...]
    candidates: tuple[Candidate, ...]
    shown: str | None
    trace: Trace | None


class Reader:
    """Reads images with one bundle.

    Args:
        manifest: describes the graphs.
        graphs: the ONNX files' bytes by graph name, already checked.
        threads: cores one call may use.
        language: the bytes of what it knows of texts; empty to read what the image shows alone.

    Raises:
        BundleError: a graph cannot be run, or its inputs and outputs are not those of the format.
    """

    def __init__(
        self, manifest: BundleManifest, graphs: Mapping[str, bytes], threads: int = 1, language: bytes = b""
    ) -> None:
        self.manifest = manifest
        self._language = _language(manifest, language)
        self.charset = Charset(manifest.charset)
        self._sessions = {name: open_session(name, content, threads) for name, content in graphs.items()}
        self._check_signatures()

    @classmethod
    def open(cls, folder: Path, workspace: Workspace | None = None, threads: int = 1, plain: bool = False) -> "Reader":
        """Load the bundle in `folder` after checking its place, manifest and hashes.

        Args:
            folder: of the bundle.
            workspace: where bundles may lie.
            threads: cores one call may use.
            plain: whether to read what the image shows alone, whatever texts are likely.

        Raises:
            BundleError: it lies outside the workspace, is incomplete, damaged or of another format.
        """
        bundle = open_bundle(folder, workspace or Workspace.default())
        return cls(bundle.manifest, load_graphs(bundle), threads, b"" if plain else load_language(bundle))

    def read(self, images: Sequence[Image.Image], beam: int = 0, trace: bool = False) -> list[Reading]:
        """Read images (any mode and size), in their order.

        Images of one padded width share a batch, so that a reading does not depend on its neighbours.

        Args:
            images: what to read.
            beam: texts that beam search follows at once, up to WIDEST_BEAM; 0 gives the best text alone, the fastest.
            trace: whether to keep what the network saw and where it looked.

        Raises:
            ConfigError: the beam is narrower or wider than that.
        """
        _check_beam(beam)
        preprocessing = self.manifest.preprocessing
        groups: defaultdict[int, list[int]] = defaultdict(list)
        started = time.perf_counter()
        rows = [preprocessing.prepare(image) for image in images]
        for index, row in enumerate(rows):
            groups[preprocessing.padded_width(row.shape[1])].append(index)
        preparing = (time.perf_counter() - started) / max(len(images), 1)
        readings: dict[int, Reading] = {}
        for chunk in _chunks(groups.values()):
            started = time.perf_counter()
            found = self._read_rows([rows[index] for index in chunk], beam, trace)
            seconds = preparing + (time.perf_counter() - started) / len(chunk)
            readings |= {index: _reading(one, seconds) for index, one in zip(chunk, found, strict=True)}
        return [readings[index] for index in range(len(images))]

    def read_rows(self, rows: Sequence[npt.NDArray[np.uint8]]) -> list[tuple[Character, ...]]:
        """Read prepared images, each uint8 (height, W_i), as one batch; the best text alone."""
        return [one.characters for one in self._read_rows(rows, 0, trace=False)]

    def run(self, graph: str, **inputs: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
        """Run one graph of the bundle and return its outputs by name."""
        session = self._sessions[graph]
        names = [output.name for output in session.get_outputs()]
        taken = {node.name: inputs[node.name] for node in session.get_inputs()}
        outputs: Any = session.run(names, taken)
        return dict(zip(names, outputs, strict=True))

    def _read_rows(self, rows: Sequence[npt.NDArray[np.uint8]], beam: int, trace: bool) -> list[_Read]:
        """Read prepared images as one batch."""
        batch, widths = self.manifest.preprocessing.pad_batch(rows)
        run = self._attention if "step" in self._sessions else self._ctc
        frames, found = run(batch, widths, beam, trace)
        frame = batch.shape[2] / frames  # in columns
        # A frame's share of the image's own width: frames cover the padding, too.
        return [
            _Read(
                self._characters(one.best, frame / row.shape[1]),
                one.candidates,
                None if one.shown is None else self.charset.decode(one.shown),
                _trace(one.best, row, frame, trace),
            )
            for one, row in zip(found, rows, strict=True)
        ]

    def _ctc(
        self, batch: npt.NDArray[np.uint8], widths: npt.NDArray[np.int32], beam: int, trace: bool
    ) -> tuple[int, list[_Found]]:
        logits = self.run("network", image=batch)["logits"]
        frames = valid_frames(widths, batch.shape[2], logits.shape[1])
        own = [row[:count] for row, count in zip(logits, frames, strict=True)]
        found = [
            self._ranked(ctc_beam(row, beam, self._language)) if beam else _Found(ctc_best(row, self._language))
            for row in own
        ]
        if self._language is not None:
            found = [one._replace(shown=ctc_greedy(row).ids) for row, one in zip(own, found, strict=True)]
        if trace:
            found = [_aligned(row, one) for row, one in zip(own, found, strict=True)]
        return logits.shape[1], found

    def _attention(
        self, batch: npt.NDArray[np.uint8], widths: npt.NDArray[np.int32], beam: int, trace: bool
    ) -> tuple[int, list[_Found]]:
        decoder = self.manifest.decoder
        assert isinstance(decoder, AttentionDecoder)  # noqa: S101  the manifest's validator ties kind and graphs
        encoded = self.run("encoder", image=batch)
        zeros = {state.name: np.zeros((len(batch), *state.shape), np.float32) for state in decoder.states}
        first = {name: np.repeat(encoded.get(name, value), beam or 1, axis=0) for name, value in zeros.items()}
        memory = np.repeat(encoded["memory"], beam or 1, axis=0)

        def step(tokens: npt.NDArray[np.int32], states: dict[str, Floats]) -> tuple[Floats, dict[str, Floats], Floats]:
            outputs = self.run("step", token=tokens, memory=memory, **states)
            following = {name: outputs[f"next_{name}"] for name in states}
            return outputs["logits"], following, outputs["alignment"]

        count, end, longest = len(batch), self.charset.end, decoder.max_length
        if beam:
            searched = attention_beam(step, first, count, end, longest, beam)
            return memory.shape[1], [self._ranked(one) for one in searched]
        return memory.shape[1], [_Found(one) for one in attention_greedy(step, first, count, end, longest)]

    def _ranked(self, found: Sequence[Hypothesis]) -> _Found:
        return _Found(found[0].decoded, tuple(self._candidate(one) for one in found))

    def _candidate(self, found: Hypothesis) -> Candidate:
        probability, score = (min(math.exp(logarithm), 1.0) for logarithm in (found.log_prob, found.score))
        return Candidate(self.charset.decode(found.decoded.ids), probability, score)

    def _characters(self, decoded: Decoded, share: float) -> tuple[Character, ...]:
        return tuple(
            Character(self.charset.characters[id], confidence, min(start * share, 0.999), min(end * share, 1.0))
            for id, confidence, (start, end) in zip(decoded.ids, decoded.confidences, decoded.spans, strict=True)
        )

    def _check_signatures(self) -> None:
        for name, session in self._sessions.items():
            inputs, outputs = self._expected(name)
            found = ({node.name for node in session.get_inputs()}, {node.name for node in session.get_outputs()})
            if not (found[0] == inputs and outputs <= found[1]):
                raise BundleError(
                    f"{name}.onnx takes {sorted(found[0])} and gives {sorted(found[1])}; the format says "
                    f"{sorted(inputs)} and {sorted(outputs)}. Export the run again."
                )
            for node in session.get_outputs():
                if node.name == "logits" and node.shape[-1] != self.charset.classes:
                    raise BundleError(
                        f"{name}.onnx tells {node.shape[-1]} classes apart, its charset {self.charset.classes}. "
                        "Export the run again."
                    )

    def _expected(self, name: str) -> tuple[set[str], set[str]]:
        if name != "step":
            return {"image"}, {"network": {"logits"}, "encoder": {"memory"}}[name]
        states = {state.name for state in getattr(self.manifest.decoder, "states", ())}
        return {"token", "memory"} | states, {"logits", "alignment"} | {f"next_{state}" for state in states}


def _language(manifest: BundleManifest, content: bytes) -> NgramModel | None:
    if not content or manifest.language is None:
        return None
    return NgramModel.from_bytes(content, len(manifest.charset), manifest.language.weight)


def _chunks(groups: Iterable[list[int]]) -> Iterator[list[int]]:
    for group in groups:
        for start in range(0, len(group), BATCH):
            yield group[start : start + BATCH]


def _check_beam(beam: int) -> None:
    if not 0 <= beam <= WIDEST_BEAM:
        raise ConfigError(
            f"beam: {beam} was given. Beam search follows 1 to {WIDEST_BEAM} texts at once, and 0 reads greedily. "
            "Choose one of these."
        )


def _aligned(logits: Floats, found: _Found) -> _Found:
    """Add to what CTC decoded how likely each frame writes each character."""
    return found._replace(best=replace(found.best, weights=ctc_posteriors(logits, found.best.ids)))


def _trace(decoded: Decoded, row: npt.NDArray[np.uint8], frame: float, wanted: bool) -> Trace | None:
    if not wanted:
        return None
    frames = math.ceil(row.shape[1] / frame)
    weights = np.zeros((0, frames)) if decoded.weights is None else decoded.weights[:, :frames]
    return Trace(row, weights.astype(np.float32), frame)


def _reading(read: _Read, seconds: float) -> Reading:
    logarithms = [math.log(max(character.confidence, 1e-12)) for character in read.characters]
    confidence = math.exp(sum(logarithms) / len(logarithms)) if logarithms else 0.0
    text = "".join(character.char for character in read.characters)
    return Reading(text, confidence, read.characters, seconds, read.candidates, read.shown, read.trace)
