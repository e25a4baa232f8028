"""What readers made of test sets, without networks: the engine's own tables of what somebody is said to have read."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from PIL import Image

from engine.evaluation.evaluate import Evaluation, evaluate
from engine.evaluation.test_sets import TestSample


@dataclass(frozen=True)
class Said:
    """A reading, as far as evaluations look at it."""

    text: str
    confidence: float = 0.9
    weakest: float = 0.5
    seconds: float = 0.001
    greedy_text: str | None = None


class Parrot:
    """A reader that says what it was told to, image after image."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = iter(texts)

    def read_many(self, images: list[Image.Image]) -> list[Said]:
        return [Said(next(self._texts)) for _ in images]


def evaluation(said: Mapping[str, tuple[str, str]]) -> Evaluation:
    """Evaluate a reader by name of the image: what it says, and what was read."""
    blank = Image.new("RGB", (1, 1))
    samples = [TestSample(name, truth, lambda: blank) for name, (truth, _) in said.items()]
    return evaluate(Parrot([text for _, text in said.values()]), samples)  # pyright: ignore[reportArgumentType]


def readings(said: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Return the table of such a reader."""
    return evaluation(said).readings
