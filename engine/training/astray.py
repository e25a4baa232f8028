"""A run whose loss rose: told as that, where its network is too far out for an export to agree with it.

The weights of such a network are so large that two ways to add up the same numbers differ in the third digit, so the
parity check fails though the export is right.
"""

import math
from pathlib import Path

from engine.formatting import decimal
from engine.jobs import paths
from engine.jobs.events import read_events


def went_astray(folder: Path, learning_rate: float) -> str | None:
    """Return the sentence for a run whose loss ended above its beginning; None for one that learned.

    Args:
        folder: the run's.
        learning_rate: its highest.
    """
    events, _ = read_events(folder / paths.EVENTS)
    for kind in ("train", "validation"):
        losses = [event.get("loss") for event in events if event.get("kind") == kind]
        numbers = [float(loss) for loss in losses if isinstance(loss, int | float) and math.isfinite(loss)]
        if len(numbers) > 1 and numbers[-1] > numbers[0]:
            return (
                f"The run diverged: its loss rose from {decimal(numbers[0])} to {decimal(numbers[-1])} with a learning "
                f"rate of {learning_rate:g}, so there is no reader or locator to keep. Start a new run with a smaller "
                f"learning rate (a tenth: {learning_rate / 10:g}), or clip gradients."
            )
    return None
