"""Folders of bundles in a workspace: written whole, opened from there only, the newest of each run found."""
