"""The work of an import job of scenes: scan the source, validate it, and copy the accepted photos to a dataset.

The report is stored beside the dataset. A stopped import resumes with the missing shards, unless the source or what is
wanted of it changed: then it starts over. An uploaded archive is deleted once it is imported.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing.plan import ShardPlan, keep_finished_shards, plan_shards
from engine.datasets.scenes.dataset import open_scenes
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.report import SceneReport, make_scene_report
from engine.datasets.scenes.importing.scan import scan_tree
from engine.datasets.scenes.importing.validate import SceneResult, validate_scenes
from engine.datasets.scenes.store import StoredScene, assemble_scenes, has_scene_shard, write_scene_shard
from engine.datasets.summary import is_complete, summarize_scenes
from engine.errors import ImageError, SourceError
from engine.files import canonical_json, require_space, write_json
from engine.images.encode import encode_for_storage
from engine.images.open import MAX_BYTES
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.sources.locate import delete_upload, open_source
from engine.sources.tree import Tree

_SPACE_FACTOR = 1.5  # of the source's size, to be free before copying


def work(config: SceneImportConfig, job: JobContext) -> None:
    """Import the source of a config into the folder of a job.

    Raises:
        SourceError: the source is missing, not allowed, not safe, changed meanwhile, no photo is accepted, or none of
            the regions counts.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        with open_source(job.workspace, config) as tree:
            _import(config, job, tree)
    dataset = open_scenes(job.folder)
    recipe = dataset.manifest.recipe
    origin = {"source": recipe["name"], "written": SCENE_FORMATS[recipe["format"]].title}
    job.summary(**summarize_scenes(dataset), seconds=round(job.seconds, 3), **origin)
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def _import(config: SceneImportConfig, job: JobContext, tree: Tree) -> None:
    def on_progress(done: int, total: int) -> None:
        job.progress(done, total, "photos")
        if job.stop_requested():
            raise Stopped

    job.phase("scanning")
    scanned = scan_tree(tree, config, on_progress)
    results = validate_scenes(scanned, config)
    report = make_scene_report(scanned, config, results)
    write_json(job.folder / paths.IMPORT_REPORT, report.plain())
    if report.refusal:
        raise SourceError(report.refusal)
    accepted = [result for result in results if result.dropped is None]
    needed = sum(result.scanned.look.bytes for result in accepted) * _SPACE_FACTOR
    require_space(job.folder, needed, f"{len(accepted):,} photos need")
    plans = plan_shards(accepted)
    keep_finished_shards(job.folder, plans, _content)
    job.phase("copying")
    _copy(tree, job, plans, report)
    job.phase("writing the manifest")
    # The origin for the manifest; the name does not count for its hash.
    recipe = {"name": report.title, "format": report.format, "rules": config.rules.plain(), "splits": config.splits}
    assemble_scenes(job.folder, [plan.name for plan in plans], "imported", recipe, 0)


def _content(result: SceneResult) -> tuple[object, ...]:
    regions = canonical_json([region.plain() for region in result.regions])
    return result.scanned.look.digest, result.scanned.scene.name, hashlib.sha256(regions).hexdigest()


def _copy(tree: Tree, job: JobContext, plans: list[ShardPlan[SceneResult]], report: SceneReport) -> None:
    total, done = sum(len(plan.images) for plan in plans), 0
    for plan in plans:
        if not has_scene_shard(job.folder, plan.name):
            dropped = Counter(report.dropped) if plan is plans[0] else Counter[str]()
            write_scene_shard(job.folder, plan.name, _scenes(tree, job, plan, done, total), dropped)
        done += len(plan.images)
        job.progress(done, total, "photos")


def _scenes(tree: Tree, job: JobContext, plan: ShardPlan[SceneResult], done: int, total: int) -> Iterator[StoredScene]:
    for index, result in enumerate(plan.images, plan.first):
        if job.stop_requested():
            raise Stopped
        scene, look = result.scanned.scene, result.scanned.look
        try:
            content, pixels = encode_for_storage(tree.read(scene.member, MAX_BYTES), look.digest)
        except (OSError, ValueError, ImageError) as error:
            raise SourceError(f"{scene.name!r} changed during the import ({error}). Resume to start over.") from None
        yield StoredScene(index, content, *pixels.size, result.regions, scene.name, {"source": scene.name})
        job.progress(done + index - plan.first + 1, total, "photos")
