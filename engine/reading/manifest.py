"""The manifest of a bundle, as closed pydantic models: its network, preprocessing, decoder, files and parity check.

Nothing of a manifest is trusted that these do not check. This module opens no files.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from engine.charset import Charset
from engine.config.base import Config, setting
from engine.errors import CharsetError
from engine.files import canonical_json
from engine.reading.preprocess import Preprocessing

GRAPHS: Mapping[str, frozenset[str]] = {"ctc": frozenset({"network"}), "attention": frozenset({"encoder", "step"})}
"""The graphs that each kind of decoder needs; graph `name` is the file `name`.onnx."""

_MAX_BYTES = 1 << 30


class CtcDecoder(Config):
    """CTC decoding, a class per frame; needs the graph `network`."""

    kind: Literal["ctc"] = "ctc"
    max_length: int = setting(..., ge=1, help="Most characters of the texts it was trained on.")


class DecoderState(Config):
    """One state of an attention decoder, float32 (N, *shape); zeros at first unless the encoder returns it."""

    name: str = setting(..., pattern=r"^[a-z][a-z0-9_]{0,30}$", help="Its input in `step`; the output is next_<name>.")
    shape: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = setting(..., help="Its shape without N.")


class AttentionDecoder(Config):
    """Attention decoding, a character per step until the end token; needs the graphs `encoder` and `step`."""

    kind: Literal["attention"] = "attention"
    max_length: int = setting(..., ge=1, le=1000, help="Most characters of a text, the end token left out.")
    states: tuple[DecoderState, ...] = setting(..., help="The states handed from step to step.")


class _File(Config):
    """One file of a bundle beside its manifest."""

    file: str = setting(..., help="Its name in the bundle's folder.")
    sha256: str = setting(..., pattern=r"^[0-9a-f]{64}$", help="Hash of its bytes.")
    bytes: int = setting(..., ge=1, le=_MAX_BYTES, unit="bytes", help="Its size.")


class Graph(_File):
    """One ONNX file."""

    file: str = setting(..., pattern=r"^[a-z]+\.onnx$", help="Its name in the bundle's folder.")


class NgramFile(_File):
    """The file of the n-gram model; see `engine.reading.decoding.ngram`."""

    file: Literal["language.npz"] = "language.npz"
    weight: float = setting(..., ge=0.0, le=1.0, help="How much it counts beside the image.")


class Parity(Config):
    """Comparison of the bundle with the network that it was exported from."""

    images: int = setting(..., ge=0, help="Real samples compared.")
    same_strings: int = setting(..., ge=0, help="Samples that both read as the same text.")
    max_logit_difference: float = setting(..., ge=0, help="Largest difference of a logit.")
    counts: bool = setting(..., help="True if the bundle may be used.")


class TrainedOn(Config):
    """The dataset of the bundle's run."""

    dataset: str = setting(..., help="Its id or, for the starter, its name.")
    hash: str = setting(..., help="Its manifest's hash.")


class BundleManifest(Config):
    """The contents of manifest.json."""

    format: Literal[1] = 1
    run: str = setting(..., max_length=80, help="Id of the run, or `starter`.")
    step: int = setting(..., ge=0, help="Training step of the weights.")
    created: AwareDatetime = setting(..., help="When it was made, UTC.")
    reader: dict[str, Any] = setting(..., help="The reader's config, for the record.")
    charset: str = setting(..., min_length=1, help="The characters, in the order of their classes.")
    preprocessing: Preprocessing = setting(..., help="The preparation of images.")
    decoder: Annotated[CtcDecoder | AttentionDecoder, Field(discriminator="kind")] = setting(..., help="The decoder.")
    graphs: dict[str, Graph] = setting(..., help="The ONNX files by name.")
    language: NgramFile | None = setting(None, help="The n-gram model, for CTC; None: no text is preferred.")
    parity: Parity = setting(..., help="Comparison with the network that it was exported from.")
    scores: dict[str, Any] = setting({}, help="Scores by test set, for the record.")
    trained_on: TrainedOn = setting(..., help="The data it learned from.")
    hash: str = setting("", pattern=r"^([0-9a-f]{64})?$", help="SHA-256 of all the above, set when it is saved.")

    @field_validator("charset")
    @classmethod
    def _valid_charset(cls, characters: str) -> str:
        try:
            return Charset(characters).characters
        except CharsetError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _graphs_fit(self) -> Self:
        needed = GRAPHS[self.decoder.kind]
        if set(self.graphs) != needed:
            raise ValueError(
                f"A bundle of kind {self.decoder.kind} holds the graphs {sorted(needed)}, no more, no less"
            )
        if any(graph.file != f"{name}.onnx" for name, graph in self.graphs.items()):
            raise ValueError("Graph `name` is the file `name`.onnx")
        return self


def content_hash(values: Mapping[str, Any]) -> str:
    """Return the SHA-256 over a manifest's values but `hash`; it finds a flipped letter of the charset, for instance.

    It is taken of the values as they are written, so that a field that came later does not void older bundles.
    """
    return sha256(canonical_json({name: value for name, value in values.items() if name != "hash"})).hexdigest()
