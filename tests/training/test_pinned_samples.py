"""The readings that a validation keeps for people to look at."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.reader import ReaderConfig
from engine.datasets import open_dataset
from engine.evaluation.pinned_samples import KIND, image_path, parse
from engine.training.pinned_samples import WORST, PinnedSamples, choose_pinned
from engine.training.samples import DatasetPart, StoredSamples
from engine.workspace import Workspace
from glyphlab_read.charset import Charset
from glyphlab_read.reading.decoding.types import Decoded
from tests.helpers.training import events

ABC = Charset("abc")


def as_read(text: str, confidence: float, weights: np.ndarray | None = None) -> Decoded:
    ids = tuple(ABC.encode(text).tolist())
    return Decoded(ids, (confidence,) * len(ids), tuple((place, place + 1) for place in range(len(ids))), weights)


@pytest.fixture
def rows(shared: Workspace, dataset: str) -> StoredSamples:
    found = open_dataset(shared.folder("datasets", dataset))
    return StoredSamples([DatasetPart(found, found.frame("train"))], ABC, ReaderConfig())


def test_pinned_texts_are_short_and_long_and_always_the_same():
    texts = [letter * length for length in range(1, 11) for letter in "abc"]
    chosen = choose_pinned(texts)
    assert chosen == choose_pinned(list(texts))
    assert len(set(chosen)) == len(chosen) == 12
    assert {len(texts[number]) for number in chosen} >= {1, 5, 10}
    assert choose_pinned(["a", "b"]) == [0, 1]


def test_the_surest_wrong_readings_are_kept_beside_the_fixed_ones(rows: StoredSamples):
    fixed = set(choose_pinned(rows.texts))
    others = [number for number in range(len(rows)) if number not in fixed]
    assert others
    pins = PinnedSamples(rows, ABC, ReaderConfig())
    for number in range(len(rows)):
        pins.add(np.array([number]), [as_read("cccc", 0.5 + number / 100)])
    kept = pins.readings()
    assert [reading.image for reading in kept if reading.fixed] == sorted(fixed)
    assert [reading.image for reading in kept if not reading.fixed] == sorted(others, reverse=True)[:WORST]
    assert not any(reading.right for reading in kept)


def test_places_are_shares_of_the_image_without_its_padding(rows: StoredSamples):
    number, reader = choose_pinned(rows.texts)[0], ReaderConfig()
    width, padded = rows.image(number).shape[1], int(rows.widths[number])
    steps = reader.time_steps_at(padded)
    weights = np.eye(1, steps)
    pins = PinnedSamples(rows, ABC, reader)
    pins.add(np.array([number]), [as_read("a", 0.9, weights)])
    [reading] = pins.readings()
    assert reading.places[0][1] == pytest.approx(padded / steps / width, abs=0.001)
    assert reading.attention[0][0] == 100
    assert len(reading.attention[0]) == min(steps, -(-width * steps // padded))


@pytest.mark.heavy
def test_the_pictures_of_all_kept_readings_lie_in_the_run(straight_run: Path):
    readings = [reading for event in events(straight_run, KIND) for reading in parse(event["readings"])]
    assert len(readings) == 3 * 4
    for reading in readings:
        with Image.open(image_path(straight_run, reading.image)) as picture:
            assert picture.height == 32
        assert len(reading.confidences) == len(reading.places) == len(reading.text)


def test_readings_that_a_stranger_wrote_are_passed_over():
    good = {"image": 3, "truth": "ab", "text": "b", "confidences": [0.5]}
    strange = [None, {}, {**good, "image": -1}, {**good, "image": "../x"}, {**good, "confidences": [7]}]
    assert [reading.image for reading in parse([*strange, good])] == [3]
    assert parse("abc") == []
    assert parse([good])[0].distance == 1
