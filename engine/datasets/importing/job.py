"""The work of an import job: look at the source, judge, and copy what comes in to a dataset in the job's folder.

The report is kept beside the dataset. An import that was stopped goes on with the shards it lacks, unless the source
has changed: then it starts anew. An uploaded archive is deleted once its images are in.
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from engine.config.importing import ImportConfig
from engine.datasets.dataset import open_dataset
from engine.datasets.importing.formats import FORMATS
from engine.datasets.importing.report import ImportReport, make_report
from engine.datasets.importing.scan import image_bytes, scan
from engine.datasets.importing.validate import ItemResult, validate
from engine.datasets.shards import ShardName, StoredSample, assemble, read_part, sweep, write_shard
from engine.datasets.splits import SPLITS
from engine.datasets.summary import figures, is_complete
from engine.datasets.tf_example import ImageRecord
from engine.errors import ImageError, SourceError
from engine.files import read_json, require_space, write_json
from engine.images.encode import encode_for_storage
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.sources.locate import delete_upload, open_source
from engine.sources.tree import Tree

_SHARD_IMAGES = 500
_SHARD_BYTES = 200_000_000  # of pixels
_ROOM = 1.5  # of the source's size, to be free before we copy


class _Plan(NamedTuple):
    """One shard: its name, the number of its first sample, and the images in it."""

    name: ShardName
    first: int
    verdicts: list[ItemResult]


def work(config: ImportConfig, job: JobContext) -> None:
    """Import the source of a config into the folder of a job.

    Raises:
        SourceError: the source is not there, not allowed, not safe, changes meanwhile, or nothing of it comes in.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        with open_source(job.workspace, config) as tree:
            _import(config, job, tree)
    dataset = open_dataset(job.folder)
    origin = {"source": dataset.manifest.recipe["name"], "written": FORMATS[dataset.manifest.recipe["format"]].title}
    job.summary(**figures(dataset), seconds=round(job.seconds, 3), **origin)
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def _import(config: ImportConfig, job: JobContext, tree: Tree) -> None:
    def watch(done: int, total: int) -> None:
        job.progress(done, total, "images")
        if job.stop_requested():
            raise Stopped

    job.phase("looking")
    findings = scan(tree, config, watch)
    verdicts = validate(findings, config)
    report = make_report(findings, verdicts, config)
    write_json(job.folder / paths.IMPORT_REPORT, report.plain())
    accepted = [verdict for verdict in verdicts if verdict.dropped is None]
    _check(report, accepted, job)
    plans = _plan(accepted)
    _begin(job, plans)
    job.phase("copying")
    _copy(tree, job, plans, report.dropped)
    job.phase("writing the manifest")
    assemble(job.folder, [plan.name for plan in plans], "imported", _recipe(config, report), 0)


def _check(report: ImportReport, accepted: list[ItemResult], job: JobContext) -> None:
    if not accepted:
        why = "; ".join(f"{problem.count:,} {problem.title}" for problem in report.problems[:3])
        raise SourceError(f"Nothing of {report.title!r} can be imported: {why}. Choose other rules or another format.")
    needed = sum(verdict.look.bytes for verdict in accepted) * _ROOM
    require_space(job.folder, needed, f"{len(accepted):,} images need")


def _plan(accepted: list[ItemResult]) -> list[_Plan]:
    """Share the images out over shards; samples are numbered through the splits in their order."""
    plans: list[_Plan] = []
    first = 0
    for split in SPLITS:
        verdicts = [verdict for verdict in accepted if verdict.split == split]
        for number, chosen in enumerate(_portions(verdicts)):
            plans.append(_Plan(ShardName(split, number), first, chosen))
            first += len(chosen)
    return plans


def _portions(verdicts: list[ItemResult]) -> Iterator[list[ItemResult]]:
    """Part images into portions that may be held in memory as a whole."""
    portion: list[ItemResult] = []
    size = 0
    for verdict in verdicts:
        pixels = verdict.look.width * verdict.look.height * 3
        if portion and (len(portion) == _SHARD_IMAGES or size + pixels > _SHARD_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(verdict)
        size += pixels
    if portion:
        yield portion


def _begin(job: JobContext, plans: list[_Plan]) -> None:
    """Keep the shards of an earlier beginning if they hold what these plans say; else clear them away."""
    digest = hashlib.sha256()
    for plan in plans:
        for verdict in plan.verdicts:
            digest.update(repr((plan.name, verdict.label, verdict.look.digest, verdict.look.item.name)).encode())
    written = {"digest": digest.hexdigest()}
    path = job.folder / paths.IMPORT_PLAN
    if path.is_file() and read_json(path) == written:
        sweep(job.folder)
        return
    for folder in (paths.SHARDS, paths.PARTS):
        shutil.rmtree(job.folder / folder, ignore_errors=True)
    write_json(path, written)


def _copy(tree: Tree, job: JobContext, plans: list[_Plan], dropped: dict[str, int]) -> None:
    total, done = sum(len(plan.verdicts) for plan in plans), 0
    for plan in plans:
        if read_part(job.folder, plan.name) is None:
            counted = Counter(dropped) if plan is plans[0] else Counter()
            write_shard(job.folder, plan.name, _samples(tree, job, plan, done, total), counted)
        done += len(plan.verdicts)
        job.progress(done, total, "images")


def _samples(tree: Tree, job: JobContext, plan: _Plan, done: int, total: int) -> Iterator[StoredSample]:
    for index, verdict in enumerate(plan.verdicts, plan.first):
        if job.stop_requested():
            raise Stopped
        item = verdict.look.item
        try:
            content, image = encode_for_storage(image_bytes(tree, item), verdict.look.digest)
        except (OSError, ValueError, ImageError) as error:
            raise SourceError(f"{item.name!r} changed while it was imported ({error}). Resume to begin anew.") from None
        yield StoredSample(index, ImageRecord(content, verdict.label, item.name), *image.size, {"source": item.name})
        job.progress(done + index - plan.first + 1, total, "images")


def _recipe(config: ImportConfig, report: ImportReport) -> dict[str, Any]:
    """Return what the manifest says of the origin; names do not count for its hash."""
    return {"name": report.title, "format": report.format, "rules": config.rules.plain(), "splits": config.splits}
