"""Settings of a request to read, from the query of its address: unknown and doubled ones are refused."""

from typing import Literal, NamedTuple, cast, get_args

from starlette.datastructures import QueryParams

from glyphlab_read.formatting import cut
from glyphlab_read.reading.onnx_network import WIDEST_BEAM
from glyphlab_read.serve.refusals import Refusal

ImageKind = Literal["auto", "word", "photo"]
KINDS = get_args(ImageKind)
_NAMES = ("kind", "beam", "model")


class ReadSettings(NamedTuple):
    """The settings of one request.

    Attributes:
        kind: what its images show; auto: told by their size.
        beam: texts that are followed at once; 0: greedy, without candidates.
        model: the id of a model; None: the server's first.
    """

    kind: ImageKind = "auto"
    beam: int = 0
    model: str | None = None


def read_settings(query: QueryParams) -> ReadSettings:
    """Return the settings of a query. Raises Refusal."""
    given = dict(query.multi_items())
    if len(given) < len(query.multi_items()):
        raise _faulty("A setting was given twice. Each is taken once. Leave one out.")
    if unknown := given.keys() - set(_NAMES):
        name = cut(min(unknown), 60)
        raise _faulty(f"{name!r} is no setting. Known are {', '.join(_NAMES)}. Correct it or leave it out.")
    kind, beam = given.get("kind", "auto"), given.get("beam", "0")
    if kind not in KINDS:
        raise _faulty(f"kind={cut(kind, 60)!r} was given. It is one of {', '.join(KINDS)}. Choose one of these.")
    if not (beam.isascii() and beam.isdecimal() and len(beam) < 4 and int(beam) <= WIDEST_BEAM):
        raise _faulty(
            f"beam={cut(beam, 60)!r} was given. It is a whole number from 0 (greedy) to {WIDEST_BEAM}. Choose one of "
            "these."
        )
    return ReadSettings(cast(ImageKind, kind), int(beam), given.get("model"))


def _faulty(detail: str) -> Refusal:
    return Refusal(422, "setting", detail)
