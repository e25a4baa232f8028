"""Glyphlab's engine: everything but the screen.

Its light half (numpy, pandas, Pillow, pydantic, onnxruntime) may be imported by the dashboard; its heavy half
(`models`, `training`, `export`: whatever needs Keras) runs in child processes only. Nothing here imports Streamlit.
"""

__version__ = "0.1.0"
