import gc
from pathlib import Path

import pytest

from engine.config.generate import Split
from engine.config.reading import EvaluateConfig
from engine.errors import DatasetError, ImageError
from engine.evaluation.test_sets import folder_samples, samples_of
from engine.workspace import Workspace
from tests.helpers.tiny_bundles import save_labelled_folder
from tests.helpers.tiny_datasets import WORDS, save_dataset


def test_a_folder_gives_its_images_in_the_order_of_its_list(tmp_path):
    texts = {"z.png": "abc", "a.png": "", "m.png": "dd"}
    save_labelled_folder(tmp_path, texts)
    samples = folder_samples(tmp_path)
    assert {sample.name: sample.text for sample in samples} == texts
    assert [sample.name for sample in samples] == list(texts)
    assert samples[0].load().mode == "RGB"


def test_lists_from_other_systems_are_read(tmp_path):
    """A byte-order mark, carriage returns, what no image shows, and no line feed at the end."""
    (tmp_path / "labels.tsv").write_bytes(
        "\ufeffa.png\t x\u00a0y\u200b \r\nb.png\té\u2028é\r\n\r\nc.png\ttab\there".encode()
    )
    samples = folder_samples(tmp_path)
    assert [(sample.name, sample.text) for sample in samples] == [
        ("a.png", "x y"),
        ("b.png", "é é"),
        ("c.png", "tab here"),
    ]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "lists no image"),
        (b"a.png text\n", "Line 1"),
        (b"a.png\tx\n\ttext\n", "Line 2"),
        (b"../a.png\tx\n", "Line 1"),
        (b"/etc/passwd\tx\n", "Line 1"),
        (b"..\tx\n", "Line 1"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_list_of_another_form_is_refused(tmp_path, content, rule):
    (tmp_path / "labels.tsv").write_bytes(content)
    with pytest.raises(DatasetError, match=rule):
        folder_samples(tmp_path)


def test_a_folder_without_a_list_is_told_so(tmp_path):
    with pytest.raises(DatasetError, match=r"labels\.tsv"):
        folder_samples(tmp_path)


def test_an_image_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "labels.tsv").write_text("text.png\tx\n")
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(ImageError, match="text\\.png: These bytes"):
        folder_samples(tmp_path)[0].load()


@pytest.mark.parametrize("split", ["train", "test", None])
def test_samples_of_a_dataset_are_those_of_its_split(workspace: Workspace, split: Split | None):
    samples = samples_of(EvaluateConfig(dataset=save_dataset(workspace), split=split), workspace)
    assert [sample.text for sample in samples] == WORDS[split or "test"]
    part = samples[1:3]
    assert [sample.text for sample in part] == WORDS[split or "test"][1:3]
    assert samples[1].name == part[0].name
    assert part[0].load().size == samples[1].load().size


@pytest.mark.parametrize("of", ["dataset", "folder"])
def test_of_a_part_of_a_test_set_only_its_samples_are_made(workspace: Workspace, tmp_path: Path, of: str):
    save_labelled_folder(tmp_path, {"a.png": "a", "b.png": "b", "c.png": "c"})
    config = EvaluateConfig(folder=str(tmp_path)) if of == "folder" else EvaluateConfig(dataset=save_dataset(workspace))
    part = samples_of(config, workspace)[:2]
    made = [part[0]]
    assert [sample for sample in gc.get_objects() if isinstance(sample, type(made[0]))] == made
