"""The work of an import job of scenes: scan the source, validate it, and copy the accepted photos to a dataset.

The report is stored beside the dataset. A stopped import resumes with the missing shards, unless the source or what is
wanted of it changed: then it starts over. An uploaded archive is deleted once it is imported.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from functools import partial

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing.plan import ShardPlan, copies, prepare_shards
from engine.datasets.manifest import read_manifest
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.report import make_scene_report
from engine.datasets.scenes.importing.scan import scan_tree
from engine.datasets.scenes.importing.validate import SceneResult, validate_scenes
from engine.datasets.scenes.store import StoredScene, assemble_scenes, has_scene_shard, write_scene_shard
from engine.datasets.summary import is_complete, sum_up
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.sources.locate import delete_upload, open_source
from engine.sources.tree import Tree
from glyphlab_read.images.open import MAX_BYTES
from glyphlab_read.parsing import canonical_json


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
    recipe = read_manifest(job.folder).recipe
    sum_up(job, source=recipe["name"], written=SCENE_FORMATS[recipe["format"]].title)
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def _import(config: SceneImportConfig, job: JobContext, tree: Tree) -> None:
    job.phase("scanning")
    scanned = scan_tree(tree, config, partial(job.advance, unit="photos"))
    results = validate_scenes(scanned, config)
    report = make_scene_report(scanned, config, results)
    write_json(job.folder / paths.IMPORT_REPORT, report.plain())
    if report.refused:
        raise report.refused
    accepted = [result for result in results if result.dropped is None]
    plans = prepare_shards(job, accepted, "photos", _content)
    job.phase("copying")
    for plan in plans:
        if not has_scene_shard(job.folder, plan.name):
            dropped = Counter(report.dropped) if plan is plans[0] else Counter[str]()
            write_scene_shard(job.folder, plan.name, _scenes(tree, job, plan, len(accepted)), dropped)
        job.progress(plan.first + len(plan.images), len(accepted), "photos")
    job.phase("writing the manifest")
    # The origin for the manifest; the name does not count for its hash.
    recipe = {"name": report.title, "format": report.format, "rules": config.rules.plain(), "splits": config.splits}
    assemble_scenes(job.folder, [plan.name for plan in plans], "imported", recipe, 0)


def _content(result: SceneResult) -> tuple[object, ...]:
    regions = canonical_json([region.plain() for region in result.regions])
    return result.look.digest, result.name, hashlib.sha256(regions).hexdigest()


def _scenes(tree: Tree, job: JobContext, plan: ShardPlan[SceneResult], total: int) -> Iterator[StoredScene]:
    for copy in copies(job, plan, lambda result: tree.read(result.scanned.scene.member, MAX_BYTES), total, "photos"):
        name, regions = copy.image.name, copy.image.regions
        yield StoredScene(copy.index, copy.content, copy.width, copy.height, regions, name, {"source": name})
