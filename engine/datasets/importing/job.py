"""The work of an import job: scan the source, validate it, and copy the accepted images to a dataset.

The report is stored beside the dataset. A stopped import resumes with the missing shards, unless the source changed:
then it starts over. An uploaded archive is deleted once it is imported.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from engine.config.importing import ImportConfig
from engine.datasets.importing.formats import titles_of
from engine.datasets.importing.plan import ShardPlan, copies, prepare_shards
from engine.datasets.importing.report import make_report
from engine.datasets.importing.scan import item_reader, scan
from engine.datasets.importing.validate import ItemResult, validate
from engine.datasets.manifest import read_manifest
from engine.datasets.shards import StoredSample, assemble, read_part, write_shard
from engine.datasets.summary import is_complete, sum_up
from engine.datasets.tfrecord import ImageRecord
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.sources.locate import delete_upload, open_source
from engine.sources.tree import Tree


def work(config: ImportConfig, job: JobContext) -> None:
    """Import the source of a config into the folder of a job.

    Raises:
        SourceError: the source is missing, not allowed, not safe, changed meanwhile, or its report refuses it.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked; finished shards are kept.
    """
    if not (job.resuming and is_complete(job.folder)):
        with open_source(job.workspace, config) as tree:
            _import(config, job, tree)
    recipe = read_manifest(job.folder).recipe
    sum_up(job, source=recipe["name"], written=titles_of(recipe["format"], scenes=recipe.get("scenes", "ask")))
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


def _import(config: ImportConfig, job: JobContext, tree: Tree) -> None:
    job.phase("scanning")
    scanned = scan(tree, config, partial(job.advance, unit="images"))
    results = validate(scanned, config)
    report = make_report(scanned, config, results)
    write_json(job.folder / paths.IMPORT_REPORT, report.plain())
    if report.refused:
        raise report.refused
    accepted = [result for result in results if result.dropped is None]
    plans = prepare_shards(job, accepted, "images", lambda image: (image.label, image.look.digest, image.name))
    job.phase("copying")
    for plan in plans:
        if read_part(job.folder, plan.name) is None:
            dropped = Counter(report.dropped) if plan is plans[0] else Counter[str]()
            write_shard(job.folder, plan.name, _samples(tree, job, plan, len(accepted)), dropped)
        job.progress(plan.first + len(plan.images), len(accepted), "images")
    job.phase("writing the manifest")
    # The origin for the manifest; the name does not count for its hash.
    cut = config.scenes != "ask"
    rules = {name: rule for name, rule in config.rules.plain().items() if cut or name not in ("columns", "outlines")}
    rules["max_length"] = config.longest
    recipe = {"name": report.title, "format": report.format, "rules": rules, "splits": config.splits}
    recipe |= {"scenes": config.scenes} if cut else {}
    assemble(job.folder, [plan.name for plan in plans], "imported", recipe, 0)


def _samples(tree: Tree, job: JobContext, plan: ShardPlan[ItemResult], total: int) -> Iterator[StoredSample]:
    read = item_reader(tree)
    for copy in copies(job, plan, lambda result: read(result.scanned.item), total, "images"):
        name, item = copy.image.name, copy.image.scanned.item
        record = ImageRecord(copy.content, copy.image.label, name)
        origin = {"source": name}
        if item.outline:
            origin |= {"photo": item.member, "outline": " ".join(f"{x:g},{y:g}" for x, y in item.outline)}
        yield StoredSample(copy.index, record, copy.width, copy.height, origin)
