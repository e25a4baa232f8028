"""The manifest of a bundle, as closed pydantic models: its network, preprocessing, decoder, files and parity check.

Nothing of a manifest is trusted that these do not check. This module opens no files.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from glyphlab_read.bundles.entries import BundleFile, Graph, TrainedOn, check_graphs
from glyphlab_read.charset import Charset
from glyphlab_read.errors import CharsetError
from glyphlab_read.reading.preprocess import Preprocessing
from glyphlab_read.settings import ClosedModel, setting

GRAPHS: Mapping[str, frozenset[str]] = {"ctc": frozenset({"network"}), "attention": frozenset({"encoder", "step"})}
"""The graphs that each kind of decoder needs; graph `name` is the file `name`.onnx."""


class CtcDecoder(ClosedModel):
    """CTC decoding, a class per frame; needs the graph `network`."""

    kind: Literal["ctc"] = "ctc"
    max_length: int = setting(..., ge=1, help="Most characters of the texts it was trained on.")


class DecoderState(ClosedModel):
    """One state of an attention decoder, float32 (N, *shape); zeros at first unless the encoder returns it."""

    name: str = setting(..., pattern=r"^[a-z][a-z0-9_]{0,30}$", help="Its input in `step`; the output is next_<name>.")
    shape: tuple[Annotated[int, Field(ge=1, le=65536)], ...] = setting(..., help="Its shape without N.")


class AttentionDecoder(ClosedModel):
    """Attention decoding, a character per step until the end token; needs the graphs `encoder` and `step`."""

    kind: Literal["attention"] = "attention"
    max_length: int = setting(..., ge=1, le=1000, help="Most characters of a text, the end token left out.")
    states: tuple[DecoderState, ...] = setting(..., help="The states handed from step to step.")


class NgramFile(BundleFile):
    """The file of the n-gram model; see `glyphlab_read.reading.decoding.ngram`."""

    file: Literal["language.npz"] = "language.npz"
    weight: float = setting(..., ge=0.0, le=1.0, help="How much it counts beside the image.")
    length_bonus: float = setting(
        2.0, ge=0.0, le=10.0, unit="nats", help="What each character of a text adds to its score; 2 in older bundles."
    )


class Parity(ClosedModel):
    """Comparison of the bundle with the network that it was exported from."""

    images: int = setting(..., ge=0, help="Real samples compared.")
    same_strings: int = setting(..., ge=0, help="Samples that both read as the same text.")
    max_logit_difference: float = setting(..., ge=0, help="Largest difference of a logit.")
    counts: bool = setting(..., help="True if the bundle may be used.")


class BundleManifest(ClosedModel):
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
        check_graphs(self.graphs, GRAPHS[self.decoder.kind], self.decoder.kind)
        return self
