"""Readers: bundles that read words, the decoding of what their networks say, and readings."""
