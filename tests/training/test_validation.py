"""The validation of a reader: its loss."""

import pytest

from engine.datasets import open_dataset
from engine.training.data import load_training_data
from engine.training.prefetch import make_batch
from engine.training.trainer import Trainer
from engine.training.validation import validate
from engine.workspace import Workspace
from tests.helpers.tiny_datasets import WORDS, save_dataset
from tests.helpers.training import tiny_config

pytestmark = pytest.mark.heavy


@pytest.mark.usefixtures("eagerly")
def test_the_loss_counts_each_image_once(workspace: Workspace):
    """Three of one width, which are read in a batch of four."""
    config = tiny_config(save_dataset(workspace, {**WORDS, "validation": ["a", "b", "c"]}))
    data = load_training_data(config, lambda id: open_dataset(workspace.folder("datasets", id)))
    samples, charset = data.validation, data.charset
    assert len(set(samples.widths.tolist())) == 1
    trainer = Trainer(config, charset.classes, "float32")
    each = [trainer.eval_step(make_batch(samples, [number], config.reader, charset.end)) for number in range(3)]
    assert validate(trainer, samples, charset, lambda: None).loss == pytest.approx(sum(each) / 3, rel=1e-5)
    assert each[0] != pytest.approx(sum(each) / 3, rel=1e-3), "the first one would be the one that repeats"
