"""Read words and whole photos with readers and locators that Glyphlab trained, without TensorFlow.

Whatever imports this package has ONNX Runtime silenced before that can be loaded; a helper of a process (see
`processes`) is tied to its parent's life.
"""

import os

# Its wheel calls a host of its maker's, and heeds this variable only if it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

PARENT = "_GLYPHLAB_PARENT"
"""The variable by which a helper is told with whom it is to die."""

if PARENT in os.environ:
    from glyphlab_read.processes import heed_parent

    heed_parent()

__version__ = "0.1.0"
