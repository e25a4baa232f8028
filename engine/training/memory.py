"""Running out of memory, put into words: what was tried, and what fits.

The backends raise errors of their own; their texts have the one word in common. A process that the system itself kills
for its memory leaves no error: the runner tells of that.
"""

import contextlib
from collections.abc import Iterator

from engine.config.train import TrainConfig
from engine.errors import OutOfMemory

_WORDS = ("resource_exhausted", "resourceexhausted", "out of memory", "oom when allocating")


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether an error of any backend means that memory ran out."""
    said = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(word in said for word in _WORDS)


@contextlib.contextmanager
def translate_oom(config: TrainConfig) -> Iterator[None]:
    """Turn what a backend raises for want of memory into OutOfMemory, with a batch to try."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        advice = f"Set batch to {config.batch // 2}" if config.batch > 1 else "Set a smaller scale or max_width"
        raise OutOfMemory(f"Memory ran out with {config.batch} images a step. {advice}.") from None
