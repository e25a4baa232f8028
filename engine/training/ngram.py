"""Learn which texts are likely from the texts of a run; see `engine.reading.decoding.ngram`.

The labels of its training images tell, and where a dataset was generated, more texts drawn by its recipe: they cost a
hundredth of an image. Those of validation and test splits are never used. This module draws no image.
"""

import logging
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.config.generate import GenerateConfig
from engine.config.train import TrainConfig
from engine.errors import DatasetError
from engine.synth.asset_resolver import AssetResolver
from engine.synth.font_packs import MissingFont
from engine.synth.samples import draw_label
from engine.training.data import TrainingData
from engine.training.ngram_weight import USUAL
from engine.training.online import fitting, generated_by
from engine.workspace import Workspace
from glyphlab_read.reading.decoding.ngram import ORDER, Level, NgramModel, extend_hashes, quantise

_log = logging.getLogger(__name__)
_DRAWN = 4  # texts drawn for each image
_MOST = 400_000  # texts in all, unless there are more labels: half of what more of them would give is had by then
_TIMES = 50  # that a text may count: what is only known by heart should not rule
_SEEN = 5  # times that a long context must be seen to be kept
_SHORT = 2  # characters of contexts that are kept however rare


def ngram_model_of(config: TrainConfig, data: TrainingData, workspace: Workspace) -> NgramModel | None:
    """Learn which texts a run's images may show; None where its reader is not to know."""
    if config.reader.decoder != "ctc" or config.language == 0:
        return None
    ids = [data.charset.encode(text) for text in texts_of(config, data, workspace)]
    return learn(ids, len(data.charset), USUAL if config.language is None else config.language)


def texts_of(config: TrainConfig, data: TrainingData, workspace: Workspace) -> list[str]:
    """Return the labels that a run learns from, and texts that the recipes of its datasets would draw next.

    Those of a small part come several times, so that each part's texts count as much as its images do.
    """
    samples = data.training
    share = max(0.0, min(_DRAWN, _MOST / len(samples) - 1))
    parts = [list(part.frame["label"]) for part in samples.parts]
    for part, texts in zip(samples.parts, parts, strict=True):
        try:
            texts += _drawn(generated_by(part.dataset), int(share * len(part.frame)), config, data, workspace)
        except DatasetError:  # imported: there are its labels alone
            continue
        except MissingFont as error:
            _log.warning("Likely texts are learned from labels alone: %s", error)
    counts = [part.weight / len(texts) for part, texts in zip(samples.parts, parts, strict=True)]
    times = [min(_TIMES, round(count / min(counts))) for count in counts]
    return [text for often, texts in zip(times, parts, strict=True) for text in texts * often]


def _drawn(
    made: GenerateConfig, count: int, config: TrainConfig, data: TrainingData, workspace: Workspace
) -> list[str]:
    accepts, assets = fitting(made, data.charset, config.reader), AssetResolver(workspace)
    numbers = range(made.images, made.images + count)
    return [draw_label(made.recipe, made.seed, number, accepts, assets) for number in numbers]


def learn(texts: Sequence[npt.NDArray[np.int32]], characters: int, weight: float) -> NgramModel:
    """Learn from texts, counting over all positions of all texts at once.

    Args:
        texts: each the classes of its characters, int32 (L,).
        characters: K.
        weight: see `NgramModel`.
    """
    start, end = characters + 1, characters
    pieces = [np.concatenate([[start], text + 1, [end + 1]]) for text in texts] or [np.array([start, end + 1])]
    codes = np.concatenate(pieces).astype(np.uint32)
    places = np.concatenate([np.arange(len(piece)) for piece in pieces])
    targets = np.flatnonzero(places)
    hashes = np.zeros(len(targets), dtype=np.uint32)
    levels = []
    for length in range(ORDER):
        levels.append(_level(hashes, codes[targets] - 1, 1 if length <= _SHORT else _SEEN))
        longer = places[targets] > length
        targets, hashes = targets[longer], hashes[longer]
        hashes = extend_hashes(hashes, codes[targets - length - 1], length)
    return NgramModel(levels, characters, weight)


def _level(hashes: npt.NDArray[np.uint32], following: npt.NDArray[np.uint32], least: int) -> Level:
    """Count what follows each context. Witten and Bell: d of n + d go to the classes that were not among the d seen."""
    pairs, times = np.unique((hashes.astype(np.uint64) << np.uint64(16)) | following, return_counts=True)
    contexts = (pairs >> np.uint64(16)).astype(np.uint32)
    keys, first, kinds = np.unique(contexts, return_index=True, return_counts=True)
    seen = np.add.reduceat(times, first) if len(times) else times
    kept = seen >= least
    entries = np.repeat(kept, kinds)
    shares = times / np.repeat(seen + kinds, kinds)
    return Level(
        keys=keys[kept],
        counts=kinds[kept].astype(np.uint16),
        backoff=quantise(kinds[kept] / (seen + kinds)[kept]),
        classes=(pairs[entries] & np.uint64(0xFFFF)).astype(np.uint16),
        probs=quantise(shares[entries]),
    )
