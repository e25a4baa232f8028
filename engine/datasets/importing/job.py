"""The work of an import job: scan the source, validate it, and copy the accepted images to a dataset.

The report is stored beside the dataset. A stopped import resumes with the missing shards, unless the source changed:
then it starts over. An uploaded archive is deleted once it is imported.
"""

from collections import Counter
from collections.abc import Iterator

from engine.config.importing import ImportConfig
from engine.datasets.dataset import open_dataset
from engine.datasets.importing.formats import FORMATS
from engine.datasets.importing.plan import ShardPlan, keep_finished_shards, plan_shards
from engine.datasets.importing.report import ImportReport, make_report
from engine.datasets.importing.scan import image_bytes, scan
from engine.datasets.importing.validate import ItemResult, validate
from engine.datasets.shards import StoredSample, assemble, read_part, write_shard
from engine.datasets.summary import is_complete, summarize
from engine.datasets.tfrecord import ImageRecord
from engine.errors import ImageError, SourceError
from engine.files import require_space, write_json
from engine.images.encode import encode_for_storage
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.sources.locate import delete_upload, open_source
from engine.sources.tree import Tree

_SPACE_FACTOR = 1.5  # of the source's size, to be free before copying


def work(config: ImportConfig, job: JobContext) -> None:
    """Import the source of a config into the folder of a job.

    Raises:
        SourceError: the source is missing, not allowed, not safe, changed meanwhile, or no image is accepted.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        with open_source(job.workspace, config) as tree:
            _import(config, job, tree)
    dataset = open_dataset(job.folder)
    origin = {"source": dataset.manifest.recipe["name"], "written": FORMATS[dataset.manifest.recipe["format"]].title}
    job.summary(**summarize(dataset), seconds=round(job.seconds, 3), **origin)
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def _import(config: ImportConfig, job: JobContext, tree: Tree) -> None:
    def on_progress(done: int, total: int) -> None:
        job.progress(done, total, "images")
        if job.stop_requested():
            raise Stopped

    job.phase("scanning")
    scanned = scan(tree, config, on_progress)
    results = validate(scanned, config)
    report = make_report(scanned, config, results)
    write_json(job.folder / paths.IMPORT_REPORT, report.plain())
    accepted = [result for result in results if result.dropped is None]
    _check(report, accepted, job)
    plans = plan_shards(accepted)
    keep_finished_shards(job.folder, plans, lambda image: (image.label, image.scanned.digest, image.scanned.item.name))
    job.phase("copying")
    _copy(tree, job, plans, report.dropped)
    job.phase("writing the manifest")
    # The origin for the manifest; the name does not count for its hash.
    recipe = {"name": report.title, "format": report.format, "rules": config.rules.plain(), "splits": config.splits}
    assemble(job.folder, [plan.name for plan in plans], "imported", recipe, 0)


def _check(report: ImportReport, accepted: list[ItemResult], job: JobContext) -> None:
    if not accepted:
        reasons = "; ".join(f"{problem.count:,} {problem.title}" for problem in report.problems[:3])
        raise SourceError(
            f"Nothing of {report.title!r} can be imported: {reasons}. Choose other rules or another format."
        )
    needed = sum(result.scanned.bytes for result in accepted) * _SPACE_FACTOR
    require_space(job.folder, needed, f"{len(accepted):,} images need")


def _copy(tree: Tree, job: JobContext, plans: list[ShardPlan[ItemResult]], dropped: dict[str, int]) -> None:
    total, done = sum(len(plan.images) for plan in plans), 0
    for plan in plans:
        if read_part(job.folder, plan.name) is None:
            shard_dropped = Counter(dropped) if plan is plans[0] else Counter()
            write_shard(job.folder, plan.name, _samples(tree, job, plan, done, total), shard_dropped)
        done += len(plan.images)
        job.progress(done, total, "images")


def _samples(tree: Tree, job: JobContext, plan: ShardPlan[ItemResult], done: int, total: int) -> Iterator[StoredSample]:
    for index, image in enumerate(plan.images, plan.first):
        if job.stop_requested():
            raise Stopped
        item = image.scanned.item
        try:
            content, pixels = encode_for_storage(image_bytes(tree, item), image.scanned.digest)
        except (OSError, ValueError, ImageError) as error:
            raise SourceError(f"{item.name!r} changed during the import ({error}). Resume to start over.") from None
        yield StoredSample(index, ImageRecord(content, image.label, item.name), *pixels.size, {"source": item.name})
        job.progress(done + index - plan.first + 1, total, "images")
