"""Whole lines from end to end: PAGE files with their lines in, a dataset, a wide reader, its bundle."""

import random

import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont

from engine.config.importing import ImportConfig
from engine.config.presets import train_preset
from engine.config.recipe_presets import PRESETS
from engine.config.train import TrainConfig
from engine.datasets import open_dataset
from engine.datasets.fit import reader_fit, text_needs
from engine.datasets.importing.job import work
from engine.jobs.context import JobContext
from engine.reading.bundle import newest_bundle, open_reader
from engine.synth import preview
from engine.workspace import Workspace, new_id
from tests.helpers.sources import encoded, save_files
from tests.helpers.training import new_run, tiny_config, train

WORDS = ["the", "quick", "brown", "fox,", "jumps", "over", "a", "lazy", "dog.", "then", "it", "sleeps:"]


def pages(count: int, lines: int) -> dict[str, bytes | str]:
    """Return pages of text with a PAGE file each."""
    rng, files = random.Random(1), {}
    for page in range(count):
        image = Image.new("RGB", (700, 40 * lines), "white")
        listed = ""
        for number in range(lines):
            text, top = " ".join(rng.choices(WORDS, k=14)), 40 * number
            ImageDraw.Draw(image).text((12, top + 8), text, fill="black", font=ImageFont.load_default(16))
            corners = f"8,{top + 4} 692,{top + 4} 692,{top + 34} 8,{top + 34}"
            listed += (
                f'<TextLine><Coords points="{corners}"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>'
            )
        files[f"{page}.png"] = encoded(image)
        files[f"{page}.xml"] = (
            f'<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page '
            f'imageFilename="{page}.png" imageWidth="700" imageHeight="{40 * lines}">{listed}</Page></PcGts>'
        )
    return files


def test_the_preset_of_the_data_and_that_of_the_run_go_together():
    samples = preview(PRESETS["document lines"], 60, seed=3)
    sizes = [(sample.label, *sample.image.size) for sample in samples]
    needs = text_needs(pd.DataFrame(sizes, columns=["label", "width", "height"]))
    config = train_preset("document lines", "0" * 26)
    assert isinstance(config, TrainConfig)
    fit = reader_fit(needs, config.reader)
    assert (fit.cramped, fit.severe, fit.remedy) == (0, False, {})
    assert needs.characters.max() > 60
    assert sum(" " in sample.label for sample in samples) > 40


@pytest.mark.heavy
def test_lines_of_pages_train_a_reader_that_exports_and_reads_them(workspace: Workspace):
    root = workspace.imports / "pages"
    save_files(root, pages(3, 8))
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    with JobContext(folder) as job:
        work(ImportConfig(path=str(root), scenes="lines", validation=0.2, test=0.2), job)
    dataset = open_dataset(folder)
    assert len(dataset) == 24
    assert " " in dataset.manifest.charset
    reader = {"max_width": 1024, "max_length": 128, "dropout": 0.0}
    run = new_run(workspace, tiny_config(folder.name, reader=reader, epochs=1, evaluate_every=2, batch=4))
    train(run)
    bundle = newest_bundle(workspace, run.name)
    assert bundle.manifest.parity.counts
    image = dataset.image(0)
    reading = open_reader(bundle.folder, workspace).read_many([image], beam=5)[0]
    assert set(reading.text) <= set(dataset.manifest.charset)
