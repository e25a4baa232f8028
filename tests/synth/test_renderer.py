"""A dataset says what drew it: our version of the drawing, the libraries, and the instructions of the processor."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, Colours, DistortionWeights, Margins, Style
from engine.config.text_sources import Characters, Digits, Words
from engine.datasets import open_dataset
from engine.datasets.manifest import Renderer, read_manifest
from engine.datasets.shards import read_part, write_part
from engine.datasets.versions import Edits, write_version
from engine.files import read_json
from engine.jobs import JobContext, paths, read_events
from engine.synth import job as generate
from engine.synth.pool import plan_shards
from engine.synth.renderer import DRAWING, renderer
from engine.synth.samples import draw_sample
from engine.workspace import Workspace, new_id

FIRST, DIGEST = 1, "649e904ae4672ea2"
"""A version of the drawing, and what it draws: see the test."""

PLAIN = Recipe(  # nothing that OpenCV warps or blurs, so that all processors draw it alike
    texts=(Words(alphabet="ascii"), Digits(), Characters()),
    looks=(
        Style(
            height=40,
            margins=Margins(top=(2, 8), left=(2, 8), bottom=(2, 8), right=(2, 8)),
            skew=(-3, 3),
            blur=(0, 1),
            background=BackgroundWeights(noise=0, white=1, picture=1),
            distortion=DistortionWeights(none=0.5, sine=0.5),
            colours=(Colours(low="#000000", high="#888888"),),
            fonts=("latin/Lato-Bold", "latin/Roboto-Medium"),
        ),
    ),
)
TWO_SHARDS = GenerateConfig(recipe=PLAIN, images=10, validation=0, test=0.5, processes=1)


def test_another_drawing_of_an_unchanged_recipe_has_another_version():
    digest = hashlib.sha256()
    for index in range(12):
        sample = draw_sample(PLAIN, 1, index)
        digest.update(f"{sample.label} {sample.image.mode} {sample.image.size}".encode() + sample.image.tobytes())
    assert (DRAWING, digest.hexdigest()[:16]) == (FIRST, DIGEST), (
        "Samples of a recipe changed. If that is meant, raise DRAWING in engine/synth/renderer.py, and keep it "
        "with the new digest here, so that datasets tell the two drawings apart."
    )


def test_a_dataset_and_its_summary_say_what_drew_it(tmp_path: Path):
    folder = begun(tmp_path)
    assert notes(folder, TWO_SHARDS) == []
    manifest = read_manifest(folder)
    assert manifest.drawn_by == (renderer(),)
    assert read_json(folder / paths.SUMMARY)["drawn_by"] == [renderer().words]
    elsewhere = manifest.model_copy(update={"drawn_by": ()})
    assert elsewhere.content_hash() == manifest.hash  # equal pixels are equal, whoever drew them
    assert "drawn_by" not in elsewhere.plain()  # as manifests from before say nothing of it


def test_a_generation_that_goes_on_elsewhere_says_that_its_shards_differ(tmp_path: Path):
    other = renderer().model_copy(update={"pillow": "1.0", "processor": "x86_64 AVX512-SKX"})
    for earlier, words in (((other,), "Pillow 1.0"), ((), "what an earlier version did not note")):
        folder = begun(tmp_path, earlier)
        [told] = notes(folder, TWO_SHARDS)
        assert "not all drawn alike" in told
        assert words in told
        assert renderer().words in told
        assert read_manifest(folder).drawn_by == (*earlier, renderer())


def test_a_version_was_drawn_by_what_drew_its_parent(tmp_path: Path):
    parent = begun(tmp_path)
    notes(parent, TWO_SHARDS)
    version = begun(tmp_path)
    write_version(open_dataset(parent), Edits({0: "other"}, frozenset()), version, lambda done, total: None)
    assert read_manifest(version).drawn_by == (renderer(),)  # of its shards one is written again, one is shared


def test_other_instructions_are_another_renderer():
    """OpenCV decides at its start which it uses."""
    code = "from engine.synth.renderer import renderer; print(renderer().model_dump_json())"
    widest = renderer().processor.split()[1]
    environment = {**os.environ, "OPENCV_CPU_DISABLE": widest, "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert Renderer.model_validate_json(told) != renderer()


def begun(root: Path, drawn_by: tuple[Renderer, ...] | None = None) -> Path:
    """Return the folder of a job, with a first shard that others drew where they are given."""
    folder = Workspace(root).collection("datasets") / new_id()
    folder.mkdir()
    if drawn_by is not None:
        plan = plan_shards(TWO_SHARDS.counts, generate.SHARD_IMAGES)[0]
        generate.WordShards(TWO_SHARDS, folder, None).draw(plan, lambda: None)
        part = read_part(folder, plan.name)
        assert part is not None
        write_part(folder, plan.name, replace(part, drawn_by=drawn_by))
    return folder


def notes(folder: Path, config: GenerateConfig) -> list[str]:
    """Go on with a generation, and return what it noted."""
    with JobContext(folder) as job:
        generate.work(config, job)
    events, _ = read_events(folder / paths.EVENTS)
    return [event["text"] for event in events if event["kind"] == "note"]
