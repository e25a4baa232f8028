"""The pages. Each is a script that Streamlit runs from top to bottom: inputs, guard, load, draw.

The folder is not called `pages`: Streamlit would find it by itself and, on a fresh server, open a page without
shell.py.
"""
