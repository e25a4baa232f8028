"""The evaluation job of a locator and a reader together: their readings of the photos of a test set, and the score.

Writes the tables of `EndToEndTables` and the summary. A stopped job starts from the beginning when resumed;
on a Ray cluster the parts that were read are kept.
"""

import os
import shutil
from functools import partial

from engine.config.documents import EvaluatePagesConfig
from engine.evaluation.divided import open_page_reader, read_photos_on_ray
from engine.evaluation.end_to_end import check_texts_known, end_to_end_summary, evaluate_end_to_end
from engine.evaluation.locate import scene_samples
from engine.jobs import load_job, paths
from engine.jobs.context import JobContext
from engine.location.bundle import newest_locator_bundle
from engine.reading.bundle import newest_bundle


def work(config: EvaluatePagesConfig, job: JobContext) -> None:
    """Locate and read the photos of the test set, write what was read and the score.

    Raises:
        BundleError: a run has no usable locator, or reader.
        ConfigError: the locator does not find what the config asks for.
        DatasetError, ImageError: the test set, or a photo of it, cannot be opened, or none of its texts is known.
        SpaceError: the disk is full.
        Stopped: a stop was asked for.
    """
    job.phase("opening")
    threads = len(os.sched_getaffinity(0))
    of_locator = newest_locator_bundle(job.workspace, config.locator)
    of_reader = newest_bundle(job.workspace, config.run)
    reader = open_page_reader(config, of_locator.folder, of_reader.folder, job.workspace, threads)
    samples = scene_samples(job.workspace.folder("datasets", config.dataset), config.split)
    if config.launcher == "ray":
        check_texts_known(samples, config.level)
        tables = read_photos_on_ray(config, of_locator.folder, of_reader.folder, len(samples), job)
    else:
        job.phase("reading")
        tables = evaluate_end_to_end(reader, samples, partial(job.advance, total=len(samples), unit="photos"))
    tables.save(job.folder)
    shutil.rmtree(job.folder / paths.PARTS, ignore_errors=True)
    name = load_job(job.workspace, "datasets", config.dataset).name
    job.summary(
        run=config.run,
        step=of_reader.manifest.step,
        locator=config.locator,
        locator_step=of_locator.manifest.step,
        dataset=config.dataset,
        split=config.split,
        **end_to_end_summary(tables, reader, name, drawn=samples[0].drawn),
    )
