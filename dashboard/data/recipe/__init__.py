"""The recipe editor with its preview."""
