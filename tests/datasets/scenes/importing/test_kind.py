"""What a source holds is told by its files: photos with outlines in any format, or words cut out."""

import io
import os

import pytest

from engine.config.importing import ImportConfig, SourceConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing import scan_source
from engine.datasets.scenes.importing.kind import holding_of
from engine.datasets.scenes.importing.scan import scan_scenes
from engine.errors import SourceError
from engine.sources.locate import save_upload
from engine.workspace import Workspace
from tests.datasets.scenes.importing.sources import SOURCES, saved
from tests.helpers.sources import png, save_files, zipped

IMAGES = {f"word_{i}.png": png(i) for i in range(4)}
WORDS = {
    "a table": {"labels.csv": "image,label\n" + "".join(f"{name},text\n" for name in IMAGES)},
    "lines of PaddleOCR": {"rec_gt.txt": "".join(f"{name}\ttext\n" for name in IMAGES)},
    "lines of ICDAR": {"gt.txt": "".join(f'{name}, "10,20"\n' for name in IMAGES)},
    "a text beside each": {name.replace("png", "txt"): "12,5" for name in IMAGES},
    "names": {},
}


@pytest.mark.parametrize("name", SOURCES)
def test_outlines_of_every_format_are_told(workspace: Workspace, name: str):
    root = saved(workspace.imports / "mine", SOURCES[name])
    assert holding_of(workspace, SourceConfig(path=str(root))) == "scenes"


@pytest.mark.parametrize("name", WORDS)
def test_words_are_not_taken_for_photos(workspace: Workspace, name: str):
    root = save_files(workspace.imports / "mine", {**IMAGES, **WORDS[name]})
    assert holding_of(workspace, SourceConfig(path=str(root))) == "words"


def test_an_upload_asked_for_what_it_does_not_hold_is_not_lost(workspace: Workspace):
    upload = save_upload(workspace, io.BytesIO(zipped({**IMAGES, **WORDS["a table"]})), "mine.zip")
    with pytest.raises(SourceError):
        scan_scenes(workspace, SceneImportConfig(upload=upload.id))
    with pytest.raises(SourceError):
        scan_source(workspace, ImportConfig(upload=upload.id, format="icdar"))
    assert os.listdir(workspace.uploads) == [upload.id]
    assert scan_source(workspace, ImportConfig(upload=upload.id)).listed == 4
