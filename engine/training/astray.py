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
        folder: the run's; the last loss is that of its validation where there was one.
        learning_rate: its highest.
    """
    events, _ = read_events(folder / paths.EVENTS)
    curves = [event for kind in ("train", "validation") for event in events if event.get("kind") == kind]
    losses = [event.get("loss") for event in sorted(curves, key=lambda event: event.get("step") or 0)]
    numbers = [float(loss) for loss in losses if isinstance(loss, int | float) and math.isfinite(loss)]
    if len(numbers) < 2 or numbers[-1] <= numbers[0]:
        return None
    return (
        f"The run diverged: its loss rose from {decimal(numbers[0])} to {decimal(numbers[-1])} with a learning rate of "
        f"{learning_rate:g}, so there is no reader or locator to keep. Start a new run with a smaller learning rate (a "
        f"tenth: {learning_rate / 10:g}), or clip gradients."
    )
