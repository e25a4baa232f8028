"""The dashboard: what people see and click. It holds widgets and no knowledge.

`app.py` is what is served and `shell.py` the script that Streamlit runs for each view. `app_pages/` answer one question
each, and a folder for each page holds its parts; `runs/`, `readings/` and `common/` are what pages share, and `caches/`
keeps what they read from disk. Nothing here computes a score, decides a path or keeps a process: that is the engine's,
and truth is on disk.
"""
