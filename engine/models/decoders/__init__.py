"""Decoders: from feature vectors to classes, all at once (ctc) or one after the other (attention)."""
