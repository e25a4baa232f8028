"""The HTTP server of readers: `glyphlab-serve MODEL`, and the same routes for a server that is there already.

Words are read in micro-batches, whole photos one at a time. Images are opened in child processes with limits.
"""
