"""Untrusted image files: opened safely, in a sandboxed process where asked, and identified by their pixels."""
