"""The evaluation job: one reader over one test set, its readings and its score in the job's folder.

Writes readings.parquet (see `Evaluation.readings`) and the summary. A stopped job starts from the beginning when
resumed: reading is quick; on a Ray cluster the parts that were read are kept. This module compares no two evaluations.
"""

import os
import shutil
from functools import partial
from pathlib import Path

from engine.config.reading import EvaluateConfig
from engine.evaluation.divided import evaluate_on_ray
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import samples_of
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.reading.bundle import newest_bundle, open_reader


def work(config: EvaluateConfig, job: JobContext) -> None:
    """Read the test set, write its readings and its score.

    Raises:
        BundleError: the run has no usable bundle.
        DatasetError, ImageError: the test set, or an image of it, cannot be opened.
        SpaceError: the disk is full.
        Stopped: a stop was asked for.
    """
    job.phase("opening")
    bundle = newest_bundle(job.workspace, config.run)
    samples = samples_of(config, job.workspace)
    if config.launcher == "ray":
        evaluation = evaluate_on_ray(config, bundle.folder, len(samples), job)
    else:
        reader = open_reader(bundle.folder, job.workspace, threads=len(os.sched_getaffinity(0)))
        job.phase("reading")
        evaluation = evaluate(reader, samples, partial(job.advance, total=len(samples), unit="images"))
    evaluation.save(job.folder / paths.READINGS)
    shutil.rmtree(job.folder / paths.PARTS, ignore_errors=True)
    job.summary(
        run=config.run,
        step=bundle.manifest.step,
        dataset=config.dataset,
        split=config.split,
        folder=config.folder and Path(config.folder).name,
        **evaluation.figures(),
    )
