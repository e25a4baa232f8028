"""All that touches trdg: the adapter, and what is patched or stands in for its own code."""
