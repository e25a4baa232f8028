"""Formats of a reader that leaves the lab: written, read with, and one gate for all."""
