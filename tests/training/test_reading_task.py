"""The best validation of a reader, and what lists show of it."""

import pytest

from engine.training.checkpoint import Best
from engine.training.reading_task import ReadingTask


def best(accuracy: float, cer: float = 0.5, loss: float = 1.0) -> Best:
    return Best.model_validate({"step": 1, "word_accuracy": accuracy, "cer": cer, "loss": loss})


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (best(0.6), best(0.5), "more words"),
        (best(0.5, cer=0.1), best(0.5, cer=0.2), "as many words, fewer wrong characters"),
        (best(0.0, cer=1.0, loss=2.0), best(0.0, cer=1.0, loss=3.0), "nothing read yet, but surer"),
    ],
)
def test_the_better_validation_ranks_higher(better: Best, worse: Best, why: str):
    assert ReadingTask.rank(better.metrics) > ReadingTask.rank(worse.metrics), why


def test_the_best_validation_is_shown_with_its_interval():
    figures = ReadingTask.describe(best(0.5), 100)
    assert figures["images"] == 100
    assert figures["interval"] == pytest.approx([0.404, 0.596], abs=1e-3)
