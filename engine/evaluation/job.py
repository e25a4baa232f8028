"""The evaluation job: one reader over one test set, its readings and its score in the job's folder.

Writes readings.parquet (see `Evaluation.readings`) and the summary. A stopped job starts from the beginning when
resumed: reading is quick. This module compares no two evaluations.
"""

import os
from functools import partial
from pathlib import Path

from engine.config.reading import EvaluateConfig
from engine.datasets import open_dataset
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import TestSample, dataset_samples, folder_samples, split_samples
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.reading.bundle import newest_bundle, open_reader
from engine.workspace import Workspace


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
    reader = open_reader(bundle.folder, job.workspace, threads=os.cpu_count() or 1)
    samples = samples_of(config, job.workspace)
    job.phase("reading")
    after = partial(job.advance, total=len(samples), unit="images")
    evaluation = evaluate(reader, samples, after)
    evaluation.save(job.folder / paths.READINGS)
    job.summary(
        run=config.run,
        step=bundle.manifest.step,
        dataset=config.dataset,
        split=config.split,
        folder=config.folder and Path(config.folder).name,
        **evaluation.figures(),
    )


def samples_of(config: EvaluateConfig, workspace: Workspace) -> list[TestSample]:
    """Return the samples of a config's test set. Raises DatasetError."""
    if config.folder is not None:
        return folder_samples(Path(config.folder))
    folder = workspace.folder("datasets", str(config.dataset))
    return split_samples(folder, config.split) if config.split else dataset_samples(open_dataset(folder))
