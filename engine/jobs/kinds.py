"""The kinds of jobs: config class, collection, work function, device and needed inputs of each.

The modules that do the work are named, not imported: only the worker process loads them, and some are heavy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.config.adapting import AdaptConfig
from engine.config.base import Config
from engine.config.device import CPU, gpu_id
from engine.config.documents import EvaluatePagesConfig, ReadPagesConfig
from engine.config.editing import EditConfig, SceneEditConfig
from engine.config.exporting import ExportConfig, ModelConversionConfig, SceneExportConfig
from engine.config.fitting import FitConfig
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.importing import ImportConfig
from engine.config.launchers import LOCAL, LauncherName, launchers_config
from engine.config.locating import EvaluateLocatorConfig, LabelScenesConfig
from engine.config.reading import EvaluateConfig, TranscribeConfig
from engine.config.run import RunConfig
from engine.config.scene_importing import SceneImportConfig
from engine.config.sweeping import BaseSweepConfig, LocatorSweepConfig, SweepConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.jobs.devices import default_device
from engine.workspace import Collection, Workspace


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    Attributes:
        name: the word for it in job.json and on the command line.
        noun: the word for its result on pages.
        collection: the collection of its folders; kinds that make the same thing share one.
        config: the class of its configs.
        work: "module:function" called in the worker as function(config, job_context).
        device: the device that it takes where it runs on this machine; None for light jobs that wait for none.
        needs: the jobs that must have finished before it starts, as (collection, id).
        keeps: False for trials: they keep nothing, so that they give way to any job that waits for their device.
        divided: True where its work falls into parts that the nodes of a Ray cluster do, while its own process stays on
            the machine that launched it.
    """

    name: str
    noun: str
    collection: Collection
    config: type[Config]
    work: str
    device: Callable[[Any], str | None]
    needs: Callable[[Any], list[tuple[Collection, str]]]
    keeps: bool = True
    divided: bool = False

    def launcher(self, config: Config) -> LauncherName:
        """Return the launcher that a config names; kinds without that setting run on this machine."""
        return getattr(config, "launcher", LOCAL)

    def worker_launcher(self, config: Config) -> LauncherName:
        """Return the launcher of the job's own process: divided work leads its parts on Ray from this machine."""
        name = self.launcher(config)
        return LOCAL if self.divided and name == "ray" else name

    def device_here(self, workspace: Workspace, config: Config) -> str | None:
        """Return the device of this machine whose turn a job waits for; None where a cluster has its own queue.

        Raises:
            ConfigError: the file of launchers is faulty.
        """
        name = self.launcher(config)
        here = name == LOCAL or launchers_config(workspace.root).is_here(name)
        return self.device(config) if here else None

    def gpus(self, config: Config) -> int:
        """Return how many GPUs are asked of a cluster."""
        return getattr(config, "gpus", 0)


def _no_device(_: Config) -> None:
    return None


def _none(_: Config) -> list[tuple[Collection, str]]:
    return []


def _its_dataset(
    config: EvaluateConfig
    | EvaluateLocatorConfig
    | EvaluatePagesConfig
    | ExportConfig
    | SceneExportConfig
    | EditConfig
    | SceneEditConfig
    | LabelScenesConfig
    | FitConfig,
) -> list[tuple[Collection, str]]:
    return [] if config.dataset is None else [("datasets", config.dataset)]


def _its_datasets(config: RunConfig) -> list[tuple[Collection, str]]:
    return [("datasets", id) for id in config.datasets]


def _datasets_of_its_run(config: BaseSweepConfig) -> list[tuple[Collection, str]]:
    return _its_datasets(config.run)


