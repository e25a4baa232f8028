"""ImageNet's weights, without ever downloading them: a fresh network of keras.applications stands for the real one."""

import keras
import numpy as np
import pytest

from engine.config.reader import ReaderConfig
from engine.errors import ConfigError
from engine.models.encoders.imagenet import Application, backbone
from engine.models.network import build_network
from engine.models.pretrained import load_imagenet


def arrays(model: keras.Model) -> list[np.ndarray]:
    return [np.asarray(keras.ops.convert_to_tensor(weight)) for weight in model.weights]


def offline(_: Application) -> keras.Model:
    raise OSError("Name or service not known")


def never(_: Application) -> keras.Model:
    raise AssertionError("nothing should be downloaded")


def network(**values):
    return build_network(ReaderConfig.parse({"encoder": "resnet50", **values}), 5)


@pytest.mark.parametrize("encoder", ["resnet50", "densenet121"])
def test_the_weights_of_the_original_fit_our_part_of_it(encoder):
    ours, given = network(encoder=encoder), []

    def fetch(taken: Application) -> keras.Model:
        given.append(taken.part())
        return given[0]

    note = load_imagenet(ours, fetch)
    assert note
    assert encoder in note
    pairs = list(zip(arrays(given[0]), arrays(backbone(ours.encoder)), strict=True))
    assert len(pairs) > 100
    assert all(np.array_equal(theirs, own) for theirs, own in pairs)


def test_offline_it_begins_with_random_weights_and_says_so():
    ours = network()
    before = arrays(ours.training)
    note = load_imagenet(ours, offline)
    assert note
    assert "Name or service not known" in note
    assert "begins with random ones" in note
    assert all(np.array_equal(a, b) for a, b in zip(before, arrays(ours.training), strict=True))


def test_offline_it_fails_where_pretrained_is_must():
    with pytest.raises(ConfigError, match=r"resnet50 cannot be downloaded .*pretrained is must.*set pretrained to try"):
        load_imagenet(network(pretrained="must"), offline)


@pytest.mark.parametrize("values", [{"pretrained": "off"}, {"encoder": "light"}, {"scale": 0.5}])
def test_nothing_is_downloaded_where_nothing_fits_or_is_wanted(values):
    note = load_imagenet(network(**values), never)
    assert (note is not None) == ("scale" in values)
