"""TensorBoard's own reader finds what we write."""

from pathlib import Path

import pytest
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]

from engine.datasets.tfrecord import records
from engine.training.telemetry import TensorBoard


def test_scalars_are_events_that_tensorboard_knows(tmp_path: Path):
    board = TensorBoard(tmp_path)
    board.scalars(7, "train", {"loss": 0.5, "perplexity": 1.65})
    (file,) = (tmp_path / "tensorboard").iterdir()
    first, second = (Event.FromString(payload) for _, payload in records(file.read_bytes()))
    assert first.file_version == "brain.Event:2"
    assert second.step == 7
    values = {value.tag: value.simple_value for value in second.summary.value}
    assert values == {"train/loss": 0.5, "train/perplexity": pytest.approx(1.65)}
