"""Untrusted image files: opened safely, in a sandboxed process on servers."""
