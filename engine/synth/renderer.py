"""The renderer of this process: what decides the pixels of a sample beside its recipe and its seed.

OpenCV warps, blurs and scales by the widest instructions of the processor, and sums in another order with each, so that
processors of different kinds draw samples that differ by some levels here and there.
"""

import functools
import platform
import re

import cv2
import numpy as np
import PIL

from engine.datasets.manifest import Renderer

DRAWING = 1
"""Version of our drawing; to be raised when a sample of an unchanged recipe and seed gets other pixels or labels."""


@functools.cache
def renderer() -> Renderer:
    """Return the renderer of this process."""
    return Renderer(
        drawing=DRAWING,
        pillow=PIL.__version__,
        opencv=cv2.__version__,
        numpy=np.__version__,
        processor=" ".join([platform.machine(), *_instructions()]),
    )


def _instructions() -> list[str]:
    """Return the widest instruction set that OpenCV uses here, and that of Intel's library where OpenCV calls it."""
    used = [word.lstrip("*") for word in cv2.getCPUFeaturesLine().split() if not word.endswith("?")]
    library = re.search(r"\((\w+)\)", cv2.ipp.getIppVersion()) if cv2.ipp.useIPP() else None
    return [*used[-1:], *([f"IPP {library[1]}"] if library else [])]
