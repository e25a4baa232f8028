"""Images looked at and encoded without metadata; they are opened by `glyphlab_read.images`."""
