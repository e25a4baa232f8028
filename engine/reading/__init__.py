"""Readers of a workspace: their bundles, and the job that reads many images. `glyphlab_read` does the reading."""
