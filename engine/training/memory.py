"""Translation of a backend's out-of-memory error into one that names the batch and what to try instead.

A process that the system itself kills for its memory leaves no error: the runner reports that.
"""

import contextlib
from collections.abc import Iterator

from engine.config.train import TrainConfig
from engine.errors import OutOfMemory
from engine.jobs.exit_reasons import is_out_of_memory


@contextlib.contextmanager
def translate_oom(config: TrainConfig) -> Iterator[None]:
    """Turn a backend's out-of-memory error into OutOfMemory, with a batch to try."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        advice = f"Set batch to {config.batch // 2}" if config.batch > 1 else "Set a smaller scale or max_width"
        raise OutOfMemory(f"Memory ran out with {config.batch} images a step. {advice}.") from None
