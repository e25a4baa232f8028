"""The dashboard: what people see and click. It holds widgets and no knowledge.

`app.py` is what is served and `shell.py` the script that Streamlit runs for each view; `app_pages/` answer one question
each, `components/` are the cards they share, `loaders.py` caches what is read from disk, `figures.py` turns frames into
charts. Nothing here computes a score, decides a path or keeps a process: that is the engine's, and truth is on disk.
"""
