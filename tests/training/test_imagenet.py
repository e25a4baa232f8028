"""A run whose encoder could begin with ImageNet's weights says what it began with. Nothing is downloaded here."""

import pytest

from engine.workspace import Workspace
from tests.helpers.training import events, new_run, tiny_config, train

pytestmark = pytest.mark.heavy


def test_a_run_says_that_it_began_with_random_weights_and_why(shared: Workspace, dataset: str):
    run = new_run(shared, tiny_config(dataset, epochs=1, evaluate_every=0, reader={"encoder": "resnet50"}))
    train(run)
    told = [event["text"] for event in events(run, "note") if "ImageNet" in event["text"]]
    assert told == ["ImageNet's weights fit resnet50 at scale 1, and this one has 0.125: it begins with random ones."]
