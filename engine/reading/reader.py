"""The reader: a bundle's network in ONNX Runtime, and what it reads in images.

One reader may serve several threads. It uses one core unless told otherwise, so that a page stays quick while a run
trains. This module opens no files but the bundle's; see `images` for a stranger's bytes.
"""

import math
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from PIL import Image

from engine.charset import Charset
from engine.errors import BundleError
from engine.reading.bundle import load_graphs, open_bundle
from engine.reading.decode import Decoded, Floats, attention_greedy, ctc_greedy
from engine.reading.manifest import AttentionDecoder, Manifest
from engine.reading.preprocess import valid_frames
from engine.workspace import Workspace

BATCH = 32
"""Most images handed to the network at once."""


@dataclass(frozen=True)
class Character:
    """One read character; `start` and `end` are shares of the image's width, 0 <= start < end <= 1."""

    char: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True)
class Reading:
    """What one image says.

    Attributes:
        text: the characters joined; may be empty.
        confidence: geometric mean of the characters' probabilities, 0…1; 0 for an empty text: nothing vouches for it.
        characters: each with its own confidence and place.
        seconds: time taken, its share of the batch.
    """

    text: str
    confidence: float
    characters: tuple[Character, ...]
    seconds: float

    @property
    def weakest(self) -> float:
        """The lowest confidence among the characters; 0 for an empty text."""
        return min((character.confidence for character in self.characters), default=0.0)


class Reader:
    """Reads images with one bundle.

    Args:
        manifest: describes the graphs.
        graphs: the ONNX files' bytes by graph name, already checked.
        threads: cores one call may use.

    Raises:
        BundleError: a graph cannot be run, or its inputs and outputs are not those of the format.
    """

    def __init__(self, manifest: Manifest, graphs: Mapping[str, bytes], threads: int = 1) -> None:
        self.manifest = manifest
        self.charset = Charset(manifest.charset)
        self._sessions = {name: _session(name, content, threads) for name, content in graphs.items()}
        self._check_signatures()

    @classmethod
    def open(cls, folder: Path, workspace: Workspace | None = None, threads: int = 1) -> "Reader":
        """Load the bundle in `folder` after checking its place, manifest and hashes.

        Raises:
            BundleError: it lies outside the workspace, is incomplete, damaged or of another format.
        """
        bundle = open_bundle(folder, workspace or Workspace.default())
        return cls(bundle.manifest, load_graphs(bundle), threads)

    def read(self, images: Sequence[Image.Image]) -> list[Reading]:
        """Read images (any mode and size), in their order.

        Images of one padded width share a batch, so that a reading does not depend on its neighbours.
        """
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
            texts = self.read_rows([rows[index] for index in chunk])
            seconds = preparing + (time.perf_counter() - started) / len(chunk)
            readings |= {index: _reading(text, seconds) for index, text in zip(chunk, texts, strict=True)}
        return [readings[index] for index in range(len(images))]

    def read_rows(self, rows: Sequence[npt.NDArray[np.uint8]]) -> list[tuple[Character, ...]]:
        """Read prepared images, each uint8 (height, W_i), as one batch."""
        batch, widths = self.manifest.preprocessing.pad_batch(rows)
        frames, decoded = self._attention(batch) if "step" in self._sessions else self._ctc(batch, widths)
        # A frame's share of the image's own width: frames cover the padding, too.
        shares = batch.shape[2] / frames / widths
        return [self._characters(text, share) for text, share in zip(decoded, shares.tolist(), strict=True)]

    def run(self, graph: str, **inputs: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
        """Run one graph of the bundle and return its outputs by name."""
        session = self._sessions[graph]
        names = [output.name for output in session.get_outputs()]
        taken = {node.name: inputs[node.name] for node in session.get_inputs()}
        outputs: Any = session.run(names, taken)
        return dict(zip(names, outputs, strict=True))

    def _ctc(self, batch: npt.NDArray[np.uint8], widths: npt.NDArray[np.int32]) -> tuple[int, list[Decoded]]:
        logits = self.run("network", image=batch)["logits"]
        frames = valid_frames(widths, batch.shape[2], logits.shape[1])
        return logits.shape[1], [ctc_greedy(row[:count]) for row, count in zip(logits, frames, strict=True)]

    def _attention(self, batch: npt.NDArray[np.uint8]) -> tuple[int, list[Decoded]]:
        decoder = self.manifest.decoder
        assert isinstance(decoder, AttentionDecoder)  # noqa: S101  the manifest's validator ties kind and graphs
        encoded = self.run("encoder", image=batch)
        memory = encoded["memory"]
        zeros = {state.name: np.zeros((len(batch), *state.shape), np.float32) for state in decoder.states}
        first = {name: encoded.get(name, value) for name, value in zeros.items()}

        def step(tokens: npt.NDArray[np.int32], states: dict[str, Floats]) -> tuple[Floats, dict[str, Floats], Floats]:
            outputs = self.run("step", token=tokens, memory=memory, **states)
            following = {name: outputs[f"next_{name}"] for name in states}
            return outputs["logits"], following, outputs["alignment"]

        texts = attention_greedy(step, first, len(batch), self.charset.end, decoder.max_length)
        return memory.shape[1], texts

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


def _session(name: str, content: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle readers must not burn a core
    # Weights may be named in a file beside the graph, which no hash of ours covers: look where nothing can be.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no base but Exception
        raise BundleError(
            f"{name}.onnx cannot be run ({str(error)[:120]}). Choose another step, or let the run export again."
        ) from None


def _chunks(groups: Iterable[list[int]]) -> Iterator[list[int]]:
    for group in groups:
        for start in range(0, len(group), BATCH):
            yield group[start : start + BATCH]


def _reading(characters: tuple[Character, ...], seconds: float) -> Reading:
    logarithms = [math.log(max(character.confidence, 1e-12)) for character in characters]
    confidence = math.exp(sum(logarithms) / len(logarithms)) if logarithms else 0.0
    return Reading("".join(character.char for character in characters), confidence, characters, seconds)
