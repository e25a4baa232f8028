"""Datasets on disk: shards of images with labels, a table of samples, a manifest. Light; draws and trains nothing."""

from engine.datasets.dataset import Dataset, open_dataset
from engine.datasets.manifest import DatasetManifest
from engine.datasets.splits import SPLITS, split_of

__all__ = ["SPLITS", "Dataset", "DatasetManifest", "open_dataset", "split_of"]
