"""Glyphlab's engine: everything but the screen.

Its light half (numpy, pandas, Pillow, pydantic, onnxruntime) may be imported by the dashboard; its heavy half
(`models`, `training`, `export`: whatever needs Keras) runs in child processes only. Nothing here imports Streamlit.
Whatever imports it, be it the server, a job or a bench, has ONNX Runtime silenced before that can be loaded; a helper
of a process (see `processes`) is tied to its parent's life.
"""

import os

# Its wheel calls a host of its maker's, and heeds this variable only if it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

PARENT = "_GLYPHLAB_PARENT"
"""The variable by which a helper is told with whom it is to die."""

if PARENT in os.environ:
    from engine.processes import heed_parent

    heed_parent()

__version__ = "0.1.0"