def _its_device(config: RunConfig) -> str | None:
    if config.launcher != LOCAL:  # the first ones, which Ray and submitit give it
        return gpu_id(range(config.gpus)) if config.gpus else CPU
    return default_device() if config.device == "auto" else config.device


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "generate",
            "dataset",
            "datasets",
            GenerateConfig,
            "engine.synth.job:work",
            _no_device,
            _none,
            divided=True,
        ),
        Kind(
            "generate-scenes",
            "dataset",
            "datasets",
            GenerateScenesConfig,
            "engine.synth.scenes.job:work",
            _no_device,
            _none,
            divided=True,
        ),
        Kind("import", "dataset", "datasets", ImportConfig, "engine.datasets.importing.job:work", _no_device, _none),
        Kind(
            "import-scenes",
            "dataset",
            "datasets",
            SceneImportConfig,
            "engine.datasets.scenes.importing.job:work",
            _no_device,
            _none,
        ),
        Kind("edit", "dataset", "datasets", EditConfig, "engine.datasets.versions:work", _no_device, _its_dataset),
        Kind(
            "edit-scenes",
            "dataset",
            "datasets",
            SceneEditConfig,
            "engine.datasets.scenes.versions:work",
            _no_device,
            _its_dataset,
        ),
        Kind(
            "label-scenes",
            "dataset",
            "datasets",
            LabelScenesConfig,
            "engine.evaluation.label_scenes:work",
            _no_device,
            _its_dataset,
        ),
        Kind("train", "run", "runs", TrainConfig, "engine.training.job:work", _its_device, _its_datasets),
        Kind(
            "trial",
            "trial",
            "trials",
            TrainConfig,
            "engine.training.job:trial",
            _its_device,
            _its_datasets,
            keeps=False,
        ),
        Kind(
            "train-locator",
            "run",
            "runs",
            TrainLocatorConfig,
            "engine.training.job:work",
            _its_device,
            _its_datasets,
        ),
        Kind(
            "trial-locator",
            "trial",
            "trials",
            TrainLocatorConfig,
            "engine.training.job:trial",
            _its_device,
            _its_datasets,
            keeps=False,
        ),
        Kind(
            "evaluate",
            "evaluation",
            "evaluations",
            EvaluateConfig,
            "engine.evaluation.job:work",
            _no_device,
            _its_dataset,
            divided=True,
        ),
        Kind(
            "evaluate-locator",
            "evaluation",
            "evaluations",
            EvaluateLocatorConfig,
            "engine.evaluation.location_job:work",
            _no_device,
            _its_dataset,
            divided=True,
        ),
        Kind(
            "evaluate-pages",
            "evaluation",
            "evaluations",
            EvaluatePagesConfig,
            "engine.evaluation.end_to_end_job:work",
            _no_device,
            _its_dataset,
            divided=True,
        ),
        Kind(
            "transcribe",
            "transcript",
            "transcripts",
            TranscribeConfig,
            "engine.reading.job:work",
            _no_device,
            _none,
        ),
        Kind("fit", "fit", "fits", FitConfig, "engine.synth.photo_fit.job:work", _no_device, _its_dataset),
        Kind("read-pages", "document", "documents", ReadPagesConfig, "engine.documents.job:work", _no_device, _none),
        Kind(
            "export", "export", "exports", ExportConfig, "engine.datasets.exporting.job:work", _no_device, _its_dataset
        ),
        Kind(
            "export-scenes",
            "export",
            "exports",
            SceneExportConfig,
            "engine.datasets.scenes.exporting.job:work",
            _no_device,
            _its_dataset,
        ),
        Kind(
            "convert-model",
            "export",
            "exports",
            ModelConversionConfig,
            "engine.training.model_conversion:work",
            _no_device,
            _none,
        ),
        Kind("adapt", "adaptation", "adaptations", AdaptConfig, "engine.adaptation.job:work", _no_device, _none),
        Kind("sweep", "sweep", "sweeps", SweepConfig, "engine.sweeps.job:work", _no_device, _datasets_of_its_run),
        Kind(
            "sweep-locator",
            "sweep",
            "sweeps",
            LocatorSweepConfig,
            "engine.sweeps.job:work",
            _no_device,
            _datasets_of_its_run,
        ),
    )
}


def kind_of(collection: Collection) -> Kind:
    """Return the (first) kind whose jobs live in a collection."""
    return next(kind for kind in KINDS.values() if kind.collection == collection)
