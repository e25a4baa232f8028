"""The evaluation job of a locator: its boxes in the photos of a test set, and its score, in the job's folder.

Writes the tables of `LocationTables` and the summary. A stopped job starts from the beginning when resumed;
on a Ray cluster the parts that were searched are kept.
"""

import os
import shutil
from functools import partial

from engine.config.locating import EvaluateLocatorConfig
from engine.evaluation.divided import locate_on_ray
from engine.evaluation.locate import evaluate_locator, scene_samples, score_summary
from engine.jobs import load_job, paths
from engine.jobs.context import JobContext
from engine.location.bundle import newest_locator_bundle, open_locator


def work(config: EvaluateLocatorConfig, job: JobContext) -> None:
    """Search the photos of the test set, write what was found and its score.

    Raises:
        BundleError: the run has no usable locator.
        ConfigError: the locator does not find what the config asks for.
        DatasetError, ImageError: the test set, or a photo of it, cannot be opened.
        SpaceError: the disk is full.
        Stopped: a stop was asked for.
    """
    job.phase("opening")
    bundle = newest_locator_bundle(job.workspace, config.run)
    locator = open_locator(bundle.folder, job.workspace, threads=len(os.sched_getaffinity(0)))
    locator.thresholds(config.level)
    samples = scene_samples(job.workspace.folder("datasets", config.dataset), config.split)
    if config.launcher == "ray":
        tables = locate_on_ray(config, bundle.folder, len(samples), job)
    else:
        job.phase("locating")
        after = partial(job.advance, total=len(samples), unit="photos")
        tables = evaluate_locator(locator, samples, config.level, config.side, after=after)
    tables.save(job.folder)
    shutil.rmtree(job.folder / paths.PARTS, ignore_errors=True)
    name = load_job(job.workspace, "datasets", config.dataset).name
    job.summary(
        run=config.run,
        step=bundle.manifest.step,
        dataset=config.dataset,
        split=config.split,
        **score_summary(tables, locator, name, config.level, config.side, drawn=samples[0].drawn),
    )
