"""Tables that cost time to make, kept beside the dataset they were made of, for it never changes.

They may be deleted at any time and are then made again. A full or read-only disk costs time, not the answer.
"""

import contextlib
from collections.abc import Callable

import pandas as pd
import pyarrow as pa

from engine.datasets.dataset import StoredImages
from engine.errors import SpaceError
from engine.files import write_bytes
from engine.jobs import paths
from engine.tables import read_table, table_bytes


def cached_table(dataset: StoredImages, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return the table of this name, read if it was stored for this content, else made and stored.

    Args:
        dataset: what the table is made of; its hash is part of the file's name.
        name: says what the table holds, with all that its content depends on; it becomes a file's name.
        make: makes the table; its faults pass through.
    """
    path = dataset.folder / paths.CACHE / f"{name}-{dataset.manifest.hash[:16]}.parquet"
    with contextlib.suppress(OSError, ValueError):  # missing or damaged (pyarrow's faults are ValueErrors)
        return read_table(path).to_pandas()
    table = make()
    with contextlib.suppress(OSError, SpaceError):
        path.parent.mkdir(exist_ok=True)
        write_bytes(path, table_bytes(pa.Table.from_pandas(table)))
    return table
