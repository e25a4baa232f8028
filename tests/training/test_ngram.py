"""The n-gram model of a run: learned from its labels and its recipe, and nothing of what it is scored on."""

from collections import Counter

import pytest

from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.datasets import open_dataset
from engine.datasets.splits import split_of
from engine.files import read_json
from engine.jobs import paths
from engine.reading.bundle import newest_bundle
from engine.synth.samples import draw_label, draw_sample
from engine.synth.trdg.adapter import FONTS
from engine.training.data import load_training_data
from engine.training.ngram import ngram_model_of, texts_of
from glyphlab_read.reading.bundle import load_ngram
from tests.helpers.font_packs import unpack
from tests.helpers.tiny_datasets import generate_dataset, save_dataset
from tests.helpers.training import tiny_config

pytestmark = pytest.mark.heavy


def material_of(workspace, config):
    return load_training_data(config, lambda id: open_dataset(workspace.folder("datasets", id)))


def test_labels_of_the_training_split_alone_are_learned(shared, dataset):
    config = tiny_config(dataset)
    language = ngram_model_of(config, material_of(shared, config), shared)
    assert language is not None
    first = language.probabilities(())
    assert first[0] > 1.1 * first[1]  # 6 of 16 begin with a, 5 with b; with the other splits it were 8 of 23 each


def test_a_recipe_gives_more_texts_and_none_of_the_other_splits(workspace):
    recipe = Recipe.parse({"texts": [{"kind": "pattern", "pattern": "[ab]{8}"}]})
    made = GenerateConfig(recipe=recipe, images=40, validation=0.2, test=0.2, processes=1)
    id = generate_dataset(workspace, made)
    config = tiny_config(id, reader={"max_length": 8})
    material = material_of(workspace, config)
    texts = texts_of(config, material, workspace)
    assert set(material.training.texts) < set(texts)
    assert len(texts) == 5 * len(material.training)
    assert {split_of(text, made.validation, made.test) for text in texts} == {"train"}


def test_a_dataset_trains_on_where_its_font_pack_is_gone(workspace, tmp_path, monkeypatch):
    unpack(tmp_path / "root", "lent", {"A.ttf": (FONTS / "latin" / "Lato-Regular.ttf").read_bytes()})
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path / "root"))
    recipe = Recipe.parse({"texts": [{"kind": "digits"}], "looks": [{"fonts": ["lent/A"]}]})
    id = generate_dataset(workspace, GenerateConfig(recipe=recipe, images=40, processes=1))
    config = tiny_config(id, reader={"max_length": 8})
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path / "nowhere"))
    material = material_of(workspace, config)
    assert sorted(texts_of(config, material, workspace)) == sorted(material.training.texts)


def test_texts_of_a_small_part_count_as_much_as_its_images(shared, dataset):
    real = save_dataset(shared, {"train": ["ab", "cc"], "validation": ["b"], "test": ["c"]})
    config = tiny_config(dataset, mix=[{"dataset": real, "weight": 0.5}])  # 8 images for the main one's 16
    counted = Counter(texts_of(config, material_of(shared, config), shared))
    assert counted["ab"] == 1 + 4  # "ab" is a word of both
    assert counted["cc"] == 1 + 4
    assert counted["cab"] == 1


def test_a_text_drawn_alone_is_that_of_the_sample():
    recipe = Recipe.parse({"texts": [{"kind": "words"}]})
    assert [draw_label(recipe, 5, index) for index in range(5)] == [
        draw_sample(recipe, 5, index).label for index in range(5)
    ]


@pytest.mark.parametrize("changes", [{"language": 0.0}, {"reader": {"decoder": "attention"}}])
def test_a_run_may_do_without(shared, dataset, changes):
    config = tiny_config(dataset, **changes)
    assert ngram_model_of(config, material_of(shared, config), shared) is None


def test_a_run_exports_what_it_learned(straight_run, shared):
    bundle = newest_bundle(shared, straight_run.name)
    assert bundle.manifest.language is not None
    assert bundle.manifest.language.weight == 0.6
    assert load_ngram(bundle)
    best = bundle.manifest.scores["validation"]
    assert best.keys() >= {"word_accuracy", "word_accuracy_alone", "cer_alone", "likely_weight"}
    assert read_json(straight_run / paths.SUMMARY)["best"]["likely_weight"] == 0.6
