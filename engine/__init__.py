"""Glyphlab's engine: everything but the screen, and the reader, which is a package of its own: `glyphlab_read`.

Its light half (numpy, pandas, Pillow, pydantic, onnxruntime) may be imported by the dashboard; its heavy half
(`models`, `training`, `export`: whatever needs Keras) runs in child processes only. Nothing here imports Streamlit.
Whatever imports it, be it the server, a job or a bench, has ONNX Runtime silenced before that can be loaded, and dies
with its parent if it is a helper: `glyphlab_read` sees to both.
"""

import glyphlab_read as glyphlab_read

__version__ = "0.1.0"
