"""Datasets on disk: shards of images with labels, a table of samples, a manifest. Light; draws and trains nothing."""

from engine.datasets.dataset import Dataset, open_dataset
from engine.datasets.manifest import Manifest
from engine.datasets.splits import SPLITS, split_of

__all__ = ["SPLITS", "Dataset", "Manifest", "open_dataset", "split_of"]
