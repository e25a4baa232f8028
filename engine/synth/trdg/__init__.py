"""All code that touches trdg: the adapter, and the patches that replace parts of it."""
